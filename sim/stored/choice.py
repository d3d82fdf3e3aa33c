"""Which measures and crop years somebody means: patterns, ranges, and the nearest name where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

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
    names = list(dict.fromkeys(f"{table}:{column}" for each in found for table, column, _ in each))
    if not patterns:
        return names
    unknown = [pattern for pattern in patterns if not any(fits(name, pattern) for name in names)]
    if unknown:
        from sim.scenario.problems import nearest, printable

        tables = dict.fromkeys(name.partition(":")[0] for name in names)
        lines = []
        for pattern in unknown:
            known = names if pattern.partition(":")[0] in tables else tables
            lines.append(f"no measure `{printable(pattern, 80)}` in these results{nearest(pattern, known)}")
        raise StoreError("\n".join(lines))
    return [name for name in names if any(fits(name, pattern) for pattern in patterns)]


def fits(name: str, pattern: str) -> bool:
    """Whether a pattern fits ``table:column``; one without a colon is for the table alone."""
    return fnmatchcase(name if ":" in pattern else name.partition(":")[0], pattern)


def choose_years(found: Sequence[Sequence[str]], wanted: Sequence[str]) -> list[str] | None:
    """Crop years asked for, singly or as a range with both ends; None for all.

    Raises
    ------
    StoreError
        When a year, or every year of a range, is in none of the runs.
    """
    if not wanted:
        return None
    known = list(dict.fromkeys(year for each in found for year in each))
    chosen: list[str] = []
    for text in wanted:
        years = [text] if text in known else []
        bounds = RANGE.fullmatch(text)
        if not years and bounds:
            years = [year for year in known if re.fullmatch(r"\d{4}/\d{2}", year) and _within(year, *bounds.groups())]
        if not years:
            from sim.scenario.problems import printable

            here = known if len(known) <= 24 else [*known[:23], "..."]
            raise StoreError(f"no crop year `{printable(text, 40)}` in these results; here are {', '.join(here)}")
        chosen += years
    return list(dict.fromkeys(chosen))


def _within(year: str, first: str, last: str) -> bool:
    return first[:4] <= year[:4] <= last[:4]
