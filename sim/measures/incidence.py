"""What the incidence of an export programme is read from, in one run: gains by country, money, stocks and prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide, total
from sim.measures.regime_effect import ProducerAccount, producer_account
from sim.measures.sales import board_origins, grades_of, labels, select, state_by_year, tabulate
from sim.measures.table import Table
from sim.measures.trade import exports_kt
from sim.measures.welfare import UNIT, Welfare, by_country, surplus_by_demand, welfare

COSTS = ("grade_cost_cad_k", "production_cost_cad_k")
"""What producers spend on what they sell: producers' surplus is what they receive less these."""


@dataclass(frozen=True)
class Followed:
    """Whose prices are followed.

    Attributes
    ----------
    origin : str
        Origin whose f.o.b. prices are followed market by market.
    buyers : tuple of (str, tuple of str)
        Groups of importers whose landed price is followed, with a name each.
    """

    origin: str
    buyers: tuple[tuple[str, tuple[str, ...]], ...] = ()


def incidence_tables(ledger: Ledger, followed: Followed) -> list[Table]:
    """Tables ``gains``, ``money``, ``stocks``, ``groups``, ``exports``, ``prices`` of a run; rows are crop years."""
    accounts, whole = _accounts(ledger)
    return [
        by_country(whole),
        money(ledger, accounts, whole),
        _stocks(ledger, accounts),
        _groups(ledger, followed),
        _exports(ledger),
        followed_prices(ledger, followed, accounts.get(followed.origin)),
    ]


def gains_tables(ledger: Ledger) -> list[Table]:
    """Tables ``gains``, ``stocks`` and ``exports`` of a run: what says, of two, who gains and what a programme adds."""
    accounts, whole = _accounts(ledger)
    return [by_country(whole), _stocks(ledger, accounts), _exports(ledger)]


def _accounts(ledger: Ledger) -> tuple[dict[str, ProducerAccount], Welfare]:
    accounts = {origin: producer_account(ledger, origin) for origin in labels(ledger, "origin")}
    return accounts, welfare(ledger, list(accounts.values()))


def _exports(ledger: Ledger) -> Table:
    origins = labels(ledger, "origin")
    exported = np.stack([exports_kt(ledger, origin) for origin in origins], axis=1)
    return Table("exports", tuple(ledger.crop_years), tuple(origins), ("kt",) * len(origins), exported)


def _groups(ledger: Ledger, followed: Followed) -> Table:
    """Consumers' surplus of each group of importers that is followed, million C$."""
    surplus = np.zeros((len(ledger.crop_years), len(followed.buyers), ledger.draws))
    for buyer, gain_cad_k in surplus_by_demand(ledger):
        for place, (_, buyers) in enumerate(followed.buyers):
            if buyer in buyers:
                surplus[:, place] += gain_cad_k / 1000
    names = tuple(name for name, _ in followed.buyers)
    return Table("groups", tuple(ledger.crop_years), names, (UNIT,) * len(names), surplus)


def money(ledger: Ledger, accounts: dict[str, ProducerAccount], whole: Welfare) -> Table:
    """Where the buyers' and the treasuries' money goes, million C$ a crop year.

    In a closed account ``buyers_paid + treasuries_paid = producers_received + middlemen_received + boards_cost +
    freight``; ``imbalance`` is the left side less the right. Each entry is read from an account of its own: buyers and
    freight from the sale rows, treasuries from the accounts of programmes, pools and intervention (purchases less
    proceeds), producers and middlemen from the welfare accounts (production, better grades, handling and the change of
    stocks, in which no money moves, taken out).
    """
    sums = tabulate(ledger, select(ledger), ("landed_cad_k", "freight_cad_k"), ("crop_year",))
    years = np.zeros((len(ledger.crop_years), ledger.draws))

    def spent(state: str, names: list[str]) -> np.ndarray:
        return total(np.stack([years, *(state_by_year(ledger, state, name) for name in names)])) / 1000

    def added(table: Table) -> np.ndarray:
        return total(np.stack([years, *np.moveaxis(table.values, 1, 0)]))

    origins = list(accounts)
    stocks = total(np.stack([years, *(each.stock_change_cad_k for each in accounts.values())])) / 1000
    received = added(whole.producers) - stocks
    for state in COSTS:
        received = received + spent(state, origins)
    parts = {
        "buyers_paid": sums["landed_cad_k"] / 1000,
        "treasuries_paid": added(whole.programmes)
        + added(whole.deficits)
        + spent("intervention_paid_cad_k", origins)
        - spent("intervention_proceeds_cad_k", origins),
        "producers_received": received,
        "middlemen_received": added(whole.merchants) + spent("handling_cost_cad_k", origins),
        "boards_cost": spent("board_cost_cad_k", list(board_origins(ledger))),
        "freight": sums["freight_cad_k"] / 1000,
    }
    _, paid, *taken = parts.values()
    parts["imbalance"] = parts["buyers_paid"] + paid - total(np.stack(taken))
    values = np.stack(list(parts.values()), axis=1)
    return Table("money", tuple(ledger.crop_years), tuple(parts), (UNIT,) * len(parts), values)


def _stocks(ledger: Ledger, accounts: dict[str, ProducerAccount]) -> Table:
    """Change of each origin's stock, and the price at which its producers' account values it."""
    columns, units, values = [], [], []
    for origin, account in accounts.items():
        columns += [f"{origin}:change_kt", f"{origin}:price_cad_t"]
        units += ["kt", "C$/t"]
        values += [account.stock_change_kt, account.stock_price_cad_t]
    return Table("stocks", tuple(ledger.crop_years), tuple(columns), tuple(units), np.stack(values, axis=1))


def followed_prices(ledger: Ledger, followed: Followed, account: ProducerAccount | None) -> Table:
    """Prices a programme may move, C$/t by crop year; NaN where nothing was sold.

    Columns: ``internal:<origin>``, feed sold to buyers in the origin, at port; ``landed:<market>``, feed bought from
    abroad, freight included; ``landed:<group>`` for each group of buyers; ``fob:<market>``, feed the followed origin
    sells abroad; ``producers:<grade>``, what its producers get for a malting grade.
    """
    feed = grades_of(ledger, "feed")
    found: dict[str, np.ndarray] = {}

    def price(name: str, amount: str, **conditions: object) -> None:
        index = select(ledger, grade=feed, **conditions)
        if len(index):
            sums = tabulate(ledger, index, (amount, "kt"), ("crop_year",))
            found[name] = divide(sums[amount], sums["kt"])

    for origin in labels(ledger, "origin"):
        price(f"internal:{origin}", "value_cad_k", origin=origin, home=True)
    for market in labels(ledger, "market"):
        price(f"landed:{market}", "landed_cad_k", market=market, home=False)
    for name, buyers in followed.buyers:
        price(f"landed:{name}", "landed_cad_k", buyer=list(buyers))
    for market in labels(ledger, "market"):
        price(f"fob:{market}", "value_cad_k", market=market, home=False, origin=followed.origin)
    if account is not None:
        for number, grade in enumerate(account.malting):
            found[f"producers:{grade}"] = account.malting_price_cad_t[:, number]
    values = np.stack(list(found.values()), axis=1) if found else np.zeros((len(ledger.crop_years), 0, ledger.draws))
    return Table("prices", tuple(ledger.crop_years), tuple(found), ("C$/t",) * len(found), values)
