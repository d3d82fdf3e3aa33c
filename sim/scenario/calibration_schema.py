"""Schema of a calibration: which numbers may move, which figures they are to meet, and how long to search."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.schema import Name, Section, unit


class CalibrationRun(Section):
    """A scenario that is run at every point of the search."""

    scenario: str
    """A file relative to this one, or the name of a shipped scenario."""
    settings: list[str] = []
    """Changes of single keys, written as after ``--set``: ``calendar.crop_years=8``."""


class Parameter(Section):
    """A number to be found; it is put in the place of every key it is tied to, in every run."""

    keys: list[str]
    """Dotted paths of the scenario, such as ``shocks.yield_sd``."""
    low: float
    """Least value tried."""
    high: float
    """Largest value tried."""
    start: float
    """Where the first search starts."""
    scale: Literal["linear", "log"] = "linear"
    """Steps are equal in the number itself, or in its logarithm."""


class Moments(Section):
    """Figures of one table to be met, from one run."""

    run: str
    """The run they are taken from."""
    table: Literal[1, 2, 3, 4] | None = None
    """A table of the study, as in ``study --json``."""
    measure: str | None = None
    """Another table of a run's ``tables/summary.csv``; it needs ``target`` and ``scale``."""
    rows: list[str] | None = None
    """Rows; all that may be fitted when absent."""
    columns: list[str] | None = None
    """Columns; all when absent."""
    target: float | None = None
    """What the figure is to be; the published one when absent. For a single row and column."""
    scale: Annotated[float | None, unit("unit of the figure", gt=0)] = None
    """How far off counts as one: the weight is 1/scale². The distance that counts as near in ``study`` when absent."""
    weight: Annotated[float | None, unit("1/(unit of the figure)²", ge=0)] = None
    """Weight in the sum of squares, in place of a scale."""


class HeldOut(Section):
    """Where Table 2, which is never fitted, is computed at the end."""

    run: str
    """The run with the single desk."""
    settings: list[str]
    """What turns it into the run without, written as after ``--set``."""


class Calibration(Section):
    """A calibration."""

    title: str
    """Name for reports and figures."""
    description: str = ""
    """What it is for."""
    draws: Annotated[int, unit("draws", ge=2, le=100_000)] = 20
    """Monte Carlo draws of every evaluation, the same ones each time."""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1997
    """Root of all random streams."""
    starts: Annotated[int, unit("starts", ge=1, le=1000)] = 1
    """Searches: from the stated start, and from Sobol points within the bounds."""
    evaluations: Annotated[int, unit("points", ge=1, le=1_000_000)] = 200
    """Points at which the criterion may be computed, over all searches."""
    tolerance: Annotated[float, unit("share", gt=0, lt=1)] = 1e-3
    """A search ends when the criterion falls, or the point moves, by less than this share."""
    method: Literal["least_squares", "nelder_mead"] = "least_squares"
    """How a search goes on: Gauss-Newton steps in a trust region, or a simplex that needs no slopes."""
    step: Annotated[float, unit("share of the bounds", gt=0, le=0.25)] = 0.02
    """Step of finite differences: wide enough that a simulated figure moves by more than its own unevenness."""
    profile_points: Annotated[int, unit("points", ge=0, le=101)] = 7
    """Points of the criterion's profile along each parameter."""
    observations: Annotated[int, unit("histories", ge=1)] = 1
    """Histories the targets are means of: 1 for the world's, the number of draws for those of a simulation."""
    runs: dict[Name, CalibrationRun]
    """Runs by name."""
    parameters: dict[Name, Parameter]
    """Parameters by name."""
    moments: list[Moments]
    """Figures to be met."""
    held_out: HeldOut | None = None
    """Table 2 at the start and at the optimum; not computed when absent."""
