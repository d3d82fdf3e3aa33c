"""Sums, means and bands."""

import numpy as np
import pytest

from sim.measures.arrays import deviation, divide, group_mean, group_total, mean, total
from sim.measures.bands import bands, quantile_name


@pytest.fixture(autouse=True)
def strict():
    with np.errstate(all="raise"):
        yield


def test_total_gives_a_draw_the_same_bits_alone_and_in_company():
    values = np.random.default_rng(3).lognormal(size=(5000, 64))
    together = total(values)
    assert all(total(values[:, [k]])[0] == together[k] for k in range(64))
    assert np.array_equal(total(values[:, 10:13]), together[10:13])
    assert np.array_equal(total(np.asfortranarray(values)), together)


def test_total_of_nothing_is_zero():
    assert np.array_equal(total(np.zeros((0, 2, 3))), np.zeros((2, 3)))


def test_divide_marks_empty_cells_and_keeps_missing_values():
    result = divide(np.array([1.0, 0.0, np.nan, 3.0]), np.array([2.0, 0.0, 1.0, np.nan]))
    assert np.array_equal(result, [0.5, np.nan, np.nan, np.nan], equal_nan=True)
    assert divide(np.array([1.0]), np.array([0.0]), empty=0.0)[0] == 0


def test_mean_and_deviation_leave_missing_values_out():
    values = np.array([[1.0, np.nan], [3.0, 5.0], [np.nan, np.nan]])
    assert np.array_equal(mean(values), [2, 5])
    # (1 - 2)^2 + (3 - 2)^2 = 2, over n - 1 = 1; one value has no spread
    assert np.array_equal(deviation(values), [np.sqrt(2), np.nan], equal_nan=True)


def test_groups():
    values = np.array([[1.0], [10.0], [100.0], [np.nan]])
    codes = np.array([2, 0, 2, 1])
    assert np.array_equal(group_total(values[:3], codes[:3], 4)[:, 0], [10, 0, 101, 0])
    assert np.array_equal(group_mean(values, codes, 4)[:, 0], [10, np.nan, 50.5, np.nan], equal_nan=True)


def test_bands_leave_missing_draws_out_and_count_them():
    result = bands(np.array([[1.0, 2, 3, 4, 5], [np.nan, 2, np.nan, 4, 6], [np.nan] * 5]))
    assert np.array_equal(result["mean"], [3, 4, np.nan], equal_nan=True)
    assert np.array_equal(result["p50"], [3, 4, np.nan], equal_nan=True)
    assert np.allclose(result["p05"][:2], [1.2, 2.2])  # 5 % of the way along 5 values: 1 + 0.2; along 3: 2 + 0.1 x 2
    assert np.array_equal(result["missing"], [0, 2, 5])


def test_bands_do_not_depend_on_the_order_of_draws():
    values = np.random.default_rng(1).normal(size=(4, 50))
    turned = bands(values[:, ::-1])
    assert all(np.allclose(turned[name], band) for name, band in bands(values).items())


def test_quantile_names():
    assert [quantile_name(q) for q in (0.05, 0.5, 0.975)] == ["p05", "p50", "p97.5"]
