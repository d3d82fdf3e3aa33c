"""Results of every other kind: the sentences and tables that their commands print, caught for the page."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim.experiments.printed import oddities
from sim.experiments.published import REPLICATION
from sim.headings import WHEN
from sim.measures.names import in_order
from sim.reports.comparison_words import comparison_grids, comparison_sentences
from sim.reports.gather import Shown
from sim.reports.incidence_words import incidence_sentences, incidence_tables
from sim.reports.printed import caught
from sim.reports.study_grids import agreement_sentences
from sim.reports.tables import Grid
from sim.reports.words import amount, listing, plural
from sim.shipped import published_figures

Told = tuple[list[str], list[Grid]]
SWEEP_WIDTH = 110  # of a terminal on which a sweep's table has as many measures as a page
MOST_FACTORS = 3  # that a sentence can name with their values
SHOWN = 4  # measures of a sweep, or results of a sensitivity, that are put into words


def _comparison(shown: Shown) -> Told:
    return comparison_sentences(shown), comparison_grids(shown)


def _incidence(shown: Shown) -> Told:
    record = incidence_tables(shown)
    return [*incidence_sentences(shown), *record.lines], record.grids


def _study(shown: Shown) -> Told:
    """The four tables stand in a section of their own."""
    from sim.verbs.study_screen import show

    frame = shown.frames["published"]
    record = caught(show, frame, oddities(published_figures()), shown.draws)
    printed = [f"In the printed tables: {line}" for line in record.lines]
    again = frame[frame["label"] == REPLICATION]
    text = (
        f"The study's four tables beside three simulations, {plural(shown.draws, 'draw')} each"
        f" (seed {shown.meta.get('seed')}){'; Table 2 also from the study’s own model' if len(again) else ''}."
    )
    return [text, *agreement_sentences(frame, shown.meta["scenario"]), *printed], record.grids[-1:]


def _ablation(shown: Shown) -> Told:
    from sim.verbs.ablation import show

    frame = shown.frames["ablation"]
    record = caught(show, frame, str(shown.meta["stem"]), shown.draws)
    cases = len(frame.drop_duplicates(["beliefs", "traders"]))
    out = [
        f"The same market under {plural(cases, 'combination')} of belief and margin rules,"
        f" {plural(shown.draws, 'draw')}."
    ]
    for measure, part in frame[frame["unit"] != "months"].groupby("measure", sort=False):
        part = part[part["mean"].notna()].sort_values("mean", kind="stable")
        if len(part) > 1:
            low, high = part.iloc[0], part.iloc[-1]
            name = str(measure).removesuffix("_cad_t").removesuffix("_million_cad").replace("_", " ").capitalize()
            out.append(
                f"{name}: from {amount(low['mean'], low['unit'])} ({low['beliefs']}, {low['traders']}) to "
                f"{amount(high['mean'], high['unit'])} ({high['beliefs']}, {high['traders']}).".replace("_", " ")
            )
    return [*out, *record.lines], record.grids


def _game(shown: Shown) -> Told:
    from sim.verbs.game import show

    record = caught(show, shown.meta, shown.frames)
    players = [str(player["title"]) for player in shown.meta["players"]]
    counts = " by ".join(str(len(player["strategies"])) for player in shown.meta["players"])
    years = shown.meta.get("crop_years") or []
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else "".join(years)
    what = f"A game of {listing(players)}: {counts} strategies, {span}, {plural(shown.draws, 'draw')} "
    return [f"{what}(seed {shown.meta.get('seed')}).", *record.lines], record.grids


def _sensitivity(shown: Shown) -> Told:
    from sim.verbs.sensitivity_screen import show

    meta, frames = shown.meta, shown.frames
    found = SimpleNamespace(indices=frames["indices"], outcomes=frames["outcomes"], notes=list(meta.get("notes") or []))
    record = caught(show, found, frames["factors"], meta, remarks=True)
    titles = dict(zip(frames["factors"]["factor"], frames["factors"]["title"], strict=True))
    ranked = []
    for (measure, when), own in list(found.indices.groupby(["measure", "crop_year"], sort=False))[:SHOWN]:
        own = own[(own["index"] == _leading(own)) & own["value"].notna() & own["factor"].isin(list(titles))]
        own = own.sort_values("value", ascending=False, kind="stable")[:3]
        named = [f"{titles[line.factor]} ({line.value:.2g})" for line in own.itertuples()]
        if named:
            ranked.append(f"{measure}, {WHEN.get(when, when)}: moved most by {listing(named)}, by {_leading(own)}.")
    return [*record.lines[:1], *ranked, *record.lines[1:]], record.grids


def _leading(own: pd.DataFrame) -> str:
    """Index by which factors are ranked: total effects where there are any."""
    return next((name for name in ("ST", "mu_star") if (own["index"] == name).any()), str(own["index"].iloc[0]))


def _calibration(shown: Shown) -> Told:
    from sim.verbs.calibrate_screen import show

    plan, result, frames = shown.meta["calibration"], shown.meta["result"], dict(shown.frames)
    number = result.get("condition_number")
    identified = SimpleNamespace(
        condition_number=float("inf") if number is None else float(number),
        weakest=np.zeros(len(frames["parameters"])),  # not kept with the result
    )
    frames["parameters"] = frames["parameters"].assign(pinned_by=frames["parameters"]["pinned_by"].fillna(""))
    loaded = SimpleNamespace(
        plan=SimpleNamespace(title=plan["title"], observations=plan["observations"], draws=plan["draws"])
    )
    found = SimpleNamespace(
        tables=frames, identification=identified, at_start=float(result["criterion_at_start"]),
        at_optimum=float(result["criterion"]),
    )  # fmt: skip
    record = caught(show, loaded, found)
    return record.lines, record.grids


def _reconstruction(shown: Shown) -> Told:
    from sim.verbs.reconstruct import show

    tables = {**shown.frames, "regrouped": shown.frames["regrouped"].fillna({"infeasible": ""})}
    record = caught(show, tables, list(shown.meta.get("warnings") or []), shown.draws)
    table = shown.frames["replication"]
    worst = (table["simulated"] - table["published"]).abs().max()
    text = (
        f"The study's confidential segments inferred from its Table 2, {plural(shown.draws, 'draw')} of inputs and"
        f" assumptions; its own model on them gives back every figure within {worst:.2g} (C$/t or million C$):"
        " an identity check, no evidence."
    )
    return [text, *record.lines], record.grids


def _sweep(shown: Shown) -> Told:
    from sim.verbs.sweep import show

    meta, frames = shown.meta, shown.frames
    record = caught(show, shown.stored, width=SWEEP_WIDTH)
    design, bands = frames["design"], frames["bands"].astype({"table": str, "column": str, "unit": str})
    out = [
        f"{plural(len(design), 'point')} of {plural(len(meta['factors']), 'factor')},"
        f" {plural(shown.draws, 'draw')} at each."
    ]
    for factor in meta["factors"]:
        values = design[factor["name"]]
        unit = factor.get("unit") or ""
        unit = "" if unit == "dimensionless" else f" {unit}"
        span = (
            f"{values.min():g} to {values.max():g}{unit}" if factor.get("numeric")
            else listing(list(dict.fromkeys(map(str, values))))
        )  # fmt: skip
        out.append(f"{factor['title']}: {span}.")
    means = bands[bands["crop_year"].isin(list(WHEN)) & bands["mean"].notna()]
    keys = in_order(meta["sweep"].get("measures"), means[["table", "column", "unit", "crop_year"]].drop_duplicates())
    for table, column, unit, when in keys[:SHOWN]:
        own = means[(means["table"] == table) & (means["column"] == column) & (means["crop_year"] == when)]
        own = own.sort_values("mean", kind="stable")
        low, high = own.iloc[0], own.iloc[-1]
        ends = [f"{amount(line['mean'], unit)} at {_point(design, line['point'])}" for line in (low, high)]
        out.append(f"{table}: {column}, {WHEN[when]}: from {ends[0]} to {ends[1]}.")
    return [*out, *record.lines], record.grids


def _point(design: pd.DataFrame, point: int) -> str:
    row = (design if "point" not in design else design.set_index("point")).loc[point]
    if len(row) > MOST_FACTORS:
        return f"point {point}"
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in row.items()
    )


TELLERS: dict[str, Callable[[Shown], Told]] = {
    "comparison": _comparison, "incidence": _incidence, "study": _study, "ablation": _ablation, "game": _game,
    "sensitivity": _sensitivity, "calibration": _calibration, "reconstruction": _reconstruction, "sweep": _sweep,
}  # fmt: skip
"""Sentences and tables of a result, by its kind; those of runs are put side by side elsewhere."""
