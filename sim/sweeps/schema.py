"""Schema of a sweep: which keys vary and how, the design that combines them, and what is kept of every world."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sim.scenario.schema import Name, Section
from sim.scenario.schema import unit as counted_in

Number = Annotated[float, counted_in("unit of the key", ge=-(10**12), le=10**12)]
Limit = Annotated[float | None, counted_in("unit of the key", ge=-(10**12), le=10**12)]
Positive = Annotated[float, counted_in("unit of the key", gt=0, le=10**12)]


class Range(Section):
    """Every number between two limits is as likely; for ``loguniform``, every ratio."""

    low: Number
    """Least value; above 0 for ``loguniform``."""
    high: Number
    """Largest value."""


class Normal(Section):
    """A normal distribution, cut off at the limits that are stated."""

    mean: Number
    """Mean, before it is cut off."""
    sd: Positive
    """Standard deviation, before it is cut off."""
    low: Limit = None
    """Nothing below this."""
    high: Limit = None
    """Nothing above this."""


class Lognormal(Section):
    """A number whose logarithm is normal, cut off at the limits that are stated."""

    median: Positive
    """Median, before it is cut off."""
    log_sd: Annotated[float, counted_in("natural logarithm", gt=0, le=10)]
    """Standard deviation of the logarithm: 0.1 is about 10 %."""
    low: Annotated[float | None, counted_in("unit of the key", ge=0, le=10**12)] = None
    """Nothing below this."""
    high: Annotated[float | None, counted_in("unit of the key", gt=0, le=10**12)] = None
    """Nothing above this."""


class Triangular(Section):
    """Straight up from the least value to the most likely one, and straight down to the largest."""

    low: Number
    """Least value."""
    mode: Number
    """Most likely value."""
    high: Number
    """Largest value."""


class Beta(Section):
    """A beta distribution, stretched from ``low`` to ``high``."""

    a: Annotated[float, counted_in("dimensionless", gt=0, le=1000)]
    """First shape: the larger, the nearer to ``high``."""
    b: Annotated[float, counted_in("dimensionless", gt=0, le=1000)]
    """Second shape: the larger, the nearer to ``low``."""
    low: Number = 0.0
    """Least value."""
    high: Number = 1.0
    """Largest value."""


class FactorPlan(Section):
    """Something that varies: one or more keys that get the same value, or named levels of several settings each."""

    title: str = ""
    """Label for tables and figures; the factor's name when absent."""
    key: str | None = None
    """Dotted path of the scenario key that varies."""
    keys: list[str] | None = None
    """Several keys, which all get the value; in place of ``key``."""
    values: list[Any] | None = None
    """Values, in order."""
    low: Limit = None
    """Least value of a range; ``high`` stands beside it."""
    high: Limit = None
    """Largest value of a range."""
    count: Annotated[int | None, counted_in("values", ge=2, le=100_000)] = None
    """How many values a grid takes from a range or distribution; without it the two ends, or the 5 and 95 % points."""
    scale: Literal["linear", "log"] | None = None
    """Whether a range is even in the number itself (the default) or in its logarithm."""
    uniform: Range | None = None
    """A distribution, as is each of the next five."""
    loguniform: Range | None = None
    """Even in the logarithm."""
    normal: Normal | None = None
    """Normal, cut off where limits are stated."""
    lognormal: Lognormal | None = None
    """Lognormal, cut off where limits are stated."""
    triangular: Triangular | None = None
    """Triangular."""
    beta: Beta | None = None
    """Beta."""
    levels: dict[Name, list[str]] | None = None
    """Named levels: settings written as after ``--set``, none for the scenario as it is."""
    weights: list[Annotated[float, counted_in("dimensionless", gt=0, le=10**12)]] | None = None
    """How often a drawn design takes each of ``values`` or ``levels``, relative to each other; equal when absent."""
    base: Any = None
    """Where it stands while others vary (``pairs``, ``one_at_a_time``): a value or a level's name. The scenario's own
    value when absent, or the first level."""
    unit: str | None = None
    """Unit for tables and figures; that of the key when absent."""


class DesignPlan(Section):
    """Which combinations of the factors' values are simulated."""

    method: Literal[
        "grid", "together", "pairs", "one_at_a_time", "latin_hypercube", "sobol", "saltelli", "morris", "table"
    ] = "grid"
    """How factors are combined; sweeps.md shows each."""
    points: Annotated[int | None, counted_in("points", ge=1, le=1_000_000)] = None
    """Points of ``latin_hypercube`` and ``sobol``; base points of ``saltelli``, each of which makes k + 2 points, or
    2k + 2 with ``second_order``, of k factors."""
    trajectories: Annotated[int | None, counted_in("trajectories", ge=2, le=100_000)] = None
    """Trajectories of ``morris``; each makes k + 1 points."""
    steps: Annotated[int | None, counted_in("values", ge=2, le=100)] = None
    """Values that ``morris`` takes from each factor, an even number; 4 when absent."""
    second_order: bool | None = None
    """Whether ``saltelli`` allows for interactions of two factors; true when absent."""
    file: str | None = None
    """Table of points (CSV, one column per factor) in the folder of the sweep, for ``table``."""


class SweepPlan(Section):
    """A sweep."""

    title: str
    """One line that says what is varied."""
    description: str = ""
    """The question asked and what to look for."""
    scenario: str | None = None
    """A file relative to this one, or the name of a shipped scenario."""
    scenarios: dict[Name, str] | None = None
    """Scenarios by name, in place of ``scenario``: a factor called ``scenario``, the first of the design."""
    settings: list[str] = []
    """Changes of single keys in every world, written as after ``--set``; factors come after them."""
    draws: Annotated[int, counted_in("draws", ge=1, le=1_000_000)] = 20
    """Replications: Monte Carlo draws of every point, the same ones at each."""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1997
    """Root of all random streams, and of designs that are drawn."""
    design: DesignPlan = DesignPlan()
    """The design."""
    factors: dict[Name, FactorPlan]
    """What varies; in a grid the first one varies slowest."""
    measures: list[str] | None = None
    """What is kept of every world: names of tables, or ``table:column``, both with ``*`` and ``?`` as wildcards. The
    tables of prices, tonnes, producers, consumers and taxpayers when absent."""
