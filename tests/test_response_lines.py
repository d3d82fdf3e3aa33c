"""Continuous best responses against the closed form of two subsidising countries."""

import numpy as np
import pytest

from sim.experiments.response_lines import crossing, line, misfit, tops

LEVELS = np.arange(0.0, 43.0, 7.0)


def gain(own, other, a):
    """(a - s - s')(a + 2 s - s') / 9: a country's profit less its subsidy with demand less cost ``a`` and slope 1."""
    return (a - own - other) * (a + 2 * own - other) / 9


def table(a):
    own, rival = LEVELS[:, None, None], LEVELS[None, :, None]
    return gain(own, rival, np.asarray(a, float)[None, None])


def test_parabola_finds_the_best_subsidy_and_the_lines_cross_at_a_fifth():
    a = np.array([140.0, 100.0])
    best = tops(LEVELS, table(a))
    assert best == pytest.approx((a - LEVELS[:, None]) / 4)
    own = line(LEVELS, best)
    assert own[0] == pytest.approx(a / 4) and own[1] == pytest.approx([-0.25, -0.25])
    x, y = crossing(own, own)
    assert x == pytest.approx(a / 5) and y == pytest.approx(a / 5)
    assert misfit(LEVELS, best) == pytest.approx(0, abs=1e-9)


def test_payoffs_that_do_not_bend_down_have_no_best_level():
    payoffs = np.stack([LEVELS, LEVELS**2, -((LEVELS - 3) ** 2)], axis=-1)[:, None, :]
    best = tops(LEVELS, payoffs)
    assert np.isnan(best[0, :2]).all() and best[0, 2] == pytest.approx(3)
    own = line(np.array([0.0, 1.0]), np.vstack([best, best]))
    assert np.isnan(own[0]).tolist() == [True, True, False]


def test_parallel_lines_do_not_cross():
    one = np.array([1.0, 1.0])
    x, y = crossing((one, one), (one, np.array([1.0, 0.5])))
    assert np.isnan(x[0]) and np.isnan(y[0]) and (x[1], y[1]) == pytest.approx((4, 3))


def test_misfit_is_the_distance_from_the_line():
    assert misfit(np.array([0.0, 1, 2]), np.array([[0.0], [3], [0]])) == pytest.approx(2)
