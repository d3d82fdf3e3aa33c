"""Which measures and crop years somebody means: patterns, ranges, and the nearest name where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from sim.measures.names import unmatched, wanted
from sim.scenario.problems import printable
from sim.store import StoreError

RANGE = re.compile(r"(\d{4}/\d{2})\s*-\s*(\d{4}/\d{2})")


def choose_measures(found: Sequence[Sequence[tuple[str, str, str]]], patterns: Sequence[str]) -> list[str]:
    """Names ``table:column`` that any of the patterns ``table`` or ``table:column`` fits, in order.

    Parameters
    ----------
    found : sequence of sequence of (table, column, unit)
        Measures of each run.
    patterns : sequence of str
        With ``*`` and ``?``; none means all.

    Raises
    ------
    StoreError
        When a pattern fits no measure of any run; names the nearest.
    """
    known: dict[str, dict[str, str]] = {}
    for table, column, unit in (line for each in found for line in each):
        known.setdefault(table, {}).setdefault(column, unit)
    wrong = unmatched(patterns, known)
    if wrong:
        raise StoreError("\n".join(f"--measure {printable(pattern, 80)}: {text}" for pattern, text in wrong.items()))
    pairs = [(table, column) for table, columns in known.items() for column in columns]
    return [f"{table}:{column}" for table, column in pairs if not patterns or wanted(patterns, table, column)]


def lines_of(bands: pd.DataFrame, patterns: Sequence[str]) -> pd.DataFrame:
    """Lines of a table of bands whose measure any of the patterns fits.

    Raises
    ------
    StoreError
        When a pattern fits no measure; names the nearest.
    """
    keys = bands[["table", "column", "unit"]].astype(str)
    found = [tuple(line) for line in keys.drop_duplicates().itertuples(index=False)]
    return bands[(keys["table"] + ":" + keys["column"]).isin(choose_measures([found], patterns))]


def choose_years(found: Sequence[Sequence[str]], asked: Sequence[str]) -> list[str] | None:
    """Crop years asked for, singly or as a range with both ends; None for all.

    Raises
    ------
    StoreError
        When a year, or every year of a range, is in none of the runs.
    """
    if not asked:
        return None
    known = list(dict.fromkeys(year for each in found for year in each))
    chosen: list[str] = []
    for text in asked:
        years = [text] if text in known else []
        bounds = RANGE.fullmatch(text)
        if not years and bounds:
            years = [year for year in known if re.fullmatch(r"\d{4}/\d{2}", year) and _within(year, *bounds.groups())]
        if not years:
            here = known if len(known) <= 24 else [*known[:23], "..."]
            raise StoreError(f"no crop year `{printable(text, 40)}` in these results; here are {', '.join(here)}")
        chosen += years
    return list(dict.fromkeys(chosen))


def _within(year: str, first: str, last: str) -> bool:
    return first[:4] <= year[:4] <= last[:4]
