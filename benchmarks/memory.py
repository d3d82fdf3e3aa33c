"""(e) Peak memory: flat in draws beyond one chunk."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.child import run_child
from benchmarks.figures import Figure, at_most
from benchmarks.growth import exponent
from benchmarks.markets import last_years
from benchmarks.scale import Scale

MANY = "steady"


def measure(scale: Scale) -> Iterator[Figure]:
    """Run the history in one chunk and in several, and a small market with very many draws."""
    chunk, short = scale.chunk, last_years(scale.growth_years)
    draws = tuple(chunk * chunks for chunks in scale.chunks)
    rounds = [[run_child("history", short, n, chunk) for n in draws] for _ in range(scale.repeats)]
    for place in (0, -1):
        yield Figure(
            f"{draws[place]} draws in chunks of {chunk}, peak memory",
            tuple(runs[place].peak_mib for runs in rounds), "MiB",
        )  # fmt: skip
    yield Figure(
        f"peak memory of {draws[-1]} draws over that of {draws[0]}",
        tuple(runs[-1].peak_mib / runs[0].peak_mib for runs in rounds), "x", at_most(1.1),
    )  # fmt: skip
    yield Figure(
        f"exponent of time, draws in chunks, {draws[0]} to {draws[-1]}",
        tuple(exponent(draws, [run.times.cpu for run in runs]) for runs in rounds), "1", at_most(1.05),
    )  # fmt: skip
    whole = run_child("history", last_years(scale.crop_years), scale.draws, chunk)
    name = f"{scale.draws} draws of {scale.crop_years} crop years in chunks of {chunk}"
    yield Figure(f"{name}, peak memory", (whole.peak_mib,), "MiB")
    many = run_child(MANY, (f"calendar.crop_years={scale.many_years}",), scale.many_draws, scale.many_chunk)
    name = f"{scale.many_draws} draws of {MANY}, {scale.many_years} crop year(s), in chunks of {scale.many_chunk}"
    yield Figure(f"{name}, peak memory", (many.peak_mib / 1024,), "GiB", at_most(1.5))
    yield Figure(f"{name}, CPU time", (many.times.cpu,), "s")
