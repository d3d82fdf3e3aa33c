"""The books of a run: every sale, and every state of the ensemble's ledger, as plain lists; checked each period."""

from __future__ import annotations

from collections import defaultdict

from benchmarks.scalar.arithmetic import ratio
from benchmarks.scalar.tender import Tender

TOLERANCE = 1e-9


class Books:
    """What happened, by period.

    Attributes
    ----------
    sales : list of tuple
        Tonnes, f.o.b. price, freight and subsidy of every seat of every tender held, in order.
    states : dict
        Values by period, or by crop year for pools, of (state, label); what is not in it is zero throughout.
    """

    def __init__(self, model) -> None:
        self.model = model
        self.sales: list[tuple[float, float, float, float]] = []
        self.states: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * len(model.timeline))
        self.received_cad_k = self.freight_cad_k = 0.0  # of the period

    def add(self, state: str, label: str, amount: float) -> None:
        """Add an amount of today."""
        self.states[state, label][self.model.period] += amount

    def add_pool(self, label: str, closed: dict[str, float]) -> None:
        """Write down a closed pool."""
        for state, amount in closed.items():
            years = self.states.setdefault((state, label), [0.0] * len(self.model.timeline.crop_years))
            years[self.model.year] += amount

    def today(self, state: str, label: str) -> float:
        """What a state holds today."""
        return self.states[state, label][self.model.period] if (state, label) in self.states else 0.0

    def write_sales(self, tender: Tender) -> None:
        """Write down what every seat sold, and enter it in the flows of tonnes and money."""
        for seat in tender.seats:
            kt = seat.award_kt
            if kt == 0:
                self.sales.append((0.0, 0.0, 0.0, 0.0))
                continue
            self.sales.append((kt, seat.fob_cad_t, seat.freight_cad_t, seat.subsidy_cad_t))
            self.freight_cad_k += kt * seat.freight_cad_t
            self.received_cad_k += kt * seat.received_cad_t
            self.add("grade_cost_cad_k", seat.origin, kt * tender.grade_cost_cad_t)
            self.add("home_use_kt" if tender.country == seat.origin else "exports_kt", seat.origin, kt)
            if tender.country != seat.origin and tender.country in self.model.cash:
                self.add("imports_kt", tender.country, kt)
                self.add("home_use_kt", tender.country, kt)
        if not tender.is_agreement:
            label = f"{tender.buyer}:{tender.grade}"
            self.add("choke_cad_t", label, tender.published_choke_cad_t)
            self.add("slope_cad_t_kt", label, tender.slope_cad_t_kt)

    def close_period(self) -> None:
        """Take stock, write down the states of the period and check that tonnes and money add up."""
        model = self.model
        opening_kt, model.opening_kt = model.opening_kt, model.closing_stock_kt()
        for name, cash in model.cash.items():
            self.add("opening_kt", name, opening_kt[name])
            self.add("closing_kt", name, model.opening_kt[name])
            self.add("cash_price_cad_t", name, cash.price_cad_t)
        usd, ecu = model.currency_cad["usd"], model.currency_cad["ecu"]
        self.add("exchange", "cad_per_usd", usd)
        self.add("exchange", "usd_per_ecu", ecu / usd)
        for name, quote in model.now.reference_prices.items():
            self.add("reference_price_cad_t", name, self._reference_price(quote))
        agents = [*model.boards.values(), *model.growers.values(), *model.agencies.values()]
        for agent in (*agents, model.bonus_treasury, model.committee):
            if agent is not None:
                agent.write_states(self)
        self._check()
        self.received_cad_k = self.freight_cad_k = 0.0

    def _reference_price(self, quote) -> float:
        model, usd = self.model, self.model.currency_cad["usd"]
        if quote.feeders is not None:
            price = next(iter(model.buyers[quote.feeders].tenders.values())).last_price_cad_t
        else:
            price = model.value(quote.series) * usd * model.luck.corn[model.period]
        return price + quote.basis_cad_t + model.value(quote.basis_usd_t) * usd

    def _check(self) -> None:
        for name in self.model.cash:
            came = sum(self.today(state, name) for state in ("opening_kt", "harvest_kt", "imports_kt"))
            uses = ("own_use_kt", "home_use_kt", "exports_kt", "closing_kt")
            self._must_agree(f"stock of {name}", came, sum(self.today(state, name) for state in uses))
        paid = sum(buyer.paid_cad_k for buyer in self.model.buyers.values())
        payers = (self.model.bonus_treasury, self.model.committee)
        subsidies = sum(agent.spent_cad_k for agent in payers if agent is not None)
        self._must_agree("money", paid + subsidies, self.received_cad_k + self.freight_cad_k)

    def _must_agree(self, what: str, left: float, right: float) -> None:
        if abs(left - right) > TOLERANCE * max(abs(left), abs(right), 1.0):
            raise RuntimeError(f"{what} does not add up in {self.model.period_name}: {left} against {right}")


def write_programme(books: Books, agent, name: str, is_enabled: bool, rate_cad_t: float | None = None) -> None:
    """Write down a programme's tonnes, spending and rate: the mean one paid where no other is given."""
    rate = ratio(agent.spent_cad_k, agent.shipped_kt) if rate_cad_t is None else rate_cad_t
    books.add("programme_rate_cad_t", name, rate if is_enabled else 0.0)
    books.add("programme_kt", name, agent.shipped_kt)
    books.add("programme_spend_cad_k", name, agent.spent_cad_k)
