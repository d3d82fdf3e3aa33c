"""What a bonus programme did: tonnes by buyer, level and spread of bonuses, spending, and how bids fared."""

from __future__ import annotations

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide, group_total, total
from sim.measures.sales import board_origins, by_crop_year, labels, select, state_by_year, tabulate
from sim.measures.table import Table

SPREAD = (0.05, 0.95)


def bonus_programme(ledger: Ledger) -> list[Table]:
    """Return the tables of the bonus programme; none where the run has none.

    Returns
    -------
    list of Table
        ``bonus_tonnes`` (kt by buyer), ``bonus`` (by crop year: kt, tonnage-weighted mean, 5 and 95 % points of the
        tonnes in US$/t, NaN where nothing was paid; spending in million US$; share of the bid tonnes accepted, NaN
        without bids), ``bonus_fiscal_year`` (spending and money left, rows named by the fiscal year's first month) and,
        where a board ships, ``eligible_price`` (C$/t f.o.b., by whether buyers have an initiative at some time).
    """
    bids = ledger.states.get("bonus_bid_kt")
    if bids is None or not bids.labels:
        return []
    buyers, years = list(bids.labels), tuple(ledger.crop_years)
    index = select(ledger, origin=_origin(ledger), buyer=buyers, pool="feed", agreement=False)
    kt = tabulate(ledger, index, ("subsidised_kt",), ("crop_year", "buyer"), {"buyer": buyers})["subsidised_kt"]
    tonnes = total(np.moveaxis(kt, 1, 0))
    spent = state_by_year(ledger, "bonus_spent_usd_k", _origin(ledger))
    asked = total(np.moveaxis(by_crop_year(ledger, bids.values), 1, 0))
    accepted = total(np.moveaxis(by_crop_year(ledger, ledger.states["bonus_accepted_kt"].values), 1, 0))
    low, high = _spread(ledger, _paid_rows(ledger, index))
    columns = {
        "tonnes": ("kt", tonnes),
        "mean": ("US$/t", divide(spent, tonnes)),
        "p05_of_tonnes": ("US$/t", low),
        "p95_of_tonnes": ("US$/t", high),
        "spending": ("million US$", spent / 1000),
        "accepted_share": ("0 to 1", divide(accepted, asked)),
    }
    units, values = zip(*columns.values(), strict=True)
    return [
        Table("bonus_tonnes", years, tuple(buyers), ("kt",) * len(buyers), kt),
        Table("bonus", years, tuple(columns), units, np.stack(values, axis=1)),
        _fiscal_years(ledger),
        *_eligible_prices(ledger, buyers),
    ]


def _eligible_prices(ledger: Ledger, buyers: list[str]) -> list[Table]:
    """Feed prices that boards' origins get from buyers with an initiative at some time, and from the others around."""
    around = labels(ledger, "market", select(ledger, buyer=buyers))
    others = [name for name in labels(ledger, "buyer", select(ledger, market=around)) if name not in buyers]
    columns, values = [], []
    for origin in sorted(set(board_origins(ledger).values())):
        for what, group in (("with_initiative", buyers), ("without", others)):
            index = select(ledger, origin=origin, buyer=group, market=around, pool="feed", agreement=False)
            if not group or not len(index):
                continue
            found = tabulate(ledger, index, ("kt", "value_cad_k"), ("crop_year",))
            columns.append(f"{origin}:{what}")
            values.append(divide(found["value_cad_k"], found["kt"]))
    if not columns:
        return []
    units = ("C$/t",) * len(columns)
    return [Table("eligible_price", tuple(ledger.crop_years), tuple(columns), units, np.stack(values, axis=1))]


def _paid_rows(ledger: Ledger, index: np.ndarray) -> np.ndarray:
    """Those of the sale rows ``index`` that were paid a bonus in some draw."""
    subsidy = ledger.sales["subsidy_cad_t"]
    paid_rows: np.ndarray = index[np.array([subsidy[row].any() for row in index], dtype=bool)]
    return paid_rows


def _origin(ledger: Ledger) -> str:
    """Origin whose exporters bid."""
    return ledger.states["bonus_spent_usd_k"].labels[0]


def _spread(ledger: Ledger, index: np.ndarray) -> np.ndarray:
    """5 and 95 % points of the bonus over the tonnes of each crop year, US$/t, shape (point, crop year, draw)."""
    years = ledger.rows["year"].to_numpy()[index]
    exchange = ledger.state("exchange", "cad_per_usd")
    result = np.full((len(SPREAD), len(ledger.crop_years), ledger.draws), np.nan)
    for year in np.unique(years):
        rows = index[years == year]
        rate = ledger.sales["subsidy_cad_t"][rows] / exchange[ledger.rows["period"].to_numpy()[rows]]
        kt = np.where(rate > 0, ledger.sales["kt"][rows], 0.0)
        order = np.argsort(rate, axis=0, kind="stable")
        reached = np.add.accumulate(np.take_along_axis(kt, order, axis=0), axis=0)
        ordered = np.take_along_axis(rate, order, axis=0)
        for place, share in enumerate(SPREAD):
            at = (reached < share * reached[-1]).sum(axis=0)[None]
            point = np.take_along_axis(ordered, np.minimum(at, len(rows) - 1), axis=0)[0]
            result[place, year] = np.where(reached[-1] > 0, point, np.nan)
    return result


def _fiscal_years(ledger: Ledger) -> Table:
    """Spending and money left at the end of each fiscal year, million US$; the last one may be cut by the run's end."""
    origin = _origin(ledger)
    opens = ledger.state("bonus_fiscal_year_opens", origin)[:, 0] > 0
    opens[0] = True
    codes, first = np.cumsum(opens) - 1, np.flatnonzero(opens)
    spent = group_total(ledger.state("bonus_spent_usd_k", origin), codes, len(first))
    last = np.append(first[1:], len(codes)) - 1
    left = ledger.state("bonus_money_left_usd_k", origin)[last]
    rows = tuple(ledger.periods["month"].iloc[first])
    values = np.stack([spent, left], axis=1) / 1000
    return Table("bonus_fiscal_year", rows, ("spending", "money_left"), ("million US$",) * 2, values)
