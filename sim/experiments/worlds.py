"""Worlds of a sweep on the draw axis: design points of one structure travel together, each draw with its own numbers.

A world is one replication of one design point. Points that differ in numbers alone share a model, as draws of an
ensemble do; points that differ in anything else (a marketing system, a count, another scenario) form groups. World
``w`` of a sweep with ``R`` replications is draw ``w mod R`` of point ``w div R``, so every point sees the same luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, overload

import numpy as np

from sim.experiments.engine import Span
from sim.experiments.ensemble import run_chunk
from sim.measures import Measures, Table, summary
from sim.measures.names import WHOLE_RUN, named, tables_wanted, wanted
from sim.measures.reading import Reading
from sim.measures.study_tables import STUDY_TABLES, StudyPoints, study_tables
from sim.measures.summary import table_names
from sim.scenario.numbers import NotANumber, Numbers
from sim.scenario.problems import ScenarioError
from sim.study_points import study_points
from sim.sweeps.loader import Structure

UNFIT = (NotANumber, ScenarioError)  # a count that is tried with a fraction is refused by the loader


@dataclass(frozen=True)
class Group:
    """Points of one structure.

    Attributes
    ----------
    structure : Structure
    points : ndarray of int
        Numbers of the points, ascending.
    columns : dict of str to ndarray
        Number of each key at each of the points, (point,).
    """

    structure: Structure
    points: np.ndarray
    columns: dict[str, np.ndarray]

    def size(self, replications: int) -> int:
        """Worlds of the group."""
        return len(self.points) * replications

    def worlds(self, replications: int, first: int, end: int) -> np.ndarray:
        """Numbers in the sweep of the group's worlds from ``first`` to ``end``."""
        within = np.arange(first, end)
        return self.points[within // replications] * replications + within % replications


@dataclass(frozen=True)
class Outcome:
    """Measures of some worlds.

    Attributes
    ----------
    names, units : tuple of str
        ``table:column`` of every measure kept, and its unit.
    rows : tuple of str
        Crop years, and ``all`` where measures of the whole run are kept.
    values : ndarray
        Shape (world, row, measure); NaN where a measure has no value in a row.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[str, ...]
    values: np.ndarray


def find_numbers(group: Group, load: Callable[[str, list[str]], Any]) -> list[tuple[Group, Numbers]]:
    """The numbers of a group, which falls apart into more groups where a key turns out to set something else.

    Parameters
    ----------
    group : Group
    load : callable
        Loads a scenario file with settings as after ``--set``.
    """
    file, settings = group.structure

    def find(keys: Sequence[str]) -> Numbers:
        ranges = {key: (float(group.columns[key].min()), float(group.columns[key].max())) for key in keys}
        return Numbers.find(lambda more: load(file, [*settings, *more]), ranges)

    try:
        return [(group, find(list(group.columns)))]
    except UNFIT:
        pass
    fixed = [key for key in group.columns if not _is_number(find, key)]
    if not fixed:  # each alone is one; together they are not to be told apart
        fixed = list(group.columns)
    found = []
    for part in _apart(group, fixed):
        found += find_numbers(part, load) if part.columns else [(part, _constant(part, load))]
    return found


def _apart(group: Group, keys: Sequence[str]) -> list[Group]:
    """Groups with one number each of some keys, which become settings; in the order of their first points."""
    (file, settings), table = group.structure, np.column_stack([group.columns[key] for key in keys])
    rows, first, number, counts = np.unique(table, axis=0, return_index=True, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(number.ravel(), kind="stable"), np.cumsum(counts)[:-1])
    found = []
    for each in np.argsort(first):
        own = (f"{key}={_plain(value)}" for key, value in zip(keys, rows[each], strict=True))
        columns = {key: column[members[each]] for key, column in group.columns.items() if key not in keys}
        found.append(Group((file, (*settings, *own)), group.points[members[each]], columns))
    return found


def _constant(group: Group, load: Callable[[str, list[str]], Any]) -> Numbers:
    file, settings = group.structure
    return Numbers(load(file, list(settings)), {})


def _is_number(find: Callable[[Sequence[str]], Numbers], key: str) -> bool:
    try:
        find([key])
    except UNFIT:
        return False
    return True


def _plain(value: float) -> str:
    """A number as YAML reads it back; a whole one may stand for a count."""
    return repr(int(value)) if float(value).is_integer() else repr(float(value))


@dataclass(frozen=True)
class WorldTask:
    """Simulates chunks of worlds in any process; everything a chunk needs travels with it.

    Attributes
    ----------
    seed : int
        Root of the random streams.
    patterns : tuple of str
        Measures to keep: ``table`` or ``table:column``, with ``*`` and ``?`` as in file names.
    """

    seed: int
    patterns: tuple[str, ...]

    def run(
        self,
        numbers: Numbers,
        columns: Mapping[str, np.ndarray],
        draw_numbers: np.ndarray,
        progress: Callable[[int], None],
    ) -> Outcome:
        """Simulate one world for every entry of ``draw_numbers`` (world,), with its numbers in ``columns``."""
        loaded = numbers.put(columns)
        simulated = run_chunk(loaded, len(draw_numbers), progress=progress, seed=self.seed, draw_numbers=draw_numbers)
        ledger = Reading.of(simulated)
        read = partial(self._read, study_points(loaded), tables_wanted(self.patterns, table_names()))
        return joined([read(part) for part in ledger.parts(read)])

    def _read(self, points: StudyPoints, tables: set[str], part: Reading) -> Outcome:
        """Measures of some draws of a chunk."""
        extra: list[Table] = []
        if tables_wanted(self.patterns, STUDY_TABLES):
            extra = study_tables(part, _of_draws(points, slice(part.first_draw, part.first_draw + part.draws)))
        return kept(summary(part, extra=extra, tables=tables), part.crop_years, self.patterns)


def joined(parts: Sequence[Outcome]) -> Outcome:
    """Outcomes of the same measures, world after world."""
    return replace(parts[0], values=np.concatenate([part.values for part in parts]))


def _of_draws(points: StudyPoints, draws: slice) -> StudyPoints:
    each = points.elasticity
    return replace(points, elasticity=each[draws]) if isinstance(each, np.ndarray) and each.ndim else points


def kept(measures: Measures, crop_years: Sequence[str], patterns: Sequence[str]) -> Outcome:
    """Those of the measures that a pattern asks for, by crop year."""
    found = {name: each for name, each in named(measures.keys, crop_years).items() if wanted(patterns, *name)}
    whole = any(WHOLE_RUN in each.places for each in found.values())
    rows = (*crop_years, *([WHOLE_RUN] if whole else []))
    values = np.full((measures.values.shape[1], len(rows), len(found)), np.nan)
    for column, each in enumerate(found.values()):
        for row, place in each.places.items():
            values[:, rows.index(row), column] = measures.values[place]
    names = tuple(":".join(name) for name in found)
    return Outcome(names, tuple(each.unit for each in found.values()), rows, values)


class Spans(Sequence[Span]):
    """Arguments of ``WorldTask.run`` for each chunk, made when they are asked for.

    Parameters
    ----------
    groups : sequence of (Group, Numbers)
    replications : int
    ranges : sequence of (int, int, int)
        Group, and first and last world (exclusive) within it, of each chunk.
    """

    def __init__(
        self, groups: Sequence[tuple[Group, Numbers]], replications: int, ranges: Sequence[tuple[int, int, int]]
    ) -> None:
        self.groups, self.replications, self.ranges = groups, replications, ranges

    def __len__(self) -> int:
        return len(self.ranges)

    @overload
    def __getitem__(self, index: int) -> Span: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Span]: ...

    def __getitem__(self, index: int | slice) -> Span | Sequence[Span]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        number, first, end = self.ranges[index]
        group, numbers = self.groups[number]
        worlds = np.arange(first, end)
        at = worlds // self.replications
        columns = {key: column[at] for key, column in group.columns.items()}
        return numbers, columns, worlds % self.replications


def missing_ranges(
    sizes: Sequence[int], done: Mapping[int, Sequence[tuple[int, int]]], chunk: int
) -> Iterator[tuple[int, int, int]]:
    """Chunks of at most ``chunk`` worlds that cover what is not done: group, first world and end within the group."""
    for group, size in enumerate(sizes):
        gaps, at = [], 0
        for first, end in sorted(done.get(group, ())):
            gaps.append((at, first))
            at = end
        for start, stop in [*gaps, (at, size)]:
            for first in range(start, stop, chunk):
                yield group, first, min(first + chunk, stop)
