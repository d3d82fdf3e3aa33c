"""Sensitivity indices against closed forms; seeds are fixed, and intervals are those the functions state."""

import numpy as np
import pytest
from SALib.sample import latin, morris, sobol
from scipy.stats import norm

from sim.experiments.crossed import crossed, crossed_indices
from sim.experiments.luck import draws_needed, luck_shares
from sim.experiments.sensitivity import (
    NO_EFFECT,
    Confidence,
    Undetermined,
    given_data_indices,
    half_width,
    is_constant,
    morris_indices,
    sample_needed,
    sobol_indices,
)
from sim.sweeps.layout import is_morris, is_saltelli

CONFIDENCE = Confidence(level=0.99)
ISHIGAMI = {"S1": [0.3139, 0.4424, 0.0], "ST": [0.5576, 0.4424, 0.2437], "S2": [0.0, 0.2437, 0.0]}
"""Of a = 7, b = 0.1; S2 in the order (1, 2), (1, 3), (2, 3)."""


def ishigami(x):
    x1, x2, x3 = (2 * x.T - 1) * np.pi
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def saltelli(count, samples, second_order=True):
    return sobol.sample(problem(count), samples, calc_second_order=second_order, seed=5)


def problem(count):
    return {"num_vars": count, "names": names(count), "bounds": [[0.0, 1.0]] * count}


def names(count):
    return [f"x{i + 1}" for i in range(count)]


def inside(table, index, expected):
    lines = table[table["index"] == index]
    assert len(lines) == len(expected)
    return ((lines["low"] <= np.array(expected) + 1e-9) & (lines["high"] >= np.array(expected) - 1e-9)).all()


def values(table, index):
    return table.loc[table["index"] == index, "value"].to_numpy()


def test_ishigami():
    table = sobol_indices(ishigami(saltelli(3, 2048)), names(3), True, CONFIDENCE)
    for index, expected in ISHIGAMI.items():
        assert inside(table, index, expected), index
        assert np.allclose(values(table, index), expected, atol=0.06)
    assert list(table.loc[table["index"] == "S2", "other"]) == ["x2", "x3", "x3"]


def test_sobols_g_function():
    """V_i = 1 / (3 (1 + a_i)^2); the total is the product of 1 + V_i, less one."""
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
    x = saltelli(5, 1024, second_order=False)
    own = 1 / (3 * (1 + a) ** 2)
    total = np.prod(1 + own) - 1
    rest = np.array([np.prod(np.delete(1 + own, i)) for i in range(5)])
    table = sobol_indices(np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1), names(5), False, CONFIDENCE)
    assert inside(table, "S1", own / total) and inside(table, "ST", own * rest / total)
    assert set(table["index"]) == {"S1", "ST"}


def test_linear_model_with_normal_factors():
    b, sd = np.array([1.0, -2.0, 0.5, 0.0]), np.array([1.0, 1.0, 3.0, 2.0])
    x = norm.ppf(np.clip(saltelli(4, 1024, second_order=False), 1e-9, 1 - 1e-9)) * sd
    table = sobol_indices(x @ b + 1000, names(4), False, CONFIDENCE)
    shares = (b * sd) ** 2 / ((b * sd) ** 2).sum()
    assert inside(table, "S1", shares) and inside(table, "ST", shares)
    idle = table[table["factor"] == "x4"]
    assert (idle["value"] == 0).all() and (idle["low"] == 0).all() and (idle["high"] == 0).all()


def test_intervals_follow_seed_and_level():
    y = ishigami(saltelli(3, 128))
    again = [sobol_indices(y, names(3), True, Confidence(level=level, seed=0)) for level in (0.9, 0.9, 0.99)]
    assert again[0].equals(again[1])
    width = [(table["high"] - table["low"]).to_numpy() for table in again]
    assert (width[2] > width[0]).all()
    assert np.allclose(width[2] / width[0], norm.ppf(0.995) / norm.ppf(0.95))


def test_morris_of_a_linear_model_is_its_slopes():
    slopes = np.array([3.0, -1.5, 0.0, 0.25])
    x = morris.sample(problem(4), 8, num_levels=6, seed=3)
    table = morris_indices(x, x @ slopes + 7, names(4), 6, CONFIDENCE)
    assert np.allclose(values(table, "mu_star"), np.abs(slopes)) and np.allclose(values(table, "mu"), slopes)
    assert np.allclose(values(table, "sigma"), 0, atol=1e-12)
    assert np.allclose(table["high"] - table["low"], 0, atol=1e-12)


def test_morris_in_other_units_is_the_same():
    """Effects are per full range, so the unit of a factor does not matter."""
    x = morris.sample(problem(2), 10, num_levels=4, seed=3)
    y = x[:, 0] ** 2 + x[:, 0] * x[:, 1]
    table = morris_indices(x, y, names(2), 4, CONFIDENCE)
    other = morris_indices(x * [1000, 0.01] + [5, 5], y, names(2), 4, CONFIDENCE)
    assert np.allclose(table["value"], other["value"])
    assert (values(table, "sigma") > 0.1).all() and (table["high"] > table["value"]).all()


def test_a_step_that_moves_nothing_has_no_effect():
    """A whole number may be rounded back to where it was."""
    x = morris.sample(problem(2), 20, num_levels=4, seed=3)
    x[:, 1] = np.round(x[:, 1] * 0.6)
    table = morris_indices(x, x[:, 0] + 5 * x[:, 1], names(2), 4, CONFIDENCE)
    assert np.allclose(values(table, "mu")[0], 1)
    assert is_morris(x) and 0 < values(table, "mu")[1] < 5 / (2 / 3)


def test_given_data():
    x = latin.sample(problem(4), 600, seed=9)
    y = 4 * x[:, 0] + 2 * x[:, 1] + np.sin(2 * np.pi * x[:, 2])
    variances = np.array([16 / 12, 4 / 12, 0.5, 0.0])
    table = given_data_indices(x, y, names(4), CONFIDENCE)
    assert inside(table, "S1", variances / variances.sum())
    distance = values(table, "pawn")
    assert list(table.loc[table["index"] == "pawn", "factor"]) == [*names(4), NO_EFFECT]
    assert distance[3] < distance[4] < min(distance[:3]) and distance[0] == max(distance)


def test_given_data_sees_the_last_of_few_levels():
    """Only the highest of four levels does anything."""
    rng = np.random.default_rng(4)
    x = np.column_stack([rng.integers(4, size=400), rng.random(400)]).astype(float)
    table = given_data_indices(x, 10.0 * (x[:, 0] == 3) + rng.random(400), names(2), CONFIDENCE)
    assert values(table, "S1")[0] > 0.9 and values(table, "S1")[1] < 0.1
    assert values(table, "pawn")[0] > values(table, "pawn")[2] > values(table, "pawn")[1]


def test_a_factor_that_stays_where_it_is():
    x = latin.sample(problem(2), 200, seed=9)
    x[:, 1] = 7.0
    table = given_data_indices(x, x[:, 0] ** 2, names(2), CONFIDENCE)
    assert np.isfinite(table["value"]).all()
    assert values(table, "pawn")[1] < values(table, "pawn")[2] and abs(values(table, "S1")[1]) < 0.2


def test_complete_grid():
    """y = 2 a + b + a b on {-1, 1} x {-1, 0, 1}: variances 4, 2/3 and 2/3."""
    a, b = np.meshgrid([-1.0, 1.0], [-1.0, 0.0, 1.0], indexing="ij")
    y = (2 * a + b + a * b)[..., None]
    table = crossed_indices(y, names(2), CONFIDENCE)
    total = 4 + 2 / 3 + 2 / 3
    assert np.allclose(values(table, "S1"), [4 / total, 2 / 3 / total])
    assert np.allclose(values(table, "ST"), [(4 + 2 / 3) / total, 4 / 3 / total])
    assert np.allclose(values(table, "S2"), [2 / 3 / total])
    assert table["low"].isna().all()


def test_luck_widens_the_intervals_of_a_grid():
    rng = np.random.default_rng(2)
    levels = np.arange(5.0)[:, None, None] + np.zeros((5, 4, 30))
    quiet = crossed_indices(levels + rng.normal(size=30), names(2), CONFIDENCE)
    assert np.allclose(quiet["high"] - quiet["low"], 0, atol=1e-12), "luck that is the same at every point cancels"
    noisy = crossed_indices(levels + rng.normal(size=levels.shape), names(2), CONFIDENCE)
    assert (noisy["high"] > noisy["low"]).all() and values(noisy, "S1")[0] > 0.95


def test_grids_are_told_from_other_points():
    codes = np.array([[i, j] for j in range(3) for i in range(2)])
    assert crossed(codes) == (2, 3)
    assert crossed(codes[:-1]) is None and crossed(np.vstack([codes[:-1], codes[0]])) is None


def test_layouts():
    x = saltelli(3, 8)
    assert is_saltelli(x, True) and is_saltelli(saltelli(3, 8, False), False)
    assert not is_saltelli(x[:-1], True) and not is_saltelli(x[::-1], True) and not is_saltelli(x[:20], False)
    walk = morris.sample(problem(3), 5, seed=1)
    assert not is_morris(np.array([[0, 0], [1, 0], [2, 0]])), "one factor twice, the other never"
    assert is_morris(walk) and not is_morris(walk[1:]) and not is_morris(x[:8])


def test_luck_shares():
    rng = np.random.default_rng(11)
    points, draws = rng.normal(0, 3, (4000, 1)), rng.normal(0, 2, 60)
    found = luck_shares(points + draws + rng.normal(0, 1, (4000, 60)))
    expected = [9, draws.var(ddof=1), 1]
    assert np.allclose(
        [found.factors, found.luck, found.luck_and_factors], np.array(expected) / sum(expected), atol=0.02
    )
    assert found.factors + found.luck + found.luck_and_factors == pytest.approx(1)
    assert found.in_means == pytest.approx((1 / 60) / (9 + 1 / 60), rel=0.1)
    assert np.isnan(luck_shares(points).luck) and np.isnan(luck_shares(np.ones((3, 3))).luck)


def test_luck_shares_by_hand():
    """Mean squares 9 (points), 4 (draws) and 1: components 4, 1.5 and 1."""
    found = luck_shares(np.array([[1.0, 2.0], [3.0, 6.0]]))
    shares = [found.factors, found.luck, found.luck_and_factors, found.in_means]
    assert np.allclose(shares, [4 / 6.5, 1.5 / 6.5, 1 / 6.5, 1 / 9])


def test_more_draws_are_asked_for():
    """Components 1 of points and 4 of both: four draws leave a half to luck, 76 leave 4 / (4 + 76)."""
    assert draws_needed(0.5, 4) == 76
    assert draws_needed(0.05, 4) == draws_needed(1.0, 4) == draws_needed(np.nan, 1) == 0


def test_intervals_are_normal():
    samples = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 0.0]])
    assert np.allclose(half_width(samples, 0.95), [1.959964 * 2, 0])


def test_more_points_are_asked_for_where_intervals_are_wide():
    y = ishigami(saltelli(3, 32, False))
    needed, line = sample_needed(sobol_indices(y, names(3), False, Confidence()), 32)
    width = line["high"] - line["value"]
    assert needed == pytest.approx(32 * (width / max(line["value"], 0.05)) ** 2, abs=1)
    exact = crossed_indices(np.array([[0.0], [1.0]]), ["x1"], CONFIDENCE)
    assert sample_needed(exact, 2) is None


def test_what_cannot_be_told():
    assert is_constant(np.full(5, 0.1) * 3) and not is_constant(np.array([0.0, 1e-300]))
    idle = np.zeros(4 * 8)
    idle[1::4] = 1
    with pytest.raises(Undetermined, match="all base samples"):
        sobol_indices(idle, names(2), False, CONFIDENCE)
    with pytest.raises(Undetermined, match="two trajectories"):
        morris_indices(np.eye(3)[:, :2], np.arange(3.0), names(2), 4, CONFIDENCE)
    with pytest.raises(Undetermined, match="at least 60"):
        given_data_indices(np.zeros((10, 2)), np.arange(10.0), names(2), CONFIDENCE)
    rare = np.zeros(100)
    rare[7] = 1
    with pytest.raises(Undetermined, match="nearly all"):
        given_data_indices(np.random.default_rng(0).random((100, 2)), rare, names(2), CONFIDENCE)
