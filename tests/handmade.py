"""Small ledgers written by hand, for tests whose answers are worked out on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.ledger import SALE_COLUMNS, Ledger

MONTHS = ("08", "09", "10", "11", "12", "01", "02", "03", "04", "05", "06", "07")
CROP_YEAR_STATES = ("pool_kt", "pool_receipts_cad_k", "pool_costs_cad_k", "pool_initial_cad_k", "pool_final_cad_k",
                    "pool_deficit_cad_k")  # fmt: skip
DEFAULTS = {
    "seller": "wheat_board", "role": "board", "buyer": "tokyo", "market": "japan", "grade": "feed", "pool": "feed",
    "origin": "canada", "country": "japan", "agreement": False,
    "kt": 0.0, "price_cad_t": 0.0, "freight_cad_t": 0.0, "subsidy_cad_t": 0.0,
}  # fmt: skip


def calendar(first_year: int, count: int, per_year: int = 12, length: int | None = None) -> pd.DataFrame:
    """Periods from August of ``first_year``: ``length`` per crop year (all by default), ``per_year`` per full year."""
    lines = []
    for year in range(count):
        start = first_year + year
        name = f"{start}/{(start + 1) % 100:02d}"
        for step in range(length or per_year):
            month = MONTHS[step * 12 // per_year]
            in_year = start if int(month) >= 8 else start + 1
            lines.append((len(lines), name, year, f"{in_year}-{month}", 1 / per_year))
    return pd.DataFrame(lines, columns=["period", "crop_year", "year", "month", "weight"])


def make_ledger(periods: pd.DataFrame, sales: list[dict], draws: int = 2, **states: dict[str, object]) -> Ledger:
    """A ledger from plain numbers.

    ``sales`` are dictionaries with ``period`` and whatever differs from ``DEFAULTS``; amounts are numbers or one number
    per draw. Each state is a dictionary of label -> values: a number, one per time step, or (time, draw).
    """
    lines = [{**DEFAULTS, **sale} for sale in sales]
    rows = pd.DataFrame(lines).drop(columns=list(SALE_COLUMNS))
    rows["tender"] = rows["buyer"] + ":" + rows["grade"]
    rows = rows.merge(periods[["period", "crop_year", "year", "month"]], on="period", how="left")
    columns = {
        name: np.array([np.broadcast_to(np.asarray(line[name], float), (draws,)) for line in lines])
        for name in SALE_COLUMNS
    }
    ledger = Ledger(rows=rows, periods=periods, draws=draws, sales=columns)
    for name, values in states.items():
        time = "crop_year" if name in CROP_YEAR_STATES else "period"
        ledger.add_state(name, tuple(values), "unit", time)
        for column, numbers in enumerate(values.values()):
            numbers = np.asarray(numbers, float)
            numbers = numbers[:, None] if numbers.ndim == 1 else numbers
            ledger.states[name].values[:, column] = numbers
    return ledger


def take_draws(ledger: Ledger, index: list[int]) -> Ledger:
    """The same ledger with some of its draws, in the order asked for."""
    result = Ledger(
        rows=ledger.rows, periods=ledger.periods, draws=len(index), first_draw=index[0],
        sales={name: values[:, index].copy() for name, values in ledger.sales.items()},
    )  # fmt: skip
    for name, series in ledger.states.items():
        result.add_state(name, series.labels, series.unit, series.time)
        result.states[name].values[:] = series.values[:, :, index]
    return result


def shuffle_rows(ledger: Ledger, order: np.ndarray) -> Ledger:
    """The same ledger with its sale rows in another order."""
    sales = {name: values[order] for name, values in ledger.sales.items()}
    rows = ledger.rows.iloc[order].reset_index(drop=True)
    return Ledger(rows=rows, periods=ledger.periods, draws=ledger.draws, sales=sales, states=ledger.states)


def random_ledger(seed: int = 1, draws: int = 5, years: int = 3, per_year: int = 12, scale: float = 1.0) -> Ledger:
    """A ledger of plausible random numbers with every state the measures use; ``scale`` multiplies all tonnages."""
    random = np.random.default_rng(seed)
    periods = calendar(1980, years, per_year)
    sellers = [("wheat_board", "board", "canada"), ("house", "trader", "canada"), ("exporter", "exporter", "states"),
               ("farmers", "growers", "canada")]  # fmt: skip
    buyers = [("tokyo", "japan", "japan", ("feed",)), ("riyadh", "offshore", "offshore", ("feed",)),
              ("brewers", "states", "states", ("six_row", "two_row")), ("feeders", "canada", "canada", ("feed",)),
              ("maltsters", "canada", "canada", ("six_row", "two_row"))]  # fmt: skip
    sales = []
    for period in periods["period"]:
        for buyer, market, country, grades in buyers:
            for grade in grades:
                for seller, role, origin in sellers:
                    kt = scale * np.where(random.random(draws) < 0.3, 0, random.uniform(1, 50, draws))
                    sales.append({
                        "period": period, "seller": seller, "role": role, "origin": origin, "buyer": buyer,
                        "market": market, "country": country, "grade": grade,
                        "pool": "feed" if grade == "feed" else "malting", "kt": kt,
                        "price_cad_t": random.uniform(80, 200, draws), "freight_cad_t": random.uniform(5, 40, draws),
                        "subsidy_cad_t": random.uniform(0, 40, draws) * (origin == "states"),
                    })  # fmt: skip

    def noise(*names: str, low: float = 50, high: float = 200, steps: int = len(periods)) -> dict:
        return {name: random.uniform(low, high, (steps, draws)) for name in names}

    lanes = [f"{buyer}:{grade}" for buyer, _, _, grades in buyers for grade in grades]
    margins = [f"{o}:{g}" for o in ("canada", "states") for g in ("feed", "six_row", "two_row")]
    pools = ("wheat_board:feed", "wheat_board:malting")
    states = {
        "opening_kt": noise("canada", "states"), "closing_kt": noise("canada", "states"),
        "cash_price_cad_t": noise("canada", "states"), "initial_payment_cad_t": noise("wheat_board"),
        "pool_return_outlook_cad_t": noise("wheat_board"),
        "choke_cad_t": noise(*lanes, low=300, high=400),
        "slope_cad_t_kt": noise(*lanes, low=0.1 / scale, high=1 / scale),
        "merchant_margin_cad_k": noise(*margins, low=0, high=90 * scale),
        "board_cost_cad_k": noise("wheat_board", low=0, high=9 * scale),
        "programme_rate_cad_t": noise("eep", "restitution"), "programme_kt": noise("eep", "restitution"),
        "programme_spend_cad_k": noise("eep", "restitution"),
        "reference_price_cad_t": noise("lethbridge_barley", "great_falls_barley", "pnw_corn"),
    }  # fmt: skip
    for name in ("opening_kt", "closing_kt"):
        states[name] = {label: scale * values for label, values in states[name].items()}
    states |= {name: noise(*pools, low=scale, high=900 * scale, steps=years) for name in CROP_YEAR_STATES}
    return make_ledger(periods, sales, draws, **states)
