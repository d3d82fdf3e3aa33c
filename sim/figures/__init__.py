"""Figures of saved results: one function per figure, registered here by kind of result and name.

A figure function takes ``frames`` (the parquet frames that its kind names in ``tables``) and ``meta`` (the content of
``run.json``) and returns a Matplotlib figure, or None when the result holds nothing to draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.ablation import ablation
from sim.figures.budgets import budgets
from sim.figures.calibration import fit, profiles
from sim.figures.comparison import effects
from sim.figures.concentration import concentration
from sim.figures.cost_per_tonne import cost_per_tonne
from sim.figures.deliveries import deliveries
from sim.figures.game import best_responses, game_payoffs
from sim.figures.heat_map import heat_map
from sim.figures.incidence import desk_and_war, who_gains
from sim.figures.overview import overview
from sim.figures.pool import pool
from sim.figures.price_gaps import price_gaps
from sim.figures.prices import prices
from sim.figures.published import published
from sim.figures.returns import returns
from sim.figures.sales import grades, sales, sellers
from sim.figures.sensitivity import effects as elementary_effects
from sim.figures.sensitivity import sensitivity
from sim.figures.study import japan_gap, study_sensitivity
from sim.figures.subsidies import subsidies
from sim.figures.supply import supply
from sim.figures.sweep import responses
from sim.figures.table2 import table2
from sim.figures.trade_map import trade_map
from sim.figures.trade_sankey import trade_sankey
from sim.figures.welfare import welfare
from sim.figures.worded import worded

Frames = dict[str, pd.DataFrame]
FigureFunction = Callable[[Frames, dict[str, Any]], Figure | None]


@dataclass(frozen=True)
class Kind:
    """A kind of saved result.

    Attributes
    ----------
    tables : tuple of str
        Frames its figures are drawn from.
    figures : dict of str to callable
        Its figures by name.
    saved : tuple of str
        Those that are drawn when the result is made, all when empty: a run's fourteen take longer than a short run.
    """

    tables: tuple[str, ...]
    figures: dict[str, FigureFunction]
    saved: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Give every figure the words of its scenario."""
        object.__setattr__(self, "figures", {name: worded(each) for name, each in self.figures.items()})


KINDS: dict[str, Kind] = {
    "run": Kind(
        ("series", "summary", "ledger"),
        {
            "prices": prices,
            "price_gaps": price_gaps,
            "sales": sales,
            "sellers": sellers,
            "grades": grades,
            "subsidies": subsidies,
            "budgets": budgets,
            "pool": pool,
            "returns": returns,
            "deliveries": deliveries,
            "supply": supply,
            "concentration": concentration,
            "trade_map": trade_map,
            "trade_sankey": trade_sankey,
        },
        saved=("prices", "price_gaps", "sales", "subsidies", "returns", "trade_map"),
    ),
    "comparison": Kind(("comparison", "welfare"), {"effects": effects, "table2": table2, "welfare": welfare}),
    "reconstruction": Kind(("gap", "sensitivity"), {"japan_gap": japan_gap, "study_sensitivity": study_sensitivity}),
    "study": Kind(("published",), {"published": published, "table2": table2}),
    "ablation": Kind(("ablation",), {"ablation": ablation}),
    "incidence": Kind(
        ("incidence",),
        {"cost_per_tonne": cost_per_tonne, "who_gains": who_gains, "desk_and_war": desk_and_war},
    ),
    "game": Kind(("cells", "lines"), {"payoffs": game_payoffs, "best_responses": best_responses}),
    "sensitivity": Kind(
        ("indices", "outcomes", "factors"), {"sensitivity": sensitivity, "elementary_effects": elementary_effects}
    ),
    "sweep": Kind(("design", "bands"), {"responses": responses, "heat_map": heat_map}),
    "calibration": Kind(("fit", "held_out", "parameters", "profiles"), {"fit": fit, "profiles": profiles}),
}


def tables_kept(kind: str, meta: dict[str, Any]) -> list[str]:
    """Tables of a kind of result that one has: an older one lacks those that came later, and their figures.

    ``meta`` is its ``run.json``; what is not saved yet names no files and has all.
    """
    files = meta.get("files")
    if files is None:
        return list(KINDS[kind].tables)
    return [
        name
        for name in KINDS[kind].tables
        if any(file == f"{name}.parquet" or file.startswith(f"{name}/") for file in files)
    ]


TOGETHER = ("run", "comparison", "incidence")
"""Kinds of the results that are drawn together, in the order in which ``TOGETHER_FIGURES`` take them."""
TOGETHER_FIGURES: dict[str, Callable[..., Figure | None]] = {"overview": worded(overview)}


def drawn(kind: str, frames: Frames, meta: dict[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Draw the figures that are saved with a kind of result, with their names; not those with nothing to show."""
    figures = KINDS[kind].figures
    for name in KINDS[kind].saved or figures:
        figure = figures[name](frames, meta)
        if figure is not None:
            yield name, figure
