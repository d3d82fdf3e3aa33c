"""What treasuries pay: bonuses, refunds, subsidies by lane and the deficits of pools."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from sim.scenario.schema.base import Level, Month, Name, Section, unit
from sim.scenario.schema.conduct import Reaction, Search


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
    fiscal_year_start_month: Annotated[int, unit("month of the crop year, 1 = its first", ge=1, le=12)] = 1
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
    year_start_month: Annotated[int, unit("month of the crop year, 1 = its first", ge=1, le=12)] = 1
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


class ExportSubsidy(Section):
    """A subsidy per tonne that an origin's treasury pays whoever ships from there."""

    rate_cad_t: dict[Name, Annotated[Level, unit("C$/t")]]
    """Rate by the buyers' region; a region that is missing gets none."""
    reaction: Reaction | None = None
    """When given, the rates answer a rival's; the stated ones are where they start from, and all move alike."""
    search: Search | None = None
    """When given, the treasury looks for the amount to add to all its rates that brings its country most: receipts
    abroad less the cost of production and of the subsidy. Several searches take turns."""


class Treasuries(Section):
    """Treasuries beyond the two export programmes."""

    guarantors: dict[Name, Guarantor] = {}
    """Pool guarantors."""
