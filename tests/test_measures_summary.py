"""What must hold for every measure whatever the numbers, and the long list of measures."""

import numpy as np
import pytest
from handmade import calendar, make_ledger, random_ledger, shuffle_rows, take_draws

from sim.measures import (
    Measures,
    bonus_pass_through,
    monthly_summary,
    price_gaps,
    price_movement,
    regime_effect,
    subsidy_per_additional_tonne,
    summary,
    surplus_change,
    volatility,
)

POINTS = ("lethbridge_barley", ["great_falls_barley"])


@pytest.fixture(autouse=True)
def strict():
    with np.errstate(all="raise"):
        yield


def everything(ledger, other):
    """Every measure there is, in one list."""
    tables = [
        price_gaps(ledger, "canada", "feed", ["japan-offshore", "offshore-canada"], ["1980/81-1981/82"]).table(),
        price_movement(ledger, *POINTS, "canada", "feed", 0.5),
        volatility(ledger, ["lethbridge_barley", "pnw_corn"], "pnw_corn"),
        regime_effect(ledger, other, "canada"),
        subsidy_per_additional_tonne(ledger, other, "states"),
        bonus_pass_through(ledger, other, "states", "feed"),
        *surplus_change(ledger, other).tables(),
    ]
    parts = (Measures.from_tables(tables), summary(ledger), monthly_summary(ledger))
    return np.concatenate([part.values for part in parts])


@pytest.mark.parametrize("per_year", [12, 52])
def test_a_draw_alone_has_the_same_bits(per_year):
    ledger, other = random_ledger(1, 9, 2, per_year), random_ledger(2, 9, 2, per_year)
    together = everything(ledger, other)
    assert len(together) > 300 and np.isnan(together).all(axis=1).mean() < 0.02  # only what is never sold is missing
    for chosen in ([3], [8, 0], [4, 2, 1]):
        apart = everything(take_draws(ledger, chosen), take_draws(other, chosen))
        assert np.array_equal(apart, together[:, chosen], equal_nan=True)


def test_row_order_does_not_matter():
    ledger, other = random_ledger(1), random_ledger(2)
    order = np.random.default_rng(5).permutation(len(ledger.rows))
    shuffled = everything(shuffle_rows(ledger, order), shuffle_rows(other, order))
    assert np.allclose(shuffled, everything(ledger, other), equal_nan=True)


def test_scale_of_tonnage():
    small, large = summary(random_ledger()), summary(random_ledger(scale=10))
    assert small.keys == large.keys
    factor = {"kt": 10, "million C$": 10, "thousand C$": 10, "C$/t": 1, "0 to 1": 1}
    for key, a, b in zip(small.keys, small.values, large.values, strict=True):
        if key[0] not in ("programmes", "programme_spend", "programme_tonnes") and key[3] in factor:
            assert np.allclose(a * factor[key[3]], b, equal_nan=True), key


def test_measures_join_along_the_draws():
    ledger = random_ledger()
    whole = summary(ledger)
    halves = [summary(take_draws(ledger, [3, 4])), summary(take_draws(ledger, [0, 1, 2]))]
    joined = Measures.concat(halves)
    assert joined.keys == whole.keys and joined.draw_numbers == whole.draw_numbers == (0, 1, 2, 3, 4)
    assert np.array_equal(joined.values, whole.values, equal_nan=True)
    assert joined.bands().equals(whole.bands())


def test_measures_refuse_to_join_what_does_not_belong_together():
    part = summary(random_ledger())
    with pytest.raises(ValueError, match="same draw twice"):
        Measures.concat([part, part])
    with pytest.raises(ValueError, match="different keys"):
        Measures.concat([part, summary(random_ledger(years=2))])


def test_keys_are_unique_and_frames_carry_them():
    measures = summary(random_ledger())
    assert len(set(key[:3] for key in measures.keys)) == len(measures.keys)
    frame = measures.bands((0.1, 0.9))
    assert list(frame.columns) == ["table", "row", "column", "unit", "mean", "p10", "p90", "missing"]
    assert measures.to_frame().shape == (len(measures.keys), 5)
    line = frame[(frame["table"] == "market_price") & (frame["row"] == "1980/81") & (frame["column"] == "japan:feed")]
    assert np.allclose(line["mean"], measures.get("market_price", "1980/81", "japan:feed").mean())
    with pytest.raises(KeyError, match="no measure"):
        measures.get("market_price", "1980/81", "moon:feed")


def test_summary_covers_what_is_reported():
    tables = {key[0] for key in summary(random_ledger()).keys}
    assert tables >= {
        "market_price", "origin_price", "market_tonnes", "seller_tonnes", "market_subsidy", "programme_spend",
        "pool_return_cad_t", "pool_deficit_cad_t", "price_gap", "cash_price", "producers", "consumers_surplus",
        "taxpayers", "merchants", "total_surplus", "concentration", "closing_stock", "reference_price",
    }  # fmt: skip
    monthly = monthly_summary(random_ledger())
    assert ("monthly_price", "1980-09", "canada:japan:feed", "C$/t") in monthly.keys


@pytest.mark.parametrize("states", [{}, {"programme_spend_cad_k": {}, "pool_kt": {}, "reference_price_cad_t": {}}])
def test_a_market_without_boards_and_programmes_has_a_summary(states):
    states = dict(states)
    if "pool_kt" in states:
        states |= {f"pool_{item}_cad_k": {} for item in ("receipts", "costs", "initial", "final", "deficit")}
    sales = [{"period": t, "kt": 2, "price_cad_t": 100, "seller": "house", "role": "trader"} for t in range(12)]
    ledger = make_ledger(calendar(1980, 1), sales, **states)
    assert np.array_equal(
        summary(ledger).get("producers", "1980/81", "canada:producer_revenue_million_cad"), [2.4, 2.4]
    )
    assert len(monthly_summary(ledger, ["canada"]).keys) == 12
