"""The dashboard's page: a live market in the browser.

Mesa's ``SolaraViz`` lays a page out by itself, a model and its parameters on the left and plots in a grid on the right;
it has no room for two scenarios side by side, for groups of levers or for a file. So its parts are used and the layout
is ours: ``ModelController`` plays, pauses, steps and resets the model, which is two markets in step
(``sim.dashboard.side_by_side``), and ``update_counter`` tells every chart that a period has passed.

Everything a page holds is in its ``Desk``, made anew for every browser tab and forgotten with it.
"""

from __future__ import annotations

from pathlib import Path

import solara

from sim.dashboard import plans
from sim.dashboard.answer_card import AnswerCard
from sim.dashboard.charts import Charts
from sim.dashboard.closing import Closing, Headlines
from sim.dashboard.desk import Desk
from sim.dashboard.playing import Playing
from sim.dashboard.server import TITLE
from sim.dashboard.sidebar import Choosing
from sim.dashboard.start import asked
from sim.dashboard.widgets import headline

LOOK = Path(__file__).with_name("look.css")


@solara.component
def Page() -> None:
    """Everything."""
    desk = solara.use_memo(lambda: Desk(asked()), [])
    solara.use_effect(lambda: desk.close, [])
    solara.Title(TITLE)
    solara.Style(LOOK)
    with solara.Div(classes=["sd-page"]):
        Choosing(desk)
        with solara.Div(classes=["sd-main"]):
            Titles(desk)
            with solara.Div(classes=["sd-top"]):
                Playing(desk)
            AnswerCard(desk)
            Charts(desk)
            Headlines(desk)
            Closing(desk)


@solara.component
def Titles(desk: Desk) -> None:
    """What plays."""
    market = desk.model.value
    with solara.Div(classes=["sd-titles"]):
        if len(market.worlds) == 1:
            with solara.Div(classes=["sd-title"]):
                Titled(market.plans[0], market.worlds[0].title)
        else:
            for side, world, plan in zip("AB", market.worlds, market.plans, strict=True):
                with solara.Div(classes=["sd-title"]):
                    headline("span", side, classes=("sd-letter-inline", f"sd-letter-{side}"))
                    Titled(plan, world.title)


@solara.component
def Titled(plan: plans.Plan, title: str) -> None:
    """Title of a market, and what its levers changed."""
    with solara.Div():
        headline("h1", title)
        text = plans.changes(plan) if title.startswith(plan.loaded.scenario.title) else ""  # others say it themselves
        if text:
            solara.Text(f"Changed: {text}.", classes=["sd-help"])
