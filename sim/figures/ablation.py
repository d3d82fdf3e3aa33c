"""The ablation as a figure: one row per combination of rules, one panel per result."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.style import STYLE, colour, plain, sheet
from sim.headings import sentence
from sim.wording import pool_word

PANELS = (
    ("Premium of the protected market", "C$/t", "premium_cad_t", "premium_many_sellers_cad_t"),
    ("{second} over {first}", "C$/t", "malting_premium_cad_t", "malting_premium_many_sellers_cad_t"),
    ("Producer revenue without the desk", "million C$ per crop year", "revenue_effect_million_cad", None),
    ("Settling time", "months", "price_settles_months", "premium_settles_months"),
)
WHAT = {"C$/t": "Premium", "million C$ per crop year": "Change in revenue", "months": "Time"}
LEGENDS = {
    "premium_many_sellers_cad_t": ("single desk", "many sellers"),
    "premium_settles_months": ("price", "premium"),
}
SPELT = {"cournot": "Cournot", "roth_erev": "Roth-Erev"}
"""Rules that bear names of people."""


def ablation(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw means with 5-95 % of draws for every combination of belief and margin rules."""
    table = frames["ablation"]
    cases = list(dict.fromkeys(zip(table["beliefs"], table["traders"], strict=True)))
    if not cases:
        return None
    first, second = (plain(pool_word(meta["scenario"], pool)) for pool in ("feed", "malting"))
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, "What depends on how sellers think", [0.5 + 0.3 * len(cases)] * 2, columns=2,
            note="Points: mean; lines: 5-95 % of draws; no point: none, or never settled. Rules: beliefs / margins.",
        )  # fmt: skip
        for position, (panel, spec) in enumerate(zip(axes.flat, PANELS, strict=True)):
            _panel(panel, table, cases, spec[0].format(first=first, second=sentence(second)), *spec[1:])
            panel.set_yticks(range(len(cases)), [f"{_rule(b)} / {_rule(t)}" for b, t in cases])
            if position % 2:
                panel.tick_params(axis="y", labelleft=False)
    return figure


def _rule(name: str) -> str:
    return SPELT.get(name) or name.replace("_", " ")


def _panel(
    panel: Axes,
    table: pd.DataFrame,
    cases: list[tuple[str, str]],
    title: str,
    unit: str,
    first: str,
    second: str | None,
) -> None:
    shown = [name for name in (first, second) if name is not None]
    names = LEGENDS.get(second or "", (None, None))
    for place, measure in enumerate(shown):
        part = table[table["measure"] == measure].set_index(["beliefs", "traders"]).loc[cases]
        y = [row + 0.14 * (2 * place - len(shown) + 1) for row in range(len(cases))]
        panel.hlines(y, part["p05"], part["p95"], color=colour(place), linewidth=1.6)
        panel.plot(
            part["mean"], y, linestyle="none", marker="os"[place], markersize=5, color=colour(place),
            markeredgecolor="white", label=names[place],
        )  # fmt: skip
    panel.set(title=title, xlabel=plain(f"{WHAT[unit]} ({unit})"), ylim=(len(cases) - 0.5, -0.5))
    panel.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    panel.axvline(0, color="#333333", linewidth=0.8)
    if names[0]:
        panel.legend(loc="best")
