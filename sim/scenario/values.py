"""Levels over the calendar: series without gaps, tonnes and costs that are not negative, prices above zero."""

from __future__ import annotations

import numpy as np
from pydantic import TypeAdapter, ValidationError

from sim.calendar import Timeline, crop_year_label
from sim.scenario.fields import Slot
from sim.scenario.names import levels
from sim.scenario.problems import Mark, Path, Report, printable
from sim.scenario.reader import Node
from sim.scenario.schema import Calendar, Level, SeriesLevel
from sim.scenario.series import SeriesTable, all_names
from sim.scenario.tree import child, mark_of, plain

ABOVE_ZERO = ("price", "corn_usd_t", "cad_per_usd", "usd_per_ecu", "normal_stock_kt", "intercept", "slope")
EITHER_SIGN = ("basis_usd_t",)
FIRST_YEAR_ONLY = ("opening_stock_kt", "starting_refund_ecu_t")
ELASTICITIES = (0.01, 100.0)  # outside of it a linear demand is flat or vertical for all that matters
SMALLEST_SLOPE = 1e-9  # currency/t per kt: a buyer flatter than that wants more than the world grows
LARGEST = 1e9  # no tonnage, price or budget of the world comes near; beyond it sums lose their digits
MANY = 4  # series that lack the same periods are reported together from this number on
_LEVEL: TypeAdapter[Level] = TypeAdapter(Level)


def timeline_of(tree: Node, report: Report) -> Timeline | None:
    """Timeline of the tree's calendar, with defaults where a key is absent; None when it is not valid."""
    node = child(tree, "calendar")
    try:
        calendar = Calendar.model_validate(plain(node) if node is not None else {}, strict=True)
        return Timeline.build(
            calendar.start, calendar.crop_years, calendar.periods_per_year, calendar.hold, calendar.first_month
        )
    except ValidationError:
        return None  # reported by the schema
    except ValueError as error:
        key = "start" if _splits(calendar.start) else "hold"
        report.add(mark_of(tree, ("calendar", key)), f"calendar.{key}", str(error))
        return None


def _splits(crop_year: str) -> bool:
    """Whether the two halves of a crop year do not fit together."""
    return crop_year_label(int(crop_year[:4])) != crop_year


class LevelChecker:
    """Checks the levels of a tree and of its regimes; a level is looked at once."""

    def __init__(self, table: SeriesTable, timeline: Timeline, report: Report) -> None:
        self.table, self.timeline, self.report = table, timeline, report
        self.seen: set[tuple[int, Path]] = set()
        self.kept: list[Node] = []  # keeps nodes alive, so that their ids stay unique
        self.gaps: dict[tuple[str, ...], dict[str, tuple[Mark, Path]]] = {}

    def check(self, tree: Node) -> None:
        """Check every level that is valid by itself and whose series exist."""
        for path, node, slot in levels(tree):
            if (id(node), path) in self.seen or node.bad:
                continue
            self.seen.add((id(node), path))
            self.kept.append(node)
            try:
                level = _LEVEL.validate_python(plain(node), strict=True)
            except ValidationError:
                continue
            if isinstance(level, SeriesLevel):
                names = all_names(level)
                if names and level.series and all(name in self.table for name in names):
                    self._gaps(names, path, node)
                else:
                    continue
            self._values(level, path, node, slot)

    def _gaps(self, names: list[str], path: Path, node: Node) -> None:
        for name in names:
            missing = self.table.missing(name, self.timeline)
            if path[-1] in FIRST_YEAR_ONLY:
                first = Timeline.build(self.timeline.record_years[0], 1, 12, first_month=self.timeline.first_month)
                missing = self.table.missing(name, first)
            if missing:
                stated = child(node, "series") or node
                self.gaps.setdefault(tuple(missing), {}).setdefault(name, (stated.mark, (*path, "series")))

    def _values(self, level: Level, path: Path, node: Node, slot: Slot) -> None:
        """Report the first period in which the level is out of bounds."""
        values = self.table.resolve(level, self.timeline)
        if isinstance(level, SeriesLevel):
            values = np.where(self._covered(level), values, 1.0)  # gaps have their own problem
        if path[-1] in FIRST_YEAR_ONLY:
            values = values[: self.timeline.periods_per_year]
        signed = path[-1] in EITHER_SIGN
        price = path[-1] in ABOVE_ZERO or (path[0] == "reference_prices" and not signed)
        low, high = ELASTICITIES
        elastic = path[-1] == "elasticity"
        checks = (
            (~np.isfinite(values), "not a finite number"),
            (((values < low) | (values > high)) & elastic, f"must be from {low} to {high:.0f}"),
            (values <= 0, "must be above 0") if price else ((values < 0) & (not signed), "must be at least 0"),
            ((values < SMALLEST_SLOPE) & (path[-1] == "slope"), f"must be at least {SMALLEST_SLOPE:.0e}"),
            (np.abs(values) > LARGEST, f"must be at most {LARGEST:.0e}"),
        )
        for wrong, what in checks:
            if wrong.any():
                at = int(np.argmax(wrong))
                value = f"{values[at]:.6g}" + (f" ({slot.unit})" if slot.unit else "")
                when = ""
                if isinstance(level, SeriesLevel):
                    year = self.timeline.crop_years[self.timeline.year_of_period[at]]
                    when = f" in {year}, month {self.timeline.month_of_period[at]}"
                self.report.add(node.mark, path, f"{value}{when}: {what}")
                return

    def _covered(self, level: SeriesLevel) -> np.ndarray:
        covered: np.ndarray = np.all(
            [~np.isnan(self.table.per_period(name, self.timeline)) for name in all_names(level)], axis=0
        )
        return covered

    def report_gaps(self, tree: Node) -> None:
        """Report gaps: one line per series, or one for many series that lack the same periods."""
        for missing, series in self.gaps.items():
            first = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
            years, held = self.timeline.crop_years, self.timeline.held
            key = "crop_years" if held is None else "hold"
            span = f"the calendar runs {years[0]} to {years[-1]}" if held is None else f"the calendar holds {held}"
            if len(series) < MANY:
                for name, (mark, path) in series.items():
                    self.report.add(mark, path, f"series `{printable(name, 60)}` has no value for {first}; {span}")
            else:
                names = ", ".join(list(series)[:5]) + (", ..." if len(series) > 5 else "")
                message = f"{len(series)} series have no value for {first}; {span}: {printable(names, 300)}"
                self.report.add(mark_of(tree, ("calendar", key)), f"calendar.{key}", message)
