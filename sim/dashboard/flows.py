"""Tonnes from sellers to markets as a diagram of flows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.dashboard.frames import TEXT
from sim.dashboard.lines import colour
from sim.headings import sellers_by_title, title_of

MOST_SELLERS = 9  # the smaller ones are one together
OTHERS = "other sellers"


def flow_frame(flows: pd.DataFrame, scenario: dict[str, Any]) -> dict[str, Any]:
    """Frame of a Sankey diagram; an empty one where nothing was sold.

    Parameters
    ----------
    flows : pandas.DataFrame
        seller, market, kt.
    """
    titles = {**_boards(scenario), **sellers_by_title(scenario)}
    found = flows.groupby(["seller", "market"], as_index=False)["kt"].sum()
    found = found[found["kt"] >= 0.5]
    if found.empty:
        return {"animation": False, "series": []}
    totals = found.groupby("seller")["kt"].sum().sort_values(ascending=False)
    large = list(totals.index[:MOST_SELLERS])
    found["who"] = [titles.get(name, _words(name)) if name in large else OTHERS for name in found["seller"]]
    found["where"] = [f"to {title_of(scenario, 'markets', name)}" for name in found["market"]]
    links = found.groupby(["who", "where"], as_index=False)["kt"].sum()
    markets = [f"to {title_of(scenario, 'markets', name)}" for name in scenario["markets"]]
    order = [name for name in dict.fromkeys([titles.get(n, _words(n)) for n in large] + [OTHERS]) if name in set(links["who"])]
    nodes = [{"name": name, "itemStyle": {"color": "#7A7A7A"}, "label": {"position": "right"}} for name in order]
    nodes += [
        {"name": name, "itemStyle": {"color": colour(at)}, "label": {"position": "left"}}
        for at, name in enumerate(markets)
        if name in set(links["where"])
    ]
    colours = {name: colour(at) for at, name in enumerate(markets)}
    return {
        "animation": False,
        "textStyle": TEXT,
        "unit": "kt",
        "tooltip": {"trigger": "item", "confine": True, "transitionDuration": 0},
        "series": [
            {
                "type": "sankey", "left": 6, "right": 6, "top": 8, "bottom": 8, "nodeGap": 7, "nodeWidth": 10,
                "draggable": False, "layoutIterations": 0, "emphasis": {"focus": "adjacency"},
                "label": {**TEXT, "fontSize": 11}, "data": nodes,
                "links": [
                    {"source": who, "target": where, "value": round(kt),
                     "lineStyle": {"color": colours[where], "opacity": 0.35}}
                    for who, where, kt in zip(links["who"], links["where"], links["kt"], strict=True)
                ],
            }
        ],
    }  # fmt: skip


def _boards(scenario: dict[str, Any]) -> dict[str, str]:
    return {name: title_of(scenario, "boards", name) for name in scenario.get("boards") or {}}


def _words(name: str) -> str:
    return name.replace("_", " ")
