"""A measured figure: a value for every repeat, a unit and the target it is held against."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What a figure should reach: ``at_least`` or ``at_most`` a limit."""

    limit: float
    at_most: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value reaches it; a value that does not exist never does."""
        return value <= self.limit if self.at_most else value >= self.limit

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.limit:g}"


def at_least(limit: float) -> Target:
    """A lower limit."""
    return Target(limit)


def at_most(limit: float) -> Target:
    """An upper limit."""
    return Target(limit, at_most=True)


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes
    ----------
    name, unit : str
        What was measured.
    values : tuple of float
        One per repeat; NaN where a repeat gave none.
    target : Target, optional
        What the median is held against.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    target: Target | None = None

    @property
    def value(self) -> float:
        """Median of the repeats that gave a value; NaN when none did."""
        given = [value for value in self.values if not math.isnan(value)]
        return statistics.median(given) if given else math.nan

    @property
    def spread(self) -> tuple[float, float]:
        """Smallest and largest of the repeats."""
        given = [value for value in self.values if not math.isnan(value)]
        return (min(given), max(given)) if given else (math.nan, math.nan)

    @property
    def verdict(self) -> str:
        """``met`` or ``missed``; empty without a target."""
        return "" if self.target is None else "met" if self.target.is_met(self.value) else "missed"
