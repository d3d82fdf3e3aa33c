"""The answer to the question people come with: what the subsidies cost, per extra tonne, and who got it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import solara

from sim.dashboard import plans
from sim.dashboard.answer import Answer, Cost, Gain, Range
from sim.dashboard.answers import subsidy_answer
from sim.dashboard.desk import NOTHING, Desk
from sim.dashboard.frames import INK, PALE, RULE, TEXT
from sim.dashboard.pictures import scenario_of
from sim.dashboard.question import programmes_of
from sim.dashboard.sheets import MINUS, Table, signed
from sim.dashboard.widgets import ChartWidget, headline
from sim.dashboard.words import country, millions, money
from sim.figures.style import PALETTE
from sim.headings import programme_title, title_of
from sim.wording import words

WITHOUT, ALL = "without_", "without_subsidies"
QUESTION = "What did the export subsidies cost taxpayers per extra tonne, and who got it?"
BAR = 26  # pixels of the bar chart per line
WON, LOST, NOBODY = PALETTE[0], PALETTE[1], "#5A5A5A"
UNIT = "million C$ per crop year"


@solara.component
def AnswerCard(desk: Desk) -> None:
    """The card: the answer as of the last crop year that closed, or the way to one."""
    _ = desk.years.value, desk.running.value  # the answer changes when a crop year closes
    market = desk.model.value
    found = subsidy_answer(market)
    with solara.Div(classes=["sd-answer"]):
        headline("h2", QUESTION)
        if found is not None:
            Answered(found, words(scenario_of(market.worlds[0])))
        elif desk.against.value == NOTHING:
            Offer(desk)
        elif market.question is None:
            solara.Text("A and B have the same export subsidies: there is nothing to tell apart.", classes=["sd-say"])
        else:
            solara.Text("Press play: the answer comes in as the years pass.", classes=["sd-say"])


@solara.component
def Offer(desk: Desk) -> None:
    """One click to the comparison that answers: each programme with who pays for it, and all of them."""
    loaded = desk.base.value.ready
    scenario, origins = loaded.resolved, programmes_of(loaded)
    offers = {plan.name: plan for plan in plans.presets(desk.base.value) if plan.name.startswith(WITHOUT)}
    if not offers:
        solara.Text("This market has no export subsidies, so there is nothing to ask.", classes=["sd-say"])
        return
    texts = {
        f"{WITHOUT}{name}": f"{programme_title(scenario, name)}: what it cost {country(payer)}"
        for name, payer in ((name, title_of(scenario, "origins", origin)) for name, origin in origins.items())
    }
    with solara.Div(classes=["sd-offer"]):
        solara.Text("To know, play the same market with and without it:", classes=["sd-say"])
        for number, (name, plan) in enumerate(offers.items()):
            text = "All of them together" if name == ALL else texts.get(name, plan.title)
            solara.Button(text, color="primary", outlined=number > 0,
                          on_click=lambda name=name: desk.compare(name)).key(name)  # fmt: skip


@solara.component
def Answered(answer: Answer, say: Callable[[str], str]) -> None:
    """Words, figures, table and bars."""
    with solara.Div(classes=["sd-answered"]):
        with solara.Div(classes=["sd-answer-words"]):
            if answer.short:
                solara.Text(f"{answer.short} {answer.who}", classes=["sd-say sd-short"])
            for cost in answer.costs:
                if cost.spent_million_cad.mean > 0:
                    Figures(cost, say)
            if answer.headline != answer.short:
                with solara.Details("In words, with the money in both currencies"):
                    solara.Text(answer.headline, classes=["sd-say"])
            for note in answer.notes:
                solara.Text(note, classes=["sd-help"])
        if answer.gains:
            with solara.Div(classes=["sd-answer-who"]):
                first, last = answer.crop_years[0], answer.crop_years[-1]
                span = f"Crop year {first}" if first == last else f"Mean of the crop years {first} to {last}"
                headline("h3", "Who gained (right of zero) and who lost (left)")
                solara.Text(f"{span}. With the deadweight loss, which nobody gets, the bars add "
                            "up to zero.", classes=["sd-help"])  # fmt: skip
                frame = gains_frame(answer.gains, say(UNIT))
                height = 50 + BAR * len(answer.gains)
                ChartWidget.element(frame=json.dumps(frame), lines="[]", height=height, label="Who gained, who lost")
                GainTable(answer.gains, say)


@solara.component
def Figures(cost: Cost, say: Callable[[str], str]) -> None:
    """The three numbers of a programme."""
    extra = "-" if np.isnan(cost.additional_own_t) else say(money(cost.additional_own_t, cost.currency, 0))
    more = " more than in the other scenario" if cost.others_million_own > 0 else ""
    with solara.Div(classes=["sd-figures"]):
        headline("h3", cost.title)
        Figure(say(millions(cost.spent_million_own.mean, cost.currency)),
               f"paid by taxpayers in {country(cost.origin_title)} so far{more}",
               between(cost.spent_million_own))  # fmt: skip
        Figure(f"{amount(cost.additional_kt.mean)} kt", f"extra exports from {country(cost.origin_title)}",
               between(cost.additional_kt))  # fmt: skip
        Figure(extra, "per extra tonne", between(cost.additional_range_own_t))


@solara.component
def Figure(value: str, what: str, spread: str) -> None:
    """One number, what it is, and how far draws spread."""
    with solara.Div(classes=["sd-figure"]):
        solara.Text(value, classes=["sd-value"])
        solara.Text(what, classes=["sd-what"])
        solara.Text(spread, classes=["sd-help"])


@solara.component
def GainTable(gains: tuple[Gain, ...], say: Callable[[str], str]) -> None:
    """The bars in figures."""
    head = ("", say("million C$ a year"), "9 in 10 draws", say("million US$ a year"), "per dollar spent")
    rows = [
        (gain.title, signed(gain.million_cad.mean), between(gain.million_cad, ""), signed(gain.million_usd),
         f"{gain.per_dollar:+.2f}".replace("-", MINUS))
        for gain in gains
    ]  # fmt: skip
    with solara.Details("The same in figures"):
        Table(head, rows)


def gains_frame(gains: tuple[Gain, ...], unit: str = UNIT) -> dict[str, Any]:
    """Frame of the bars: who gained (to the right), who lost (to the left)."""
    largest = max(abs(gain.million_cad.mean) for gain in gains)
    digits = 0 if largest >= 20 else 1 if largest >= 2 else 2
    bars = [
        {"value": round(gain.million_cad.mean, digits + 1),
         "label": {"position": "right" if gain.million_cad.mean >= 0 else "left",
                   "formatter": signed(gain.million_cad.mean, digits)},
         "itemStyle": look(gain)}
        for gain in gains
    ]  # fmt: skip
    label = {**TEXT, "width": 210, "overflow": "break", "margin": 10}
    return {
        "animation": False,
        "textStyle": TEXT,
        "unit": unit,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "transitionDuration": 0, "confine": True},
        "grid": {"left": 225, "right": 46, "top": 4, "bottom": 42},
        "xAxis": {"type": "value", "name": unit, "nameLocation": "middle", "nameGap": 26, "nameTextStyle": TEXT,
                  "axisLabel": TEXT, "splitLine": {"lineStyle": {"color": RULE}}, "splitNumber": 4,
                  "boundaryGap": ["14%", "10%"]},
        "yAxis": {"type": "category", "inverse": True, "data": [gain.title for gain in gains], "axisLabel": label,
                  "axisTick": {"show": False}, "axisLine": {"onZero": True, "lineStyle": {"color": PALE}}},
        "series": [{"type": "bar", "data": bars, "barWidth": "62%", "name": "per crop year",
                    "label": {"show": True, "color": INK, "fontSize": 11}}],
    }  # fmt: skip


def look(gain: Gain) -> dict[str, Any]:
    """Fill of a bar: gains are full, losses and what nobody got are lighter with an edge, so that greys differ."""
    if gain.key == "deadweight":
        return {"color": "#FFFFFF", "borderColor": NOBODY, "borderType": "dashed", "borderWidth": 1.5}
    return {"color": WON if gain.million_cad.mean >= 0 else LOST}


def between(span: Range, words: str = "9 in 10 draws: ") -> str:
    """5 to 95 % of the draws; nothing where they do not differ."""
    if not span.high > span.low:
        return ""
    return f"{words}{amount(span.low)} to {amount(span.high)}"


def amount(value: float) -> str:
    """A number for people: whole from 100 on."""
    text = f"{value:,.0f}" if abs(value) >= 99.5 else f"{value:,.1f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text
