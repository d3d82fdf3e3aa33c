"""Designs against their definitions: order, strata, prefixes, layouts, and quantiles against scipy's."""

import numpy as np
import pytest
from scipy import stats

from sim.sweeps import distributions, methods

SHARES = np.linspace(0.001, 0.999, 41)


def test_a_grid_holds_every_combination_and_the_first_factor_varies_slowest():
    assert methods.grid([2, 3]).tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
    assert methods.grid([4]).tolist() == [[0], [1], [2], [3]]
    assert len({tuple(row) for row in methods.grid([3, 4, 5]).tolist()}) == 60


def test_side_by_side_takes_the_nth_value_of_each():
    assert methods.together([3, 3]).tolist() == [[0, 0], [1, 1], [2, 2]]
    with pytest.raises(ValueError, match="same length"):
        methods.together([2, 3])


def test_one_at_a_time_moves_a_single_factor_away_from_the_base():
    rows = methods.one_at_a_time([3, 2], [1, 0])
    assert rows.tolist() == [[1, 0], [0, 0], [2, 0], [1, 1]]
    assert (rows != rows[0]).sum(axis=1).tolist() == [0, 1, 1, 1]
    assert methods.one_at_a_time([2, 2], [2, 2]).tolist() == [
        [2, 2],
        [0, 2],
        [1, 2],
        [2, 0],
        [2, 1],
    ]  # a base of its own


def test_pairs_cross_every_two_factors_once():
    counts, base = [2, 3, 2], [0, 1, 0]
    rows = methods.pairs(counts, base)
    assert rows[0].tolist() == base
    assert len({tuple(row) for row in rows.tolist()}) == len(rows)
    assert ((rows != base).sum(axis=1) <= 2).all()
    wanted = {
        tuple(row) for row in methods.grid(counts).tolist() if sum(a != b for a, b in zip(row, base, strict=True)) <= 2
    }
    assert {tuple(row) for row in rows.tolist()} == wanted


@pytest.mark.parametrize("method", ["grid", "together", "one_at_a_time", "pairs"])
def test_points_are_counted_before_they_are_made(method):
    counts = [3, 3, 3]
    made = methods.grid(counts) if method == "grid" else methods.together(counts) if method == "together" else None
    made = getattr(methods, method)(counts, [3, 3, 3]) if made is None else made
    assert len(made) <= methods.count_of(method, counts)
    assert method == "pairs" or len(made) == methods.count_of(method, counts)


@pytest.mark.parametrize("points", [1, 7, 64])
def test_a_latin_hypercube_has_one_point_in_every_stratum(points):
    shares = methods.latin_hypercube(points, 5, seed=3)
    for column in shares.T:
        assert sorted(np.floor(column * points).astype(int)) == list(range(points))


def test_a_longer_sobol_design_begins_with_the_shorter_one():
    long = methods.sobol(100, 4, seed=11)
    for points in (1, 16, 37):
        assert np.array_equal(methods.sobol(points, 4, seed=11), long[:points])
    for column in methods.sobol(64, 4, seed=11).T:  # a net in base 2: one point in every 64th
        assert sorted(np.floor(column * 64).astype(int)) == list(range(64))


@pytest.mark.parametrize("second_order", [True, False])
def test_saltelli_crosses_two_independent_samples(second_order):
    points, factors = 8, 3
    rows = methods.saltelli(points, factors, second_order, seed=2)
    size = 2 * factors + 2 if second_order else factors + 2
    assert rows.shape == (points * size, factors)
    for block in rows.reshape(points, size, factors):
        first, last = block[0], block[-1]
        assert (first != last).all()
        for factor in range(factors):
            crossed = np.where(np.arange(factors) == factor, last, first)
            assert np.array_equal(block[1 + factor], crossed)
            if second_order:
                crossed = np.where(np.arange(factors) == factor, first, last)
                assert np.array_equal(block[1 + factors + factor], crossed)


def test_morris_moves_one_factor_a_step_at_a_time():
    trajectories, factors, steps = 6, 4, 4
    rows = methods.morris(trajectories, factors, steps, seed=5).reshape(trajectories, factors + 1, factors)
    assert np.isin(np.round(rows * (steps - 1), 9), range(steps)).all()
    moves = np.diff(rows, axis=1)
    assert ((moves != 0).sum(axis=2) == 1).all() and ((moves != 0).sum(axis=1) == 1).all()
    assert np.allclose(np.abs(moves).max(axis=2), steps / (2 * (steps - 1)))


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol", "saltelli", "morris"])
def test_a_seed_settles_the_design(method):
    arguments = {"latin_hypercube": (), "sobol": (), "saltelli": (True,), "morris": (4,)}[method]
    make = getattr(methods, method)
    assert np.array_equal(make(8, 3, *arguments, 1), make(8, 3, *arguments, 1))
    assert not np.array_equal(make(8, 3, *arguments, 1), make(8, 3, *arguments, 2))
    make(2, 2, *arguments, 2**63 - 1)


def truncated(low, high):
    return stats.truncnorm((low - 20) / 3, (high - 20) / 3, loc=20, scale=3)


CASES = {
    "uniform": ({"low": -2.0, "high": 5.0}, stats.uniform(-2, 7)),
    "loguniform": ({"low": 0.5, "high": 8.0}, stats.loguniform(0.5, 8)),
    "normal": ({"mean": 20.0, "sd": 3.0}, stats.norm(20, 3)),
    "normal cut off": ({"mean": 20.0, "sd": 3.0, "low": 14.0, "high": 21.0}, truncated(14, 21)),
    "normal cut off below": ({"mean": 20.0, "sd": 3.0, "low": 22.0}, truncated(22, np.inf)),
    "lognormal": ({"median": 6.0, "log_sd": 0.3}, stats.lognorm(0.3, scale=6)),
    "triangular": ({"low": 1.0, "mode": 2.0, "high": 6.0}, stats.triang(0.2, loc=1, scale=5)),
    "triangular at its end": ({"low": 1.0, "mode": 1.0, "high": 6.0}, stats.triang(0, loc=1, scale=5)),
    "beta": ({"a": 2.0, "b": 5.0, "low": -1.0, "high": 3.0}, stats.beta(2, 5, loc=-1, scale=4)),
}


@pytest.mark.parametrize("case", CASES)
def test_quantiles_are_scipys(case):
    arguments, reference = CASES[case]
    function = getattr(distributions, case.split()[0])
    assert function(SHARES, **arguments) == pytest.approx(reference.ppf(SHARES), rel=1e-9, abs=1e-12)


def test_a_lognormal_cut_off_keeps_its_shape_within_the_limits():
    values = distributions.lognormal(SHARES, 6.0, 0.3, 4.0, 7.0)
    reference = stats.lognorm(0.3, scale=6)
    below, above = reference.cdf([4, 7])
    assert values == pytest.approx(reference.ppf(below + SHARES * (above - below)), rel=1e-9)
    assert distributions.lognormal(np.array([0.0, 1.0]), 6.0, 0.3, 4.0, 7.0).tolist() == pytest.approx([4, 7])


@pytest.mark.parametrize("case", CASES)
def test_quantiles_are_finite_at_both_ends(case):
    arguments, _ = CASES[case]
    values = getattr(distributions, case.split()[0])(np.array([0.0, 1.0]), **arguments)
    assert np.isfinite(values).all() and values[0] < values[1]


def test_shares_pick_entries_by_weight():
    assert distributions.pick(np.array([0.0, 0.24, 0.26, 0.99, 1.0]), np.array([1.0, 3.0])).tolist() == [0, 0, 1, 1, 1]
    shares = methods.latin_hypercube(1000, 1, seed=1)[:, 0]
    assert np.bincount(distributions.pick(shares, np.ones(4))).tolist() == [250] * 4
