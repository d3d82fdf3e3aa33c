"""Results of every kind to draw figures from: made up by formula, one small run of the history, one game."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fake_ledger as made_up
import numpy as np
import pandas as pd
import pytest

import sim
from sim.experiments.compare import EXTRA, compare, with_published
from sim.experiments.destination import LOSS, SHARE, SIDES
from sim.experiments.ensemble import run_ensemble
from sim.experiments.game import play
from sim.experiments.game_solution import response_lines
from sim.experiments.game_tables import cells_frame, lines_frame
from sim.figures import KINDS
from sim.incidence_names import PARTS
from sim.scenario.game_loader import load_game
from sim.shipped import AVERAGE, game_path, published_effects, published_figures, shipped_folder

RUN_ID = "20260101T000000Z-01234567-abcd"
PAIRS = ["japan-united_states", "united_states-offshore", "japan-offshore"]
YEARS = tuple(f"{1985 + i}/{86 + i}" for i in range(10))
MONEY = "A title of $5 or $6, " * 8
LONG_EVENTS = [
    {"from": f"{1981 + i}-0{1 + i % 9}", "to": f"{1982 + i + i % 3}-07",
     "name": f"Policy number {i} at $5 or $6 with a rather long name of its own"}
    for i in range(16)
]  # fmt: skip
Case = tuple[dict[str, pd.DataFrame], dict[str, Any]]


def head(stem: str, draws: int = 5, **more: Any) -> dict[str, Any]:
    """What every run.json holds."""
    return {"stem": stem, "run_id": RUN_ID, "draws": draws, "scenario": {"title": MONEY}, **more}


def years(count: int) -> tuple[str, ...]:
    return tuple(f"{1980 + i}/{(81 + i) % 100:02d}" for i in range(count))


def run_of(count: int, draws: int, **changes: Any) -> Case:
    """A run of the made-up ledger over some crop years."""
    frames, meta, _ensemble = ensemble_of(count, draws, **changes)
    return frames, meta


def ensemble_of(count: int, draws: int, **changes: Any) -> tuple[dict[str, pd.DataFrame], dict[str, Any], Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_up, "YEARS", years(count))
        loaded = made_up.fake_loaded(**changes)
        ensemble = run_ensemble(loaded, draws, 1, simulate=made_up.simulate, extra=EXTRA)
    frames = {"series": ensemble.series, "summary": ensemble.measures.bands(), "ledger": ensemble.ledger}
    return frames, head("made_up", draws, pairs=PAIRS, scenario=loaded.resolved), ensemble


@cache
def real_run(name: str, *sets: str) -> Case:
    """A small run of a shipped scenario."""
    result = sim.run(sim.load(shipped_folder() / f"{name}.yaml", set=list(sets)), draws=3, jobs=1)
    meta = {**result.meta, "run_id": RUN_ID}
    return {table: result.read(table) for table in KINDS["run"].tables}, meta


def statistics(mean: np.ndarray, spread: float) -> dict[str, np.ndarray]:
    """A band around means."""
    parts = {"p05": -1.0, "p25": -0.4, "p50": 0.05, "p75": 0.4, "p95": 1.0}
    return {"mean": mean, **{name: mean + spread * part for name, part in parts.items()}, "missing": 0 * mean}


def lines_of(keys: list[tuple], names: list[str], size: float, spread: float) -> pd.DataFrame:
    """Lines with numbers that go up and down around zero."""
    mean = size * np.sin(np.arange(len(keys)) * 1.7)
    return pd.DataFrame(keys, columns=names).assign(**statistics(mean, spread))


def comparison(count: int, draws: int) -> Case:
    _frames, meta, ensemble = ensemble_of(count, draws)
    _frames, _meta, other = ensemble_of(count, draws, title="Other")
    found = compare(ensemble.measures, other.measures, "canada", ("one_scenario", "another_scenario"))
    effects = with_published(found.effects, published_effects())
    more = {"base": "one_scenario", "other": "another_scenario", "other_scenario": meta["scenario"]}
    return {"comparison": effects, "welfare": found.welfare_bands()}, {**meta, **more}


def reconstruction() -> Case:
    size = np.linspace(10, 70, len(YEARS))
    gap = pd.DataFrame({"crop_year": YEARS, "inferred_cad_t": size, "low_cad_t": size - 4, "high_cad_t": size + 5,
                        "bonus_cad_t": 1.1 * size[::-1]})  # fmt: skip
    values = {"reference_elasticity": "5 20 40", "demand": "linear constant_elasticity", "objective": "board_sales"}
    keys = [(name, value, place == 0) for name, each in values.items() for place, value in enumerate(each.split())]
    parts = [
        pd.DataFrame(keys, columns=["assumption", "value", "default"]).assign(
            column=column, point=size * np.arange(1, len(keys) + 1), mean=0.0, infeasible="",
            low=size * np.arange(1, len(keys) + 1) - 1, high=size * np.arange(1, len(keys) + 1) + 1,
        )
        for column, size in (("feed_price_cad_t", -1.0), ("producer_revenue_million_cad", -20.0))
    ]  # fmt: skip
    return {"gap": gap, "sensitivity": pd.concat(parts, ignore_index=True)}, head("reconstruct")


def study() -> Case:
    frame = pd.DataFrame(published_figures(), columns=["table", "row", "column", "published"])
    size = frame["published"] + 3 * np.sin(np.arange(len(frame)))
    labels = np.where(frame["table"] == 2, "replication", "prediction")
    frame = frame.assign(simulated=size, low=size - 2, high=size + 2, label=labels)
    again = frame[frame["table"] == 2].assign(label="prediction", simulated=lambda table: table["simulated"] + 4)
    return {"published": pd.concat([frame, again], ignore_index=True)}, head("study", base="history", other="open")


def ablation() -> Case:
    rules = list(itertools.product(("elasticities", "least_squares", "last_price"), ("best_response", "roth_erev")))
    measures = {"premium_cad_t": "C$/t", "premium_many_sellers_cad_t": "C$/t", "malting_premium_cad_t": "C$/t",
                "malting_premium_many_sellers_cad_t": "C$/t", "revenue_effect_million_cad": "million C$",
                "price_settles_months": "months", "premium_settles_months": "months"}  # fmt: skip
    keys = [(*rule, measure, unit) for rule in rules for measure, unit in measures.items()]
    return {"ablation": lines_of(keys, ["beliefs", "traders", "measure", "unit"], 20, 2)}, head("steady")


def incidence(countries: tuple[str, ...] = ("canada", "united_states", "japan", "offshore")) -> Case:
    resolved = made_up.fake_loaded(title=MONEY).resolved
    programmes = {"eep": "united_states", "restitution": "canada"}
    rows = (*YEARS[:3], AVERAGE)
    parts = []
    for name in (*programmes, "all"):
        sides = [f"{country}:{part}" for country in (*countries, "world") for part in PARTS]
        parts.append(_table("gains", name, rows, {side: "million C$" for side in sides}, 60 if name == "eep" else 900))
    for name in programmes:
        kept = {"spending_million_cad": "million C$", "subsidised_kt": "kt", "exports_with_kt": "kt",
                "exports_without_kt": "kt", "additional_kt": "kt", "additionality": "share",
                "spending_per_subsidised_tonne_cad_t": "C$/t", "spending_per_additional_tonne_cad_t": "C$/t",
                "spending_per_additional_tonne_usd_t": "US$/t"}  # fmt: skip
        parts.append(_table("additional", name, rows, kept, 100).assign(mean=80.0, p05=60.0, p95=95.0))
        went = ["spending", *SIDES, LOSS]
        parts.append(_table("destination", name, rows, {each: "million C$" for each in went}, 50))
        parts.append(_table("destination", name, rows, {f"{each}{SHARE}": "C$ per C$" for each in went}, 0.4))
    desk = [f"{side}:producer_revenue_million_cad" for side in ("with", "without")]
    parts.append(_table("desk", "", rows, {each: "million C$" for each in desk}, 90))
    parts.append(_table("desk", "", rows, {f"bonus:{name}": "C$/t" for name in programmes}, 90))
    frame = pd.concat(parts, ignore_index=True)
    frame["published"] = np.where(frame["table"] == "desk", frame["mean"] + 5, np.nan)
    return {"incidence": frame}, head("incidence-made_up", scenario=resolved, programmes=programmes)


def _table(table: str, programme: str, rows: tuple[str, ...], columns: dict[str, str], size: float) -> pd.DataFrame:
    keys = [(table, programme, row, column, unit) for row in rows for column, unit in columns.items()]
    return lines_of(keys, ["table", "programme", "row", "column", "unit"], size, 0.1 * size)


def game(draws: int) -> Case:
    text = game_path("textbook").read_text(encoding="utf-8").replace("[0, 7, 14, 21, 28, 35, 42]", "[0, 14, 28, 42]")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "textbook.yaml"
        path.write_text(text.replace("base: ", f"base: {game_path('textbook').parent}/"), encoding="utf-8")
        result = play(load_game(path), draws, 1997)
    assert len(result.labels[0]) == 4
    side = {"strategies": result.labels[0], "unit": "C$/t"}
    players = [{"name": name, "title": f"Treasury {name}", **side} for name in result.names]
    frames = {"cells": cells_frame(result), "lines": lines_frame(result, response_lines(result))}
    return frames, head("game-textbook", draws, players=players, title=MONEY)


def sensitivity(indices: tuple[str, ...]) -> Case:
    titles = ("US cost from farm to port", "Initial payment in the expected return of the pool at home", "system")
    factors = pd.DataFrame({"factor": ["cost", "initial", "system"], "title": titles, "low": [1500.0, 0.82, np.nan],
                            "unit": ["US$/t", "share of expected pool return", ""], "high": [2500.0, 0.88, np.nan],
                            "levels": ["", "", "single_desk, open_feed"]})  # fmt: skip
    outcomes = [("market_price:japan:feed", "C$/t"), ("producers:canada:revenue", "million C$"), ("taxpayers", "")]
    keys = [
        (measure, unit, "mean", index, factor, "")
        for measure, unit in outcomes for index in indices for factor in factors["factor"]
    ]  # fmt: skip
    value = 0.3 + 0.3 * np.sin(np.arange(len(keys)))
    frame = pd.DataFrame(keys, columns=["measure", "unit", "crop_year", "index", "factor", "other"])
    frame = frame.assign(value=value, low=value - 0.05, high=value + 0.1)
    return {"indices": frame, "outcomes": pd.DataFrame(), "factors": factors}, head("sensitivity-made_up", level=0.95)


def sweep(factors: dict[str, list], units: dict[str, str], draws: int = 5) -> Case:
    """A full grid of two measures."""
    design = pd.DataFrame(list(itertools.product(*factors.values())), columns=list(factors))
    design.insert(0, "point", range(len(design)))
    measures = [("producers", "canada:revenue", "million C$"), ("market_price", "japan", "C$/t")]
    keys = [(point, "mean", *each) for point in design["point"] for each in measures]
    bands = lines_of(keys, ["point", "crop_year", "table", "column", "unit"], 300, 40)
    described = [
        {
            "name": name,
            "title": f"Factor {name} at $",
            "unit": units.get(name, ""),
            "numeric": name in units,
            "keys": [],
        }
        for name in factors
    ]
    return {"design": design, "bands": bands}, head("sweep-made_up", draws, factors=described, sweep={"measures": None})


def calibration() -> Case:
    frame = pd.DataFrame(published_figures(), columns=["table", "row", "column", "published"])
    size = frame["published"] + 3 * np.sin(np.arange(len(frame)))
    frame = frame.assign(start=size + 2, simulated=size, low=size - 2, high=size + 2, weight=0.25)
    fit = frame[frame["table"] != 2].assign(table=lambda part: "table" + part["table"].astype(str))
    other = fit.head(2).assign(table="market_tonnes", column="japan")
    names = ["bargaining_weight", "importers_elasticity"]
    ends = {"optimum": [0.6, 8.0], "start": [0.5, 6.0], "status": ["identified", "weak"]}
    parameters = pd.DataFrame({"parameter": names, "scale": ["linear", "log"], **ends})
    values = [0.3, 0.5, 0.7, 0.9, 2, 5, 8, 12]
    profiles = pd.DataFrame({"parameter": np.repeat(names, 4), "criterion": [9, 4, 5, 8] * 2, "value": values})
    frames = {"fit": pd.concat([fit, other], ignore_index=True), "held_out": frame[frame["table"] == 2],
              "parameters": parameters, "profiles": profiles}  # fmt: skip
    return frames, head("calibrate-made_up")


CASES: dict[str, dict[str, Callable[[], Case]]] = {
    "run": {
        "one year, one draw": lambda: run_of(1, 1),
        "three years": lambda: run_of(3, 5),
        "fifteen years, many events": lambda: run_of(
            15, 3, title=MONEY, events=LONG_EVENTS, markets={
                "japan": {"title": "Japan at $5 or $6 or more than that"}, "united_states": {"title": "United States"},
                "offshore": {"title": "Other offshore"}, "canada": {"title": "Canada"},
            },
        ),
        "forty years, no events": lambda: run_of(40, 2, events=[]),
        "the history": lambda: real_run("history", "calendar.start=1985/86", "calendar.crop_years=3"),
        "a market of two treasuries": lambda: real_run("games/markets/two_treasuries"),
    },
    "comparison": {"three years": lambda: comparison(8, 5), "one year, one draw": lambda: comparison(1, 1)},
    "reconstruction": {"made up": reconstruction},
    "study": {"made up": study},
    "ablation": {"made up": ablation},
    "incidence": {"made up": incidence, "one country": lambda: incidence(("canada",))},
    "game": {"one draw": lambda: game(1)},
    "sensitivity": {
        "variance": lambda: sensitivity(("S1", "ST")),
        "distributions": lambda: sensitivity(("pawn",)),
        "elementary effects": lambda: sensitivity(("mu_star", "sigma")),
    },
    "sweep": {
        "systems": lambda: sweep({"bonus": [0.0, 30.0, 60.0], "system": ["desk", "open"]}, {"bonus": "US$/t"}),
        "one factor, one draw": lambda: sweep({"bonus": [0.0, 30.0, 60.0]}, {"bonus": "US$/t"}, 1),
        "three factors": lambda: sweep(
            {"bonus": [0.0, 30.0, 60.0], "system": ["desk", "open"], "luck": [0.1, 0.2]},
            {"bonus": "US$/t", "luck": "dimensionless"},
        ),
    },
    "calibration": {"made up": calibration},
}  # fmt: skip
"""By kind of result: what its figures are drawn from, by name of the case."""


@cache
def case(kind: str, name: str) -> Case:
    """Frames and run.json of a case, made once."""
    return CASES[kind][name]()
