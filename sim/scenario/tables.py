"""Reading the data tables: tidy CSV with the columns series, period, value, unit, certainty, source."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.calendar import first_calendar_year
from sim.scenario.known import Known
from sim.scenario.problems import Mark, Path, Report, nearest, printable
from sim.scenario.series import SeriesTable
from sim.scenario.source import TABLE_BYTES, read_text

COLUMNS = ("series", "period", "value", "unit", "certainty", "source")
CERTAINTY = ("read", "derived", "estimate")
MAX_ROWS = 200_000  # of all tables of a scenario; the shipped ones have some 4000
SHOWN = 20  # problems of one table; a wrong separator need not fill the screen
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_CROP_YEAR = re.compile(r"\d{4}/\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class DataFile:
    """A data table named by a scenario: its path as shown, and the place that names it."""

    file: str
    mark: Mark
    path: Path


def read_tables(files: Sequence[DataFile], report: Report) -> tuple[SeriesTable, bool]:
    """All tables as one; second is False when a table could not be read, so that names in it are not missed."""
    texts: list[str | None] = []
    length = 0
    for each in files:
        text = read_text(each.file, report, TABLE_BYTES, (each.mark, each.path))
        length += len(text or "")
        if length > TABLE_BYTES:
            break
        texts.append(text)
    key = tuple((each.file, text) for each, text in zip(files, texts, strict=False))
    known = _KNOWN.get(key) if len(texts) == len(files) else None
    if known is not None:
        return known.table, True
    reader, complete = _Reader(report), True
    for each, text in zip(files, texts, strict=False):
        complete = text is not None and reader.read(each, text) and complete
        if reader.rows > MAX_ROWS:
            report.add(each.mark, each.path, f"more than {MAX_ROWS:,} rows in the data tables")
            return reader.table, False
    if len(texts) < len(files):
        where = files[len(texts)]
        report.add(where.mark, where.path, f"the data tables together are longer than {TABLE_BYTES // 2**20} MiB")
        return reader.table, False
    if complete:
        _KNOWN.keep(key, reader)
    return reader.table, complete


class _Reader:
    """Checks rows one by one and remembers where each value came from."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.table = SeriesTable()
        self.origin: dict[tuple[str, str], Mark] = {}
        self.kind: dict[str, str] = {}
        self.rows = 0

    def read(self, data: DataFile, text: str) -> bool:
        self.file, self.found = data.file, 0
        self.last = Mark(data.file)
        self.hidden: Mark | None = None
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = next(rows, None)
            if not header:
                message = f"table `{data.file}` is empty; columns needed: {', '.join(COLUMNS)}"
                self.report.add(data.mark, data.path, message)
                return False
            names = [name.strip() for name in header]
            missing = [name for name in COLUMNS if name not in names]
            for name in missing:
                others = [each for each in names if each not in COLUMNS]
                message = f"column `{name}` is missing{nearest(name, others) if others else ''}"
                self.report.add(Mark(data.file, 1, 1), data.path, message)
            twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
            for name in twice:
                self.report.add(Mark(data.file, 1, 1), data.path, f"column `{printable(name, 60)}` is there twice")
            if missing or twice:
                return False
            for row in rows:
                self.rows += 1
                if self.rows > MAX_ROWS:
                    return False
                if any(cell.strip() for cell in row):
                    self.row(dict(zip(names, row, strict=False)), rows.line_num, len(row), len(names))
        except csv.Error as error:
            self.add(rows.line_num, "", "", f"not a valid CSV line ({error})")
        if self.hidden:
            self.report.add(self.hidden, "", f"{self.found - SHOWN} more problems in this table, the first one here")
        return self.found == 0

    def add(self, line: int, cell: str, path: str, message: str) -> None:
        self.found += 1
        if self.hidden:
            return
        source = self.report.sources[self.file]
        column = source[line - 1].find(cell) + 1 if cell and line <= len(source) else 1
        mark = Mark(self.file, line, max(column, 1))
        if self.found > SHOWN:
            self.hidden = max(mark, self.last)
        else:
            self.report.add(mark, printable(path, 80), message)
            self.last = max(mark, self.last)

    def row(self, cells: dict[str, str], line: int, width: int, columns: int) -> None:
        if width != columns:
            return self.add(line, "", "", f"{width} columns where the header has {columns}")
        name, period, text, unit, certainty, _ = (cells[column].strip() for column in COLUMNS)
        path = f"{name} {period}".strip()
        known = self.found
        if not name:
            self.add(line, "", path, "the series has no name")
        kind = self.period_kind(line, period, path)
        if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
            self.add(line, text, path, f"'{printable(text, 40)}' is not a finite number")
        if not unit:
            self.add(line, "", path, "no unit")
        elif self.table.units.setdefault(name, unit) != unit:
            first = self.table.units[name]
            message = f"unit '{printable(unit, 40)}' where the series began in '{printable(first, 40)}'"
            self.add(line, unit, path, message)
        if certainty not in CERTAINTY:
            self.add(line, certainty, path, f"certainty '{printable(certainty, 40)}'; allowed: {', '.join(CERTAINTY)}")
        if kind and self.kind.setdefault(name, kind) != kind:
            message = f"a {kind} in a series of {self.kind[name]}s; keep one kind of period per series"
            self.add(line, period, path, message)
        before = self.origin.setdefault((name, period), Mark(self.file, line))
        if before != Mark(self.file, line):
            self.add(line, name, path, f"given twice; first in {before.file}:{before.line}")
        if self.found == known:
            self.table.values.setdefault(name, {})[period] = float(text)

    def period_kind(self, line: int, period: str, path: str) -> str:
        if _MONTH.fullmatch(period):
            return "month"
        if not _CROP_YEAR.fullmatch(period):
            message = f"'{printable(period, 40)}' is neither a crop year (1980/81) nor a month (1980-08)"
            self.add(line, period, path, message)
            return ""
        try:
            first_calendar_year(period)
        except ValueError as error:
            self.add(line, period, path, str(error))
            return ""
        return "crop year"


_KNOWN: Known[_Reader] = Known(MAX_ROWS, lambda reader: reader.rows)
