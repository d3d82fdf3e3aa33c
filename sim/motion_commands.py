"""``singledesk animate``: its arguments; parse and call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.guard import errors, verb
from sim.options import RESULTS, Out, whole


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
