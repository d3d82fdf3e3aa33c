"""(g) The ensemble against the same market as a plain scalar Mesa model: objects and floats, one model per draw."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.clock import in_turn, milliseconds, ratios
from benchmarks.figures import Figure, at_least
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale


def measure(scale: Scale) -> Iterator[Figure]:
    """Simulate the history on both sides, in turn."""
    from benchmarks import scalar
    from sim.experiments.ensemble import run_chunk

    history, draws = market("history", *last_years(scale.crop_years)), scale.draws
    works = {
        "plain": lambda: scalar.run(history, 0, history.scenario.seed),
        "one": lambda: run_chunk(history, 1),
        "many": lambda: run_chunk(history, draws),
    }
    run_chunk(history, 1)  # imports and caches are warm for everybody
    times = in_turn(works, scale.repeats)
    times["many"] = [t / draws for t in times["many"]]
    yield Figure("plain scalar model, one draw", milliseconds(times["plain"], "cpu"), "ms/draw")
    yield Figure("array model, one draw", milliseconds(times["one"], "cpu"), "ms/draw")
    yield Figure(f"array model, {draws} draws", milliseconds(times["many"], "cpu"), "ms/draw")
    for clock in ("cpu", "wall"):
        each = ratios(times["plain"], times["many"], clock)
        yield Figure(f"ensemble against the plain scalar model, {_CLOCKS[clock]}", each, "x", at_least(50))


_CLOCKS = {"cpu": "CPU time", "wall": "wall time"}
