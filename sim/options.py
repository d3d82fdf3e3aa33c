"""Arguments and options that several commands share: their types, ranges and help texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

MAX_DRAWS = 1_000_000
MAX_SEED = 2**63 - 1
MAX_JOBS = 256
MAX_CHUNK = 100_000


def whole(low: int, high: int, help_text: str) -> Any:
    """Option that takes a whole number in a range, and says so when it gets something else."""
    wanted = f"a whole number from {low} to {high}"

    def parse(value: str | int) -> int:
        try:
            number = int(value)
        except ValueError:
            raise typer.BadParameter(f"'{str(value)[:40]}' is not {wanted}") from None
        if not low <= number <= high:
            raise typer.BadParameter(f"{str(value)[:40]} is not {wanted}")
        return number

    return typer.Option(parser=parse, metavar="INTEGER", help=f"{help_text} From {low} to {high}.")


Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="A YAML file, or the name of a shipped scenario.")]
Draws = Annotated[int | None, whole(1, MAX_DRAWS, "Monte Carlo draws; the scenario's when absent.")]
Seed = Annotated[int | None, whole(0, MAX_SEED, "Root of all random streams; the scenario's when absent.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key, as in --set draws=10.")
]
Out = Annotated[Path, typer.Option(help="Folder for results.", file_okay=False)]
Jobs = Annotated[
    int | None, whole(1, MAX_JOBS, "Processes; one when absent, with --dask local as many as there are cores.")
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Dask scheduler to run on, as tcp://host:8786, or local."),
]
Chunk = Annotated[
    int, whole(1, MAX_CHUNK, "Draws (worlds of a sweep) simulated together; bounds the memory, no result.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")]
RESULTS = Path("results")


def stated(**options: int | None) -> dict[str, int]:
    """Options that were given, by name."""
    return {name: value for name, value in options.items() if value is not None}
