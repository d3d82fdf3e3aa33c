"""(f) How long the command takes to say something."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from benchmarks.child import python
from benchmarks.clock import in_turn, milliseconds, ratios
from benchmarks.figures import Figure, at_most
from benchmarks.scale import Scale

FIRST_PERIOD = """
import os
from sim.market import BarleyMarket
step = BarleyMarket.step
def first(self):
    step(self)
    os._exit(0)
BarleyMarket.step = first
import sys
from sim.cli import main
sys.argv = ["singledesk", "run", "history", "--draws", "1", "--out", sys.argv[1]]
main()
"""
HELP = "import sys; from sim.cli import main; sys.argv = ['singledesk', '--help']; main()"


def measure(scale: Scale) -> Iterator[Figure]:
    """Start Python for each, in turn."""
    works = {
        "an empty program": lambda: python("-c", "pass"),
        "import typer, rich": lambda: python("-c", "import typer, rich"),
        "import sim": lambda: python("-c", "import sim"),
        "singledesk --help": lambda: python("-c", HELP),
    }
    python("-c", HELP)  # the files are in the system's cache for everybody
    times = in_turn(works, 3 * scale.repeats)
    for name, found in times.items():
        yield Figure(name, milliseconds(found, "wall"), "ms")
    command = ratios(times["singledesk --help"], times["import typer, rich"], "wall")
    yield Figure("singledesk --help against importing typer and rich", command, "x", at_most(3))
    with tempfile.TemporaryDirectory(prefix="singledesk-") as folder:
        first = in_turn({"first": lambda: python("-c", FIRST_PERIOD, folder)}, scale.repeats)["first"]
    yield Figure("from the command to the end of the first period of run history", milliseconds(first, "wall"), "ms")
