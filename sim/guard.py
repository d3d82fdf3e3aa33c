"""What a command says when something goes wrong: a message on stderr and an exit code, never a traceback.

Exit codes: 0 success, 1 the run failed, 2 bad input.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import functools
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeGuard

import typer
from rich.console import Console

ESCAPED = "singledesk.escaped"
FILE_WIDTH = 160  # characters of a line of results when the output is no terminal and COLUMNS does not say


def ready_streams() -> None:
    """Make something of an output that is closed or cannot write every letter.

    A closed one takes everything and keeps nothing; else its descriptor would go to the next file that is opened, and
    what is printed into that file. A letter that the terminal's encoding does not have is written as in JSON. A width
    that is no number is nobody's: Rich takes every digit there is for one.
    """
    for name in ("COLUMNS", "LINES"):
        if not os.environ.get(name, "0").isascii():
            del os.environ[name]
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process
    codecs.register_error(ESCAPED, _escaped)
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors=ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Letters that cannot be encoded, as JSON escapes; an error handler for ``codecs``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def screen() -> Console:
    """Console for results; wide enough for tables when the output is a file. Text is shown as it is written."""
    stated = os.environ.get("COLUMNS", "")
    width = int(stated) if stated.isdecimal() and int(stated) > 0 else FILE_WIDTH
    return Console(width=None if sys.stdout.isatty() else width, emoji=False)


def errors() -> Console:
    """Console for progress, warnings and messages."""
    return Console(stderr=True, emoji=False)


def plain(console: Console, text: str) -> None:
    """Print text as it is: no markup, no colours, no wrapping; what would move the cursor or hide is spelt out."""
    console.print(spelt_out(text), markup=False, highlight=False, soft_wrap=True)


def spelt_out(text: str) -> str:
    """Write characters that cannot be printed as escapes; names of files and titles may hold any."""
    if text.isprintable():
        return text
    from sim.scenario.problems import printable

    return "\n".join(printable(line, len(line)) for line in text.split("\n"))


def warn(console: Console, text: str) -> None:
    """Print a warning, in yellow where there are colours."""
    console.print(f"warning: {spelt_out(text)}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def fail(message: str, code: int) -> NoReturn:
    """Print one message on stderr and leave."""
    plain(errors(), message)
    raise typer.Exit(code)


def engine_of(jobs: int | None, dask: str | None) -> Any:
    """Engine that ``--jobs`` and ``--dask`` ask for, to be used in a ``with`` statement."""
    from sim.experiments.engine import open_engine

    return open_engine(jobs, dask, lambda line: plain(errors(), line))


def verb(function: Callable[..., None]) -> Callable[..., None]:
    """Turn what can go wrong into a message and an exit code. SINGLEDESK_TRACEBACK=1 shows where a bug is."""

    def explained(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
            sys.stdout.flush()  # here, where a full disk can still be reported
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            fail("interrupted, earlier results untouched", 1)
        except BrokenPipeError:
            _silence_stdout()  # the reader has gone; nothing left to say
            raise typer.Exit(1) from None
        except Exception as error:
            if _is_about_stdout(error):
                _silence_stdout()
            if os.environ.get("SINGLEDESK_TRACEBACK"):
                raise
            fail(*explain_failure(error))

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        asked: list[int] = []
        previous = _stop_on_termination(asked)
        try:
            explained(*args, **kwargs)
        except typer.Exit:
            if not asked or _own_process:
                raise
        finally:
            if previous is not None:
                signal.signal(signal.SIGTERM, previous)
        if asked and not _own_process:  # what called the command is to end too, once everything is cleaned up
            signal.raise_signal(signal.SIGTERM)
            raise typer.Exit(1)  # its handler let it live

    return guarded


_own_process = False


def end_with_command() -> None:
    """Take a termination request as one to the command: the process ends with it, with exit code 1."""
    global _own_process
    _own_process = True


def explain_failure(error: Exception) -> tuple[str, int]:
    """Message and exit code for an exception that ended a verb."""
    from sim.checks import IdentityError, NotComputable
    from sim.experiments.engine import EngineUnavailable, WorkersLost
    from sim.scenario import ScenarioError
    from sim.store import ResultsError, StoreError

    if isinstance(error, (ScenarioError, StoreError, EngineUnavailable)):
        return str(error), 2
    if isinstance(error, (IdentityError, NotComputable)):
        return f"{error}; earlier results untouched", 1
    if isinstance(error, WorkersLost):
        return f"{error}; earlier results untouched", 1
    if isinstance(error, ResultsError):
        return f"{error.strerror}; this run was not saved, earlier results untouched", 1
    if _is_about_stdout(error):
        return f"printing the result failed: {error.strerror or error}", 1
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename or ''}".rstrip(": ") + "; earlier results untouched", 1
    if isinstance(error, MemoryError):
        return "out of memory: try a smaller --chunk; earlier results untouched", 1
    text = " ".join(str(error).split()) or "no message"
    message = f"the run failed: {type(error).__name__}: {text} (SINGLEDESK_TRACEBACK=1 shows where)"
    return f"{message}; earlier results untouched", 1


def _is_about_stdout(error: Exception) -> TypeGuard[OSError]:
    """Whether an error comes from writing to the standard output: those of files name the file, or are wrapped."""
    full = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
    return type(error) is OSError and error.filename is None and error.errno in full


def _silence_stdout() -> None:
    """Let what is still in the buffer go nowhere, so that the interpreter has nothing to complain of at its end."""
    with contextlib.suppress(OSError, ValueError):  # not a file at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stop_on_termination(asked: list[int]) -> Any:
    """Let a termination request clean up as Ctrl-C does, and note it; only the main thread may set this."""

    def stop(number: int, _frame: Any) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    try:
        return signal.signal(signal.SIGTERM, stop)
    except ValueError:
        return None
