"""(p) Where a run's time goes: the verbs of a period, the building of the world and the measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from time import process_time
from typing import Any
from unittest.mock import patch

from benchmarks.figures import Figure
from benchmarks.markets import last_years, market
from benchmarks.scale import Scale

VERBS = (
    "advance_calendar", "harvest", "treasuries_announce", "boards_announce", "farmers_deliver",
    "importers_open_tenders", "sellers_offer", "tenders_clear", "settle", "learn", "close_pools", "check_and_record",
)  # fmt: skip


def measure(scale: Scale) -> Iterator[Figure]:
    """Time the parts of one draw, and what each of many draws in one model adds to them."""
    history = market("history", *last_years(scale.crop_years))
    spent(history, 1)
    rounds = [(spent(history, 1), spent(history, scale.draws)) for _ in range(scale.repeats)]
    for part in rounds[0][0]:
        yield Figure(f"one draw: {part}", tuple(1000 * one[part] for one, _ in rounds), "ms")
        more = tuple(1000 * (many[part] - one[part]) / (scale.draws - 1) for one, many in rounds)
        yield Figure(f"a further draw of {scale.draws}: {part}", more, "ms")


def spent(loaded: Any, draws: int) -> dict[str, float]:
    """CPU seconds of each part of a run, in the order of a run."""
    from sim.experiments.ensemble import run_ensemble
    from sim.market import BarleyMarket

    seconds: dict[str, float] = defaultdict(float)

    def clocked(name: str, work: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            start = process_time()
            result = work(*arguments, **named)
            seconds[name] += process_time() - start
            return result

        return call

    start = process_time()
    with ExitStack() as stack:
        stack.enter_context(patch.object(BarleyMarket, "__init__", clocked("build the world", BarleyMarket.__init__)))
        for verb in VERBS:
            stack.enter_context(patch.object(BarleyMarket, verb, clocked(verb, getattr(BarleyMarket, verb))))
        run_ensemble(loaded, draws, chunk=draws)
    whole = process_time() - start
    seconds["measures, series, ledger means"] = whole - sum(seconds.values())
    return dict(seconds)
