"""Tonnes from sellers to markets as a diagram of flows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from sim.dashboard.frames import TEXT
from sim.dashboard.lines import colour
from sim.headings import sellers_by_title, title_of

MOST_SELLERS = 9  # the smaller ones are one together
OTHERS = "other sellers"
LEAST_KT = 0.5


def flow_frame(flows: pd.DataFrame, scenario: dict[str, Any]) -> dict[str, Any]:
    """Frame of a Sankey diagram of trade; an empty one where nothing was sold abroad.

    Parameters
    ----------
    flows : pandas.DataFrame
        origin, seller, market, kt.
    """
    titles = _titles(scenario)
    abroad = flows[flows["origin"] != flows["market"]]
    rows = list(zip(abroad["seller"], abroad["market"], abroad["kt"], strict=True))
    totals: Counter[str] = Counter()
    for seller, _, kt in rows:
        totals[seller] += kt
    large = {seller: titles.get(seller, _words(seller)) for seller, _ in totals.most_common(MOST_SELLERS)}
    markets = {name: f"to {title_of(scenario, 'markets', name)}" for name in scenario["markets"]}
    links: Counter[tuple[str, str]] = Counter()
    for seller, market, kt in rows:
        links[large.get(seller, OTHERS), markets[market]] += kt
    seen = {pair: kt for pair, kt in links.items() if kt >= LEAST_KT}
    if not seen:
        return {"animation": False, "series": []}
    left, right = ({pair[side] for pair in seen} for side in (0, 1))
    order = [name for name in dict.fromkeys([*large.values(), OTHERS]) if name in left]
    nodes = [{"name": name, "itemStyle": {"color": "#7A7A7A"}, "label": {"position": "right"}} for name in order]
    colours = {name: colour(at) for at, name in enumerate(markets.values())}
    nodes += [
        {"name": name, "itemStyle": {"color": colours[name]}, "label": {"position": "left"}}
        for name in markets.values()
        if name in right
    ]
    return {
        "animation": False,
        "textStyle": TEXT,
        "unit": "kt",
        "tooltip": {"trigger": "item", "confine": True, "transitionDuration": 0},
        "series": [
            {
                "type": "sankey", "left": 6, "right": 6, "top": 26, "bottom": 8, "nodeGap": 7, "nodeWidth": 10,
                "draggable": False, "layoutIterations": 0, "emphasis": {"focus": "adjacency"},
                "label": {**TEXT, "fontSize": 11}, "data": nodes,
                "links": [
                    {"source": who, "target": where, "value": round(kt),
                     "lineStyle": {"color": colours[where], "opacity": 0.35}}
                    for (who, where), kt in seen.items()
                ],
            }
        ],
    }  # fmt: skip


def _titles(scenario: dict[str, Any]) -> dict[str, str]:
    """Titles of everybody who may sell, by name."""
    sections = [scenario.get("boards"), scenario.get("exporters"), (scenario.get("traders") or {}).get("companies")]
    stated = {name: each.get("title") for section in sections for name, each in (section or {}).items()}
    return {**{name: title for name, title in stated.items() if title}, **sellers_by_title(scenario)}


def _words(name: str) -> str:
    return name.replace("_", " ")
