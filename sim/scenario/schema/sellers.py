"""Who sells: boards, trading companies, national exporters, and sellers by cost alone."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.schema.base import Level, Month, Name, Section, unit
from sim.scenario.schema.conduct import Beliefs, MerchantBeliefs, Search


class Board(Section):
    """A marketing board: takes deliveries into pools and sells for its farmers."""

    title: str
    """Name for tables and figures."""
    origin: Name
    """Origin whose growers deliver to it."""
    growers: list[Name]
    """Grower groups that deliver to it."""
    grades: list[Name] | None = None
    """Grades it sells; all when absent."""
    pool_year_end_month: Annotated[int, unit("month of the crop year, 1 = its first", ge=1, le=12)] = 12
    """Last month of the pool; the pool closes and pays at its end."""
    initial_share: Annotated[float, unit("share of expected pool return", ge=0, le=1)] = 0.80
    """Initial payment as a share of the expected pool return; raised, never lowered, within a pool year."""
    outlook_from: Month | None = None
    """Month from which a pool return outlook is published; before it farmers scale up the initial payment."""
    outlook_lag: Annotated[float, unit("weight", ge=0, lt=1)] = 0.5
    """Weight of last month's outlook in this month's (the outlook is late by design)."""
    published_lag: Annotated[float | None, unit("weight", ge=0, lt=1)] = None
    """The same once the outlook is published: a published forecast moves with care. As `outlook_lag` when absent."""
    cover_periods: Annotated[float, unit("months", ge=1, le=24)] = 3.0
    """Months of sales the board holds in stock; it offers stock / cover each month."""
    cost_cad_t: Annotated[float, unit("C$/t", ge=0, le=200)] = 0.0
    """Marketing cost per tonne sold, charged to the pool."""
    contract_series: Annotated[int, unit("series/pool year", ge=1, le=12)] = 3
    """How often in a pool year growers sign delivery contracts; a series is called evenly until the next."""
    agreed_share: Annotated[float, unit("share of accepted contracts", ge=0, le=1)] = 0.0
    """Share of the contracted tonnes the board promises to buyers, a state importer's agreement being part of it; they
    are shipped whatever the price."""
    default_cost_cad_t: Annotated[float, unit("C$/t", ge=0, le=200)] = 5.0
    """Compensation for a promised tonne that is missed, beside what replacing it costs more than when
    it was promised."""
    cash_margin_cad_t: Annotated[float, unit("C$/t", ge=0, le=100)] = 2.0
    """What the board keeps between the worth of a tonne and its cash bid under `cash_trading`."""
    adjustment: Annotated[float, unit("share", gt=0, le=1)] = 0.5
    """Share of the gap to the desired allocation closed at each tender."""
    foresees_bonuses: bool = False
    """Whether it prices by a buyer's eligibility for an export bonus as soon as it changes: it expects the undercut of
    subsidised sellers before the first tender that shows it."""
    grade_cost_counts: bool = True
    """Whether the growers' extra cost of a grade is taken off its marginal revenue when the board splits its stock."""
    beliefs: Beliefs = Beliefs()
    """Beliefs about residual demand."""
    starting_shares: dict[Name, Annotated[float, unit("share", ge=0, le=1)]] = {}
    """Share of each market's demand it holds at the start, by market."""
    opening_stock_share: Annotated[float, unit("share", ge=0, le=1)] = 0.4
    """Share of its growers' opening stock that has been delivered before the first period."""


class Trader(Section):
    """A trading company: buys at any origin open to it and sells at any destination."""

    title: str
    """Name for tables and figures."""
    origins: list[Name]
    """Origins it may buy at when the marketing system there lets it."""


class Traders(Section):
    """The trading companies and the rules they share."""

    number: Annotated[int | None, unit("companies", ge=1, le=64)] = None
    """How many companies take part; the listed ones in order, then copies of them. All listed ones when absent."""
    rule: Literal["best_response", "roth_erev"] = "best_response"
    """How a company sets its margin."""
    margin_cad_t: Annotated[float, unit("C$/t", ge=0, le=100)] = 1.0
    """Margin asked on a trade (starting point of learning)."""
    commercial_kt: Annotated[float, unit("kt/crop year", ge=0, le=1e6)] = 600.0
    """Most a company can ship in a year from one cash origin without a bonus or refund."""
    cover_periods: Annotated[float, unit("months", ge=1, le=24)] = 3.0
    """Months of sales held in stock of grain bought from farmers."""
    adjustment: Annotated[float, unit("share", gt=0, le=1)] = 0.3
    """Share of the gap to the best response closed at each tender (damping)."""
    beliefs: MerchantBeliefs = MerchantBeliefs()
    """Beliefs about residual demand."""
    companies: dict[Name, Trader] = {}
    """The companies."""


class Exporter(Section):
    """A national exporter that sells abroad with a bonus or refund where one is granted."""

    title: str
    """Name for tables and figures."""
    origin: Name
    """Origin it ships from."""
    cost_offset_cad_t: Annotated[float, unit("C$/t", ge=-50, le=50)] = 0.0
    """Its cost above (+) or below (-) the origin's export cost."""
    commercial_kt: Annotated[Level, unit("kt/crop year")] = 0.0
    """Most it can ship in a year without a bonus or refund."""


class Seller(Section):
    """A seller by cost, capacity and conduct, without growers or stocks behind it: it produces what it sells."""

    title: str
    """Name for tables and figures."""
    origin: Name
    """Origin it ships from."""
    number: Annotated[int, unit("sellers", ge=1, le=200)] = 1
    """How many such sellers there are; the second is called ``<name>_2``."""
    grades: list[Name] | None = None
    """Grades it sells; all when absent."""
    conduct: Literal["cournot", "price_taker"] = "cournot"
    """``cournot``: reckons with the price's fall on its own tonnes, the others' given; ``price_taker``: does not."""
    cost_cad_t: Annotated[Level, unit("C$/t")] = 0.0
    """Marginal cost at port of the first tonne."""
    cost_slope_cad_t_kt: Annotated[float, unit("C$/t per kt/crop year", ge=0, le=1e6)] = 0.0
    """Rise of marginal cost with the tonnes of a crop year."""
    capacity_kt: Annotated[Level | None, unit("kt/crop year")] = None
    """Most it can sell in a crop year; no limit when absent."""
    initial_payment_cad_t: Annotated[Level | None, unit("C$/t")] = None
    """Initial payment to the farmers behind it: what its sales desk takes for marginal cost. Cost when absent."""
    initial_payment_search: Search | None = None
    """When given, it looks for the amount to add to the initial payment, which must be stated, that brings its farmers
    most."""
