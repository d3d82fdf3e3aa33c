"""The two parts into which a policy divides a run: crop years before it begins or ends, and those from then on."""

from __future__ import annotations

from typing import Any

from sim.calendar import MONTHS
from sim.figures.policy import LONG_YEARS, policy_events
from sim.figures.style import shorten
from sim.wording import first_month

HALF_A_MONTH = 1 / 24
LEAST_YEARS = 2  # on either side of the date


def halves(meta: dict[str, Any], years: list[str]) -> list[tuple[str, list[str]]]:
    """Crop years before and from the first date at which a lasting policy begins or ends, each with what it is.

    Empty when no such date has two crop years on either side. A date counts as the nearest
    turn of the crop year.
    """
    dates = [
        (at, word, name)
        for name, start, end in policy_events(meta, years)
        if end - start >= LONG_YEARS
        for at, word in ((start, "begins"), (end, "ends"))
    ]
    begins = first_month(meta["scenario"])
    for at, word, name in sorted(dates):
        first = int(at + 0.5)
        if LEAST_YEARS <= first <= len(years) - LEAST_YEARS:
            month = month_name(at - (HALF_A_MONTH if word == "ends" else 0.0), years, begins)  # its last month
            what = f"{shorten(name, 60)} {word} ({month})"
            return [
                (f"{years[0]}-{years[first - 1]}, before {what}", years[:first]),
                (f"{years[first]}-{years[-1]}, after {what}", years[first:]),
            ]
    return []


def month_name(at: float, years: list[str], begins: int) -> str:
    """Month and year of a date in crop years since the start of the run; crop years begin in month ``begins``."""
    months = int(years[0][:4]) * 12 + begins - 1 + int(at * 12 + 1e-6)
    return f"{MONTHS[months % 12]} {months // 12}"
