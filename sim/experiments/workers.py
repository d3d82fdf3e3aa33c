"""Chunks of draws on one process or several: results come in the order of the chunks, and an interruption ends all."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

Progress = Callable[[int], None]


def each_span(task: Any, spans: list[tuple[int, int]], jobs: int, progress: Progress) -> Iterator[Any]:
    """Yield what ``task.run(*span, progress)`` returns for each span, in order, from this process or from workers."""
    return _in_this_process(task, spans, progress) if jobs == 1 else _in_workers(task, spans, jobs, progress)


def chunks(draws: int, chunk: int) -> list[tuple[int, int]]:
    """(draws, first draw) of each chunk, in order."""
    return [(min(chunk, draws - first), first) for first in range(0, draws, chunk)]


def _in_this_process(task: Any, spans: list[tuple[int, int]], progress: Progress) -> Iterator[Any]:
    for span in spans:
        yield task.run(*span, progress)


_worker: dict[str, Any] = {}


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
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if arrived:
        signal.raise_signal(arrived[0])


def _start_worker(task: Any, ticks: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business: it ends the workers
    _worker.update(task=task, ticks=ticks)


def _run_in_worker(*span: int) -> Any:
    return _worker["task"].run(*span, _worker["ticks"].put)


def _in_workers(task: Any, spans: list[tuple[int, int]], jobs: int, progress: Progress) -> Iterator[Any]:
    """Results from worker processes, in the order of ``spans`` whatever the order in which they finish."""
    context = multiprocessing.get_context("spawn")  # a fork would copy the progress bar's threads and locks
    ticks = context.Queue()
    pool = ProcessPoolExecutor(min(jobs, len(spans)), context, _start_worker, (task, ticks))
    try:
        with interrupts_held():  # workers are started here and inherit it
            futures = [pool.submit(_run_in_worker, *span) for span in spans]
        pending: set[Future] = set(futures)
        while pending:
            done, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            _drain(ticks, progress)
            for future in done:
                future.result()  # the first failure ends the run
        _drain(ticks, progress)
        yield from (future.result() for future in futures)
        pool.shutdown()
    except BaseException:
        workers = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(5)
        raise
    finally:
        ticks.close()
        ticks.cancel_join_thread()


def _drain(ticks: Any, progress: Progress) -> None:
    count = 0
    while True:
        try:
            count += ticks.get_nowait()
        except queue.Empty:
            break
    if count:
        progress(count)
