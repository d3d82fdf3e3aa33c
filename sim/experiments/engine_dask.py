"""Workers of a dask cluster: one that is there already, or one that is started on this machine.

Nothing is taken to be shared with the workers but the program: the task goes to each of them once, results come back
as values. The scheduler runs the spans of a lost worker again, on another one.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import Any, Self

from sim.experiments.engine import (
    AHEAD,
    HINT,
    LOSSES,
    Backlog,
    Engine,
    EngineUnavailable,
    Progress,
    Span,
    WorkersLost,
)
from sim.experiments.engine_processes import interrupts_held
from sim.experiments.engine_worker import FAILURE, RESULT, portable, raise_here
from sim.program import source_hash, versions

LOCAL = "local"
NO_ONE = "127.0.0.1:0"  # else it takes a well-known port, and warns when that is taken
CONNECT_S = 8.0
CLOSE_S = 5.0
LOOK_S = 1.0  # between looks at who is there


def open_dask(address: str, jobs: int | None, say: Callable[[str], None] | None = None) -> Dask:
    """Engine on a scheduler's workers, or with ``local`` on so many processes of this machine (default: its cores)."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise EngineUnavailable('--dask needs dask: pip install "singledesk[cluster]"') from None
    if address == LOCAL:
        from dask.system import CPU_COUNT

        return LocalDask(jobs or CPU_COUNT, say)
    if jobs is not None:
        raise EngineUnavailable("--jobs is for workers of this machine; a cluster brings its own")
    return Dask(address, say)


class Dask(Engine):
    """The workers of the scheduler at an address, as many as there are from time to time."""

    shares_files = False

    def __init__(self, address: str, say: Callable[[str], None] | None = None) -> None:
        self.address = address
        self._say = say or (lambda line: None)
        self._client: Any = None
        self._looked = 0.0
        self._threads = 0
        self._shipped: tuple[Any, Any] = (None, None)

    @property
    def workers(self) -> int:
        """See :attr:`Engine.workers`."""
        self._look()
        return max(1, self._threads)

    def __enter__(self) -> Self:
        for handler in logging.getLogger("distributed").handlers:
            handler.setLevel(logging.CRITICAL)  # what matters is raised; a worker that goes away is in the day's work
        try:
            self._connect()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def _connect(self) -> None:
        from distributed import Client

        try:
            with ThreadPoolExecutor(1) as thread:  # whoever calls may have an event loop of his own, as a notebook has
                thread.submit(asyncio.run, shake_hands(self.address)).result()
            self._client = Client(self.address, timeout=CONNECT_S, set_as_default=False)
        except Exception as error:  # what speaks another language there may bring about anything
            text = " ".join(str(error).split()) or type(error).__name__
            raise EngineUnavailable(f"--dask {self.address}: no dask scheduler answers there ({text})") from None
        for worker, found in self._client.run(program, on_error="return").items():
            refuse_unlike(program(), found, worker)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """See :meth:`Engine.__exit__`."""
        if self._client is not None:
            with suppress(Exception):  # the scheduler may be gone
                self._client.close(timeout=CLOSE_S)

    def completed(self, task: Any, spans: Sequence[Span], progress: Progress) -> Iterator[tuple[int, Any]]:
        """See :meth:`Engine.completed`."""
        client, backlog = self._client, Backlog(len(spans))
        arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
        shipped = self._ship(task)
        running: dict[str, tuple[int, Any]] = {}
        try:
            while not backlog.over:
                while len(running) < AHEAD * self.workers and (number := backlog.take(self.workers)) is not None:
                    future = client.submit(run_span, shipped, shipped.key, spans[number], program(), pure=False)
                    running[future.key] = number, future
                    future.add_done_callback(arrived.put)
                    del future
                try:
                    key = arrived.get(timeout=LOOK_S).key
                except queue.Empty:
                    continue
                number, future = running.pop(key)
                kind, content, ticks = self._gathered(future)
                del future  # lets the workers forget the result
                if kind == FAILURE:
                    raise_here(content)
                progress(ticks)
                backlog.finish(number)
                yield number, content
                del content
        finally:
            if running and client.status == "running":
                client.cancel([future for _, future in running.values()], force=True)

    def _ship(self, task: Any) -> Any:
        """Future of the packed task: workers hand it on, and it is made again when all of them are lost."""
        if self._shipped[0] is not task:
            packed = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
            self._shipped = (task, self._client.submit(bytes, packed, pure=False))
        return self._shipped[1]

    def _gathered(self, future: Any) -> tuple[str, Any, int]:
        """What ``run_span`` returned; what it raises is about the cluster."""
        from distributed import KilledWorker

        try:
            gathered: tuple[str, Any, int] = future.result()
            return gathered
        except KilledWorker:
            raise WorkersLost(f"{LOSSES} or more workers were lost at the same piece of work; {HINT}") from None
        except CancelledError:
            raise WorkersLost(f"the dask scheduler at {self.address} is gone, or was told to drop the work") from None
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise WorkersLost(f"the dask cluster at {self.address} cannot do the work: {reason}") from error

    def _look(self) -> None:
        """Count the workers' threads, from time to time; say so while there are none."""
        if time.monotonic() < self._looked + LOOK_S:
            return
        if self._client.status != "running":
            raise WorkersLost(f"the dask scheduler at {self.address} is gone")
        with suppress(OSError):
            before, self._threads = self._threads, sum(self._client.nthreads().values())
            if not self._threads and (before or not self._looked):
                self._say(f"waiting for workers to come to {self.address}")
        self._looked = time.monotonic()


async def shake_hands(address: str) -> None:
    """Connect as a client does, but give up on somebody who accepts and then says nothing."""
    from distributed.comm.core import connect
    from distributed.security import Security

    arguments = Security().get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, timeout=CONNECT_S, **arguments), CONNECT_S + 1)
    await comm.close()


class LocalDask(Dask):
    """A cluster of single-threaded worker processes on this machine, which ends with the engine."""

    def __init__(self, jobs: int, say: Callable[[str], None] | None = None) -> None:
        super().__init__(LOCAL, say)
        self._jobs = jobs
        self._cluster: Any = None

    def _connect(self) -> None:
        import dask
        from distributed import Client, LocalCluster

        with dask.config.set({"distributed.scheduler.allowed-failures": LOSSES - 1}), interrupts_held():
            self._cluster = LocalCluster(
                n_workers=self._jobs, threads_per_worker=1, dashboard_address=NO_ONE, silence_logs=logging.CRITICAL
            )
            self._client = Client(self._cluster, set_as_default=False)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """See :meth:`Engine.__exit__`."""
        super().__exit__(kind, error, trace)
        if self._cluster is not None:
            self._cluster.close(timeout=CLOSE_S)


@cache
def program() -> dict[str, str]:
    """What has to be the same on every machine for results to be the same."""
    found = versions()
    return {**found, "python": found["python"].rpartition(".")[0], "source": source_hash()}


def refuse_unlike(wanted: dict[str, str], found: dict[str, str] | BaseException, worker: str) -> None:
    """Raise ``EngineUnavailable`` when a worker's program is not this one."""
    if isinstance(found, BaseException):
        text = " ".join(str(found).split()) or type(found).__name__
        raise EngineUnavailable(f"the worker {worker} cannot run singledesk: {text}; install the same version there")
    differ = [
        f"{name} is {found.get(name)} there and {here} here" for name, here in wanted.items() if found.get(name) != here
    ]
    if differ:
        text = f"the worker {worker} would not compute the same: {', '.join(differ)}"
        raise EngineUnavailable(f"{text}; install the same versions everywhere")


_tasks: dict[str, Any] = {}  # of a worker: the task it was sent last


def run_span(packed: bytes, key: str, span: Span, wanted: dict[str, str]) -> tuple[str, Any, int]:
    """Run a span on a worker: what became of it, the result or the error, and the count of its ticks."""
    ticks = 0

    def tick(count: int) -> None:
        nonlocal ticks
        ticks += count

    try:
        if wanted != program():  # a worker that has come since the others were asked
            refuse_unlike(wanted, program(), f"on {os.uname().nodename}")
        task = _tasks.get(key)
        if task is None:
            task = pickle.loads(packed)
            _tasks.clear()
            _tasks[key] = task
        return RESULT, task.run(*span, tick), ticks
    except Exception as error:
        return FAILURE, portable(error), ticks
