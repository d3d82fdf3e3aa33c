"""The commands about scenarios: run and compare them, check, show and scaffold them, draw what was saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.experiments.engine import CHUNK
from sim.guard import engine_of, errors, fail, screen, verb
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
) -> None:
    """Start a scenario of your own that extends the shipped history."""
    from sim.verbs.inspect import new as scaffold
    from sim.verbs.inspect import plain

    try:
        path = scaffold(name, Path.cwd())
    except ValueError as error:
        fail(str(error), 2)
    plain(screen(), f"wrote {path.name}; next: singledesk validate {path.name}")


@verb
def plot(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN...", help="A folder, an id, or a name for its latest run; several: see --list."),
    ] = None,
    figure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Figure to draw (see --list); all when absent. May be repeated."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Of a sweep: table, or table:column, to draw. May be repeated."),
    ] = None,
    image_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="png, svg or pdf.", show_default=True)
    ] = "png",
    out: Out = RESULTS,
    to: Annotated[
        Path | None, typer.Option(help="Folder for the images; the current one when absent.", file_okay=False)
    ] = None,
    names: Annotated[bool, typer.Option("--list", help="Name the figures (of RUN, or of every kind) instead.")] = False,
) -> None:
    """Draw the figures of saved results: of a run, comparison, sweep, game, ... as PNG, SVG or PDF."""
    from sim.verbs.plot import listed
    from sim.verbs.plot import plot as draw

    if names:
        print("\n".join(line for run in runs or [None] for line in listed(run, out)))
        return
    if not runs:
        fail("name a RUN to draw; --list names the figures", 2)

    for path in draw(runs, figure or [], measure or [], image_format, out, to):
        print(path)


@verb
def report(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Folders, ids, or names for their latest runs; of any kind.")
    ],
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The HTML file; report-NAMES.html here when absent.")
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Heading of the page.")] = None,
    out: Out = RESULTS,
    as_json: AsJson = False,
) -> None:
    """Write one HTML file about saved results: in words, tables, figures and charts; it needs no network."""
    from sim.verbs.report import report as write_report

    write_report(runs, to, title, out, as_json, screen(), errors())


@verb
def schema(
    sweep: Annotated[bool, typer.Option("--sweep", help="That of a sweep file instead.")] = False,
) -> None:
    """Print the JSON Schema of a scenario, for editors."""
    from sim.verbs.inspect import schema as print_schema

    print_schema(sweep)
