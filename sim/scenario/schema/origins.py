"""Producing regions: crops, growers, support prices and who may sell their grain."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.schema.base import Level, Name, Section, unit

MarketingSystem = Literal["single_desk", "multiple_sellers", "continental", "open_feed", "cash_trading"]


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
    harvest_month: Annotated[int, unit("month of the crop year, 1 = its first", ge=1, le=12)] = 1
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


class Marketing(Section):
    """Marketing system of an origin, by pool."""

    feed: MarketingSystem = "single_desk"
    """Who may sell feed."""
    malting: MarketingSystem = "single_desk"
    """Who may sell malting grades."""
    continental_market: Name | None = None
    """The market opened to everybody under ``continental``."""
