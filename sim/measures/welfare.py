"""Who gains and who pays: producers, consumers, taxpayers and merchants, by country and crop year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from sim.demand import consumer_surplus
from sim.ledger import Ledger
from sim.measures.arrays import total
from sim.measures.reading import Reading
from sim.measures.regime_effect import ProducerAccount, producer_account
from sim.measures.sales import board_origins, by_crop_year, combinations, labels, select, state_by_year, tabulate
from sim.measures.table import Table

UNIT = "million C$"


@dataclass(frozen=True)
class Welfare:
    """Accounts of one run (levels) or of the difference of two (changes), million C$; rows are crop years.

    Attributes
    ----------
    producers : Table
        By origin: producers' revenue plus the pool deficits a treasury paid, less what the better grades cost over feed
        (``grade_cost_cad_k``). The crop is given within a year, so a change of this is a change of producers' surplus.
    consumers : Table
        By the country buyers live in: area under demand less what was paid, freight included.
    merchants : Table
        By origin of the grain: margins of trading companies and exporters, less handling from farm to port.
    taxpayers : Table
        By origin: bonuses, refunds, pool deficits and losses on intervention grain (a cost, so positive is bad); a tax
        on exports is taken off.
    programmes : Table
        By programme: spending on bonuses and refunds, as the programme's own account has it (part of ``taxpayers``).
    deficits : Table
        By board: pool deficits (part of ``taxpayers``).
    freight : Table
        By the country buyers live in: freight paid to carriers (already taken off ``consumers``).
    whole : Table
        One column ``total``: producers + consumers + merchants - taxpayers.
    """

    producers: Table
    consumers: Table
    merchants: Table
    taxpayers: Table
    programmes: Table
    deficits: Table
    freight: Table
    whole: Table

    def tables(self) -> list[Table]:
        """All tables, in order."""
        return [getattr(self, part.name) for part in fields(self)]


def consumers_surplus(ledger: Ledger) -> Table:
    """Consumers' surplus by country and crop year, million C$.

    In each period a buyer's surplus is ``choke x Q - slope x Q^2 / 2`` less the landed cost of its purchases, with
    ``Q`` all it buys of a grade in the period (the linear inverse demand is landed: P = choke - slope x Q).
    """
    country_of = {buyer: country for buyer, country in combinations(ledger, ("buyer", "country"))}
    return _surplus_by(ledger, "consumers_surplus", country_of, labels(ledger, "country"))


def buyers_surplus(ledger: Ledger) -> Table:
    """The same, buyer by buyer."""
    buyers = labels(ledger, "buyer")
    return _surplus_by(ledger, "buyers_surplus", {buyer: buyer for buyer in buyers}, buyers)


def _surplus_by(ledger: Ledger, name: str, group_of: dict[str, str], groups: list[str]) -> Table:
    surplus_cad_k = np.zeros((len(groups), len(ledger.crop_years), ledger.draws))
    for buyer, gain_cad_k in surplus_by_demand(ledger):
        surplus_cad_k[groups.index(group_of[buyer])] += gain_cad_k
    return _table(ledger, name, groups, surplus_cad_k)


def surplus_by_demand(ledger: Ledger) -> Iterator[tuple[str, np.ndarray]]:
    """Buyer and surplus, thousand C$ (crop year, draw), of every demand (a buyer's for a grade) that had a tender."""
    names = ledger.states["choke_cad_t"].labels if "choke_cad_t" in ledger.states else ()
    known = {buyer for buyer, _ in combinations(ledger, ("buyer", "country"))}
    for name in names:
        buyer, grade = name.split(":")
        if buyer not in known:  # never had a tender, so bought nothing
            continue
        bought = tabulate(ledger, select(ledger, buyer=buyer, grade=grade), ("kt", "landed_cad_k"), ("period",))
        choke, slope = ledger.state("choke_cad_t", name), ledger.state("slope_cad_t_kt", name)
        if np.any((choke <= 0) & (bought["kt"] > 0)):
            raise ValueError(f"{name} bought in a period for which the ledger has no demand; its surplus is unknown")
        yield buyer, by_crop_year(ledger, consumer_surplus(choke, slope, bought["kt"], bought["landed_cad_k"]))


def _table(ledger: Ledger, name: str, columns: list[str], values_cad_k: np.ndarray) -> Table:
    """Table in million C$ from values (column, crop year, draw) in thousand C$."""
    values = np.moveaxis(np.asarray(values_cad_k).reshape(len(columns), len(ledger.crop_years), ledger.draws), 0, 1)
    return Table(name, tuple(ledger.crop_years), tuple(columns), (UNIT,) * len(columns), values / 1000)


def pool_deficits(ledger: Ledger) -> dict[str, np.ndarray]:
    """Deficit of all pools of each board, thousand C$ (crop year, draw)."""
    deficits: dict[str, np.ndarray] = {}
    if "pool_deficit_cad_k" in ledger.states:
        for name in ledger.states["pool_deficit_cad_k"].labels:
            board = name.split(":")[0]
            deficits[board] = deficits.get(board, 0.0) + ledger.state("pool_deficit_cad_k", name)
    return deficits


def intervention_losses(ledger: Ledger, origins: list[str]) -> np.ndarray:
    """Losses of intervention agencies on resale, thousand C$ (origin, crop year, draw); zero without an agency."""
    held = ledger.states["intervention_loss_cad_k"].labels if "intervention_loss_cad_k" in ledger.states else ()
    zero = np.zeros((len(ledger.crop_years), ledger.draws))
    return np.stack(
        [state_by_year(ledger, "intervention_loss_cad_k", name) if name in held else zero for name in origins]
    )


class Surplus:
    """The accounts of one run, each worked out when it is first asked for; see :class:`Welfare` for what they hold.

    Parameters
    ----------
    ledger : Ledger
    accounts : sequence of ProducerAccount, optional
        The origins' producer accounts, if already at hand.
    """

    def __init__(self, ledger: Ledger, accounts: Sequence[ProducerAccount] | None = None) -> None:
        self.ledger = Reading.of(ledger)
        self.origins = labels(ledger, "origin")
        if accounts is not None:
            self.accounts = accounts

    @cached_property
    def accounts(self) -> Sequence[ProducerAccount]:
        """Account of each origin's producers."""
        return [producer_account(self.ledger, origin) for origin in self.origins]

    @cached_property
    def _pool_deficits(self) -> dict[str, np.ndarray]:
        return pool_deficits(self.ledger)

    @cached_property
    def _made_up(self) -> list[np.ndarray]:
        """Pool deficits that each origin's treasury paid, thousand C$ (crop year, draw)."""
        home_of, deficits = board_origins(self.ledger), self._pool_deficits
        zero = np.zeros((len(self.ledger.crop_years), self.ledger.draws))
        return [total(np.stack([zero, *(deficits[b] for b, o in home_of.items() if o == place and b in deficits)]))
                for place in self.origins]  # fmt: skip

    @cached_property
    def producers(self) -> Table:
        """Producers' surplus by origin."""
        grades, making = (self._spent(state) for state in ("grade_cost_cad_k", "production_cost_cad_k"))
        producers = [
            1000 * account.revenue_million_cad + paid - cost - made
            for account, paid, cost, made in zip(self.accounts, self._made_up, grades, making, strict=True)
        ]
        return _table(self.ledger, "producers", self.origins, np.stack(producers))

    def _spent(self, state: str) -> list[np.ndarray]:
        return [state_by_year(self.ledger, state, place) for place in self.origins]

    @cached_property
    def consumers(self) -> Table:
        """Consumers' surplus by country."""
        return consumers_surplus(self.ledger)

    @cached_property
    def merchants(self) -> Table:
        """Merchants' margins by origin."""
        handling = self._spent("handling_cost_cad_k")
        merchants = [account.margin_cad_k - cost for account, cost in zip(self.accounts, handling, strict=True)]
        return _table(self.ledger, "merchants", self.origins, np.stack(merchants))

    @cached_property
    def taxpayers(self) -> Table:
        """Taxpayers' cost by origin."""
        subsidy = tabulate(self.ledger, select(self.ledger), ("subsidy_cad_k",), ("origin", "crop_year"))
        losses = intervention_losses(self.ledger, self.origins)
        return _table(
            self.ledger, "taxpayers", self.origins, subsidy["subsidy_cad_k"] + np.stack(self._made_up) + losses
        )

    @cached_property
    def programmes(self) -> Table:
        """Spending by programme."""
        state = self.ledger.states.get("programme_spend_cad_k")
        names = list(state.labels) if state else []
        spent = [state_by_year(self.ledger, "programme_spend_cad_k", name) for name in names]
        return _table(self.ledger, "programmes", names, np.array(spent))

    @cached_property
    def deficits(self) -> Table:
        """Pool deficits by board."""
        return _table(self.ledger, "deficits", list(self._pool_deficits), np.array(list(self._pool_deficits.values())))

    @cached_property
    def freight(self) -> Table:
        """Freight by the country buyers live in."""
        sums = tabulate(self.ledger, select(self.ledger), ("freight_cad_k",), ("country", "crop_year"))
        return _table(self.ledger, "freight", labels(self.ledger, "country"), sums["freight_cad_k"])

    @cached_property
    def whole(self) -> Table:
        """All sides together."""
        sides = [total(np.moveaxis(side.values, 1, 0)) for side in (self.producers, self.consumers, self.merchants)]
        whole = total(np.stack(sides)) - total(np.moveaxis(self.taxpayers.values, 1, 0))
        return Table("total_surplus", tuple(self.ledger.crop_years), ("total",), (UNIT,), whole[:, None])


def welfare(ledger: Ledger, accounts: Sequence[ProducerAccount] | None = None) -> Welfare:
    """Welfare accounts of a run, by crop year; ``accounts`` are the origins' producer accounts, if already at hand."""
    surplus = Surplus(ledger, accounts)
    return Welfare(**{part.name: getattr(surplus, part.name) for part in fields(Welfare)})


PARTS = ("producers", "buyers", "middlemen", "taxpayers")
"""Sides of a country's account, in the order of :func:`by_country`."""


def by_country(accounts: Welfare) -> Table:
    """Gains of every country's producers, buyers, middlemen and taxpayers, million C$.

    A country is an origin, or a country buyers live in; sides nobody is on are zero. Taxpayers' cost counts below zero,
    so the columns of a row add up to ``accounts.whole``. Middlemen are filed under the origin of the grain, taxpayers
    under the origin whose bonuses, refunds and pool deficits they pay.

    Returns
    -------
    Table
        Rows crop years, columns ``<country>:<part>`` for each part of ``PARTS``; values (crop year, column, draw).
    """
    sides = {
        "producers": accounts.producers, "buyers": accounts.consumers, "middlemen": accounts.merchants,
        "taxpayers": accounts.taxpayers,
    }  # fmt: skip
    countries = sorted({country for side in sides.values() for country in side.columns})
    columns, values = [], []
    for country in countries:
        for part, side in sides.items():
            columns.append(f"{country}:{part}")
            own = side.column(country) if country in side.columns else np.zeros_like(accounts.whole.column("total"))
            values.append(0.0 - own if part == "taxpayers" else own)
    return Table("gains", accounts.whole.rows, tuple(columns), (UNIT,) * len(columns), np.stack(values, axis=1))


def surplus_change(base: Ledger, other: Ledger) -> Welfare:
    """Change of every account, ``other`` minus ``base``, draw by draw; same draws in both."""
    before, after = welfare(base), welfare(other)
    changes = (new.minus(old) for new, old in zip(after.tables(), before.tables(), strict=True))
    return Welfare(*changes)
