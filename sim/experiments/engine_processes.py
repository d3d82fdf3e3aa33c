"""Worker processes of this machine, each on a pipe of its own, so that one that is killed blocks nobody."""

from __future__ import annotations

import multiprocessing
import multiprocessing.resource_tracker
import os
import pickle
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any

from sim.experiments.engine import AHEAD, HINT, LOSSES, Backlog, Engine, Progress, Span, WorkersLost
from sim.experiments.engine_worker import RESULT, SPAN, TASK, TICK, raise_here, serve

ONE_THREAD = {f"{name}_THREADS": "1" for name in ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "VECLIB_MAXIMUM")}
PATIENCE_S = 5.0


class Worker:
    """A process, the pipe to it, and the spans it has been given and not answered, oldest first."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy the progress bar's threads and locks
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()  # so that the pipe ends when the process does
        self.spans: deque[int] = deque()
        self.task = b""

    def give(self, number: int, span: Span, task: bytes) -> None:
        """Send a span, after its task when it has another one. A worker that is gone says so when it is read from."""
        self.spans.append(number)
        with suppress(OSError):
            if self.task is not task:
                self.connection.send((TASK, task))
                self.task = task
            self.connection.send((SPAN, span))

    def receive(self) -> tuple[str, Any] | None:
        """Next message, or None when the process is gone."""
        try:
            receive: tuple[str, Any] | None = self.connection.recv()
            return receive
        except (EOFError, OSError):
            return None

    def why(self) -> str:
        """How the process ended."""
        self.process.join(PATIENCE_S)
        code = self.process.exitcode
        if code is None or code >= 0:
            return f"exit code {code}"
        return f"signal {signal.Signals(-code).name}"

    def kill(self) -> None:
        """End the process whatever it does."""
        self.process.kill()
        self.connection.close()


class Processes(Engine):
    """So many processes, started when there is work for them and kept until the engine is closed."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._workers: list[Worker] = []
        self._packed: tuple[Any, bytes] = (None, b"")

    @property
    def workers(self) -> int:
        """See :attr:`Engine.workers`."""
        return self._jobs

    def completed(self, task: Any, spans: Sequence[Span], progress: Progress) -> Iterator[tuple[int, Any]]:
        """See :meth:`Engine.completed`."""
        if len(spans) == 1:  # not worth a process
            yield 0, task.run(*spans[0], progress)
            return
        if self._packed[0] is not task:
            self._packed = (task, pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
        self._end(self._busy())  # with work of an earlier call that nobody waits for
        backlog, lost = Backlog(len(spans)), Counter[int]()
        try:
            while not backlog.over:
                self._hand_out(backlog, spans)
                for worker in self._ready():
                    message = worker.receive()
                    if message is None:
                        self._replace(worker, backlog, lost)
                    elif message[0] == TICK:
                        progress(message[1])
                    elif message[0] == RESULT:
                        number = worker.spans.popleft()
                        backlog.finish(number)
                        result = message[1]
                        del message
                        yield number, result
                        del result
                    else:
                        raise_here(message[1])
        except BaseException:  # also when the caller wants no more: what is being computed is of no use
            self._end(self._busy())
            raise

    def _hand_out(self, backlog: Backlog, spans: Sequence[Span]) -> None:
        """Give every worker its share of the work ahead, and start those that are missing."""
        missing = min(self._jobs, len(spans)) - len(self._workers)
        if missing > 0:
            with interrupts_held(), one_thread_each():
                self._workers.extend(Worker() for _ in range(missing))
        for depth in range(AHEAD):
            for worker in self._workers:
                if len(worker.spans) <= depth and (number := backlog.take(self._jobs)) is not None:
                    worker.give(number, spans[number], self._packed[1])

    def _busy(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.spans]

    def _ready(self) -> list[Worker]:
        busy = self._busy()
        ready = wait([worker.connection for worker in busy])
        return [worker for worker in busy if worker.connection in ready]

    def _replace(self, worker: Worker, backlog: Backlog, lost: Counter[int]) -> None:
        """Put back what a lost worker had; the span it was at may be why."""
        self._workers.remove(worker)
        at = worker.spans[0]
        lost[at] += 1
        why = worker.why()
        worker.kill()
        if lost[at] >= LOSSES:
            raise WorkersLost(
                f"{LOSSES} worker processes were lost at the same piece of work (the last one: {why}); {HINT}"
            )
        for number in worker.spans:
            backlog.put_back(number)

    def _end(self, workers: list[Worker]) -> None:
        for worker in workers:
            self._workers.remove(worker)
            worker.kill()
        for worker in workers:
            worker.process.join(PATIENCE_S)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the workers at once; they have nothing to put in order."""
        self._end(list(self._workers))


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold back Ctrl-C and termination while worker processes are started; afterwards they take effect.

    An interruption half-way through a start would leave a worker that nobody knows of. The workers inherit the
    blocked SIGINT, so they never see one, not even while they import their modules.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    arrived: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _frame: arrived.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    multiprocessing.resource_tracker.ensure_running()  # its own start would unblock SIGINT
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if arrived:
        signal.raise_signal(arrived[0])


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let processes that are started now compute on one thread each: there are as many of them as cores are wanted."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
