"""The scenario schema: every key a YAML may hold, with its unit, range, default and meaning.

Reference pages and the JSON Schema are made from the attribute docstrings below, so a parameter is described once.
All models are frozen and refuse unknown keys. Names that point elsewhere in the scenario (an origin, a grade, a
series) are checked in ``sim/scenario/references.py``, where every problem can be reported at once.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$")]
MarketingSystem = Literal["single_desk", "multiple_sellers", "continental", "open_feed", "cash_trading"]
BeliefRule = Literal["elasticities", "least_squares", "last_price"]


def unit(name: str, **limits: Any) -> Any:
    """A field with a unit for the reference page and range limits for the loader."""
    return Field(json_schema_extra={"unit": name}, **limits)


class Section(BaseModel):
    """Common ground of all scenario sections: frozen, no unknown keys, finite numbers, attribute docstrings as help."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False, strict=False
    )


class SeriesLevel(Section):
    """A number that follows a historical series: ``scale x (sum of series - sum of less) x times + plus``."""

    series: str | list[str]
    """Name of a series in the data tables, or a list of names to add up."""
    scale: float = 1.0
    """Factor applied to the series."""
    times: str | None = None
    """Name of a second, dimensionless series to multiply by."""
    plus: float = 0.0
    """Constant added last, in the unit of the key."""
    less: str | list[str] | None = None
    """Name of a series that is taken off, or a list of them."""
    between: Literal["step", "linear"] = "step"
    """Within a crop year or month: the same all through, or on a line between middles that keeps each mean."""


Level = float | SeriesLevel


class Calendar(Section):
    """When the simulation starts, how long it runs and how finely it steps."""

    start: Annotated[str, Field(pattern=r"^\d{4}/\d{2}$")] = "1980/81"
    """First crop year (August-July), written 1980/81."""
    crop_years: Annotated[int, unit("crop years", ge=1, le=200)] = 15
    """Number of crop years."""
    periods_per_year: Literal[12, 52] = 12
    """Steps in a crop year: months or weeks."""
    hold: Annotated[str | None, Field(pattern=r"^\d{4}/\d{2}$")] = None
    """A crop year at which all series and events are read: a market that stands still while its agents settle. Monthly
    series keep the mean of that year."""


class Money(Section):
    """Exchange rates; everything inside the model is in Canadian dollars."""

    cad_per_usd: Level
    """Canadian dollars per US dollar."""
    usd_per_ecu: Level
    """US dollars per ECU."""


class Grade(Section):
    """A quality of grain that is priced separately."""

    title: str
    """Name for tables and figures."""
    pool: Literal["feed", "malting"]
    """The pool account whose receipts this grade's sales enter."""
    cost_cad_t: Annotated[float, unit("C$/t", ge=0, le=500)] = 0.0
    """Extra cost of growing, selecting and handling this grade over feed; growers ask it as a premium."""


class Market(Section):
    """One of the markets the measures aggregate buyers into."""

    title: str
    """Name for tables and figures."""


class Intervention(Section):
    """An agency that buys at an origin's support price all that growers offer, and sells from store."""

    title: str = "Intervention agency"
    """Name for tables and figures."""
    opening_share: Annotated[float, unit("share", ge=0, le=1)] = 0.4
    """Share of the origin's opening stock that is the agency's."""
    export_share: Annotated[float, unit("share", ge=0, le=1)] = 0.3
    """Share of what exporters buy that the agency serves from store, at the cash price, while it has stock."""
    resale_margin: Annotated[float, unit("share of the support price", ge=0, le=2)] = 0.08
    """How far above the support price the home price must be before the agency sells to feeders."""


class Origin(Section):
    """A producing region: its crop, its stocks and its own use."""

    title: str
    """Name for tables and figures."""
    harvest_month: Annotated[int, unit("month of the crop year, 1 = August", ge=1, le=12)] = 1
    """Month in which the crop comes in."""
    production_kt: Annotated[Level, unit("kt/crop year")] = 0.0
    """Crop before the yield shock; needed for an origin with growers."""
    opening_stock_kt: Annotated[Level, unit("kt")] = 0.0
    """Stock at the start of the simulation (the first crop year's value is used)."""
    carryover_kt: Annotated[Level, unit("kt")] = 0.0
    """Stock growers aim to hold just before the next harvest, at the normal price."""
    own_use_kt: Annotated[Level, unit("kt/crop year")] = 0.0
    """Seed, food and industrial use taken before anything is marketed."""
    storage_elasticity: Annotated[float, unit("dimensionless", ge=0, le=5)] = 0.5
    """Percent by which the carryover target falls when the cash price is one percent above its normal."""
    support_price: Annotated[Level | None, unit("support_price_currency/t")] = None
    """Cash price below which growers withhold (loan rate, intervention price); none when absent."""
    intervention: Intervention | None = None
    """Agency that buys at the support price; without one the support price is only what growers hold out for."""
    support_price_currency: Literal["cad", "usd", "ecu"] = "cad"
    """Currency of the support price, and the one growers remember prices in."""
    fob_cost_usd_t: Annotated[float, unit("US$/t", ge=0, le=200)] = 0.0
    """Cost from the origin's cash market to its export port."""


class Growers(Section):
    """A group of farmers at one distance from port and from the feeders."""

    origin: Name
    """The origin they belong to."""
    share: Annotated[float, unit("share of the origin's crop", ge=0, le=1)]
    """Share of the origin's crop and stocks; the shares of an origin add up to one."""
    freight_to_port_cad_t: Annotated[Level, unit("C$/t")] = 0.0
    """Freight and handling from farm to export port paid by the farmer."""
    freight_to_feeders_cad_t: Annotated[Level, unit("C$/t")] = 0.0
    """Freight from farm to the nearest feeders."""
    inertia_cad_t: Annotated[float, unit("C$/t", ge=0, le=100)] = 3.0
    """Price difference between pool and merchants at which a farmer changes channel as fast as farmers do; calls are
    delivered in full up to it and not at all beyond three times it."""
    captive_share: Annotated[float, unit("share", ge=0, le=1)] = 0.5
    """Share that needs the pool's initial payment: it sells at home for what the pool is worth and signs contracts at
    any price."""
    discount_rate: Annotated[float, unit("1/year", ge=0, le=1)] = 0.08
    """Annual rate at which pool payments that come after delivery are discounted."""
    risk_premium_cad_t: Annotated[float, unit("C$/t", ge=0, le=100)] = 1.0
    """Amount taken off the uncertain part of the pool return (what exceeds the initial payment)."""
    malting_share: Annotated[float, unit("share of the crop", ge=0, le=1)] = 0.4
    """Share of the crop that maltsters would select."""
    area_response: Annotated[float, unit("dimensionless", ge=0, le=2)] = 0.0
    """Percent change of next year's crop per percent change of the farm price from its normal."""


class Beliefs(Section):
    """What a seller believes about the residual demand of each buyer."""

    rule: BeliefRule = "elasticities"
    """``elasticities``: demand and rivals' response from the keys below; ``least_squares``: learn the slope;
    ``last_price``: take the last price as given."""
    rivals_response: Annotated[float, unit("dimensionless", ge=0, le=50)] = 1.0
    """Perceived supply elasticity of the other sellers at a tender."""
    forgetting: Annotated[float, unit("dimensionless", ge=0.5, le=1)] = 0.95
    """Weight kept by old observations from one tender to the next (least squares)."""
    probe: Annotated[float, unit("share", ge=0, le=0.5)] = 0.05
    """Standard deviation of deliberate quantity changes that keep least squares identified."""


class MerchantBeliefs(Beliefs):
    """What trading companies believe; they reckon with keener rivals than boards do."""

    rivals_response: Annotated[float, unit("dimensionless", ge=0, le=50)] = 5.0
    """Perceived supply elasticity of the other sellers at a tender."""


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
    pool_year_end_month: Annotated[int, unit("month of the crop year, 1 = August", ge=1, le=12)] = 12
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
    """Whether the growers' extra cost of a grade is taken off its marginal revenue when the board splits its barley."""
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


class Initiative(Section):
    """Tonnage of a bonus programme allocated to one buyer, between two months."""

    model_config = ConfigDict(populate_by_name=True)

    buyer: Name
    """Importer or state importer it is for."""
    tonnage_kt: Annotated[Level | None, unit("kt/crop year, or kt with carry_tonnage")] = None
    """Tonnage allotted to it; limited by the programme's tonnage only when absent."""
    start: Month | None = Field(default=None, alias="from")
    """First month in which bids are accepted; from the start of the run when absent."""
    end: Month | None = Field(default=None, alias="to")
    """Last month in which bids are accepted; no end when absent."""
    carry_tonnage: bool = False
    """``true``: one allotment for the whole term, read where it opens, and unused tonnage carries until the end;
    ``false``: an allotment each crop year, and unused tonnage lapses at its end."""


class Reaction(Section):
    """How a treasury answers a rival's export subsidies: a rule and its parameters."""

    rule: Literal["hold", "linear", "match_landed_price", "defend_share", "spend_budget", "retaliate"] = "hold"
    """``hold``: not at all; ``linear``: a rate by the rival's; ``match_landed_price``: what lets own sellers land at
    the rival's price; ``defend_share``: until own share of the contested markets is the wanted one; ``spend_budget``:
    whatever spends the money of the year; ``retaliate``: as many more tonnes as the rival ships above its normal."""
    rival: Name
    """Origin whose exports are answered; the contested markets are the buyers abroad that both reach."""
    weeks: Annotated[float, unit("weeks", ge=1, le=104)] = 4.0
    """Weeks of the rival's doings that are looked back on: the lag of the answer."""
    speed: Annotated[float, unit("share per month", gt=0, le=1)] = 0.5
    """Part of the way to the wanted rate or tonnes that is gone in a month."""
    intercept_cad_t: Annotated[float, unit("C$/t", ge=-1000, le=1000)] = 0.0
    """``linear``: the rate against a rival that pays nothing."""
    slope: Annotated[float, unit("C$/t per C$/t", ge=-1, le=1)] = 0.0
    """``linear``: change of the rate per C$/t of the rival's."""
    undercut_cad_t: Annotated[float, unit("C$/t", ge=-100, le=100)] = 0.0
    """``match_landed_price``: how far below the rival's landed price own sellers shall be able to go."""
    share: Annotated[float, unit("share", ge=0, le=1)] = 0.0
    """``defend_share``: the wanted share of what buyers of the contested markets take."""
    gain_cad_t: Annotated[float, unit("C$/t per month", gt=0, le=10000)] = 50.0
    """``defend_share`` and ``retaliate`` of a treasury that sets a rate: change of the rate in a month when the whole
    share, or as many tonnes as are shipped now, are missing."""
    tonnes_per_tonne: Annotated[float, unit("kt per kt", gt=0, le=10)] = 1.0
    """``retaliate``: own extra tonnes per extra tonne of the rival."""
    normal_weeks: Annotated[float, unit("weeks", ge=4, le=520)] = 52.0
    """``retaliate``: memory of what is normal."""
    budget_cad_million: Annotated[Level | None, unit("million C$/crop year")] = None
    """``spend_budget`` of a subsidy by lane: its money; a bonus or refund programme has a budget of its own."""
    lowest_cad_t: Annotated[float, unit("C$/t", ge=-1000, le=1000)] = 0.0
    """Lowest rate the rule may reach; below zero it is an export tax."""
    highest_cad_t: Annotated[float, unit("C$/t", ge=-1000, le=1000)] = 200.0
    """Highest rate the rule may reach."""


class BonusProgramme(Section):
    """An export bonus granted sale by sale (EEP, run by the Commodity Credit Corporation)."""

    title: str = "Export Enhancement Program"
    """Name for tables and figures."""
    enabled: bool = True
    """Whether bids are accepted."""
    origin: Name
    """Origin whose exporters may bid."""
    initiatives: dict[Name, Initiative] = {}
    """Tonnage allocated to buyers; a buyer without an open initiative gets no bonus."""
    tonnage_kt: Annotated[Level, unit("kt/crop year")] = 0.0
    """Tonnage of all initiatives together; what is unused lapses at the end of the crop year."""
    budget_usd_million: Annotated[Level, unit("million US$/fiscal year")] = 1e6
    """Money of a fiscal year. A series by crop year is read where the fiscal year opens."""
    fiscal_year_start_month: Annotated[int, unit("month of the crop year, 1 = August", ge=1, le=12)] = 1
    """Month in which the fiscal year opens (October, as in the United States, is 3)."""
    carry_budget: bool = False
    """Whether money that was not spent is added to the next fiscal year's."""
    max_bonus_usd_t: Annotated[Level, unit("US$/t")] = 60.0
    """Bids above this bonus are refused."""
    undercut: Annotated[float, unit("share", ge=0, le=0.15)] = 0.02
    """How far below the going price sellers aim in order to win the sale."""
    price_tolerance: Annotated[float, unit("share", ge=0, le=1)] = 0.15
    """A sale further than this below the going price is refused as disruptive."""
    bonus_tolerance: Annotated[float, unit("share", ge=0, le=10)] = 0.5
    """A bonus further than this above the treasury's own estimate of what is needed is refused."""
    security_usd_t: Annotated[float, unit("US$/t", ge=0, le=200)] = 10.0
    """Security lost when a sale with an accepted bonus falls through; sellers go this far below the agreed price."""
    bid_spread_usd_t: Annotated[float, unit("US$/t", ge=0, le=100)] = 6.0
    """Difference between the highest and lowest cost that the day's ships and routes add to a bid."""
    overbidding: Annotated[float, unit("multiple of the quota", ge=1, le=20)] = 2.0
    """Tonnage bid for, as a multiple of the period's quota."""
    reaction: Reaction | None = None
    """When given, tonnage, or the highest bonus, answers a rival's subsidies."""


class RefundProgramme(Section):
    """Export restitution by periodic tender (the EU Cereals Management Committee)."""

    title: str = "EU export restitution"
    """Name for tables and figures."""
    enabled: bool = True
    """Whether tenders are held."""
    origin: Name
    """Origin whose exporters may bid."""
    rounds_per_year: Annotated[int, unit("tenders/year", ge=1, le=52)] = 52
    """Tenders in a year, spread evenly over its periods: a month holds four or five weekly ones."""
    year_start_month: Annotated[int, unit("month of the crop year, 1 = August", ge=1, le=12)] = 1
    """Month in which the programme's year starts: target and budget are counted from there."""
    target_kt: Annotated[Level, unit("kt/year")]
    """Tonnage the Committee wants to leave the country in a year when stocks are normal."""
    normal_stock_kt: Annotated[Level | None, unit("kt")] = None
    """Normal stock at the start of the programme's year; without it stocks do not count."""
    stock_response: Annotated[float, unit("dimensionless", ge=0, le=10)] = 0.5
    """Percent by which the year's wanted tonnage rises per percent that stocks start it above normal."""
    budget_ecu_million: Annotated[Level | None, unit("million ECU/year")] = None
    """Money for refunds in a year; without it money is no limit."""
    starting_refund_ecu_t: Annotated[Level, unit("ECU/t")] = 0.0
    """Maximum refund before the first tender (the first crop year's value is used)."""
    max_refund_ecu_t: Annotated[Level, unit("ECU/t")] = 200.0
    """The maximum refund never exceeds this; zero leaves only an export tax."""
    max_step_ecu_t: Annotated[float, unit("ECU/t per month", gt=0, le=200)] = 8.0
    """Most the maximum refund rises in a month of rounds (it is sticky)."""
    export_tax: bool = False
    """Whether bids may be below zero: a tax on exports where the market abroad pays more than exporting costs."""
    lots: Annotated[int, unit("lots per bidder", ge=1, le=10)] = 3
    """Bids each exporter hands in at a tender."""
    bid_spread_ecu_t: Annotated[float, unit("ECU/t", ge=0, le=100)] = 6.0
    """What the most hopeful bid asks on top of what its bidder starts from; bids are spread evenly from zero to it."""
    shading: Annotated[float, unit("share", ge=0, le=1)] = 0.5
    """Who needs less than the last maximum refund asks for this share of the difference on top."""
    licence_months: Annotated[int, unit("months", ge=1, le=12)] = 2
    """How long a licence may be used."""
    licence_security_ecu_t: Annotated[float, unit("ECU/t", ge=0, le=200)] = 15.0
    """Security lost on a licence that is not used; holders sell at a loss up to this much."""
    overbidding: Annotated[float, unit("multiple of the target", ge=1, le=20)] = 1.5
    """New business bid for at a round, as a multiple of an even part of the year's target."""
    rebid_share: Annotated[float, unit("share", ge=0, le=0.95)] = 0.7
    """Share of the tonnes refused at one round that are bid for again at the next."""
    reaction: Reaction | None = None
    """When given, tonnage, or the highest refund, answers a rival's subsidies."""


class Guarantor(Section):
    """A treasury that pays the deficits of boards' pools."""

    title: str
    """Name for tables and figures."""
    boards: list[Name]
    """Boards whose deficits it pays."""


class Search(Section):
    """How the best amount is looked for: trials below, above and at the one in force, then the parabola's top."""

    trial_cad_t: Annotated[float, unit("C$/t", gt=0, le=1000)] = 5.0
    """The change that is tried."""
    trial_years: Annotated[int, unit("crop years", ge=1, le=50)] = 2
    """How long each of the three trials is kept; what it earned is read off the last round of buyers' tenders."""


class ExportSubsidy(Section):
    """A subsidy per tonne that an origin's treasury pays whoever ships from there."""

    rate_cad_t: dict[Name, Annotated[Level, unit("C$/t")]]
    """Rate by the buyers' region; a region that is missing gets none."""
    reaction: Reaction | None = None
    """When given, the rates answer a rival's; the stated ones are where they start from, and all move alike."""
    search: Search | None = None
    """When given, the treasury looks for the amount to add to all its rates that brings its country most: receipts
    abroad less the cost of production and of the subsidy. Several searches take turns."""


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


class Treasuries(Section):
    """Treasuries beyond the two export programmes."""

    guarantors: dict[Name, Guarantor] = {}
    """Pool guarantors."""


class Demand(Section):
    """Linear demand: through a base point, with an elasticity there, or by its intercept and slope."""

    price: Annotated[Level | None, unit("currency/t, f.o.b. base_price_origin (feeders: delivered)")] = None
    """Price of the base point, f.o.b. at the reference origin. Needs `quantity_kt` and `elasticity` beside it."""
    currency: Literal["cad", "usd", "ecu"] = "usd"
    """Currency of the base price, or of the intercept and slope."""
    quantity_kt: Annotated[Level | None, unit("kt/crop year")] = None
    """Quantity of the base point."""
    elasticity: Annotated[Level | None, unit("dimensionless")] = None
    """Price elasticity at the base point, as a positive number from 0.01 to 100."""
    intercept: Annotated[Level | None, unit("currency/t, landed")] = None
    """Price at which demand ends; with `slope`, the other way to state a demand."""
    slope: Annotated[Level | None, unit("currency/t per kt/crop year")] = None
    """Fall of the price per kt bought in a crop year."""
    corn_response: Annotated[float, unit("dimensionless", ge=0, le=2)] = 0.0
    """Percent by which the base price moves per percent that corn is away from its crop-year mean."""
    moves_with: Name | None = None
    """Origin whose internal price this one moves with: by what feeders there pay above or below their own base."""


class Buyer(Section):
    """What every buyer has: a place, a market and a demand for each grade it buys."""

    title: str
    """Name for tables and figures."""
    market: Name
    """Market the measures count it in."""
    region: Name
    """Row of the freight table."""
    tenders_per_year: Annotated[int, unit("tenders/crop year", ge=1, le=52)] = 12
    """How often it buys; feeders, and state importers with an agreement, buy every period."""
    first_tender_month: Annotated[int | None, unit("month of the crop year, 1 = August", ge=1, le=12)] = None
    """Month of its first tender when it does not buy every period; made from its name when absent."""
    demand: dict[Name, Demand]
    """Demand by grade."""


class Importer(Buyer):
    """An importer that buys by tender from all comers."""


class SupplyAgreement(Section):
    """A yearly agreement between a state importer and a board."""

    board: Name
    """The board that supplies it."""
    quantity_kt: Annotated[Level, unit("kt/crop year")]
    """Tonnage of the agreement."""
    flexibility: Annotated[float, unit("share", ge=0, le=1)] = 0.10
    """Tonnage may move up or down by this share."""
    bargaining_weight: Annotated[float, unit("share", ge=0, le=1)] = 0.5
    """Where the price settles between the board's offshore netback (0) and the buyer's outside option (1)."""
    outside_origin: Name
    """Origin that sets the buyer's outside option: its cash price plus export cost."""


class StateImporter(Buyer):
    """A state importer: a supply agreement first, then tenders for the rest."""

    agreement: SupplyAgreement | None = None
    """The agreement; it holds while the board is a single desk for feed, and lapses otherwise."""


class Feeders(Buyer):
    """Livestock feeders who buy in an origin's cash market."""

    origin: Name
    """Origin whose growers supply them."""


class Maltsters(Buyer):
    """Maltsters who buy malting grades by tender."""


class Marketing(Section):
    """Marketing system of an origin, by pool."""

    feed: MarketingSystem = "single_desk"
    """Who may sell feed."""
    malting: MarketingSystem = "single_desk"
    """Who may sell malting grades."""
    continental_market: Name | None = None
    """The market opened to everybody under ``continental``."""


class TenderRules(Section):
    """How tenders clear."""

    format: Literal["uniform", "pay_as_bid"] = "uniform"
    """Every winner gets the clearing price, or its own reserve price."""


class Shocks(Section):
    """Size of the random shocks around the historical series. Zero switches a shock off."""

    yield_sd: Annotated[float, unit("share", ge=0, le=0.5)] = 0.05
    """Standard deviation of an origin's yield."""
    demand_sd: Annotated[float, unit("share", ge=0, le=0.5)] = 0.05
    """Standard deviation of an importer's demand in a crop year."""
    corn_sd: Annotated[float, unit("share", ge=0, le=0.5)] = 0.03
    """Innovation of the corn price around its series."""
    exchange_sd: Annotated[float, unit("share", ge=0, le=0.2)] = 0.005
    """Innovation of the exchange rate around its series."""
    freight_sd: Annotated[float, unit("share", ge=0, le=0.5)] = 0.05
    """Innovation of ocean freight around its level."""
    persistence: Annotated[float, unit("dimensionless", ge=0, lt=1)] = 0.9
    """Autocorrelation from month to month of the corn, exchange-rate and freight shocks."""


class ReferencePrice(Section):
    """A price point quoted by the study, taken from a cash market or a series."""

    feeders: Name | None = None
    """Feeders whose purchase price it follows; give this or a series."""
    series: Annotated[Level | None, unit("US$/t")] = None
    """Series it follows, in US$/t, moved by the corn shock."""
    basis_cad_t: Annotated[float, unit("C$/t", ge=-200, le=200)] = 0.0
    """Added to the price."""
    basis_usd_t: Annotated[Level | None, unit("US$/t")] = None
    """Added too, at the exchange rate of the day; may be below zero."""


class Event(BaseModel):
    """A dated change of policy. All other keys are scenario keys with the values that hold between the two months."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True, populate_by_name=True)

    start: Day = Field(alias="from")
    """First month, or day, on which the change holds; it counts for periods that begin on it or later."""
    end: Day = Field(alias="to")
    """Last month, or day, on which the change holds."""
    name: str | None = None
    """Label for figures."""


class Scenario(Section):
    """A whole scenario."""

    title: str
    """One line that says what is run."""
    description: str = ""
    """The question asked and what to look for."""
    calendar: Calendar = Calendar()
    """Calendar."""
    draws: Annotated[int, unit("draws", ge=1, le=1_000_000)] = 1
    """Monte Carlo draws."""
    seed: Annotated[int, unit("integer", ge=0, le=2**63 - 1)] = 1997
    """Root of all random streams."""
    data: list[str] = []
    """Data tables (CSV), relative to the scenario file."""
    money: Money
    """Exchange rates."""
    corn_usd_t: Annotated[Level | None, unit("US$/t")] = None
    """Corn price, the substitute for feed barley; without it no demand responds to corn."""
    base_price_origin: Name | None = None
    """Origin at whose port the base prices of demand are quoted (f.o.b.), and whose producers are reported first; when
    absent, base prices are landed ones and the first origin is reported first."""
    grades: dict[Name, Grade]
    """Grades."""
    markets: dict[Name, Market]
    """Markets."""
    origins: dict[Name, Origin]
    """Origins."""
    freight_usd_t: dict[Name, dict[Name, Annotated[Level, unit("US$/t")]]]
    """Freight from an origin's port to a buyers' region; a pair that is missing is a lane that is not used."""
    growers: dict[Name, Growers] = {}
    """Farmer groups."""
    boards: dict[Name, Board] = {}
    """Marketing boards."""
    traders: Traders = Traders()
    """Trading companies."""
    exporters: dict[Name, Exporter] = {}
    """National exporters."""
    sellers: dict[Name, Seller] = {}
    """Sellers by cost, capacity and conduct."""
    export_subsidies: dict[Name, ExportSubsidy] = {}
    """Subsidies per tonne, by the origin whose treasury pays them."""
    eep: BonusProgramme | None = None
    """Export bonus programme."""
    restitution: RefundProgramme | None = None
    """Export refund programme."""
    treasuries: Treasuries = Treasuries()
    """Other treasuries."""
    state_importers: dict[Name, StateImporter] = {}
    """State importers."""
    importers: dict[Name, Importer] = {}
    """Importers."""
    maltsters: dict[Name, Maltsters] = {}
    """Maltsters."""
    feeders: dict[Name, Feeders] = {}
    """Feeders."""
    marketing: dict[Name, Marketing] = {}
    """Marketing system by origin; an origin that is missing has an open cash market."""
    tender: TenderRules = TenderRules()
    """Tender rules."""
    shocks: Shocks = Shocks()
    """Shocks."""
    reference_prices: dict[Name, ReferencePrice] = {}
    """Quoted price points."""
    events: list[Event] = []
    """Dated policy changes."""
