"""Problems of a scenario: where they are, what is wrong, and the report that shows them all at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sim.kept import Inputs

T = TypeVar("T")
Path = tuple[str | int, ...]
WIDTH = 100  # longest piece of a source line shown
QUOTED = 60  # longest piece of a value shown
MESSAGE = 2000  # longest message; names that somebody wrote may have any length
MOST_PROBLEMS = 200  # a report longer than this helps nobody
MOST_NAMES = 2000  # names searched for the nearest one


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file: line and column count from 1; line 0 stands for the file as a whole."""

    file: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at one place.

    Attributes
    ----------
    mark : Mark
        File, line and column.
    path : str
        Dotted path of the key, empty when there is none.
    message : str
        What is wrong, the allowed range and unit, the nearest name.
    source : str
        Text of the source line, empty when there is none.
    """

    mark: Mark
    path: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        """``file:line:column: path: message``, the source line and a caret."""
        place = f"{printable(self.mark.file) or '(no name)'}:{max(self.mark.line, 1)}:{max(self.mark.column, 1)}"
        head = ": ".join(part for part in (place, self.path, self.message) if part)
        return f"{head}\n{caret(self.source, self.mark.column)}" if self.source.strip() else head


class ScenarioError(Exception):
    """A scenario that cannot run; ``problems`` holds everything found, ``str()`` is the full report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return the full report."""
        count = len(self.problems)
        return "\n".join([*map(str, self.problems), f"{count} problem{'s' if count != 1 else ''}"])


@dataclass
class Report:
    """Collects problems and warnings while a scenario is read.

    Attributes
    ----------
    sources : dict of str to list of str
        Lines of every file read, so that a problem can show its line.
    events : dict of Mark to str
        Path of the event that states what is at a place, so that a problem in an event names it.
    inputs : Inputs
        Content of every file read, for those who keep it with their results.
    """

    sources: dict[str, list[str]] = field(default_factory=dict)
    events: dict[Mark, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    inputs: Inputs = field(default_factory=Inputs)

    def add(self, mark: Mark, path: Path | str, message: str) -> None:
        """Note a problem; the same one is kept once."""
        problem = self._problem(mark, path, message)
        if problem not in self.problems:
            self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            self.stop(more=True)

    def warn(self, mark: Mark, path: Path | str, message: str) -> None:
        """Note something that runs but deserves a look."""
        warning = str(self._problem(mark, path, message)).split("\n")[0]
        if warning not in self.warnings:
            self.warnings.append(warning)

    def stop(self, more: bool = False) -> None:
        """Raise when there is any problem, files in the order of reading and lines in order."""
        if self.problems:
            order = {file: index for index, file in enumerate(self.sources)}
            key = lambda problem: (order.get(problem.mark.file, len(order)), problem.mark)  # noqa: E731
            problems = sorted(self.problems, key=key)
            tail = [Problem(problems[-1].mark, "", "more problems are not shown")] if more else []
            raise ScenarioError([*problems, *tail])

    def needed(self, found: T | None) -> T:
        """What was read; raises with the problems when it is missing, which has been reported by then."""
        if found is None:
            self.stop()
        assert found is not None, "what is missing is reported"
        return found

    def _problem(self, mark: Mark, path: Path | str, message: str) -> Problem:
        lines = self.sources.get(mark.file, [])
        source = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
        text = path if isinstance(path, str) else dotted(path)
        event = self.events.get(mark, "")
        if event and not text.startswith("events"):
            text = f"{event}.{text}" if text else event
        return Problem(mark, printable(text), printable(message, MESSAGE), source)  # names in it may be anybody's


def dotted(path: Path) -> str:
    """Path as text: ``("events", 0, "eep")`` -> ``events[0].eep``."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return printable(text, 200)


def printable(text: str, limit: int = 1000) -> str:
    """Text safe to print: no control characters, not too long."""
    if text.isprintable():
        return text if len(text) <= limit else text[:limit] + "..."
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:limit])
    return shown + ("..." if len(text) > limit else "")


def show(value: Any) -> str:
    """Write a value as it reads in a message."""
    if isinstance(value, str):
        return f"the text '{printable(value, QUOTED)}'"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return str(value)


def caret(source: str, column: int) -> str:
    """Source line and a caret under ``column``; a long line is cut around it."""
    start = max(0, column - WIDTH // 2) if len(source) > WIDTH else 0
    piece = source[start : start + WIDTH].replace("\t", " ")
    before = printable(piece[: column - 1 - start])
    return f"  {printable(piece).rstrip()}\n  {' ' * len(before)}^"


def nearest(name: str, known: Iterable[str]) -> str:
    """Hint to append to a message: the nearest known name, all when they are few, or those with that word in them."""
    names = list(islice(known, MOST_NAMES))
    close = difflib.get_close_matches(name[:80].lower(), names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    if not names:
        return "; none is defined"
    if len(names) <= 12:
        return f"; known: {', '.join(names)}"
    holding = [each for each in names if name.lower() in each.split("_")][:3]
    return f"; did you mean {' or '.join(f'`{each}`' for each in holding)}?" if holding else ""
