"""The commands about what was saved: ``results`` with ``list``, ``show`` and ``query``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.experiments.engine import CHUNK
from sim.guard import engine_of, errors, fail, screen, verb
from sim.options import RESULTS, AsJson, Chunk, Dask, Jobs, Out, whole

Run = Annotated[str, typer.Argument(metavar="RUN", help="A folder, an id, or a scenario's name for its latest.")]
results = typer.Typer(name="results", help="List, show and query saved runs and sweeps.", no_args_is_help=True)

Runs = Annotated[
    list[str], typer.Argument(metavar="RUN...", help="Folders, ids, or scenarios' names for their latest runs.")
]


@verb
def reproduce(
    run: Run,
    out: Out = RESULTS,
    jobs: Jobs = None,
    dask: Dask = None,
    chunk: Chunk = CHUNK,
    as_json: AsJson = False,
) -> None:
    """Make a saved result again from what its folder keeps, and compare every file bit by bit.

    Exit code 0 says identical, 1 different, 2 that RUN is no finished result. RUN's folder stays as it is.
    """
    from sim.verbs.reproduce import CannotRepeat
    from sim.verbs.reproduce import reproduce as repeat

    try:
        with engine_of(jobs, dask) as engine:
            same = repeat(run, out, engine, chunk, as_json, screen(), errors())
    except CannotRepeat as error:
        fail(str(error), 1)
    if not same:
        raise typer.Exit(1)


@results.command("list")
@verb
def list_results(
    kind: Annotated[str | None, typer.Option(help="Only one kind: run, comparison, sweep ...")] = None,
    scenario: Annotated[str | None, typer.Option(metavar="STEM", help="Only one folder under --out.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only what started on a date or later.")] = None,
    out: Out = RESULTS,
    as_json: AsJson = False,
) -> None:
    """List every run with its kind, scenario, draws, seed, start and size; damaged and unfinished ones as such."""
    from sim.verbs.results_list import list_runs

    list_runs(kind, scenario, since, out, as_json, screen(), errors())


@results.command("show")
@verb
def show_result(
    run: Run,
    out: Out = RESULTS,
    as_json: AsJson = False,
) -> None:
    """Show what ran, the factors of a sweep, and the measures that can be asked for."""
    from sim.verbs.results import show_run

    show_run(run, out, as_json, screen())


@results.command("query")
@verb
def query_results(
    runs: Runs,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Table, or table:column, with * and ?; all when absent. May be repeated."),
    ] = None,
    crop_year: Annotated[
        list[str] | None,
        typer.Option(metavar="YEAR", help="1985/86, 1985/86-1994/95, or mean (over them). May be repeated."),
    ] = None,
    where: Annotated[str, typer.Option(metavar="CONDITION", help="As in: \"bonus >= 20 and system == 'open'\".")] = "",
    stat: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="mean, p05, p25, p50, p75 or p95; all when absent. May be repeated."),
    ] = None,
    draws: Annotated[bool, typer.Option("--draws", help="Every draw of a sweep instead of statistics.")] = False,
    beside: Annotated[bool, typer.Option("--beside", help="Runs side by side, a column each.")] = False,
    difference: Annotated[bool, typer.Option("--difference", help="Beside them each less the first (means).")] = False,
    form: Annotated[
        str | None, typer.Option("--format", metavar="FORM", help="table, csv, json or parquet; else by FILE's ending.")
    ] = None,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to a file.")] = None,
    lines: Annotated[int, whole(1, 100_000, "Lines of a table on screen at most.")] = 200,
    out: Out = RESULTS,
) -> None:
    """Filter and join measures of runs and sweeps."""
    from sim.stored.question import Question
    from sim.verbs.results import query_runs

    question = Question(
        tuple(measure or ()), tuple(crop_year or ()), where, tuple(stat or ()), draws, beside or difference, difference
    )
    query_runs(runs, question, form, to, lines, out, screen(), errors())
