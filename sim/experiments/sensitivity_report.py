"""Sensitivity of every measure of a sweep: indices, luck, and what had to be left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.crossed import Statistic, mean, spread
from sim.experiments.luck import LIMIT, draws_needed, luck_shares
from sim.experiments.sensitivity import COLUMNS, Confidence, Undetermined, is_constant, sample_needed
from sim.experiments.sensitivity_design import SensitivityDesign
from sim.measures.names import MEAN, WHOLE_RUN

MOST_NAMED = 5  # outcomes in a note that only advises
STATISTICS: dict[str, Statistic] = {"mean": mean, "sd": spread}
KEYS = ["measure", "unit", "crop_year"]
NUMBERS = ["mean", "sd", "share_factors", "share_luck", "share_luck_and_factors", "luck_in_means"]
ANALYSED, UNCHANGED, MISSING, UNDETERMINED = "analysed", "constant", "missing", "undetermined"


@dataclass(frozen=True)
class Sensitivity:
    """What an analysis found.

    Attributes
    ----------
    outcomes : DataFrame
        A row per measure and crop year: status, remark, mean and standard deviation over points, shares of luck.
    indices : DataFrame
        A row per measure, crop year and index.
    notes : list of str
        What was left out and why, what is too uncertain, what the indices can say.
    """

    outcomes: pd.DataFrame
    indices: pd.DataFrame
    notes: list[str]


def analyse(
    design: SensitivityDesign,
    units: dict[str, str],
    worlds: Iterable[tuple[str, np.ndarray]],
    rows: list[str],
    crop_years: list[str],
    statistic: str,
    confidence: Confidence,
    progress: Callable[[int], None] = lambda _count: None,
) -> Sensitivity:
    """Analyse measures one after the other.

    Parameters
    ----------
    design : SensitivityDesign
    units : dict of str to str
        Unit of each measure.
    worlds : iterable of (measure, ndarray of shape (points, rows, draws))
    rows : list of str
        Crop years of the arrays; a measure of the whole run has its value in the row ``all``.
    crop_years : list of str
        Those to analyse, ``mean`` for their mean.
    statistic : str
        ``mean`` or ``sd`` over draws; a key of ``STATISTICS``.
    confidence : Confidence
    progress : callable
        Told after every measure.
    """
    outcomes, tables, years_left_out = [], [], {}
    for measure, values in worlds:
        for year in crop_years:
            row, chosen, left_out = _of_year(values, rows, year)
            outcome, indices = _outcome(design, chosen, statistic, confidence)
            if outcome["status"] == MISSING and row == MEAN:
                outcome["remark"] += _whole_years(values, rows)
            elif left_out:
                years_left_out[measure] = left_out
            keys = dict(zip(KEYS, (measure, units[measure], row), strict=True))
            outcomes.append({**keys, **outcome})
            if indices is not None:
                tables.append(pd.DataFrame([keys.values()] * len(indices), columns=KEYS).join(indices))
        progress(1)
    frame = pd.DataFrame(outcomes)
    empty = pd.DataFrame(columns=[*KEYS, *COLUMNS])
    indices = pd.concat(tables, ignore_index=True) if tables else empty
    notes = [*_left_out(frame), *_years(years_left_out), *_uncertain(frame), *_lucky(frame), *design.notes]
    return Sensitivity(frame, indices, notes)


def _of_year(values: np.ndarray, rows: list[str], year: str) -> tuple[str, np.ndarray, list[str]]:
    """Outcome in one crop year, or its mean over those that any world has; of a measure of the whole run, that.

    Returns
    -------
    row : str
        What it is of: the crop year, ``mean`` or ``all``.
    worlds : ndarray, shape (points, draws)
    left_out : list of str
        Crop years that no world has, and so the mean has not.
    """
    if year != MEAN:
        return year, values[:, rows.index(year)], []
    has = ~np.isnan(values).all(axis=(0, 2))
    if WHOLE_RUN in rows and has[rows.index(WHOLE_RUN)]:
        return WHOLE_RUN, values[:, rows.index(WHOLE_RUN)], []
    left_out = [row for row, own in zip(rows, has, strict=True) if not own and row != WHOLE_RUN]
    return MEAN, values[:, has].mean(axis=1) if has.any() else values[:, 0], left_out


def _whole_years(values: np.ndarray, rows: list[str]) -> str:
    """Name the crop years that every world has, of which ``--crop-year`` may choose."""
    whole = ~np.isnan(values).any(axis=(0, 2))
    named = [row for row, own in zip(rows, whole, strict=True) if own and row != WHOLE_RUN]
    return f"; every world has it in {', '.join(named)}" if named else ""


def _outcome(
    design: SensitivityDesign, worlds: np.ndarray, statistic: str, confidence: Confidence
) -> tuple[dict[str, Any], pd.DataFrame | None]:
    missing = int(np.isnan(worlds).sum())
    line: dict[str, Any] = {"status": MISSING, "remark": "", **dict.fromkeys(NUMBERS, math.nan)}
    line |= {"missing_worlds": missing, "worlds": worlds.size, "sample_needed": 0, "draws_needed": 0}
    if missing:
        return line | {"remark": f"missing in {missing:,} of {worlds.size:,} worlds"}, None
    y = STATISTICS[statistic](worlds)
    luck = luck_shares(worlds)
    shares = luck.factors, luck.luck, luck.luck_and_factors, luck.in_means
    line["draws_needed"] = draws_needed(luck.in_means, worlds.shape[1])
    line |= dict(zip(NUMBERS, (float(y.mean()), float(y.std(ddof=1)), *shares), strict=True))
    if is_constant(y):
        return line | {"status": UNCHANGED, "remark": "the same at every point"}, None
    try:
        indices = design.indices(worlds, STATISTICS[statistic], confidence)
    except Undetermined as error:
        return line | {"status": UNDETERMINED, "remark": str(error)}, None
    remark, needed = _more(design, indices, worlds.shape[1])
    return line | {"status": ANALYSED, "remark": remark, "sample_needed": needed}, indices


def _more(design: SensitivityDesign, indices: pd.DataFrame, draws: int) -> tuple[str, int]:
    """Say how many points would be enough, where an interval is wider than its index."""
    sample, points_each, name = design.sample(draws)
    found = sample_needed(indices, sample)
    if found is None:
        return "", 0
    needed, line = design.advised(found[0]), found[1]
    points = f" ({needed * points_each:,} points)" if points_each > 1 else ""
    text = f"{line['index']} of {line['factor']} is {line['value']:.2g} ± {line['high'] - line['value']:.2g}"
    return f"{text}: {needed:,} {name}{points} would do, there are {sample:,}", needed


def _left_out(frame: pd.DataFrame) -> list[str]:
    """Name every measure without indices, by reason."""
    notes = []
    reasons = {MISSING: "left out", UNDETERMINED: "left out", UNCHANGED: "not moved by any factor"}
    for status, text in reasons.items():
        own = frame[frame["status"] == status]
        named = [f"{_name(line)} ({line.remark})" if status != UNCHANGED else _name(line) for line in own.itertuples()]
        if named:
            notes.append(f"{text}: {', '.join(named)}")
    return notes


def _years(left_out: dict[str, list[str]]) -> list[str]:
    return [
        f"{measure}: no world has it in {', '.join(years)}; the mean is over the other crop years"
        for measure, years in left_out.items()
    ]


def _uncertain(frame: pd.DataFrame) -> list[str]:
    """Name the outcome that needs most points, and count the others."""
    own = frame[frame["sample_needed"] > 0].sort_values("sample_needed", ascending=False, kind="stable")
    if own.empty:
        return []
    first = next(own.itertuples())
    more = f"; {len(own) - 1} more in tables/outcomes.csv" if len(own) > 1 else ""
    return [f"more points needed, some intervals are wider than their index: {_name(first)}: {first.remark}{more}"]


def _lucky(frame: pd.DataFrame) -> list[str]:
    """Name the outcomes whose means over draws hold much luck."""
    own = frame[(frame["status"] == ANALYSED) & (frame["luck_in_means"] > LIMIT)]
    own = own.sort_values("luck_in_means", ascending=False, kind="stable")
    named = [
        f"{_name(line)} ({100 * line.luck_in_means:.0f} %; "
        + (f"{line.draws_needed:,} draws would do)" if line.draws_needed else "its indices are about luck alone)")
        for line in own.itertuples()
    ]
    if not named:
        return []
    more = f" and {len(named) - MOST_NAMED} more in tables/outcomes.csv" if len(named) > MOST_NAMED else ""
    return [f"more draws needed, luck is over {100 * LIMIT:.0f} % of the variance of the means: "
            f"{', '.join(named[:MOST_NAMED])}{more}"]  # fmt: skip


def _name(line: Any) -> str:
    return line.measure if line.crop_year in (MEAN, WHOLE_RUN) else f"{line.measure} in {line.crop_year}"
