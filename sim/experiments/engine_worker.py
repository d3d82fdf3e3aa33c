"""What a worker process does: take the task, run the spans it is sent, answer; end when the sender is gone."""

from __future__ import annotations

import pickle
import queue
import signal
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

TASK, SPAN = "task", "span"  # messages to a worker
TICK, RESULT, FAILURE = "tick", "result", "failure"  # and from it


class SenderGone(BaseException):
    """Nobody is there to take the answer."""


def serve(connection: Connection) -> None:
    """Answer messages until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business: it ends the workers
    packed, task = b"", None
    inbox: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()

    def read() -> None:
        """Take in what is sent while a span runs: two ends that both wait to be read would wait for ever."""
        try:
            with suppress(EOFError, OSError):
                while True:
                    inbox.put(connection.recv())
        finally:
            inbox.put(None)

    def tick(count: int) -> None:
        try:
            connection.send((TICK, count))
        except OSError as error:
            raise SenderGone from error

    threading.Thread(target=read, daemon=True).start()
    with suppress(OSError, SenderGone):
        while (message := inbox.get()) is not None:
            kind, content = message
            if kind == TASK:
                packed, task = content, None
                continue
            try:
                task = task or pickle.loads(packed)
                answer = ForkingPickler.dumps((RESULT, task.run(*content, tick)))
            except SenderGone:
                raise
            except BaseException as error:
                answer = ForkingPickler.dumps((FAILURE, portable(error)))
            connection.send_bytes(answer)
            del answer, message, content  # or they would stay in memory beside the next ones


def portable(error: BaseException) -> tuple[bytes, str]:
    """An exception as bytes, or as no bytes when it does not survive the way, and its traceback."""
    text = "".join(traceback.format_exception(error))
    try:
        packed = pickle.dumps(error)
        pickle.loads(packed)
    except Exception:
        packed = pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return packed, text


class RemoteTraceback(Exception):
    """Where in a worker an exception was raised; the cause of the exception that is raised here."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def raise_here(portable_error: tuple[bytes, str]) -> None:
    """Raise a worker's exception in this process."""
    packed, text = portable_error
    raise pickle.loads(packed) from RemoteTraceback(text)
