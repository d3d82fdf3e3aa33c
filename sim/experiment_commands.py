"""The commands about experiments: the study, what depends on what, games, calibrations, sweeps and sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.experiments.engine import CHUNK
from sim.guard import engine_of, errors, fail, screen, verb
from sim.options import (
    MAX_DRAWS,
    RESULTS,
    AsJson,
    Chunk,
    Dask,
    Draws,
    Jobs,
    Out,
    Scenario,
    Seed,
    Sets,
    stated,
    whole,
)


@verb
def study(
    draws: Draws = None,
    seed: Seed = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    as_json: AsJson = False,
) -> None:
    """Print the study's Tables 1-4, every published figure beside the simulated one, and save both."""
    from sim.verbs.study import study as compare_with_study

    with engine_of(jobs, dask) as engine:
        compare_with_study(draws, seed, out, engine, as_json, screen(), errors())


@verb
def reconstruct(
    draws: Annotated[int, whole(1, 10_000, "Draws of what else would give Table 2.")] = 200,
    seed: Annotated[int, whole(0, 2**63 - 1, "Root of all random streams.")] = 1997,
    out: Out = RESULTS,
    as_json: AsJson = False,
) -> None:
    """Infer the study's confidential segments, replicate its Table 2 and test its assumptions."""
    from sim.verbs.reconstruct import reconstruct_study

    reconstruct_study(draws, seed, out, as_json, screen(), errors())


@verb
def ablation(
    scenario: Scenario = "steady",
    draws: Draws = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Out = RESULTS,
    chunk: Chunk = CHUNK,
    as_json: AsJson = False,
) -> None:
    """Run a market under each belief and margin rule: what depends on the rule, and how long prices take to settle."""
    from sim.experiments.ablation import UnsuitableScenario
    from sim.verbs.ablation import ablation as ablate

    try:
        ablate(scenario, draws, seed, sets or [], out, chunk, as_json, screen(), errors())
    except UnsuitableScenario as error:
        fail(str(error), 2)


@verb
def incidence(
    scenario: Scenario = "history",
    draws: Draws = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    as_json: AsJson = False,
) -> None:
    """Print who pays for the export programmes and who gains, and what the single desk's gain owes to them."""
    from sim.experiments.counterfactual import NoProgramme
    from sim.verbs.incidence import incidence_of

    try:
        with engine_of(jobs, dask) as engine:
            incidence_of(scenario, draws, seed, sets or [], out, engine, as_json, screen(), errors())
    except NoProgramme as error:
        fail(str(error), 2)


@verb
def game(
    name: Annotated[str, typer.Argument(metavar="GAME", help="A game file (YAML), or the name of a shipped game.")],
    draws: Annotated[int | None, whole(1, MAX_DRAWS, "Monte Carlo draws; the game's when absent.")] = None,
    seed: Annotated[int | None, whole(0, 2**63 - 1, "Root of all random streams; the game's when absent.")] = None,
    sets: Sets = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    chunk: Chunk = CHUNK,
    as_json: AsJson = False,
) -> None:
    """Play two treasuries' strategies against each other: pay-offs of every pair, equilibria, the price of arming.

    A game file names a base scenario and two players with their strategies. Every pair is simulated on common random
    numbers. Shipped games: textbook, eep_against_restitution.
    """
    from sim.verbs.game import play_game

    with engine_of(jobs, dask) as engine:
        play_game(name, draws, seed, sets or [], out, engine, chunk, as_json, screen(), errors())


@verb
def calibrate(
    calibration: Annotated[
        str, typer.Argument(metavar="CALIBRATION", help="A YAML file, or the name of a shipped calibration.")
    ],
    draws: Annotated[int | None, whole(2, 100_000, "Draws of every evaluation; the calibration's when absent.")] = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    resume: Annotated[
        Path | None, typer.Option(help="Folder of a calibration to take up where it stopped.", file_okay=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find parameters that bring simulated figures near published ones, and say what pins them."""
    from sim.verbs.calibrate import calibrate as run_calibration

    with engine_of(jobs, dask) as engine:
        run_calibration(calibration, draws, out, engine, resume, as_json, screen(), errors())


@verb
def sweep(
    name: Annotated[str, typer.Argument(metavar="SWEEP", help="A sweep file (YAML), or the name of a shipped sweep.")],
    draws: Annotated[int | None, whole(1, MAX_DRAWS, "Replications of every point; the sweep's when absent.")] = None,
    seed: Annotated[int | None, whole(0, 2**63 - 1, "Root of all random streams; the sweep's when absent.")] = None,
    points: Annotated[int | None, whole(1, MAX_DRAWS, "Points of a drawn design; the sweep's when absent.")] = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    chunk: Chunk = CHUNK,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start anew beside an unfinished sweep of this name.")] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate many policies at once: every combination of a sweep file's factors, each with the same draws.

    A sweep that was stopped goes on with the same command, and ends with the same files as one that never was.
    """
    from sim.verbs.sweep import sweep as run_sweep

    overrides = stated(draws=draws, seed=seed, points=points)
    with engine_of(jobs, dask) as engine:
        run_sweep(name, overrides, out, engine, chunk, fresh, as_json, screen(), errors())


@verb
def sensitivity(
    sweep: Annotated[
        str, typer.Argument(metavar="SWEEP", help="A sweep file, a shipped sweep, or a finished one: folder, id, name.")
    ],
    measure: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Measure kept by the sweep, as table or table:column.")
    ] = None,
    crop_year: Annotated[
        list[str] | None,
        typer.Option(metavar="YEAR", help="A crop year, every, or mean (of them; so when absent). May be repeated."),
    ] = None,
    statistic: Annotated[str, typer.Option(help="Of the draws at a point: mean, or sd (standard deviation).")] = "mean",
    level: Annotated[float, typer.Option(help="Level of the confidence intervals, 0.5 to 0.999.")] = 0.95,
    resamples: Annotated[int, whole(20, 10_000, "Bootstrap samples behind the intervals.")] = 200,
    draws: Annotated[int | None, whole(1, MAX_DRAWS, "Draws of every point; the sweep's when absent.")] = None,
    points: Annotated[int | None, whole(1, MAX_DRAWS, "Points of a drawn design; the sweep's when absent.")] = None,
    trajectories: Annotated[int | None, whole(2, 100_000, "Trajectories of a morris design.")] = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    chunk: Chunk = CHUNK,
    fresh: Annotated[bool, typer.Option("--fresh", help="Simulate again what was simulated before.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say which factors of a sweep move its results: Sobol and Morris indices with confidence intervals.

    A sweep file is simulated first. A finished sweep is analysed again without a simulation.
    """
    if not 0.5 <= level <= 0.999:
        fail(f"--level {level:g} is not a number from 0.5 to 0.999", 2)
    if statistic not in ("mean", "sd"):
        fail(f"--statistic {statistic[:40]}: choose mean or sd", 2)
    from sim.experiments.sensitivity_design import UnsuitableSweep
    from sim.verbs.sensitivity import Analysis, NamedSweep
    from sim.verbs.sensitivity import sensitivity as analyse

    named = NamedSweep(sweep, stated(draws=draws, points=points, trajectories=trajectories), chunk, fresh)
    asked = Analysis(measure or [], crop_year or [], draws, statistic, level, resamples)
    try:
        analyse(named, asked, out, lambda: engine_of(jobs, dask), as_json, screen(), errors())
    except UnsuitableSweep as error:
        fail(str(error), 2)
