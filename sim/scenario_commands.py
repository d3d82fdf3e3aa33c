"""The commands about scenarios: run and compare them, check, show and scaffold them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.experiments.engine import CHUNK
from sim.guard import engine_of, errors, fail, plain, screen, verb
from sim.options import RESULTS, AsJson, Chunk, Dask, Draws, Jobs, Out, Scenario, Seed, Sets


@verb
def run(
    scenario: Scenario,
    draws: Draws = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    save_draws: Annotated[bool, typer.Option("--save-draws", help="Also save every sale of every draw.")] = False,
    chunk: Chunk = CHUNK,
    as_json: AsJson = False,
) -> None:
    """Simulate a scenario, print its crop-year tables and save tables, series, ledger and figures."""
    from sim.verbs.run import run as run_scenario

    with engine_of(jobs, dask) as engine:
        run_scenario(scenario, draws, seed, sets or [], out, engine, save_draws, chunk, as_json, screen(), errors())


@verb
def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The scenario to compare with.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="The scenarios compared with it.")],
    draws: Draws = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    chunk: Chunk = CHUNK,
    as_json: AsJson = False,
) -> None:
    """Print what other scenarios change, per crop year, on common random numbers: other minus base."""
    from sim.experiments.compare import Incomparable
    from sim.verbs.compare import compare_scenarios

    try:
        with engine_of(jobs, dask) as engine:
            compare_scenarios(base, others, draws, seed, sets or [], out, engine, chunk, as_json, screen(), errors())
    except Incomparable as error:
        fail(str(error), 2)


@verb
def validate(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="YAML files of scenarios or sweeps, or shipped names.")
    ],
    sets: Sets = None,
) -> None:
    """Check scenarios and sweeps, and report everything that is wrong with them."""
    from sim.verbs.inspect import validate as check

    if not check(scenarios, sets or [], screen(), errors()):
        raise typer.Exit(2)


@verb
def show(scenario: Scenario, sets: Sets = None, as_json: AsJson = False) -> None:
    """Print a scenario with everything it inherits, and the file and line each value comes from."""
    from sim.verbs.inspect import show as show_scenario

    show_scenario(scenario, sets or [], as_json, screen())


@verb
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario; writes NAME.yaml here.")],
    extends: Annotated[
        str, typer.Option("--extends", metavar="SCENARIO", help="Shipped scenario that it extends.")
    ] = "history",
) -> None:
    """Start a scenario of your own that extends a shipped one."""
    from sim.verbs.inspect import new as scaffold

    try:
        path = scaffold(name, Path.cwd(), extends)
    except ValueError as error:
        fail(str(error), 2)
    plain(screen(), f"wrote {path.name}; next: singledesk validate {path.name}")


@verb
def schema(
    sweep: Annotated[bool, typer.Option("--sweep", help="That of a sweep file instead.")] = False,
) -> None:
    """Print the JSON Schema of a scenario, for editors."""
    from sim.verbs.inspect import schema as print_schema

    print_schema(sweep)
