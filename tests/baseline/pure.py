"""Pure functions on made-up inputs with every edge that a market seldom meets: tenders, pools, beliefs, sums, tests."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from agents.beliefs import ResidualDemand
from sim.measures import bands, break_even_cost, paired_test
from sim.measures.arrays import deviation, divide, group_mean, group_total, mean, total
from sim.measures.settling import rolling_mean, settling_time
from sim.measures.volatility import season_deviation, subsequent_deviation
from sim.pool import close_pool, initial_payment, pool_return_outlook
from sim.tender import award_prices, clear, clearing_price

from .lines import joined, of_array

SEED, DRAWS = 5, 40


def functions() -> pd.DataFrame:
    """What they return, element by element."""
    made = (*tenders(), *pools(), *beliefs(), *sums(), *series())
    return joined(of_array(name, values) for name, values in made)


def tenders() -> Iterator[tuple[str, np.ndarray]]:
    """Tenders of none to six offers; in turn ordinary, with ties, empty offers, no demand, prices near zero."""
    luck = np.random.default_rng(SEED)
    for offers in (0, 1, 2, 6):
        choke, slope = luck.uniform(60, 160, DRAWS), luck.uniform(0.02, 0.4, DRAWS)
        kt, reserve = luck.uniform(20, 200, (offers, DRAWS)), luck.uniform(0, 180, (offers, DRAWS))
        reserve[:, 8:16] = np.round(reserve[:, 8:16], -2)  # ties
        kt[: offers // 2, 12:20] = 0.0
        choke[20:22] = 0.0
        choke[22:26] = luck.uniform(0, 0.9, 4)  # the price of an empty offer must stay out of reach
        reserve[:, 22:26] *= 0.005
        kt[-1:, 24:26] = 0.0
        reserve[:, 26:28] = 0.0
        choke[28:30] = -5.0
        kt[:, 30:32] = 0.0
        slope[32:34] = 5.0
        if offers:
            choke[34:36] = reserve[0, 34:36]  # an offer at the choke price
        price, award = clear(choke, slope, kt, reserve)
        yield f"tender of {offers}: price", price
        yield f"tender of {offers}: award", award
        yield f"tender of {offers}: clearing price", clearing_price(choke, slope, kt, reserve)
        yield f"tender of {offers}: shape", np.array(award.shape, float)
        for pay_as_bid in (False, True):
            yield f"tender of {offers}: paid, {pay_as_bid}", award_prices(price, reserve, pay_as_bid)


def pools() -> Iterator[tuple[str, np.ndarray]]:
    """Payments of pools in surplus, in deficit and even."""
    current, expected = np.array([80.0, 100.0, 120.0]), np.array([120.0, 110.0, 150.0])
    for new in (False, True):
        yield f"initial payment, {new}", initial_payment(current, expected, 0.8, new)
    for elapsed in (0.0, 0.25, 1.0):
        yield f"outlook, {elapsed}", pool_return_outlook(current, expected, current + 7.0, elapsed, 0.3)
    final, deficit = close_pool(np.array([900.0, 500.0, 650.0]), np.full(3, 50.0), np.full(3, 600.0))
    yield "final payment", final
    yield "deficit", deficit


def beliefs() -> Iterator[tuple[str, np.ndarray]]:
    """A belief of each rule through twelve tenders, one without sales; its line and slope after each."""
    for rule in ("elasticities", "least_squares", "last_price"):
        luck = np.random.default_rng(SEED)
        belief = ResidualDemand(rule, 0.7, 0.95, np.full(4, 100.0), np.array([0.0, 5.0, 50.0, 300.0]))
        demand, whole = np.array([0.1, 0.2, 0.05, 0.4]), np.array([200.0, 100.0, 400.0, 250.0])
        for number in range(12):
            own = luck.uniform(0, 100, 4)
            price = 120.0 - np.array([0.01, 0.3, 1.5, -0.4]) * own + luck.normal(0, 2, 4)
            sold = np.where(number == 5, 0.0, own + luck.uniform(-50, 100, 4))
            belief.update(np.maximum(price, 0.5), own, sold)
            intercept, slope = belief.revenue_line(demand, whole, 3, own)
            yield f"belief {rule} {number}: intercept", intercept
            yield f"belief {rule} {number}: line", slope
            yield f"belief {rule} {number}: slope", belief.slope(demand, whole)
            yield f"belief {rule} {number}: prior", belief.prior_slope(demand, whole)


def sums() -> Iterator[tuple[str, np.ndarray]]:
    """Sums, means and bands with values missing, of one draw and of many, and of nothing."""
    luck = np.random.default_rng(SEED)
    for draws in (1, 9):
        values = luck.normal(5, 3, (7, 2, draws))
        values[2, 0] = values[3:, 1, 0] = np.nan
        whole = np.where(np.isnan(values), 0.0, values)
        codes = np.array([0, 0, 2, 2, 2, 3, 3])
        yield f"total {draws}", total(whole)
        yield f"total of nothing {draws}", total(whole[:0])
        yield f"divide {draws}", divide(whole, np.round(whole / 4))
        yield f"divide, empty {draws}", divide(whole, np.round(whole / 4), empty=-1.0)
        yield f"group total {draws}", group_total(whole, codes, 5)
        for name, function in (("mean", mean), ("deviation", deviation)):
            yield f"{name} {draws}", function(values)
            yield f"{name} of one {draws}", function(values[2:3])
        yield f"group mean {draws}", group_mean(values, codes, 5)
        for name, found in bands(np.moveaxis(values, 0, -1)).items():
            yield f"bands {draws}: {name}", found
        for name, found in zip(("mean", "t", "months", "significant"), paired_test(values), strict=True):
            yield f"paired test {draws}: {name}", found
        constant = np.full((3, 1, draws), 2.0)
        for name, found in zip(("mean", "t", "months", "significant"), paired_test(constant), strict=True):
            yield f"paired test of a constant {draws}: {name}", found
    yield "bands of nothing", bands(np.full((2, 3), np.nan))["mean"]
    yield "break-even", break_even_cost(np.array([-70.0, 10.0, 0.0]), np.array([9000.0, 5000.0, 0.0]))


def series() -> Iterator[tuple[str, np.ndarray]]:
    """A price that settles, one that does not, one with gaps."""
    luck = np.random.default_rng(SEED)
    steps = np.arange(36.0)[:, None]
    values = np.concatenate(
        [100 + 60 * np.exp(-steps / 5), 100 + steps**1.5, 100 + 20 * np.cos(steps), luck.normal(100, 4, (36, 2))],
        axis=1,
    )
    values[3, 3] = np.nan
    for window, last in ((1, 1), (12, 12), (12, 24), (40, 12)):
        yield f"rolling mean {window}/{last}", rolling_mean(values, window)
        yield f"settling time {window}/{last}", settling_time(values, window, last)
    year, base = np.repeat(np.arange(3), 12), np.tile(np.arange(12) == 1, 3)
    whole = np.nan_to_num(values, nan=100.0)
    for name, found in zip(("absolute", "standard"), season_deviation(whole, year, base), strict=True):
        yield f"season {name}", found
    for ahead in (1, 6, 36):
        yield f"{ahead} ahead", subsequent_deviation(whole, ahead)
