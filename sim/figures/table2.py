"""Table 2 as published against simulated: every cell as a dumbbell, with the size of each miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.experiments.compare import REVENUE
from sim.experiments.published import FITTED, PREDICTION, REPLICATION
from sim.figures.keys import draw_key, key_inches
from sim.figures.style import GREY, STYLE, colour, plain, sheet, shorten, true_minus
from sim.incidence_names import effect_title
from sim.shipped import AVERAGE

TABLE = 2


@dataclass(frozen=True)
class Look:
    """How one kind of simulated figure is drawn: place in the palette, marker, and offset from the row."""

    place: int
    marker: str
    offset: float


AGENTS, AGAIN = Look(0, "o", 0.0), Look(2, "s", 0.26)
WORDS = {PREDICTION: "agents (prediction)", FITTED: "agents (fitted)", REPLICATION: "study's own model (replication)"}


def table2(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw a panel per column of Table 2, a row per crop year: published, simulated with its band, and the miss.

    Takes the frame of a comparison, or that of the study, where the study's own model stands beside the agents. None
    where nothing was published for this pair of scenarios.
    """
    lines = _lines(frames)
    if lines.empty:
        return None
    rows, columns = list(dict.fromkeys(lines["row"])), list(dict.fromkeys(lines["column"]))
    rows = sorted(rows, key=lambda row: row.startswith(AVERAGE))
    note = "Miss: mean of draws less published."
    if meta["draws"] > 1:
        thick = " (thick: 25-75 %)" if lines["p25"].notna().any() else ""
        note += f" Lines: 5-95 % of draws{thick}. Filled: published lies within; hollow: outside."
    if (lines["label"] == REPLICATION).any():
        note += " Replication (5-95 % of its inputs) checks identity; no evidence."
    title = f"Table 2, published and simulated: {shorten(meta['other'], 40)} less {shorten(meta['base'], 40)}"
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, title.replace("_", " "), [key_inches(1, 4), 1.0 + 0.34 * len(rows)], len(columns), note=note
        )
        for column, place in zip(columns, axes.T, strict=True):
            _panel(place[1], lines[lines["column"] == column], rows)
            unit = "million C\\$" if column == REVENUE else "C\\$/t"
            place[1].set(title=f"{plain(effect_title(column, meta['scenario']))}\n", xlabel=f"Change ({unit})")
            place[1].set_yticks(range(len(rows)), [_row(row) for row in rows] if column == columns[0] else [])
        axes[1, 0].set_ylabel("Crop year (August-July)")
        draw_key(axes[0], {str(handle.get_label()): handle for handle in _legend(lines)}, columns=4)
    return figure


def _lines(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Published and simulated figures, whichever frame holds them: row, column, published, mean, p05 ... p95, label."""
    if "published" in frames:
        frame = frames["published"]
        frame = frame[frame["table"] == TABLE].rename(columns={"simulated": "mean", "low": "p05", "high": "p95"})
        return frame[frame["mean"].notna()].assign(p25=np.nan, p75=np.nan)
    frame = frames["comparison"]
    if "published" not in frame or frame["published"].isna().all():
        return frame.head(0).assign(label="")
    return frame[frame["published"].notna() & frame["mean"].notna()].assign(label="")


def _row(row: str) -> str:
    return row.replace(f"{AVERAGE} ", f"{AVERAGE}\n")


def _panel(panel: Axes, part: pd.DataFrame, rows: list[str]) -> None:
    for label in dict.fromkeys(part["label"]):
        _dumbbells(panel, part[part["label"] == label], rows, AGAIN if label == REPLICATION else AGENTS)
    published = part.drop_duplicates("row")
    y = published["row"].map(rows.index)
    panel.plot(published["published"], y, "x", color="black", markersize=6.5, markeredgewidth=1.6, zorder=5)
    panel.axvline(0, color="#333333", linewidth=0.8)
    panel.set_ylim(len(rows) - 0.4, -0.6)
    averages = [place for place, row in enumerate(rows) if row.startswith(AVERAGE)]
    for place in averages:
        panel.axhline(place - 0.5, color=GREY, linewidth=0.8)
    panel.grid(axis="y", visible=False)
    panel.grid(axis="x", visible=True)
    panel.tick_params(axis="y", length=0)
    panel.margins(x=0.06)
    panel.locator_params(axis="x", nbins=5)
    _misses(panel, part[part["label"] != REPLICATION], rows)


def _dumbbells(panel: Axes, part: pd.DataFrame, rows: list[str], look: Look) -> None:
    y = part["row"].map(rows.index) + look.offset
    own = colour(look.place)
    panel.hlines(y, part["published"], part["mean"], color="#BBBBBB", linewidth=2.6, zorder=1)
    panel.hlines(y, part["p05"], part["p95"], color=own, linewidth=1.1, zorder=2)
    panel.hlines(y, part["p25"], part["p75"], color=own, linewidth=2.8, zorder=2)
    inside = ((part["p05"] <= part["published"]) & (part["published"] <= part["p95"])).to_numpy()
    for chosen, face in ((inside, own), (~inside, "white")):
        panel.plot(
            part["mean"][chosen], y[chosen], linestyle="none", marker=look.marker, markersize=5, color=own,
            markerfacecolor=face, markeredgewidth=1.1, zorder=4,
        )  # fmt: skip


def _misses(panel: Axes, part: pd.DataFrame, rows: list[str]) -> None:
    """Size of every miss, in a column at the right edge of the panel."""
    misses = part["mean"] - part["published"]
    digits = 0 if misses.abs().max() >= 30 else 1
    for row, miss in zip(part["row"], misses, strict=True):
        panel.text(
            1.01, rows.index(row), true_minus(f"{miss:+.{digits}f}"), fontsize=7.5, va="center",
            fontweight="bold", transform=panel.get_yaxis_transform(),
        )  # fmt: skip
    panel.text(1.01, -0.75, "miss", fontsize=7.5, va="bottom", color=GREY, transform=panel.get_yaxis_transform())


def _legend(lines: pd.DataFrame) -> list[Line2D]:
    handles = [
        Line2D(
            [], [], linestyle="none", marker="x", color="black", markersize=6.5, markeredgewidth=1.6, label="published"
        )
    ]
    for label in dict.fromkeys(lines["label"]):
        look = AGAIN if label == REPLICATION else AGENTS
        handles.append(
            Line2D([], [], marker=look.marker, color=colour(look.place), markersize=5, linewidth=1.1,
                   label=WORDS.get(label, "simulated"))
        )  # fmt: skip
    return handles
