"""What an export programme costs its taxpayers per additional tonne, and who gets the money."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.destination import LOSS, SHARE, SIDES
from sim.figures.style import GREY, STYLE, bar_look, lines_across, plain, sheet, shorten, true_minus
from sim.headings import programme_title
from sim.incidence_names import country_title, destination_title
from sim.shipped import AVERAGE

STORY_LENGTH = 52  # characters that fit the panel
SMALL = 0.01  # of a dollar: a side that moves by less than a cent has no bar, unless it is a first one
HOME = ("own_producers", "own_buyers", "own_taxpayers_otherwise")
FIRST = ("own_producers", "own_buyers", "favoured_buyers")
ORDER = (*HOME, *(side for side in SIDES if side not in HOME))


def cost_per_tonne(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw a row per programme: spending per subsidised and per additional tonne, and where each dollar of it went.

    Means over crop years, quotients draw by draw. None where no programme spent anything, or the result was made before
    these were kept.
    """
    whole = frames["incidence"]
    whole = whole[whole["table"].isin(["additional", "destination"])]
    years = whole.loc[whole["row"] != AVERAGE, "row"].nunique()
    parts = {
        str(name): part.set_index(["table", "column"])
        for name, part in whole[whole["row"] == AVERAGE].groupby("programme", sort=False)
    }
    parts = {name: part for name, part in parts.items() if _spent(part)}
    if not parts:
        return None
    bars = {name: _sides(part) for name, part in parts.items()}
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, "What the export subsidies cost per additional tonne, and who got the money",
            [1.55 + 0.25 * len(each) for each in bars.values()], 2, note=_note(meta, years),
        )  # fmt: skip
        axes[0, 0].get_gridspec().set_width_ratios([0.8, 1.0])
        for (name, part), (cost, went) in zip(parts.items(), axes, strict=True):
            origin = plain(shorten(country_title(meta["scenario"], meta["programmes"][name]), 18))
            _cost(cost, part, meta["draws"])
            cost.set_title(_headline(part, programme_title(meta["scenario"], name)))
            _went(went, part, bars[name], origin, meta["draws"])
    return figure


def _spent(part: pd.DataFrame) -> bool:
    key = ("destination", f"spending{SHARE}")
    return key in part.index and math.isfinite(part.at[key, "mean"])


def _cents(part: pd.DataFrame, side: str) -> pd.Series:
    return 100 * part.loc[("destination", f"{side}{SHARE}"), ["mean", "p05", "p95"]].astype(float)


def _sides(part: pd.DataFrame) -> list[str]:
    """Sides with a bar, those at home in front, and what nobody gets at the foot."""
    moved = {side for side in SIDES if _cents(part, side).abs().max() > 100 * SMALL}
    return [*(side for side in ORDER if side in moved or side in FIRST), LOSS]


def _headline(part: pd.DataFrame, title: str) -> str:
    spent, subsidised, added, share = (
        part.at[("additional", name), "mean"]
        for name in ("spending_million_cad", "subsidised_kt", "additional_kt", "additionality")
    )
    text = f"C\\${spent:,.0f} million a crop year on {subsidised:,.0f} kt;"
    text += f"\n{added:,.0f} kt additional" + (f" ({100 * share:.0f} %)" if math.isfinite(share) else "")
    return f"{plain(shorten(title, 44))}\n{text}"


def _cost(panel: Axes, part: pd.DataFrame, draws: int) -> None:
    labels = []
    for place, kind in enumerate(("subsidised", "additional")):
        line = part.loc[("additional", f"spending_per_{kind}_tonne_cad_t")]
        labels.append(f"per {kind}\ntonne")
        if not math.isfinite(line["mean"]):
            panel.text(0.02, place, "no tonne added", va="center", transform=panel.get_yaxis_transform())
            continue
        panel.barh(place, line["mean"], height=0.46, **bar_look(0))
        if draws > 1:
            panel.hlines(place, line["p05"], line["p95"], color="#222222", linewidth=1.2)
        own = own_cost(part, kind)
        text = f"C\\${line['mean']:,.0f}/t{_range(line, draws)}{'' if own.startswith('C') else f' = {own}'}"
        panel.text(
            0.012, place - 0.27, text, va="bottom", transform=panel.get_yaxis_transform(),
            fontweight="bold" if place else "normal",
        )  # fmt: skip
    panel.set_yticks(range(len(labels)), labels)
    panel.set_ylim(1.4, -0.7)
    panel.set_xlim(left=0)
    lines_across(panel)
    panel.set_xlabel("Spending (C\\$ per tonne)")


def own_cost(part: pd.DataFrame, kind: str = "additional") -> str:
    """Cost of a subsidised or additional tonne in the currency the programme pays in, as in US$52/t; else in C$."""
    costs = part.loc["additional"].filter(like=f"spending_per_{kind}_tonne_", axis=0)
    costs = costs[costs["mean"].map(math.isfinite)]
    if costs.empty:
        return ""
    own = costs[~costs.index.str.endswith("_cad_t")]
    line = (costs if own.empty else own).iloc[0]
    unit = line["unit"].removesuffix("/t")
    return plain(f"{unit}{'' if unit.endswith('$') else ' '}{line['mean']:,.0f}/t")


def _went(panel: Axes, part: pd.DataFrame, sides: list[str], own: str, draws: int) -> None:
    for place, side in enumerate(sides):
        line = _cents(part, side)
        look = {"color": "#333333"} if side == LOSS else bar_look(0 if line["mean"] >= 0 else 1)
        panel.barh(place, line["mean"], height=0.68, **look)
        if draws > 1:
            panel.hlines(place, line["p05"], line["p95"], color="#999999" if side == LOSS else "#222222", linewidth=1.1)
        text = true_minus(f"{line['mean']:+,.0f}{_range(line, draws)}")
        panel.text(1.01, place, text, transform=panel.get_yaxis_transform(), va="center", fontsize=8)
    for place, side in enumerate(sides[1:], start=1):
        if side == LOSS or (side not in HOME and sides[place - 1] in HOME):
            panel.axhline(place - 0.5, color=GREY, linewidth=0.8)
    panel.axvline(0, color="#333333", linewidth=0.8)
    panel.set_yticks(range(len(sides)), [destination_title(side, own) for side in sides])
    panel.set_ylim(len(sides) - 0.4, -0.6)
    lines_across(panel)
    panel.set_xlabel("Gain or loss (cents per C\\$1 of spending)")
    panel.set_title(_story(part, own))


def _story(part: pd.DataFrame, own: str) -> str:
    """Where a dollar went, in words; the parts add up to 100 cents."""
    home = sum(_cents(part, side)["mean"] for side in HOME)
    favoured, lost = _cents(part, "favoured_buyers")["mean"], _cents(part, LOSS)["mean"]
    rest = 100 - round(home) - round(favoured) - round(lost)
    words = f"Of each dollar spent {true_minus(round(home))} cents stay in {own} (producers' gain less buyers' loss), "
    words += (
        f"{round(favoured)} go to importers it favours; "
        if favoured >= 0
        else f"importers it favours lose {-round(favoured)}; "
    )
    words += f"others {'gain' if rest >= 0 else 'lose'} {abs(rest)}; "
    words += f"{round(lost)} are lost" if lost >= 0 else f"{-round(lost)} are gained beyond the spending"
    return textwrap.fill(words, STORY_LENGTH)


def _range(line: pd.Series, draws: int) -> str:
    return f" ({round(line['p05']):,} to {round(line['p95']):,})" if draws > 1 else ""


def _note(meta: dict[str, Any], years: int) -> str:
    note = f"Means of {years} crop year{'s' * (years != 1)}, with the programme less without it."
    note += " Lines and brackets: 5-95 % of draws." if meta["draws"] > 1 else ""
    return note + " Bars at the right add up to 100: who loses pays beside taxpayers."
