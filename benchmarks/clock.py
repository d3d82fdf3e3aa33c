"""Timing: two or more works in turn, so that a ratio is taken under the same conditions; CPU and wall time of each."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Seconds a work took; ``cpu`` is user and system time of this process and of the children that ended in it."""

    wall: float
    cpu: float

    def __truediv__(self, parts: float) -> Times:
        return Times(self.wall / parts, self.cpu / parts)


def timed(work: Callable[[], object]) -> Times:
    """Do a work once and time it."""
    cpu, wall = _cpu_seconds(), time.perf_counter()
    work()
    return Times(time.perf_counter() - wall, _cpu_seconds() - cpu)


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def in_turn(works: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[Times]]:
    """Time each work ``repeats`` times, A B A B."""
    times: dict[str, list[Times]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            times[name].append(timed(work))
    return times


def ratios(over: list[Times], under: list[Times], clock: str) -> tuple[float, ...]:
    """Ratio of each round, by ``cpu`` or ``wall`` time."""
    return tuple(getattr(a, clock) / getattr(b, clock) for a, b in zip(over, under, strict=True))


def milliseconds(times: list[Times], clock: str) -> tuple[float, ...]:
    """Milliseconds of each round, by ``cpu`` or ``wall`` time."""
    return tuple(1000.0 * getattr(t, clock) for t in times)
