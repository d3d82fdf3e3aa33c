"""The market in one figure: what it paid, what another way of selling changes, and what a subsidy cost and for whom."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.compare import REVENUE
from sim.experiments.destination import LOSS, SHARE
from sim.figures.cost_per_tonne import HOME, own_cost
from sim.figures.policy import draw_strip, policy_events, shade
from sim.figures.style import (
    STYLE,
    band_line,
    bar_look,
    colour,
    crop_year_axis,
    crop_years_of,
    legend,
    lines_across,
    lines_of,
    plain,
    sheet,
    shorten,
    title_of,
    true_minus,
)
from sim.headings import programme_title, sentence
from sim.incidence_names import country_title, effect_title
from sim.shipped import AVERAGE, home_origin
from sim.wording import pool_word

Result = tuple[dict[str, pd.DataFrame], dict[str, Any]]
HEIGHTS = [0.86, 2.9, 2.5]
NOBODY = "Nobody (deadweight loss)"
ABROAD = {"favoured_buyers": "Importers it favours", "other_buyers": "Other buyers abroad"}
ELSEWHERE = {"middlemen": "Middlemen", "other_producers": "Producers elsewhere", "other_taxpayers": "Other taxpayers"}


def overview(run: Result, comparison: Result, incidence: Result) -> Figure | None:
    """Draw a run's feed prices over what a comparison changes on average, and where an export subsidy's money went.

    Parameters
    ----------
    run, comparison, incidence : (frames, meta)
        Saved results of the same scenario. Of several export programmes the first one that spent is drawn.
    """
    frames, meta = run
    years, pool = crop_years_of(frames["series"]), _feed(meta)
    effects, went = _average(comparison[0]["comparison"]), _destination(incidence[0]["incidence"])
    lines = {label: line for label, line in lines_of(frames["series"], "price_cad_t").items() if label.endswith(pool)}
    if not lines or effects.empty or went is None:
        return None
    programme, shares = went
    when = effects["row"].iloc[0].removeprefix(AVERAGE).strip() or "all crop years"
    note = "Prices: median, 25-75 % and 5-95 % of draws. Changes and shares: mean and 5-95 % of draws"
    note += f" (changes: mean of {when}); crosses: published."
    title = "What markets paid, what another way of selling changes, and what a subsidy cost"
    with mpl.rc_context(STYLE):
        figure, axes = sheet({**meta, "run_id": _runs(run, comparison, incidence)}, title, HEIGHTS, note=note)
        _prices(axes[0, 0], axes[1, 0], lines, years, meta)
        below = axes[2, 0].get_subplotspec().subgridspec(1, 3, width_ratios=[1.0, 0.55, 1.35])
        axes[2, 0].remove()
        left, middle, right = (figure.add_subplot(below[place]) for place in range(3))
        money = effects["column"] == REVENUE
        other = shorten(comparison[1]["other"].replace("_", " "), 30)
        _effects(left, effects[~money], "Change (C\\$/t)", f"Prices with {other}", meta["scenario"])
        _effects(middle, effects[money], "Change (million C\\$)", "Producer revenue", meta["scenario"])
        _went(right, shares, incidence, programme)
    return figure


def _feed(meta: dict[str, Any]) -> str:
    return next(f":{name}" for name, grade in meta["scenario"]["grades"].items() if grade["pool"] == "feed")


def _runs(*results: Result) -> str:
    return ", ".join(meta["run_id"][:16] for _, meta in results)


def _average(effects: pd.DataFrame) -> pd.DataFrame:
    """The average of the published years, where there is one, or that of all years."""
    rows = [row for row in dict.fromkeys(effects["row"]) if row.startswith(AVERAGE)]
    chosen = effects[(effects["row"] == (rows or [""])[-1]) & effects["mean"].notna()]
    return chosen if "published" in chosen else chosen.assign(published=math.nan)


def _destination(lines: pd.DataFrame) -> tuple[str, pd.DataFrame] | None:
    lines = lines[(lines["row"] == AVERAGE) & lines["table"].isin(["destination", "additional"])]
    for name, part in lines.groupby("programme", sort=False):
        spent = part[part["column"] == f"spending{SHARE}"]["mean"]
        if len(spent) and math.isfinite(spent.iloc[0]):
            return str(name), part.set_index(["table", "column"])
    return None


def _prices(strip: Axes, panel: Axes, lines: dict[str, Any], years: list[str], meta: dict[str, Any]) -> None:
    events = policy_events(meta, years)
    if events:
        draw_strip(strip, events, years)
    else:
        strip.set_axis_off()
    shade(panel, events)
    for position, market in enumerate(meta["scenario"]["markets"]):
        line = lines.get(f"{market}{_feed(meta)}")
        if line is not None:
            band_line(panel, line, position, title_of(meta, "markets", market))
    origin = title_of(meta, "origins", home_origin(meta["scenario"]), 40)
    feed = plain(sentence(pool_word(meta["scenario"], "feed")))
    panel.set(title=f"{feed} from {origin}, by market", ylabel="Price (C\\$/t f.o.b.)")
    crop_year_axis(panel, years)
    legend(panel)


def _effects(panel: Axes, part: pd.DataFrame, label: str, title: str, scenario: dict[str, Any]) -> None:
    y = range(len(part))
    panel.hlines(y, part["published"], part["mean"], color="#BBBBBB", linewidth=2.6)
    panel.hlines(y, part["p05"], part["p95"], color=colour(0), linewidth=1.4)
    panel.plot(part["mean"], y, "o", color=colour(0), markersize=5.5)
    panel.plot(part["published"], y, "x", color="black", markersize=6.5, markeredgewidth=1.6)
    for place, line in enumerate(part.itertuples()):
        text = true_minus(f"{line.mean:+.0f}")
        panel.text(line.mean, place - 0.16, text, ha="center", va="bottom", fontsize=8.5)
    names = [plain(effect_title(column, scenario).removesuffix(" price")) for column in part["column"]]
    panel.set_yticks(y, names if len(part) > 1 else [])
    panel.axvline(0, color="#333333", linewidth=0.8)
    panel.set(title=title, xlabel=label, ylim=(len(part) - 0.5, -0.65))
    panel.margins(x=0.12)
    panel.locator_params(axis="x", nbins=4)
    lines_across(panel)


def _went(panel: Axes, part: pd.DataFrame, incidence: Result, programme: str) -> None:
    scenario, own = incidence[1]["scenario"], incidence[1]["programmes"][programme]
    groups = {
        f"{plain(shorten(country_title(scenario, own), 18))}, in all": HOME,
        **{title: (side,) for side, title in (ABROAD | ELSEWHERE).items()},
        NOBODY: (LOSS,),
    }
    cents = {
        title: 100 * sum(part.at[("destination", f"{s}{SHARE}"), "mean"] for s in sides)
        for title, sides in groups.items()
    }
    for place, (title, value) in enumerate(cents.items()):
        panel.barh(place, value, height=0.66, **({"color": "#333333"} if title == NOBODY else bar_look(value < 0)))
        text = true_minus(f"{value:+.0f}")
        panel.text(max(value, 0) + 1.5, place, text, va="center", fontsize=8.5)
    panel.set_yticks(range(len(cents)), list(cents))
    panel.axvline(0, color="#333333", linewidth=0.8)
    name = plain(shorten(programme_title(scenario, programme), 40))
    cost = own_cost(part).removesuffix("/t")
    panel.set_title(f"{name}: {cost}\nper additional tonne; of each dollar went to")
    panel.set_ylim(len(cents) - 0.4, -0.6)
    panel.set_xlabel("Gain (cents of a dollar spent)")
    panel.margins(x=0.14)
    lines_across(panel)
