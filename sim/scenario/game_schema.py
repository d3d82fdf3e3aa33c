"""Schema of a game file: who plays, with which strategies, on which market, and what each side counts as its own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from sim.scenario.schema import Name, Section, unit

CropYear = Annotated[str, Field(pattern=r"^\d{4}/\d{2}$")]


class Weights(Section):
    """What a million C$ counts with a player, by who gets or pays it."""

    producers: Annotated[float, unit("dimensionless", ge=0, le=100)] = 1.0
    """Producers' accounts of the player's origins."""
    buyers: Annotated[float, unit("dimensionless", ge=0, le=100)] = 1.0
    """Surplus of the buyers who live there."""
    taxpayers: Annotated[float, unit("dimensionless", ge=0, le=100)] = 1.0
    """What its treasuries pay, counted against it; above 1 it includes the deadweight cost of public funds."""
    merchants: Annotated[float, unit("dimensionless", ge=0, le=100)] = 0.0
    """Margins of those who ship from there; not counted unless asked for, since trading companies are of no country."""


class Levels(Section):
    """Strategies that differ in one number."""

    key: str
    """Dotted path of the scenario key, such as `export_subsidies.home.rate_cad_t.world`."""
    values: list[float]
    """Its values, in ascending order."""


class Player(Section):
    """One side of the game."""

    title: str
    """Name for tables and figures."""
    origin: Name | list[Name]
    """Origins and markets whose producers, buyers and taxpayers count."""
    weights: Weights = Weights()
    """What counts how much."""
    strategies: dict[Name, dict[str, Any]] | None = None
    """Strategies by name: scenario keys that are laid over the base as a child scenario lays them."""
    levels: Levels | None = None
    """Strategies that differ in one number; instead of `strategies`."""
    disarmed: Name | None = None
    """Strategy that means laying down arms; the one called `disarmed`, or else the first, when absent."""


class Game(Section):
    """A whole game file."""

    title: str
    """One line that says what is played."""
    description: str = ""
    """The question asked and what to look for."""
    base: str
    """Scenario the strategies change: a file relative to this one, or a shipped name."""
    draws: Annotated[int | None, unit("draws", ge=1, le=1_000_000)] = None
    """Monte Carlo draws; the base scenario's when absent."""
    seed: Annotated[int | None, unit("integer", ge=0, le=2**63 - 1)] = None
    """Root of all random streams; the base scenario's when absent."""
    crop_years: list[CropYear] | None = None
    """Crop years whose mean is the pay-off; all when absent."""
    players: dict[Name, Player]
    """The two players; the first one's strategies are the rows of the table."""
