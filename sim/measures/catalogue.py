"""Every table reported about a run, by name, and what makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from agents.arrays import ratio
from sim.ledger import Ledger
from sim.measures.bonus_programme import bonus_programme
from sim.measures.deliveries import deliveries
from sim.measures.pools import POOL_TABLES, pool_accounts
from sim.measures.price_gaps import yearly_gaps
from sim.measures.reading import Reading
from sim.measures.refund_programme import intervention, refund_programme
from sim.measures.regime_effect import ProducerAccount, producer_account
from sim.measures.sales import (
    board_origins,
    crop_year_mean,
    grades_of,
    labels,
    select,
    state_by_year,
    year_codes,
)
from sim.measures.table import Table
from sim.measures.trade import concentration, landed_prices, prices, subsidies, tonnes
from sim.measures.welfare import Surplus


def origins_reported(ledger: Ledger) -> list[str]:
    """Origins with a board, whose prices by market and price gaps are reported; all of them when none has one."""
    return sorted(set(board_origins(ledger).values())) or labels(ledger, "origin")


@dataclass(frozen=True)
class Accounts:
    """A run to be reported on, with what several tables rest on.

    Attributes
    ----------
    ledger : Reading
    origins : tuple of str
        Origins whose prices by market and price gaps are reported.
    """

    ledger: Reading
    origins: tuple[str, ...]

    @cached_property
    def producers(self) -> list[ProducerAccount]:
        """Account of each origin's producers."""
        return [producer_account(self.ledger, origin) for origin in labels(self.ledger, "origin")]

    @cached_property
    def surplus(self) -> Surplus:
        """The welfare accounts."""
        return Surplus(self.ledger, self.producers)


def _yearly_state(name: str, state: str, accounts: Accounts) -> list[Table]:
    """Crop-year means of a period state, one column per label."""
    ledger = accounts.ledger
    series = ledger.states.get(state)
    if series is None or not series.labels:
        return []
    units = (series.unit,) * len(series.labels)
    return [Table(name, tuple(ledger.crop_years), series.labels, units, crop_year_mean(ledger, series.values))]


def _closing_stock(ledger: Ledger) -> list[Table]:
    """Stock at the end of each crop year, by origin."""
    series = ledger.states.get("closing_kt")
    if series is None:
        return []
    codes = year_codes(ledger)
    last = [int(np.flatnonzero(codes == year)[-1]) for year in range(len(ledger.crop_years))]
    units = ("kt",) * len(series.labels)
    return [Table("closing_stock", tuple(ledger.crop_years), series.labels, units, series.values[last])]


def _programmes(ledger: Ledger) -> list[Table]:
    """Tonnage, spending and average rate of each export programme."""
    series = ledger.states.get("programme_spend_cad_k")
    if series is None or not series.labels:
        return []
    names = series.labels
    years = tuple(ledger.crop_years)
    spend = np.stack([state_by_year(ledger, "programme_spend_cad_k", name) for name in names], axis=1)
    kt = np.stack([state_by_year(ledger, "programme_kt", name) for name in names], axis=1)
    return [
        Table("programme_spend", years, names, ("million C$",) * len(names), spend / 1000),
        Table("programme_tonnes", years, names, ("kt",) * len(names), kt),
        Table("programme_rate", years, names, ("C$/t",) * len(names), ratio(spend, kt)),
    ]


def _price_gaps(accounts: Accounts) -> list[Table]:
    """Gaps between the feed prices that each origin reported gets in every pair of markets."""
    ledger, tables = accounts.ledger, []
    for origin in accounts.origins:
        for grade in grades_of(ledger, "feed"):
            markets = labels(ledger, "market", select(ledger, origin=origin, grade=grade))
            gaps = yearly_gaps(ledger, origin, grade, markets)
            tables.append(replace(gaps, columns=tuple(f"{origin}:{grade}:{pair}" for pair in gaps.columns)))
    return tables


def _producers(accounts: Accounts) -> list[Table]:
    """Columns of Table 2 and the home price of feed, for each origin."""
    tables = []
    for account in accounts.producers:
        table = account.table()
        columns = (*table.columns, "home_feed_price_cad_t")
        values = np.concatenate([table.values, account.home_feed_price_cad_t[:, None]], axis=1)
        named = tuple(f"{account.origin}:{column}" for column in columns)
        tables.append(Table("producers", table.rows, named, (*table.units, "C$/t"), values))
    return tables


def _concentration(accounts: Accounts) -> list[Table]:
    """Concentration of sellers, by market and pool."""
    ledger, tables = accounts.ledger, []
    for pool in labels(ledger, "pool"):
        table = concentration(ledger, "seller", grades_of(ledger, pool))
        tables.append(replace(table, columns=tuple(f"{market}:{pool}" for market in table.columns)))
    return tables


def _deliveries(accounts: Accounts) -> list[Table]:
    table = deliveries(accounts.ledger)
    return [] if table is None else [table]


Builder = Callable[[Accounts], list[Table]]
LANE, OWN_LANE, BUYER = ("market", "grade"), ("origin", "market", "grade"), ("buyer", "grade")
YEARLY_STATES = {  # table: state
    "cash_price": "cash_price_cad_t",
    "initial_payment": "initial_payment_cad_t",
    "pool_return_outlook": "pool_return_outlook_cad_t",
    "pool_value": "pool_value_cad_t",
    "reference_price": "reference_price_cad_t",
}
TABLES: tuple[tuple[tuple[str, ...], Builder], ...] = (
    (("market_price",), lambda a: [prices(a.ledger, LANE, "market_price")]),
    (("landed_price",), lambda a: [landed_prices(a.ledger, LANE, "landed_price")]),
    (("buyer_price",), lambda a: [landed_prices(a.ledger, BUYER, "buyer_price")]),
    (("market_tonnes",), lambda a: [tonnes(a.ledger, LANE, "market_tonnes")]),
    (("origin_price",), lambda a: [prices(a.ledger, OWN_LANE, "origin_price", origin=a.origins)]),
    (("origin_tonnes",), lambda a: [tonnes(a.ledger, OWN_LANE, "origin_tonnes")]),
    (("seller_tonnes",), lambda a: [tonnes(a.ledger, ("seller",), "seller_tonnes")]),
    (("market_subsidy",), lambda a: [subsidies(a.ledger, LANE, "market_subsidy")]),
    (("programme_spend", "programme_tonnes", "programme_rate"), lambda a: _programmes(a.ledger)),
    (("bonus_tonnes", "bonus", "bonus_fiscal_year", "eligible_price"), lambda a: bonus_programme(a.ledger)),
    (("refund_programme",), lambda a: refund_programme(a.ledger)),
    (("intervention",), lambda a: intervention(a.ledger)),
    (POOL_TABLES, lambda a: list(pool_accounts(a.ledger).values())),
    (("deliveries",), _deliveries),
    (("price_gap",), _price_gaps),
    (("producers",), _producers),
    *(((name,), partial(_yearly_state, name, state)) for name, state in YEARLY_STATES.items()),
    (("closing_stock",), lambda a: _closing_stock(a.ledger)),
    (("producers",), lambda a: [a.surplus.producers]),
    (("consumers_surplus",), lambda a: [a.surplus.consumers]),
    (("merchants",), lambda a: [a.surplus.merchants]),
    (("taxpayers",), lambda a: [a.surplus.taxpayers]),
    (("programmes",), lambda a: [a.surplus.programmes]),
    (("deficits",), lambda a: [a.surplus.deficits]),
    (("freight",), lambda a: [a.surplus.freight]),
    (("total_surplus",), lambda a: [a.surplus.whole]),
    (("concentration",), _concentration),
)
"""Names of tables and what makes them, in order of presentation; a name may come twice, with other columns."""
