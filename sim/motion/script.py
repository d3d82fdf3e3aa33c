"""What an animation shows and when: its moments, the months whose trade each adds up, and the policies of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.calendar import FIRST_MONTH
from sim.figures.eras import HALF_A_MONTH, month_name
from sim.figures.policy import policy_events
from sim.figures.style import crop_years_of
from sim.store import StoreError
from sim.wording import first_month

STEPS = ("month", "crop_year")
LOOK_BACK = 12  # months of trade that a moment shows
NEWS = 0.25  # crop years for which a beginning or end is news
MOST_NEWS = 3
MOST_MOMENTS = 600
TINY = 1e-9


@dataclass(frozen=True)
class Moment:
    """One picture.

    Attributes
    ----------
    title, crop_year : str
        The month, or the crop year; and the crop year it is in.
    end : float
        Up to when lines are drawn, in crop years since the start of the run.
    since : str
        What the arrows add up: "12 months", or fewer at the start, or "crop year".
    rows : tuple of int
        First and last month that the arrows add up, counted from the start of the run.
    """

    title: str
    crop_year: str
    end: float
    since: str
    rows: tuple[int, int]


def month_numbers(frame: pd.DataFrame, years: list[str], begins: int) -> pd.Series:
    """Months since the start of the run for rows with ``month`` (YYYY-MM, or a day in it).

    Crop years begin in the calendar month ``begins``.
    """
    first = int(years[0][:4]) * 12 + begins - 1
    text = frame["month"].astype(str)
    return text.str[:4].astype(int) * 12 + text.str[5:7].astype(int) - 1 - first


def chosen_years(years: list[str], wanted: str) -> list[str]:
    """Crop years of a text like ``1985/86-1989/90`` or ``1985/86``; all when it is empty.

    Raises
    ------
    StoreError
        When the run has no such crop years.
    """
    if not wanted:
        return years
    first, dash, last = wanted.partition("-")
    last = last if dash else first
    have = f"the run has {years[0]}" + (f" to {years[-1]}" if len(years) > 1 else "")
    for each in (first, last):
        if each not in years:
            raise StoreError(
                f"--years {wanted[:40]}: no crop year '{each[:20]}'; {have}, written as {years[0]}-{years[-1]}"
            )
    if years.index(first) > years.index(last):
        raise StoreError(f"--years {wanted[:40]}: ends before it begins; {have}")
    return years[years.index(first) : years.index(last) + 1]


def moments(series: pd.DataFrame, wanted: str = "", step: str = "month", begins: int = FIRST_MONTH) -> list[Moment]:
    """Moments of a run in order: the months of the crop years wanted, or these crop years, which begin in ``begins``.

    Raises
    ------
    StoreError
        For crop years there are none of, another step, or too many moments.
    """
    if step not in STEPS:
        raise StoreError(f"--by {step[:40]}: choose {' or '.join(STEPS)}")
    years = crop_years_of(series)
    shown = chosen_years(years, wanted)
    first = years.index(shown[0])
    if step == "crop_year":
        return [
            Moment(year, year, at + 1.0, "crop year", (12 * at, 12 * at + 11)) for at, year in enumerate(shown, first)
        ]
    own = month_numbers(series[series["time"] == "period"], years, begins)
    numbers = [int(each) for each in np.unique(own) if 12 * first <= each < 12 * (first + len(shown))]
    if len(numbers) > MOST_MOMENTS:
        raise StoreError(f"{len(numbers)} months are too many for a film; choose --years, or --by crop_year")
    found = []
    for number in numbers:
        count = min(LOOK_BACK, number + 1)
        since = f"last {count} months" if count > 1 else "first month"
        name = month_name((number + 0.5) / 12, years, begins)
        found.append(Moment(name, years[number // 12], (number + 1) / 12, since, (number - count + 1, number)))
    return found


@dataclass(frozen=True)
class News:
    """What a moment says of policies: lines, and how many of them, the first ones, are about a beginning or an end."""

    lines: tuple[str, ...]
    fresh: int


def news(meta: dict[str, Any], years: list[str], moment: Moment, length: float) -> News:
    """Policies that begin or end just now, the latest first, then those in force.

    Parameters
    ----------
    length : float
        Crop years from one moment to the next: what happened within it is news, too.
    """
    fresh, standing = [], []
    month = first_month(meta["scenario"])
    for name, start, end in policy_events(meta, years):
        recent = max(NEWS, length)
        begins, ends = moment.end - start, moment.end - end
        begun = TINY < begins <= recent + TINY and start > 0
        if begun:
            fresh.append((begins, f"Begins, {month_name(start, years, month)}: {name}"))
        if -TINY <= ends < recent - TINY and end < len(years):
            fresh.append((ends, f"Ends, {month_name(end - HALF_A_MONTH, years, month)}: {name}"))
        elif begins > TINY and (ends < -TINY or end >= len(years)) and not begun:
            since = f" (since {month_name(start, years, month)})" if start > 0 else ""
            standing.append(f"{name}{since}")
    lines = [text for _age, text in sorted(fresh, key=lambda each: each[0])][:MOST_NEWS]
    count = len(lines)
    if standing:
        lines.append("In force: " + "; ".join(standing))
    return News(tuple(lines), count)
