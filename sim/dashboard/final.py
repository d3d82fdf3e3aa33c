"""What a finished market leaves: the frames of a run, the study's tables beside the published ones, and a download."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.dashboard.live import LiveWorld
from sim.dashboard.plans import as_yaml
from sim.dashboard.side_by_side import SideBySide
from sim.experiments.compare import Incomparable, check_comparable, compare, with_published
from sim.experiments.ledger_mean import LedgerSums
from sim.experiments.monthly import MonthlySeries, band_columns
from sim.frames import paired_gaps, run_tables
from sim.measures import Measures, summary
from sim.measures.reading import Reading
from sim.measures.study_tables import study_tables
from sim.shipped import home_origin, published_effects, published_figures, published_gaps
from sim.store import csv_text, safe_stem
from sim.study_points import study_points
from sim.verbs.compare import headings, is_the_study
from sim.wording import words

STUDY = {3: "Table 3: movement of prices at home and outside", 4: "Table 4: how far prices stray"}
DATE = (1980, 1, 1, 0, 0, 0)  # of every file in a download: the same results give the same bytes


@dataclass(frozen=True)
class FinalTable:
    """A table for people.

    Attributes
    ----------
    name, title : str
        Name of the file and heading.
    frame : pandas.DataFrame
    note : str
        What the columns are, and where figures come from.
    """

    name: str
    title: str
    frame: pd.DataFrame
    note: str = ""


@dataclass(frozen=True)
class Results:
    """What a run leaves of a market that has run to its end.

    Attributes
    ----------
    measures : Measures
        Every measure in every draw.
    frames : dict of str to DataFrame
        ``series``, ``summary`` and ``ledger``, as ``singledesk run`` saves them.
    """

    measures: Measures
    frames: dict[str, pd.DataFrame]


def results_of(world: LiveWorld) -> Results:
    """Results of a market that has run to its end.

    Raises
    ------
    ValueError
        While it is still running.
    """
    if world.running:
        raise ValueError(f"{world.name} has not run to its end")
    ledger, points = Reading.of(world.ledger), study_points(world.loaded)
    origin = home_origin(world.loaded.resolved)

    def read(part: Reading) -> tuple[Measures, MonthlySeries]:
        return summary(part, extra=study_tables(part, points)), MonthlySeries.of(part, origin)

    found, lines, index = [], [], None
    for part in ledger.parts(read):
        measures, monthly = read(part)
        found.append(measures)
        lines.append(monthly.values)
        index = monthly.index if index is None else index
    whole = Measures.concat(found)
    series = pd.concat([index, pd.DataFrame(band_columns(np.concatenate(lines, axis=1)))], axis=1)
    frames = {
        "series": series,
        "summary": whole.bands(),
        "ledger": LedgerSums.of(ledger).table(ledger.rows),
    }
    return Results(whole, frames)


def study_tables_of(world: LiveWorld, results: Results) -> list[FinalTable]:
    """The study's Tables 1, 3 and 4 of a market, beside the published figures; those it has what they need for."""
    lines = results.frames["summary"]
    gaps = paired_gaps(lines, published_gaps())
    tables = []
    if not gaps.empty:
        note = (
            "C$/t, mean over draws with 5 and 95 %; stars: share of draws in which the gap differs from zero at 95 %."
        )
        tables.append(FinalTable("table1", "Table 1: price gaps between markets", gaps, note))
    known = published_figures() if world.loaded.scenario.published else []
    published = {(table, row, column): value for table, row, column, value in known}
    for number, title in STUDY.items():
        part = lines[lines["table"] == f"table{number}"].drop(columns="table")
        if not part.empty:
            keys = zip(part["row"], part["column"], strict=True)
            beside = part.assign(published=[published.get((number, *key), np.nan) for key in keys])
            tables.append(
                FinalTable(f"table{number}", title, beside.reset_index(drop=True), "Mean over draws; 5-95 %.")
            )
    return tables


def comparison_of(side: SideBySide, results: list[Results]) -> FinalTable | None:
    """Table 2's layout, the second world less the first; None for one world, and for two with nothing to compare.

    Published figures stand beside it where it is the comparison the study made.
    """
    if len(side.worlds) != 2:
        return None
    first, second = side.worlds
    try:
        check_comparable(first.loaded.scenario, second.loaded.scenario, (first.title, second.title))
    except Incomparable:
        return None
    scenario = first.loaded.resolved
    origin = home_origin(scenario)
    result = compare(results[0].measures, results[1].measures, origin, (first.name, second.name))
    published = published_effects() if is_the_study(first.loaded, second.loaded) else {}
    frame = with_published(result.effects, published).drop(columns="table")
    titles = {key: words(scenario)(text) for key, text in headings(frame, scenario).items()}
    note = f"{second.title} less {first.title}: mean over draws with quantiles; average: mean of the crop years."
    return FinalTable("table2", "Table 2: what producers get", frame.assign(title=frame["column"].map(titles)), note)


def download(side: SideBySide, results: list[Results] | None = None) -> bytes:
    """Zip of CSV tables: of each world its crop-year tables, and once both have ended the study's tables and series.

    Before the end, ``results`` is None and the tables hold the crop years that have closed. Each world's scenario goes
    with it, as a file that ``singledesk run`` takes.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, text: str | bytes) -> None:
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)

        folders = _folders(side)
        for number, (world, plan, folder) in enumerate(zip(side.worlds, side.plans, folders, strict=True)):
            put(f"{folder}/scenario.yaml", as_yaml(plan, side.draws, side.root))
            if results is None:
                side.catch_up()
                tables = world.year_tables()
            else:
                frames = results[number].frames
                tables = run_tables(frames["summary"], world.meta)
                for final in study_tables_of(world, results[number]):
                    put(f"{folder}/{final.name}.csv", csv_text(final.frame))
                put(f"{folder}/series.csv", csv_text(frames["series"]))
            for table in tables:
                put(f"{folder}/{table.name}.csv", csv_text(*table.wide()))
        if results is not None and (effects := comparison_of(side, results)) is not None:
            put("table2.csv", csv_text(effects.frame))
    return packed.getvalue()


def _folders(side: SideBySide) -> list[str]:
    stems = [safe_stem(plan.name) for plan in side.plans]
    return [stem if stems.count(stem) == 1 else f"{stem}-{number}" for number, stem in enumerate(stems, start=1)]
