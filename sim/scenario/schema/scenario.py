"""A whole scenario and the events that change it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.scenario.schema.base import Day, Level, Name, Section, unit
from sim.scenario.schema.buyers import Feeders, Importer, Maltsters, StateImporter
from sim.scenario.schema.origins import Growers, Marketing, Origin
from sim.scenario.schema.programmes import BonusProgramme, ExportSubsidy, RefundProgramme, Treasuries
from sim.scenario.schema.sellers import Board, Exporter, Seller, Traders
from sim.scenario.schema.setting import Calendar, Grade, Market, Money, ReferencePrice, Shocks, TenderRules, Wording


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
    """Price of the substitute for what the feed pool sells (corn for barley); without it no demand responds to corn."""
    base_price_origin: Name | None = None
    """Origin at whose port the base prices of demand are quoted (f.o.b.), and whose producers are reported first; when
    absent, base prices are landed ones and the first origin is reported first."""
    wording: Wording = Wording()
    """Words of tables and figures."""
    published: Literal["study"] | None = None
    """Published figures that the run is set beside: `study`, the four tables of the study of the Canadian Wheat Board's
    barley, and their pairs of markets and periods. None when absent."""
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
