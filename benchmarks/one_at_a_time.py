"""(a) The ensemble against one draw at a time: what the draw axis saves."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.clock import in_turn, milliseconds, ratios
from benchmarks.figures import Figure, at_least
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale


def measure(scale: Scale) -> Iterator[Figure]:
    """Simulate one draw and many draws of the history in one model, in turn; then with measures, as ``run`` does it."""
    from sim.experiments.ensemble import run_chunk, run_ensemble

    history, draws = market("history", *last_years(scale.crop_years)), scale.draws
    run_chunk(history, 1)  # imports and caches are warm for everybody
    times = in_turn({"one": lambda: run_chunk(history, 1), "many": lambda: run_chunk(history, draws)}, scale.repeats)
    many = [t / draws for t in times["many"]]
    yield Figure("simulate one draw alone", milliseconds(times["one"], "cpu"), "ms/draw")
    yield Figure(f"simulate {draws} draws in one model", milliseconds(many, "cpu"), "ms/draw")
    yield Figure("ensemble against one draw at a time, CPU time", ratios(times["one"], many, "cpu"), "x", at_least(100))
    yield Figure(
        "ensemble against one draw at a time, wall time", ratios(times["one"], many, "wall"), "x", at_least(100)
    )
    works = {
        "one": lambda: run_ensemble(history, 1),
        "many": lambda: run_ensemble(history, draws, chunk=scale.chunk),
    }
    times = in_turn(works, scale.repeats)
    many = [t / draws for t in times["many"]]
    chunks = f"{draws} draws in chunks of {scale.chunk} with measures"
    yield Figure("one draw alone with measures", milliseconds(times["one"], "cpu"), "ms/draw")
    yield Figure(chunks, milliseconds(many, "cpu"), "ms/draw")
    yield Figure(f"{chunks} against one at a time", ratios(times["one"], many, "cpu"), "x")
