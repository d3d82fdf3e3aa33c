"""The other end of ``server.py``: commands that are hit by something, and what they leave."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KILLED = -9


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (less than 0: signal), what it said, and how often it changed files."""

    code: int
    out: str
    err: str
    changes: int


class Commands:
    """Runs commands one after the other; close it at the end."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, str(HERE / "server.py"), "--no-figures"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def run(self, *words: object, **how: Any) -> Ended:
        """Run a command; ``under``, ``at``, ``do`` and ``lasting`` say what happens to it, ``cwd`` where."""
        (ended,) = self.at_once(1, *words, **how)
        return ended

    def at_once(self, times: int, *words: object, **how: Any) -> list[Ended]:
        """Run a command several times at once."""
        request = {"words": [str(word) for word in words], "times": times}
        request |= {name: str(value) if isinstance(value, Path) else value for name, value in how.items()}
        print(json.dumps(request), file=self._server.stdin, flush=True)
        return [Ended(**each) for each in json.loads(self._server.stdout.readline())]

    def close(self) -> None:
        """End the server."""
        self._server.stdin.close()
        self._server.wait(30)


def contents(folder: Path) -> dict[str, bytes]:
    """Content of every file below a folder, and the folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


def numbers(folder: Path) -> dict[str, bytes]:
    """Content of the Parquet files of a result."""
    return {name: content for name, content in contents(folder).items() if name.endswith(".parquet")}


def moments(count: int, wanted: int) -> list[int]:
    """Some of the changes 1..count: the first, the last, and others evenly between."""
    return sorted({1 + round(place * (count - 1) / (wanted - 1)) for place in range(wanted)})
