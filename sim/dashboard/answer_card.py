"""The answer to the question people come with: what did the subsidies cost, per extra tonne, and who got it?"""

from __future__ import annotations

import solara

from sim.dashboard.desk import NOTHING, Desk

QUESTION = "What did the export subsidies cost, per extra tonne, and who got it?"
WITHOUT = "without"


@solara.component
def Answer(desk: Desk) -> None:
    """The card."""
    _ = desk.years.value  # the answer changes when a crop year closes
    market = desk.model.value
    with solara.Div(classes=["sd-answer"]):
        solara.HTML("h2", QUESTION)
        found = None
        if found is not None:
            solara.Text(found.headline)
        elif desk.against.value == NOTHING:
            solara.Text("Play the same market with and without them, and see what changes.")
            solara.Button("Compare with the same market without the programme",
                          on_click=lambda: desk.compare(WITHOUT), color="primary")  # fmt: skip
