"""The commands one looks with: ``plot``, ``animate``, ``report`` and ``dashboard``; parse and call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.guard import errors, fail, screen, verb
from sim.options import RESULTS, AsJson, Out, Seed, whole

LOCAL = "127.0.0.1"


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
        asked: list[str | None] = [*runs] if runs else [None]
        print("\n".join(line for run in asked for line in listed(run, out)))
        return
    if not runs:
        fail("name a RUN to draw; --list names the figures", 2)

    for path in draw(runs, figure or [], measure or [], image_format, out, to):
        print(path)


@verb
def animate(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A folder, an id, or a scenario's name for its latest run.")
    ],
    form: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="gif or mp4; else by FILE's ending, else gif.")
    ] = None,
    fps: Annotated[int | None, whole(1, 50, "Pictures a second; 6 by month, 1 by crop year when absent.")] = None,
    years: Annotated[
        str, typer.Option(metavar="A-B", help="Crop years, as 1985/86-1989/90 or 1985/86; all when absent.")
    ] = "",
    by: Annotated[str, typer.Option(metavar="STEP", help="A picture for every month or crop_year.")] = "month",
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The film; <scenario>.<format> here when absent.")
    ] = None,
    out: Out = RESULTS,
) -> None:
    """Make a film of a saved run: trade on a map, prices, the pool and policy dates as crop years pass."""
    from sim.verbs.animate import animate as film

    print(film(run, form, fps, years, by, to, out, errors()))


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
def dashboard(
    name: Annotated[
        str | None,
        typer.Argument(metavar="RUN|SCENARIO", help="A shipped name, a YAML file, or a run; history when absent."),
    ] = None,
    port: Annotated[int | None, whole(1, 65_535, "Port; from 8765 on the first free one when absent.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; any but this one opens the page to others.")] = LOCAL,
    draws: Annotated[int, whole(1, 1_000, "Monte Carlo draws played at once.")] = 200,
    seed: Seed = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    out: Out = RESULTS,
) -> None:
    """Play a live market in the browser: move levers, compare two scenarios, see prices, flows and pools."""
    from sim.verbs.dashboard import dashboard as serve

    serve(name, out, host, port, draws, seed, open_browser, screen(), errors())
