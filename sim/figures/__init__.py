"""Figures of a run, drawn from its saved frames: one function per figure, registered by name.

A figure function takes ``frames`` (the parquet frames ``series``, ``summary`` and ``ledger`` of a run) and ``meta``
(the content of ``run.json``) and returns a Matplotlib figure, or None when the run holds nothing to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.ablation import ablation
from sim.figures.calibration import fit, profiles
from sim.figures.comparison import effects
from sim.figures.game import best_responses, game_payoffs
from sim.figures.incidence import desk_and_war, who_gains
from sim.figures.prices import prices
from sim.figures.published import published
from sim.figures.returns import returns
from sim.figures.sales import sales
from sim.figures.study import japan_gap, study_sensitivity
from sim.figures.subsidies import subsidies
from sim.figures.supply import supply

Frames = dict[str, pd.DataFrame]
FigureFunction = Callable[[Frames, dict[str, Any]], Figure | None]

FIGURES: dict[str, FigureFunction] = {
    "prices": prices,
    "sales": sales,
    "subsidies": subsidies,
    "returns": returns,
    "supply": supply,
}
"""Figures of one run."""

COMPARISON_FIGURES: dict[str, FigureFunction] = {"effects": effects}
"""Figures of a comparison, whose ``frames`` hold ``comparison``."""

STUDY_FIGURES: dict[str, FigureFunction] = {"published": published}
"""Figures of the study's tables, whose ``frames`` hold ``published``."""

RECONSTRUCTION_FIGURES: dict[str, FigureFunction] = {"japan_gap": japan_gap, "study_sensitivity": study_sensitivity}
"""Figures of a reconstruction, whose ``frames`` hold ``gap`` and ``sensitivity``."""

ABLATION_FIGURES: dict[str, FigureFunction] = {"ablation": ablation}
"""Figures of an ablation, whose ``frames`` hold ``ablation``."""

INCIDENCE_FIGURES: dict[str, FigureFunction] = {"who_gains": who_gains, "desk_and_war": desk_and_war}
"""Figures of an incidence, whose ``frames`` hold ``incidence``."""

GAME_FIGURES: dict[str, FigureFunction] = {"payoffs": game_payoffs, "best_responses": best_responses}
"""Figures of a game, whose ``frames`` hold ``cells`` and ``lines``."""

CALIBRATION_FIGURES: dict[str, FigureFunction] = {"fit": fit, "profiles": profiles}
"""Figures of a calibration, whose ``frames`` hold ``fit``, ``held_out``, ``parameters`` and ``profiles``."""
