"""Who buys: importers, state importers with their agreements, maltsters and feeders."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.schema.base import Level, Name, Section, unit

BUYERS = ("state_importers", "importers", "maltsters", "feeders")
"""Sections of a scenario that list buyers."""


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
    first_tender_month: Annotated[int | None, unit("month of the crop year, 1 = its first", ge=1, le=12)] = None
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
    full_gap_cad_t: Annotated[float, unit("C$/t", gt=0, le=1000)] = 20.0
    """Price above what the board gets elsewhere at which it ships all that the flexibility allows."""
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
