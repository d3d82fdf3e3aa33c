"""The answer to the question people come with: what the subsidies cost, per extra tonne, and who got it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import solara

from sim.dashboard import plans
from sim.dashboard.answers import Answer, Cost, Gain, Range, subsidy_answer
from sim.dashboard.desk import NOTHING, Desk
from sim.dashboard.frames import INK, PALE, RULE, TEXT
from sim.dashboard.lines import short
from sim.dashboard.sheets import Table
from sim.dashboard.widgets import ChartWidget, headline
from sim.figures.style import PALETTE

WITHOUT, ALL = "without_", "without_subsidies"
QUESTION = "What did the export subsidies cost, per extra tonne, and who got it?"
BAR = 26  # pixels of the bar chart per line
WON, LOST, NOBODY = PALETTE[0], PALETTE[1], "#8A8A8A"


@solara.component
def AnswerCard(desk: Desk) -> None:
    """The card: the answer as of the last crop year that closed, or the way to one."""
    _ = desk.years.value, desk.running.value  # the answer changes when a crop year closes
    market = desk.model.value
    found = subsidy_answer(market)
    with solara.Div(classes=["sd-answer"]):
        headline("h2", QUESTION)
        if found is not None:
            Answered(found)
        elif desk.against.value == NOTHING:
            Offer(desk)
        elif market.question is None:
            solara.Text("A and B have the same export subsidies: there is nothing to tell apart.", classes=["sd-say"])
        else:
            solara.Text("Press play: the answer comes in as the years pass.", classes=["sd-say"])


@solara.component
def Offer(desk: Desk) -> None:
    """One click to the comparison that answers."""
    offers = {plan.name: plan.title for plan in plans.presets(desk.base.value) if plan.name.startswith(WITHOUT)}
    if not offers:
        solara.Text("This market has no export subsidies, so there is nothing to ask.", classes=["sd-say"])
        return
    with solara.Div(classes=["sd-offer"]):
        solara.Text("To know, play the same market with and without them:", classes=["sd-say"])
        first = ALL if ALL in offers else next(iter(offers))
        which = "any of them" if len(offers) > 1 else "the programme"
        solara.Button(f"Compare with the same market without {which}", color="primary",
                      on_click=lambda: desk.compare(first))  # fmt: skip
        for name, title in offers.items():
            if name != first:
                solara.Button(f"Only {title[0].lower()}{title[1:]}", outlined=True, color="primary",
                              on_click=lambda name=name: desk.compare(name)).key(name)  # fmt: skip


@solara.component
def Answered(answer: Answer) -> None:
    """Figures, words, table and bars."""
    with solara.Div(classes=["sd-answered"]):
        with solara.Div(classes=["sd-answer-words"]):
            for cost in answer.costs:
                Figures(cost)
            if answer.who:
                solara.Text(answer.who, classes=["sd-say"])
            with solara.Details("In words, with the money in both currencies"):
                solara.Text(answer.headline, classes=["sd-say"])
                for note in answer.notes:
                    solara.Text(note, classes=["sd-help"])
        if answer.gains:
            with solara.Div(classes=["sd-answer-who"]):
                span = f"{answer.crop_years[0]} to {answer.crop_years[-1]}"
                headline("h3", f"Who gained and who lost, million C$ per crop year, {span}")
                frame = gains_frame(answer.gains)
                height = 30 + BAR * len(answer.gains)
                ChartWidget.element(frame=json.dumps(frame), lines="[]", height=height, label="Who gained, who lost")
                GainTable(answer.gains)


@solara.component
def Figures(cost: Cost) -> None:
    """The three numbers of a programme."""
    per = cost.additional_range_usd_t
    extra = "-" if np.isnan(cost.additional_usd_t) else f"US${cost.additional_usd_t:,.0f}"
    with solara.Div(classes=["sd-figures"]):
        headline("h3", cost.title)
        Figure(f"US${amount(cost.spent_million_usd.mean)} million", "paid by taxpayers so far",
               between(cost.spent_million_usd))  # fmt: skip
        Figure(f"{amount(cost.additional_kt.mean)} kt", f"extra exports from {cost.origin_title}",
               between(cost.additional_kt))  # fmt: skip
        Figure(extra, "per extra tonne", between(per))


@solara.component
def Figure(value: str, what: str, spread: str) -> None:
    """One number, what it is, and how far draws spread."""
    with solara.Div(classes=["sd-figure"]):
        solara.Text(value, classes=["sd-value"])
        solara.Text(what, classes=["sd-what"])
        solara.Text(spread, classes=["sd-help"])


@solara.component
def GainTable(gains: tuple[Gain, ...]) -> None:
    """The bars in figures."""
    head = ("", "million C$ a year", "9 in 10 draws", "million US$ a year", "per dollar spent")
    rows = [
        (gain.title, f"{gain.million_cad.mean:+,.0f}", between(gain.million_cad, ""), f"{gain.million_usd:+,.0f}",
         f"{gain.per_dollar:+.2f}")
        for gain in gains
    ]  # fmt: skip
    with solara.Details("The same in figures"):
        Table(head, rows)


def gains_frame(gains: tuple[Gain, ...]) -> dict[str, Any]:
    """Frame of the bars: who gained (to the right), who lost (to the left)."""
    values = short([gain.million_cad.mean for gain in gains])
    bars = [
        {"value": value, "label": {"position": "right" if (value or 0) >= 0 else "left"},
         "itemStyle": {"color": NOBODY if gain.key == "deadweight" else WON if (value or 0) >= 0 else LOST}}
        for gain, value in zip(gains, values, strict=True)
    ]  # fmt: skip
    label = {**TEXT, "width": 210, "overflow": "break", "margin": 10}
    return {
        "animation": False,
        "textStyle": TEXT,
        "unit": "million C$",
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "transitionDuration": 0, "confine": True},
        "grid": {"left": 225, "right": 46, "top": 4, "bottom": 22},
        "xAxis": {"type": "value", "axisLabel": TEXT, "splitLine": {"lineStyle": {"color": RULE}}, "splitNumber": 4,
                  "boundaryGap": ["14%", "10%"]},
        "yAxis": {"type": "category", "inverse": True, "data": [gain.title for gain in gains], "axisLabel": label,
                  "axisTick": {"show": False}, "axisLine": {"onZero": True, "lineStyle": {"color": PALE}}},
        "series": [{"type": "bar", "data": bars, "barWidth": "62%", "name": "per crop year",
                    "label": {"show": True, "color": INK, "fontSize": 11}}],
    }  # fmt: skip


def between(span: Range, words: str = "9 in 10 draws: ") -> str:
    """5 to 95 % of the draws; nothing where they do not differ."""
    if not span.high > span.low:
        return ""
    return f"{words}{amount(span.low)} to {amount(span.high)}"


def amount(value: float) -> str:
    """A number for people: whole from 100 on."""
    return f"{value:,.0f}" if abs(value) >= 99.5 else f"{value:,.1f}"
