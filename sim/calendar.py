"""The calendar of a run: which crop year, month and period every step belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

FORESIGHT_YEARS = 2  # years beyond the end of a run whose months are known
FIRST_MONTH = 8  # of a crop year that runs from August to July, unless the scenario says otherwise
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def crop_year_label(year: int) -> str:
    """Crop year that starts in ``year``: 1980 -> ``1980/81``."""
    return f"{year:04d}/{(year + 1) % 100:02d}"


def first_calendar_year(crop_year: str) -> int:
    """Calendar year in which a crop year starts; ``ValueError`` when the two halves do not fit together."""
    year = int(crop_year[:4])
    if crop_year_label(year) != crop_year:
        raise ValueError(
            f"'{crop_year}' is not a crop year; the one that starts in {year} is '{crop_year_label(year)}'"
        )
    return year


def month_label(year: int, month_of_year: int, first_month: int = FIRST_MONTH) -> str:
    """Calendar month of month 0 (the first) to 11 of the crop year that starts in ``year``: ``1980-08``."""
    months = year * 12 + first_month - 1 + month_of_year
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def first_day(date: str) -> str:
    """First day of a date written as a month or a day: ``1993-08`` -> ``1993-08-01``."""
    return date if len(date) > 7 else f"{date}-01"


def last_day(date: str) -> str:
    """Day up to which a date written as a month or a day reaches; every month is given 31, for comparing texts."""
    return date if len(date) > 7 else f"{date}-31"


@dataclass(frozen=True)
class Timeline:
    """Labels of the periods of a run; T periods in Y crop years.

    Attributes
    ----------
    crop_years : tuple of str
        Crop years in order, shape (Y,).
    periods_per_year : int
        12 (months) or 52 (weeks).
    year_of_period : ndarray of int
        Index of the crop year of each period, shape (T,).
    period_in_year : ndarray of int
        Position in the crop year, from 0, shape (T,).
    month_of_year : ndarray of int
        Month of the crop year, 0 = its first, shape (T,); a week belongs to the month in which it starts.
    month_of_period : tuple of str
        Calendar month ``YYYY-MM`` of each period, shape (T,).
    held : str or None
        Crop year at which series and events are read throughout; the calendar's own when None.
    first_month : int
        Calendar month in which a crop year starts, 1 to 12.
    """

    crop_years: tuple[str, ...]
    periods_per_year: int
    year_of_period: np.ndarray
    period_in_year: np.ndarray
    month_of_year: np.ndarray
    month_of_period: tuple[str, ...]
    held: str | None = None
    first_month: int = FIRST_MONTH

    @classmethod
    def build(
        cls, start: str, crop_years: int, periods_per_year: int, held: str | None = None, first_month: int = FIRST_MONTH
    ) -> Timeline:
        """Lay out ``crop_years`` crop years from ``start`` (written 1980/81), read at the year ``held`` where given."""
        first = first_calendar_year(start)
        if held is not None:
            first_calendar_year(held)
        period = np.tile(np.arange(periods_per_year), crop_years)
        year = np.repeat(np.arange(crop_years), periods_per_year)
        month = period * 12 // periods_per_year
        return cls(
            crop_years=tuple(crop_year_label(first + index) for index in range(crop_years)),
            periods_per_year=periods_per_year,
            year_of_period=year,
            period_in_year=period,
            month_of_year=month,
            month_of_period=tuple(
                month_label(first + int(y), int(m), first_month) for y, m in zip(year, month, strict=True)
            ),
            held=held,
            first_month=first_month,
        )

    def __len__(self) -> int:
        """Return the number of periods T."""
        return len(self.year_of_period)

    @property
    def record_years(self) -> tuple[str, ...]:
        """Crop years at which series are read."""
        return self.crop_years if self.held is None else (self.held,)

    @property
    def record_month_of_period(self) -> tuple[str, ...]:
        """Calendar month at which each period is read, shape (T,)."""
        if self.held is None:
            return self.month_of_period
        first = first_calendar_year(self.held)
        return tuple(month_label(first, int(month), self.first_month) for month in self.month_of_year)

    @property
    def months(self) -> tuple[str, ...]:
        """Calendar months at which the run is read, in order."""
        return tuple(dict.fromkeys(self.record_month_of_period))

    @property
    def months_ahead(self) -> np.ndarray:
        """Months at which the periods are read, and those of ``FORESIGHT_YEARS`` more crop years, shape (T + more,)."""
        years = len(self.crop_years)
        longer = Timeline.build(
            self.crop_years[0], years + FORESIGHT_YEARS, self.periods_per_year, self.held, self.first_month
        )
        return np.array(longer.record_month_of_period)

    @property
    def record_day_of_period(self) -> tuple[str, ...]:
        """Day at which each period is read, shape (T,): the 1st, or days 1, 8, 15, 22, 29 of weeks."""
        weeks = np.zeros(len(self), dtype=int)
        for period in range(1, len(self)):
            if self.month_of_year[period] == self.month_of_year[period - 1]:
                weeks[period] = weeks[period - 1] + 1
        return tuple(f"{m}-{1 + 7 * w:02d}" for m, w in zip(self.record_month_of_period, weeks, strict=True))

    def within(self, first: str, last: str) -> np.ndarray:
        """Whether each period begins between two dates (months or days), both included, shape (T,)."""
        start, end = first_day(first), last_day(last)
        return np.array([start <= day <= end for day in self.record_day_of_period], dtype=bool)

    def periods(self) -> pd.DataFrame:
        """One line per period: period, crop_year, year, month, weight (share of a crop year)."""
        return pd.DataFrame(
            {
                "period": np.arange(len(self)),
                "crop_year": [self.crop_years[year] for year in self.year_of_period],
                "year": self.year_of_period,
                "month": list(self.month_of_period),
                "weight": 1.0 / self.periods_per_year,
            }
        )
