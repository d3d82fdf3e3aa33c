"""Experiments in small: a game, the study's reconstruction, a calibration's criterion, incidence, ablation, a sweep."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from sim.experiments import game_tables as tables
from sim.experiments.ablation import ablate
from sim.experiments.calibration import Criterion, Space
from sim.experiments.calibration_report import kept_cells
from sim.experiments.engine import open_engine
from sim.experiments.evaluations import Evaluator, Journal, Simulator
from sim.experiments.game import play
from sim.experiments.game_solution import equilibria, response_lines
from sim.experiments.incidence import incidence
from sim.experiments.reconstruction import reconstruct, replication_table
from sim.experiments.study_reports import break_even_table, misprint_table, regrouped_table
from sim.experiments.sweep import run_sweep
from sim.measures.table import Table
from sim.scenario import load
from sim.scenario.calibration import load_calibration
from sim.scenario.game_loader import load_game
from sim.shipped import shipped_folder
from sim.sweeps.loader import load_sweep

from .lines import joined, of_array, of_frame, of_tables

SCENARIOS = Path(__file__).parent.parent / "scenarios"
TINY, DUEL = SCENARIOS / "tiny.yaml", SCENARIOS / "duel.yaml"
SEED = 11
LUCK = "shocks.demand_sd=0.05"

CALIBRATION = f"""\
title: Two sellers, one buyer
draws: 3
seed: {SEED}
evaluations: 20
runs:
  duel: {{scenario: {DUEL}, settings: [calendar.crop_years=1, {LUCK}]}}
parameters:
  cost: {{keys: [sellers.home_firm.cost_cad_t], low: 20, high: 60, start: 45}}
  slope: {{keys: [importers.buyer.demand.feed.slope], low: 0.05, high: 0.4, start: 0.08, scale: log}}
moments:
  - {{run: duel, measure: market_price, rows: [2000/01], columns: ["third:feed"], target: 60, scale: 1}}
  - {{run: duel, measure: seller_tonnes, rows: [2000/01], columns: [home_firm], target: 200, scale: 5}}
"""
SWEEP = f"""\
title: Costs of two sellers
scenario: {DUEL}
settings: [calendar.crop_years=1, {LUCK}]
draws: 3
seed: {SEED}
factors:
  cost: {{key: sellers.home_firm.cost_cad_t, values: [30, 50]}}
measures: [market_price, seller_tonnes, producers]
"""
GAME = f"""\
title: A subsidy war
base: {shipped_folder() / "games" / "markets" / "two_treasuries.yaml"}
crop_years: [2001/02]
players:
  home:
    title: Home treasury
    origin: home
    weights: {{taxpayers: 1.1}}
    levels: {{key: export_subsidies.home.rate_cad_t.world, values: [0, 21, 42]}}
  abroad:
    title: Foreign treasury
    origin: abroad
    levels: {{key: export_subsidies.abroad.rate_cad_t.world, values: [0, 21, 42]}}
"""


def game() -> pd.DataFrame:
    """The textbook's game over three levels, with a home treasury that weighs its taxpayers by a tenth more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "war.yaml"
        path.write_text(GAME, encoding="utf-8")
        played = play(load_game(path), 1, SEED)
    found, _ = equilibria(played)
    lines = response_lines(played)
    parts = [of_array(name, values) for name, values in played.accounts.items()]
    parts += [of_array(f"equilibrium_{place}", each.payoffs) for place, each in enumerate(found)]
    parts += [of_array(f"alone_{place}", each.alone) for place, each in enumerate(found)]
    parts += [of_array(f"response_{place}", each) for place, each in enumerate(lines.responses)]
    parts += [of_array(f"crossing_{place}", each) for place, each in enumerate(lines.crossing)]
    parts.append(
        of_frame("joint_maximum", tables.joint_maximum_frame(played).select_dtypes("number").assign(at="best"), ["at"])
    )
    return joined(parts)


def reconstruction() -> pd.DataFrame:
    """The study's segments as inferred, and what its own model makes of them."""
    made = reconstruct(2, SEED)
    labels = ["row", "column"]
    return joined(
        [
            of_array("inputs", made.inputs[..., 0]),
            of_array("stretch", made.stretch),
            of_frame("replication", replication_table(2, SEED, made), labels),
            of_frame("regrouped", regrouped_table(made).drop(columns="infeasible"), labels),
            of_frame("break_even", break_even_table(made, 2, SEED), ["row"]),
            of_frame("misprint", misprint_table(made), ["column"]),
        ]
    )


def calibration() -> pd.DataFrame:
    """Weighted misses of a calibration at the start and at two corners of its cube."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "duel.yaml"
        path.write_text(CALIBRATION, encoding="utf-8")
        loaded = load_calibration(path)
        space = Space(loaded.plan)
        journal = Journal(Path(folder) / "evaluations.jsonl")
        criterion = Criterion(
            Evaluator(Simulator.of(loaded, kept_cells(loaded)), journal, open_engine()), loaded.cells, space
        )
        criterion.limit = 3
        points = [space.start, np.zeros(2), np.array([0.25, 0.75])]
        misses = criterion.residuals(points)
    return joined(
        [
            of_array("misses", misses),
            of_array("values", np.array([space.values(point) for point in points])),
            of_array("criterion", np.array(list(criterion.seen.values()))),
        ]
    )


def incidence_of_tiny() -> pd.DataFrame:
    """Who pays and who gains from the bonus of the small market, and what of the desk's gain it makes."""
    found = incidence(load(TINY, ["events=[]", "eep.enabled=true", "calendar.crop_years=1"]), 2, SEED)
    parts: list[Table] = [_named("money", found.money)]
    for group in ("gains", "additional", "destination", "average", "marginal"):
        parts += [_named(f"{group}_{name}", table) for name, table in getattr(found, group).items()]
    parts += [_named(name, getattr(found.desk, name)) for name in ("effects", "share")]
    return joined([of_tables(parts)])


def _named(name: str, table: Table) -> Table:
    return Table(name, table.rows, table.columns, table.units, table.values)


def ablation_of_tiny() -> pd.DataFrame:
    """Premiums and revenue under each belief and margin rule."""
    found = ablate(lambda sets: load(TINY, ["events=[]", "calendar.crop_years=1", *sets]), 2, SEED)
    return joined([of_frame("ablation", found.drop(columns="unit"), ["beliefs", "traders", "measure"])])


def sweep_of_duels() -> pd.DataFrame:
    """The bands of a sweep's dataset, point by point."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "costs.yaml"
        path.write_text(SWEEP, encoding="utf-8")
        stored = run_sweep(load_sweep(path), Path(folder) / "out", open_engine())
        bands = stored.frame("bands")
    labels = [name for name in bands.columns if not pd.api.types.is_float_dtype(bands[name])]
    return joined([of_frame("bands", bands.astype(dict.fromkeys(labels, str)), labels)])
