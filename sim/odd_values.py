"""What a scenario's file says of its values: where each is stated, the comments beside it, the tables behind it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.reference import plain_value
from sim.scenario import Loaded
from sim.scenario.fields import Slot
from sim.scenario.series import names_of

MANY = 8  # more different values than this are summed up
FEW = 5  # names shown of the entries that have one value


@dataclass(frozen=True)
class Entry:
    """One value of a parameter: its path, the names chosen in that, and what stands there."""

    path: str
    names: str
    value: Any


class Shown:
    """The values of a loaded scenario and where they come from."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.lines = Path(loaded.path).read_text(encoding="utf-8").splitlines()
        self.certainty = _certainties(loaded)
        self.above, self.beside = _comments(self.lines)

    def values(self, key: str) -> list[Entry]:
        """Every entry of a key in the scenario."""
        return list(_found(self.loaded.resolved, re.split(r"\.|(?=\[\])", key), Entry("", "", None)))

    def comment(self, path: str) -> str:
        """What the file says beside a leaf, or above its line."""
        _, line = self.loaded.origins.get(path) or self.loaded.origins.get(f"{path}.series") or ("", 0)
        return " ".join(text for text in (self.above.get(line, ""), self.beside.get(line, "")) if text)

    def is_stated(self, path: str) -> bool:
        """Whether the file states a leaf; else it is the default."""
        return any(place == path or place.startswith((f"{path}.", f"{path}[")) for place in self.loaded.origins)

    def section_comments(self, section: str) -> list[str]:
        """Comments above a top-level section or inside it that stand above no parameter's line."""
        leaves = {line for _, line in self.loaded.origins.values()}
        starts = [n for n, text in enumerate(self.lines, 1) if re.match(rf"{section}:", text)]
        if not starts:
            return []
        rest = (n for n, text in enumerate(self.lines, 1) if n > starts[0] and re.match(r"[a-z]", text))
        end = next(rest, len(self.lines) + 1)
        return [text for line, text in self.above.items() if starts[0] <= line < end and line not in leaves]


def _found(data: Any, parts: list[str], so_far: Entry) -> Iterator[Entry]:
    if not parts:
        yield Entry(so_far.path, so_far.names, data)
    elif parts[0] == "[]":
        for number, each in enumerate(data or []):
            yield from _found(each, parts[1:], Entry(f"{so_far.path}[{number}]", str(number + 1), None))
    elif isinstance(data, dict):
        for name in data if parts[0] == "<name>" else [parts[0]] if parts[0] in data else []:
            names = f"{so_far.names} {name}".strip() if parts[0] == "<name>" else so_far.names
            path = f"{so_far.path}.{name}" if so_far.path else name
            yield from _found(data[name], parts[1:], Entry(path, names, None))


def _certainties(loaded: Loaded) -> dict[str, tuple[str, set[str]]]:
    """Series -> the table that holds it, and how certain its figures are."""
    found: dict[str, tuple[str, set[str]]] = {}
    for name in loaded.scenario.data:
        with open(name, encoding="utf-8", newline="") as stream:
            for line in csv.DictReader(stream):
                found.setdefault(line["series"], (Path(name).name, set()))[1].add(line["certainty"])
    return found


def _comments(lines: list[str]) -> tuple[dict[int, str], dict[int, str]]:
    """Comments above a line and at its end, by the number of the line."""
    above: dict[int, str] = {}
    beside: dict[int, str] = {}
    block: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip().startswith("#"):
            block.append(line.strip().lstrip("# "))
            continue
        if block and line.strip():
            above[number] = " ".join(block)
        block = []
        comment = re.search(r"\s#\s+(.*)$", line)
        if comment:
            beside[number] = comment.group(1)
    return above, beside


def series_of(value: Any) -> list[str]:
    """Names of the series that a level in a resolved scenario reads."""
    if not isinstance(value, dict) or "series" not in value:
        return []
    return [*names_of(value["series"]), *names_of(value.get("less")), *names_of(value.get("times"))]


def value_text(entries: list[Entry]) -> str:
    """Values in words: one for all, a few with their entries, or how many and from where to where."""
    if not entries:
        return "not used"
    by_text: dict[str, list[str]] = {}
    for entry in entries:
        by_text.setdefault(_shown_value(entry.value), []).append(entry.names)
    if len(by_text) == 1:
        return next(iter(by_text))
    if len(by_text) <= MANY:
        return "; ".join(f"{text} ({_listed(names)})" for text, names in by_text.items())
    numbers = [entry.value for entry in entries if isinstance(entry.value, int | float)]
    if len(numbers) == len(entries):
        return f"{len(by_text)} values from {plain_value(min(numbers))} to {plain_value(max(numbers))}, see the file"
    return f"{len(by_text)} different ones, see the file"


def _listed(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:FEW]) + (f" and {len(distinct) - FEW} more" if len(distinct) > FEW else "")


def _shown_value(value: Any) -> str:
    if isinstance(value, dict):
        if series_of(value):
            return _level(value)
        return ", ".join(f"{key} {each:g}" for key, each in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return plain_value(value)


def _level(value: dict[str, Any]) -> str:
    text = " + ".join(f"`{name}`" for name in names_of(value["series"]))
    text += "".join(f" - `{name}`" for name in names_of(value.get("less")))
    if value.get("times"):
        text = f"({text}) x `{value['times']}`" if " " in text else f"{text} x `{value['times']}`"
    if value["scale"] != 1:
        text = f"{value['scale']:g} x ({text})" if " " in text else f"{value['scale']:g} x {text}"
    if value["plus"]:
        text += f" {'+' if value['plus'] > 0 else '-'} {abs(value['plus']):g}"
    return text + (", on a line between" if value["between"] == "linear" else "")


def source_text(entries: list[Entry], slot: Slot, shown: Shown) -> str:
    """Where the values come from: tables of their series, comments of the file, or nowhere."""
    if not entries:
        return "-"
    said = list(dict.fromkeys(filter(None, (shown.comment(entry.path) for entry in entries))))
    tables: dict[str, set[str]] = {}
    for name in (name for entry in entries for name in series_of(entry.value)):
        file, kinds = shown.certainty[name]
        tables.setdefault(file, set()).update(kinds)
    origin = "; ".join(f"{file} ({', '.join(sorted(kinds))})" for file, kinds in sorted(tables.items()))
    plain = [entry.path for entry in entries if not series_of(entry.value)]
    if plain:
        kind = "assumption" if slot.is_number else "structure"
        kind += "" if any(shown.is_stated(path) for path in plain) else " (default)"
        origin = "; ".join(filter(None, (origin, kind)))
    return f"{origin}: {' / '.join(said)}" if said else origin
