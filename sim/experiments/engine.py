"""One way to run many pieces of work, whatever runs them: this process, processes beside it, or a dask cluster.

A *task* is an object with ``run(*span, progress)``; it has to be picklable for every engine but this process. A *span*
is a short tuple that names one piece of the work, as (draws, first draw). What a span gives depends on the task and
the span alone, so an engine may run spans anywhere, in any order and, when a worker is lost, once more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from types import TracebackType
from typing import Any, Self

Progress = Callable[[int], None]
Span = tuple[Any, ...]  # arguments of a task's ``run``

AHEAD = 2  # spans a worker is given at most: the one it runs, and the one it goes on with at once
REACH = 4  # spans per worker, from the first unfinished one on, among which work is handed out
CHUNK = 500  # draws simulated together, at most: 1 GiB of the shipped history, and twice as fast a draw as 125
LOSSES = 3  # workers that may be lost at one span before the span is taken for the cause
HINT = "perhaps out of memory: try a smaller --chunk or fewer workers"


class EngineUnavailable(Exception):
    """An engine that cannot be had: a wrong address, a package that is missing, machines that differ."""


class WorkersLost(Exception):
    """Work that could not be finished, because its workers or their scheduler went away."""


class Engine(ABC):
    """What runs spans; a context manager that owns its workers."""

    shares_files = True
    """Whether workers see the files and folders of this process."""

    @property
    @abstractmethod
    def workers(self) -> int:
        """Spans that are run at once, as far as that is known now; at least 1."""

    @abstractmethod
    def completed(self, task: Any, spans: Sequence[Span], progress: Progress) -> Iterator[tuple[int, Any]]:
        """Run spans and yield each result as it comes.

        No span is begun that lies ``REACH`` spans per worker or more beyond the first unfinished one, and nothing
        is begun while the caller is busy with a result, but for what workers have been given already. So results never
        pile up, neither here nor with somebody who puts them in order.

        Parameters
        ----------
        task : object
            Has ``run(*span, progress)``; sent to each worker once.
        spans : sequence of tuple
        progress : callable
            Called in this process with counts that workers report, in all as often as ``task.run`` calls its own.

        Yields
        ------
        (int, object)
            Index of the span, and what ``task.run`` returned for it.

        Raises
        ------
        Exception
            Whatever ``task.run`` raises, from the first span that fails.
        WorkersLost
            When a span has lost ``LOSSES`` workers, or the scheduler is gone.
        """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the workers."""
        return


class ThisProcess(Engine):
    """Span after span, here."""

    workers = 1

    def completed(self, task: Any, spans: Sequence[Span], progress: Progress) -> Iterator[tuple[int, Any]]:
        """See :meth:`Engine.completed`."""
        for number, span in enumerate(spans):
            yield number, task.run(*span, progress)


class Backlog:
    """Which span to run next: those of lost workers first, then by number, none too far ahead of the rest."""

    def __init__(self, count: int) -> None:
        self._count, self._next, self._first = count, 0, 0
        self._again: list[int] = []
        self._early: set[int] = set()

    @property
    def over(self) -> bool:
        """Whether every span is finished."""
        return self._first == self._count

    def take(self, workers: int) -> int | None:
        """Next span for one of so many workers, or None while there is none to begin."""
        if self._again:
            return heappop(self._again)
        if self._next >= min(self._count, self._first + REACH * workers):
            return None
        self._next += 1
        return self._next - 1

    def put_back(self, number: int) -> None:
        """Have a span run again."""
        heappush(self._again, number)

    def finish(self, number: int) -> None:
        """Note that a span's result is here."""
        self._early.add(number)
        while self._first in self._early:
            self._early.remove(self._first)
            self._first += 1


def open_engine(jobs: int | None = None, dask: str | None = None, say: Callable[[str], None] | None = None) -> Engine:
    """Engine with so many workers; use it in a ``with`` statement.

    Parameters
    ----------
    jobs : int, optional
        Processes; 1, also when absent, is this process. With ``dask="local"`` as many as there are cores when absent.
    dask : str, optional
        Address of a dask scheduler such as ``tcp://host:8786``, or ``local`` for a cluster on this machine.
    say : callable, optional
        Called with a line for the user when there is something to wait for.

    Raises
    ------
    EngineUnavailable
        When there is no such scheduler, or its workers are not like this machine.
    """
    if dask is not None:
        from sim.experiments.engine_dask import open_dask

        return open_dask(dask, jobs, say)
    if jobs is None or jobs == 1:
        return ThisProcess()
    from sim.experiments.engine_processes import Processes

    return Processes(jobs)


def in_order(engine: Engine, task: Any, spans: Sequence[Span], progress: Progress) -> Iterator[Any]:
    """Yield the results of spans in the order of ``spans``; those that come early are held back."""
    early: dict[int, Any] = {}
    wanted = 0
    for number, result in engine.completed(task, spans, progress):
        early[number] = result
        del result  # what the caller has had does not stay here while the next one is waited for
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1


def chunks(draws: int, chunk: int) -> list[tuple[int, int]]:
    """(draws, first draw) of each chunk, in order."""
    return [(min(chunk, draws - first), first) for first in range(0, draws, chunk)]


def chunk_for(draws: int, largest: int, workers: int) -> int:
    """Draws of a chunk, at most ``largest``, so that every worker gets some."""
    return min(largest, -(-draws // workers))
