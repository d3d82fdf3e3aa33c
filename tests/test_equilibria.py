"""Equilibria of small games whose answers are known."""

import numpy as np
import pytest

from sim.experiments.equilibria import (
    best_responses,
    dilemmas,
    dominant,
    dominated,
    expected,
    mixed_equilibria,
    pure_equilibria,
    undominated,
)


def matrix(*rows):
    return np.array(rows, dtype=float)


PRISONERS = matrix([3, 0], [5, 1]), matrix([3, 5], [0, 1])  # first strategy: silent
COORDINATION = matrix([2, 0], [0, 1]), matrix([2, 0], [0, 1])
PENNIES = matrix([1, -1], [-1, 1]), matrix([-1, 1], [1, -1])


def cells(table):
    return [tuple(each) for each in np.argwhere(pure_equilibria(*table)).tolist()]


def test_pure_equilibria():
    assert cells(PRISONERS) == [(1, 1)]
    assert cells(COORDINATION) == [(0, 0), (1, 1)]
    assert cells(PENNIES) == []


def test_best_responses_keep_ties_and_the_draws_apart():
    payoffs = np.stack([matrix([1, 2], [1, 3]), matrix([0, 5], [1, 3])], axis=-1)
    best = best_responses(payoffs)
    assert best[..., 0].tolist() == [[True, False], [True, True]]
    assert best[..., 1].tolist() == [[False, True], [True, False]]
    assert best_responses(matrix([1, 0], [1 + 1e-12, 0])).all()  # rounding breaks no tie


def test_matching_pennies_has_one_equilibrium_and_it_is_mixed():
    found = mixed_equilibria(*PENNIES)
    ((p, q),) = found.equilibria
    assert p == pytest.approx([0.5, 0.5]) and q == pytest.approx([0.5, 0.5]) and not found.note
    assert expected(PENNIES[0], p, q) == pytest.approx(0)


def test_coordination_mixes_so_that_the_other_does_not_care():
    ((p, q),) = mixed_equilibria(*COORDINATION).equilibria
    assert p == pytest.approx([1 / 3, 2 / 3]) and q == pytest.approx([1 / 3, 2 / 3])
    assert COORDINATION[0] @ q == pytest.approx([2 / 3, 2 / 3])


def test_mixing_keeps_dominated_strategies_out():
    one = np.vstack([PENNIES[0], [-9, -9]])
    other = np.vstack([PENNIES[1], [7, 7]])
    ((p, _),) = mixed_equilibria(one, other).equilibria
    assert p == pytest.approx([0.5, 0.5, 0]) and p.shape == (3,)


def test_scale_and_level_change_no_equilibrium():
    one, other = COORDINATION
    ((p, q),) = mixed_equilibria(1e6 * one - 3e6, 1e-6 * other + 5).equilibria
    assert p == pytest.approx([1 / 3, 2 / 3]) and q == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize("seed", range(6))
def test_every_mixed_equilibrium_leaves_nobody_a_better_answer(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, 4, 5))
    found = mixed_equilibria(one, other)
    for p, q in found.equilibria:
        assert (one @ q).max() == pytest.approx(p @ one @ q) and (p @ other).max() == pytest.approx(p @ other @ q)
    assert (len(found.equilibria) + len(cells((one, other)))) % 2 == 1  # Wilson (1971)


def test_degenerate_games_are_said_to_be():
    flat = np.ones((2, 2))
    assert "degenerate" in mixed_equilibria(flat, flat).note
    assert "degenerate" in mixed_equilibria(matrix([1, 1]), matrix([2, 2])).note
    assert not mixed_equilibria(matrix([1, 0]), matrix([1, 2])).note


def test_large_games_are_not_searched():
    rng = np.random.default_rng(1)
    one = np.eye(8) + 0.01 * rng.random((8, 8))
    assert "not looked for" in mixed_equilibria(one, -one).note


def test_dominance():
    table = matrix([1, 1, 1], [2, 2, 1], [3, 3, 3])
    assert dominated(table) == [(0, 2, True), (1, 2, True)]
    assert dominant(table) == (2, True)
    assert dominant(matrix([1, 2], [1, 3])) == (1, False) and dominated(matrix([1, 2], [1, 3])) == [(0, 1, False)]
    assert dominant(PENNIES[0]) is None and dominated(PENNIES[0]) == []
    assert dominant(matrix([1, 2])) is None  # nothing to dominate


def test_elimination_goes_on_until_nothing_is_dominated():
    # The second's right column is dominated only once the first's bottom row is gone.
    one, other = matrix([3, 2], [2, 1]), matrix([2, 1], [0, 5])
    rows, columns = undominated(one, other)
    assert rows.tolist() == [0] and columns.tolist() == [0]


def test_the_prisoners_dilemma_is_one_and_others_are_not():
    for player in dilemmas(*PRISONERS, (0, 0), (1, 1)):
        assert (player.temptation, player.reward, player.punishment, player.sucker) == (5, 3, 1, 0)
        assert player.holds
    assert not any(player.holds for player in dilemmas(*PRISONERS, (1, 1), (1, 1)))  # disarmed already
    # Chicken: arming does not pay against one who is armed.
    chicken = matrix([3, 1], [5, 0])
    assert not dilemmas(chicken, chicken.T, (0, 0), (1, 1))[0].holds


def test_the_dilemma_is_told_draw_by_draw():
    one, other = (np.stack([each, COORDINATION[0]], axis=-1) for each in PRISONERS)
    assert dilemmas(one, other, (0, 0), (1, 1))[0].holds.tolist() == [True, False]
