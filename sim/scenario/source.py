"""Reading a text file that may be anything: a folder, binary, huge, in another encoding."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable

from sim.kept import kept_content, only_kept
from sim.scenario.problems import Mark, Path, Report, printable

YAML_BYTES = 2**20  # a scenario is some 30 kB; anything this long is a mistake or an attack
TABLE_BYTES = 8 * 2**20  # of one table, and of all tables of a scenario
_BREAK = re.compile(r"\r\n|\r|\n")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def read_text(
    file: str,
    report: Report,
    limit: int,
    cited: tuple[Mark, Path | str] | None = None,
    hint: Callable[[], str] | None = None,
) -> str | None:
    """Text of a UTF-8 file, its lines kept in the report; None and a problem when it cannot be read.

    Parameters
    ----------
    file : str
        Path as it is to be shown in the report.
    report : Report
        Where problems go.
    limit : int
        Largest size accepted, in bytes.
    cited : (Mark, Path), optional
        Place that names the file; problems of opening it are reported there.
    hint : callable, optional
        What to add when there is no such file.
    """
    mark, path = cited or (Mark(file), "")

    def refuse(message: str, more: str = "") -> str | None:
        report.add(mark, path, message.format(name=f"file `{printable(file, 200)}`" if cited else "file") + more)
        return None  # no text

    try:
        raw = _raw(file, limit)
        if raw is None:
            return refuse("{name} is not a regular file")
    except FileNotFoundError:
        return refuse("{name} not found", hint() if hint else "")
    except IsADirectoryError:
        return refuse("{name} is a folder")
    except PermissionError:
        return refuse("{name} may not be read (permission denied)")
    except ValueError:  # a NUL in the name, or a name that cannot be encoded
        return refuse("not a possible file name")
    except OSError as error:
        return refuse("{name} cannot be read (" + (error.strerror or "error") + ")")
    if len(raw) > limit:
        return refuse("{name} is longer than " + f"{limit // 2**20} MiB")
    report.inputs.add(file, raw)
    return decode(raw, file, report)


def _raw(file: str, limit: int) -> bytes | None:
    """Content of a file, up to one byte more than the limit; None when it is no regular file."""
    if only_kept():
        kept = kept_content(file)
        if kept is None:
            raise FileNotFoundError(file)
        return kept
    with open(file, "rb", opener=_open_at_once) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return None
        return stream.read(limit + 1)


def _open_at_once(file: str, flags: int) -> int:
    return os.open(file, flags | getattr(os, "O_NONBLOCK", 0))  # a named pipe must not make us wait for a writer


def decode(raw: bytes, file: str, report: Report) -> str | None:
    """Text of UTF-8 bytes, its lines kept in the report; None and a problem when they are none."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        report.add(Mark(file), "", "the file is UTF-16; save it as UTF-8")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8", "ignore")
        what = "the file is binary" if b"\0" in raw else f"the file is not UTF-8 text (byte 0x{raw[error.start]:02x})"
        report.add(_mark(file, good, len(good)), "", what)
        return None
    bad = _UNPRINTABLE.search(text)
    if bad:
        report.sources[file] = _BREAK.split(text)
        what = "the file is binary" if bad.group() == "\0" else "a character that cannot be printed"
        report.add(_mark(file, text, bad.start()), "", f"{what} ({ascii(bad.group())[1:-1]})")
        return None
    report.sources[file] = _BREAK.split(text)
    return text


def _mark(file: str, text: str, offset: int) -> Mark:
    lines = _BREAK.split(text[:offset])
    return Mark(file, len(lines), len(lines[-1]) + 1)
