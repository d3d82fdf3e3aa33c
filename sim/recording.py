"""The clerk: gathers a period's accounts while the verbs run and writes them to the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Array, total
from agents.terms import Sale, Tender
from sim.board_records import add_board_states, record_boards
from sim.farm_records import add_farm_states, record_farms
from sim.pool import POOLS
from sim.programme_records import add_programme_states, record_programmes
from sim.scenario.schema import ReferencePrice

if TYPE_CHECKING:
    from sim.world import World

ORIGIN_FLOWS = ("opening_kt", "harvest_kt", "own_use_kt", "home_use_kt", "imports_kt", "exports_kt", "closing_kt")
ORIGIN_COSTS = ("handling_cost_cad_k", "grade_cost_cad_k", "production_cost_cad_k")


class Recorder:
    """Accounts of the period at hand, and their place in the ledger."""

    def __init__(self, market: World) -> None:
        self.market, self.ledger = market, market.ledger
        scenario = market.scenario
        self.origins = tuple(scenario.origins)
        self.grades = tuple(scenario.grades)
        self.headlines: dict[str, list[float]] = {"export_price_cad_t": [], "export_kt": [], "subsidy_cad_k": []}
        ledger = self.ledger
        for name in ORIGIN_FLOWS:
            ledger.add_state(name, self.origins, "kt")
        for name in ORIGIN_COSTS:
            ledger.add_state(name, self.origins, "thousand C$")
        ledger.add_state("cash_price_cad_t", self.origins, "C$/t")
        demands = tuple(f"{t.buyer}:{t.grade}" for t in market.tenders if not t.is_agreement)
        ledger.add_state("choke_cad_t", demands, "C$/t")
        ledger.add_state("slope_cad_t_kt", demands, "C$/t per kt")
        boards = tuple(scenario.boards)
        add_board_states(ledger, boards)
        add_farm_states(ledger, tuple(market.growers))
        ledger.add_state(
            "merchant_margin_cad_k", tuple(f"{o}:{g}" for o in self.origins for g in self.grades), "thousand C$"
        )
        add_programme_states(market, ledger)
        ledger.add_state("exchange", ("cad_per_usd", "usd_per_ecu"), "ratio")
        ledger.add_state("reference_price_cad_t", tuple(scenario.reference_prices), "C$/t")
        for name in ("kt", "receipts_cad_k", "costs_cad_k", "initial_cad_k", "final_cad_k", "deficit_cad_k"):
            unit = "kt" if name == "kt" else "thousand C$"
            ledger.add_state(f"pool_{name}", tuple(f"{b}:{p}" for b in boards for p in POOLS), unit, time="crop_year")
        self._closing = {origin: self._stock(origin) for origin in self.origins}
        self._receipts = {(b, p): np.zeros(market.draws) for b in boards for p in POOLS}

    def open_period(self) -> None:
        """Start the period's accounts at zero."""
        draws = self.market.draws
        self.flows = {name: {origin: np.zeros(draws) for origin in self.origins} for name in ORIGIN_FLOWS}
        self.flows["opening_kt"] = self._closing
        self.costs = {name: {origin: np.zeros(draws) for origin in self.origins} for name in ORIGIN_COSTS}
        self.margin = np.zeros((len(self.origins) * len(self.grades), draws))
        self.received_cad_k, self.freight_cad_k = np.zeros(draws), np.zeros(draws)
        self.export_kt = self.export_value_cad_k = 0.0  # of the first draw, for the headlines
        for buyer in self.market.buyers.values():
            buyer.paid_cad_k = np.zeros(draws)

    def add(self, name: str, origin: str, kt: Array) -> None:
        """Add tonnes to a flow of an origin."""
        self.flows[name][origin] = self.flows[name][origin] + kt

    def add_cost(self, name: str, origin: str, cost_cad_k: Array) -> None:
        """Add to a cost account of an origin, thousand C$ (draw,)."""
        self.costs[name][origin] = self.costs[name][origin] + cost_cad_k

    def add_margins(self, sales: list[Sale], margins: Array) -> None:
        """Book gross margins of middlemen, thousand C$ (sale, draw)."""
        for sale, margin in zip(sales, margins, strict=True):
            place = self.origins.index(sale.seat.origin) * len(self.grades) + self.grades.index(sale.tender.grade)
            self.margin[place] += margin

    def write_sales(self, tender: Tender) -> None:
        """Write a tender's sales to the ledger and to the flows of tonnes and money."""
        sold = tender.award_kt > 0
        price = np.where(sold, tender.landed_cad_t - tender.freight_cad_t, 0.0)
        freight = np.where(sold, tender.freight_cad_t, 0.0)
        subsidy = np.where(sold, tender.subsidy_cad_t, 0.0)
        start = self.market.row_starts[self.market.period, tender.name]
        self.ledger.write_sales(
            start, kt=tender.award_kt, price_cad_t=price, freight_cad_t=freight, subsidy_cad_t=subsidy
        )
        received = tender.award_kt * (price + subsidy)
        self.freight_cad_k = self.freight_cad_k + total(tender.award_kt * freight)
        self.received_cad_k = self.received_cad_k + total(received)
        for number, seat in enumerate(tender.seats):
            kt = tender.award_kt[number]
            if seat.role == "board":
                account = seat.seller, tender.pool
                self._receipts[account] = self._receipts[account] + received[number]
            if np.any(tender.grade_cost_cad_t > 0):
                self.add_cost("grade_cost_cad_k", seat.origin, kt * tender.grade_cost_cad_t)
            if tender.country == seat.origin:
                self.add("home_use_kt", seat.origin, kt)
                continue
            self.add("exports_kt", seat.origin, kt)
            self.export_kt += float(kt[0])
            self.export_value_cad_k += float(kt[0] * price[number, 0])
            if tender.country in self.flows["imports_kt"]:
                self.add("imports_kt", tender.country, kt)
                self.add("home_use_kt", tender.country, kt)

    def take_receipts(self, board: str, pool: str) -> Array:
        """What the ledger's sales brought a pool since it was last asked, thousand C$ (draw,)."""
        receipts = self._receipts[board, pool]
        self._receipts[board, pool] = np.zeros_like(receipts)
        return receipts

    def add_pool(self, label: str, year: int, closed: dict[str, Array]) -> None:
        """Write a closed pool to the ledger."""
        for name, values in closed.items():
            state = self.ledger.states[name]
            state.values[year, state.labels.index(label)] += values

    def holdings(self, origin: str) -> list[Array]:
        """What growers, boards, agencies and companies have in store of an origin's grain, kt, each (draw,)."""
        market = self.market
        held = [g.stock_kt for g in market.growers.values() if g.origin == origin]
        held += [b.desk.stock_kt for b in market.boards.values() if b.desk.origin == origin]
        held += [a.stock_kt for place, a in market.agencies.items() if place == origin]
        return held + [c.stock[origin].stock_kt for c in market.companies.values() if origin in c.stock]

    def _stock(self, origin: str) -> Array:
        held = self.holdings(origin)
        return total(np.array(held)) if held else np.zeros(self.market.draws)

    def close_period(self) -> None:
        """Take stock and write the period's states."""
        market, ledger, t = self.market, self.ledger, self.market.period
        self._closing = {origin: self._stock(origin) for origin in self.origins}
        self.flows["closing_kt"] = self._closing
        for name, account in (*self.flows.items(), *self.costs.items()):
            ledger.record(name, t, account.values())
        ledger.record("cash_price_cad_t", t, [market.cash[o].price_cad_t for o in self.origins])
        ledger.record("merchant_margin_cad_k", t, self.margin)
        self._record_demand(t)
        record_boards(market, ledger, t)
        record_farms(market, ledger, t)
        record_programmes(market, ledger, t)
        usd, ecu = market.currency_cad["usd"], market.currency_cad["ecu"]
        ledger.record("exchange", t, (usd, ecu / usd))
        if market.scenario.reference_prices:
            ledger.record("reference_price_cad_t", t, [self._quote(r) for r in market.now.reference_prices.values()])
        self.headlines["export_price_cad_t"].append(self.export_value_cad_k / self.export_kt if self.export_kt else 0.0)
        self.headlines["export_kt"].append(self.export_kt)
        self.headlines["subsidy_cad_k"].append(float(ledger.states["programme_spend_cad_k"].values[t, :, 0].sum()))

    def _record_demand(self, t: int) -> None:
        choke, slope = self.ledger.states["choke_cad_t"].values[t], self.ledger.states["slope_cad_t_kt"].values[t]
        tenders = [tender for tender in self.market.tenders if not tender.is_agreement]
        for place, tender in enumerate(tenders):
            if tender.is_open:
                choke[place] = tender.schedule_cad_t
                slope[place] = tender.slope_cad_t_kt

    def _quote(self, reference: ReferencePrice) -> Array:
        market = self.market
        if reference.feeders is not None:
            price = next(iter(market.buyers[reference.feeders].tenders.values())).last_price_cad_t
        else:
            price = market.value(reference.series) * market.currency_cad["usd"] * market.shocks.corn[market.period]
        quote: Array = price + reference.basis_cad_t + market.value(reference.basis_usd_t) * market.currency_cad["usd"]
        return quote

    def account(self, origin: str) -> dict[str, Array]:
        """The period's flows of an origin, kt (draw,)."""
        return {name: flow[origin] for name, flow in self.flows.items()}

    def money(self) -> tuple[Array, Array, Array, Array]:
        """Buyers' payments, sellers' receipts, freight and subsidies of the period, thousand C$ (draw,)."""
        market = self.market
        paid = total(np.array([buyer.paid_cad_k for buyer in market.buyers.values()]))
        payers = (market.bonus_treasury, market.committee, *market.treasuries.values())
        treasuries = [agent.spent_cad_k for agent in payers if agent is not None]
        return (
            paid,
            self.received_cad_k,
            self.freight_cad_k,
            total(np.array(treasuries)) if treasuries else np.zeros(market.draws),
        )
