"""Array helpers of the agents: same bits alone and in company, and NumPy's own answers."""

import numpy as np
import pytest

from agents.arrays import ascending, ratio, running, total


@pytest.mark.parametrize("draws", [2, 63, 64, 200])
def test_sums_add_row_by_row_for_every_number_of_draws(draws):
    luck = np.random.default_rng(0)
    rows = luck.normal(size=(137, draws)) * 10.0 ** luck.integers(-9, 9, size=(137, draws))
    for layout in (rows, np.asfortranarray(rows), rows[::3]):
        alone = [np.cumsum([*layout[:, k]])[-1] for k in range(draws)]
        assert np.array_equal(total(layout), alone)
        assert np.array_equal(running(np.add, layout)[-1], alone)
        assert total(layout[:, :1])[0] == alone[0]
    assert np.array_equal(running(np.maximum, rows), np.maximum.accumulate(rows, axis=0))
    assert total(np.zeros((0, 4))).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("rows", [1, 2, 11, 16, 17, 40])
@pytest.mark.parametrize("draws", [1, 2, 300])
def test_ascending_is_the_stable_order(rows, draws):
    luck = np.random.default_rng(rows)
    values = luck.normal(size=(rows, draws)) * 50
    rounded = np.round(values / 20) * 20
    cases = {
        "plain": values,
        "positive": np.abs(values),
        "many equal": rounded,
        "infinite": np.where(values > 40, np.inf, rounded),
        "zeros of both signs": rounded * -0.0,
        "one bit apart": rounded * (1 + luck.integers(-3, 3, size=values.shape) * 2.0**-52),
        "one order": np.sort(values, axis=0)[::-1],
    }
    for name, case in cases.items():
        order = np.argsort(case, axis=0, kind="stable")
        assert np.array_equal(ascending(case), order * draws + np.arange(draws)), name


def test_ratio_is_empty_where_the_denominator_is_not_positive():
    assert ratio(np.array([1.0, 1.0, 1.0]), np.array([2.0, 0.0, -1.0]), empty=-1.0).tolist() == [0.5, -1.0, -1.0]
