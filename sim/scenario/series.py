"""Historical series, and levels resolved to a value per period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.calendar import FIRST_MONTH, Timeline, crop_year_label, first_calendar_year, month_label
from sim.scenario.between import through_means
from sim.scenario.schema import Level, SeriesLevel


@dataclass(frozen=True)
class SeriesTable:
    """Series of the data tables, by name and period.

    Attributes
    ----------
    values : dict of str to dict of str to float
        Value by series and period; periods are crop years (1980/81) or months (1980-08), one kind per series.
    units : dict of str to str
        Unit of each series.
    """

    values: dict[str, dict[str, float]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        """Whether a series of that name is held."""
        return name in self.values

    @property
    def names(self) -> list[str]:
        """Names of all series."""
        return list(self.values)

    def is_monthly(self, name: str) -> bool:
        """Whether a series has a value per month rather than per crop year."""
        return any("-" in period for period in self.values[name])

    def lookup(self, name: str, periods: Sequence[str]) -> np.ndarray:
        """Values at the periods, shape (len(periods),); not-a-number where the series has none."""
        held = self.values[name]
        return np.array([held.get(period, np.nan) for period in periods], dtype=float)

    def per_period(self, name: str, timeline: Timeline) -> np.ndarray:
        """Value in each period, shape (T,): that of its crop year, or of its month."""
        if timeline.held is not None:  # a market that stands still has no seasons in its figures either
            return np.repeat(self.annual(name, [timeline.held], timeline.first_month), len(timeline))
        if self.is_monthly(name):
            return self.lookup(name, timeline.month_of_period)
        per_period: np.ndarray = self.lookup(name, timeline.crop_years)[timeline.year_of_period]
        return per_period

    def line(self, name: str, timeline: Timeline) -> np.ndarray:
        """Value in each period, shape (T,), on a line between the middles of its crop years or months.

        The line runs through all neighbouring figures that the series has, not only those of the calendar, so a longer
        run leaves the earlier periods alone. A series with gaps in the calendar is read step by step.
        """
        steps = self.per_period(name, timeline)
        if timeline.held is not None or np.isnan(steps).any():
            return steps
        held, crop_years = self.values[name], list(timeline.crop_years)
        first, count = first_calendar_year(crop_years[0]), len(crop_years)
        monthly = self.is_monthly(name)

        def known(year: int) -> bool:
            return all(
                unit in held for unit in (_months(year, timeline.first_month) if monthly else [crop_year_label(year)])
            )

        begin, end = first, first + count
        while known(begin - 1):
            begin -= 1
        while known(end):
            end += 1
        whole = Timeline.build(
            crop_year_label(begin), end - begin, timeline.periods_per_year, first_month=timeline.first_month
        )
        unit = whole.year_of_period * 12 + whole.month_of_year if monthly else whole.year_of_period
        drawn = through_means(self.per_period(name, whole), unit)
        return drawn[(first - begin) * timeline.periods_per_year :][: len(timeline)]

    def annual(self, name: str, crop_years: Sequence[str], first_month: int = FIRST_MONTH) -> np.ndarray:
        """Value in each crop year, shape (Y,); of a monthly series the mean of its twelve months."""
        if not self.is_monthly(name):
            return self.lookup(name, crop_years)
        months = [_months(first_calendar_year(year), first_month) for year in crop_years]
        years = [self.lookup(name, each).mean() for each in months]
        return np.array(years, dtype=float)

    def missing(self, name: str, timeline: Timeline) -> list[str]:
        """Crop years or months of the calendar for which the series has no value, in order."""
        wanted = timeline.months if self.is_monthly(name) else timeline.record_years
        return [period for period in wanted if period not in self.values[name]]

    def resolve(self, level: Level | None, timeline: Timeline) -> np.ndarray:
        """Value of a level in each period, shape (T,), in the unit of its key.

        A number is constant; a level with series is ``scale x (sum of series - sum of less) x times + plus``; None (an
        optional level that is absent) and periods without a value are not-a-number. Where ``scale`` or ``plus`` are
        arrays (draw,) the shape is (T, draw).
        """
        if level is None:
            return np.full(len(timeline), np.nan)
        if not isinstance(level, SeriesLevel):
            return np.broadcast_to(np.asarray(level, dtype=float), (len(timeline), *np.shape(level)))
        read = self.line if level.between == "linear" else self.per_period
        with np.errstate(over="ignore", invalid="ignore"):
            value = np.zeros(len(timeline))
            for name in names_of(level.series):
                value = value + read(name, timeline)
            for name in names_of(level.less):
                value = value - read(name, timeline)
            times = None if level.times is None else read(level.times, timeline)
            if np.ndim(level.scale) or np.ndim(level.plus):
                value, times = value[:, None], None if times is None else times[:, None]
            value = level.scale * value
            if times is not None:
                value = value * times
            return value + level.plus


def names_of(series: str | Sequence[str] | None) -> list[str]:
    """Names that a key of a level holds, as a list."""
    return [series] if isinstance(series, str) else list(series or ())


def all_names(level: SeriesLevel) -> list[str]:
    """Names of every series a level reads."""
    return [*names_of(level.series), *names_of(level.less), *names_of(level.times)]


def _months(year: int, first_month: int) -> list[str]:
    return [month_label(year, month, first_month) for month in range(12)]
