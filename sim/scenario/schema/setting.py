"""When and at what exchange rates a market runs, what is traded there and what it is aggregated to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.schema.base import Level, Name, Section, unit

WORD = r"^[^\x00-\x1f\x7f]{1,30}$"  # a word or a few, on one line


class Calendar(Section):
    """When the simulation starts, how long it runs and how finely it steps."""

    start: Annotated[str, Field(pattern=r"^\d{4}/\d{2}$")] = "1980/81"
    """First crop year, written 1980/81."""
    first_month: Annotated[int, unit("calendar month, 1 = January", one_for_all=True, ge=1, le=12)] = 8
    """Month in which a crop year begins: 8 is August, as in the northern grain trade; June, say, in a southern dairy
    season. Months of the crop year elsewhere are counted from it."""
    crop_years: Annotated[int, unit("crop years", ge=1, le=200)] = 15
    """Number of crop years."""
    periods_per_year: Literal[12, 52] = 12
    """Steps in a crop year: months or weeks."""
    hold: Annotated[str | None, Field(pattern=r"^\d{4}/\d{2}$")] = None
    """A crop year at which all series and events are read: a market that stands still while its agents settle. Monthly
    series keep the mean of that year."""


class Money(Section):
    """Exchange rates; everything inside the model is in the account currency, which keys call `cad`."""

    cad_per_usd: Annotated[Level, unit("C$/US$")]
    """Account currency (Canadian dollars unless `wording` names another) per US dollar."""
    usd_per_ecu: Annotated[Level, unit("US$/ECU")]
    """US dollars per ECU."""


class Wording(Section):
    """What tables, figures and reports call things that have no title of their own. No number depends on it."""

    commodity: str = Field(default="grain", pattern=WORD)
    """What is traded: barley, milk powder."""
    feed: Annotated[str | None, Field(pattern=WORD)] = None
    """The pool `feed` and what is sold for it; the title of its grade when it has one only, else `feed`."""
    malting: Annotated[str | None, Field(pattern=WORD)] = None
    """The pool `malting`, in the same way."""
    feeders: str = Field(default="feeders", pattern=WORD)
    """Buyers in an origin's cash market."""
    maltsters: str = Field(default="maltsters", pattern=WORD)
    """Buyers listed under `maltsters`."""
    own_use: str = Field(default="seed, food, industry", pattern=WORD)
    """What `own_use_kt` is used for, as in the label of a bar."""
    cad: str = Field(default="C$", pattern=WORD)
    """Sign of the account currency, which keys and the names of columns call `cad`."""
    usd: str = Field(default="US$", pattern=WORD)
    """Sign of the currency that keys call `usd`."""
    ecu: str = Field(default="ECU", pattern=WORD)
    """Sign of the currency that keys call `ecu`."""


class Grade(Section):
    """A quality of what is traded that is priced separately."""

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
