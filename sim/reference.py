"""The reference page of scenario keys, made from the schema: ``python -m sim.reference > docs/reference.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from sim.scenario import SeriesLevel, describe_fields
from sim.scenario.calibration_schema import Calibration
from sim.scenario.event_rules import FIXED, MAY_CHANGE
from sim.scenario.fields import NAME, ROOT, Slot
from sim.scenario.game_schema import Game
from sim.sweeps.schema import SweepPlan

HEAD = """\
# Scenario keys

<!-- Made by `python -m sim.reference > docs/reference.md` from sim/scenario/schema. Change it there. -->

Every key a scenario file may hold. [scenarios.md](scenarios.md) shows how to use them.

- `<name>` stands for a name you choose: lower-case letters, digits and underscores, a letter first, 40 characters at
  most.
- *Allowed* gives the kind of value and its limits, both included unless it says *above* or *below*.
- *a level* is a number, or a mapping with `series` that follows a data table; see [Levels](#levels).
- *Default* is what holds when the key is left out; *required* keys must be in the file or in a parent. A whole mapping
  that is left out has the defaults of its keys, unless the row of the mapping says otherwise.
"""
LEVEL = """\
## Levels

A level is a number, constant over time, or a mapping with these keys. Its value in a period is
`scale x (sum of series) x times + plus`, in the unit of the key it stands at.
"""
LOADER = """\
## Keys of the loader

These two are used up while a file is read and are not part of the resolved scenario.

| key | unit | allowed | default | meaning |
|---|---|---|---|---|
| `extends` | - | text | none | Parent scenario: a file relative to this one, or a shipped name. |
| `overrides` | - | a mapping | none | Single values by dotted path, laid over the parent and this file. |
| `without_events` | - | a list of names | none | Events of the parent that do not happen. |
| `more_events` | - | a list of events | none | Events beyond the parent's. |
"""
CALIBRATION = (
    "What a file for `singledesk calibrate` holds, which is no scenario: see [calibration.md](calibration.md)."
)
SWEEP = "What a file for `singledesk sweep` holds, which is no scenario: see [sweeps.md](sweeps.md)."
COLUMNS = "| key | unit | allowed | default | meaning |\n|---|---|---|---|---|"


def page() -> str:
    """Markdown of the whole page."""
    sections = [(key, slot) for key, slot in ROOT.keys.items() if _is_section(slot)]
    alone = [(key, slot) for key, slot in ROOT.keys.items() if not _is_section(slot)]
    parts = [HEAD, _table("## Top level", "", alone), LEVEL, _rows(_level_keys()), LOADER]
    for key, slot in sections:
        lines = [(path.removeprefix(key).lstrip(".[]"), each) for path, each in describe_fields(slot, key)]
        about = "" if _text(slot.description) == f"{key.capitalize()}." else f"{_text(slot.description)} "
        about += f"Default: {default_text(slot)}." if slot.has_default else "Required."
        parts.append(_table(f"## {key}", about, [line for line in lines if _is_row(*line)]))
    parts += [_event_rules(), _games()]
    keys = [line for line in describe_fields(Slot.of(Calibration), "") if _is_row(*line)]
    parts.append(_table("## Keys of a calibration", CALIBRATION, keys))
    keys = [line for line in describe_fields(Slot.of(SweepPlan), "") if _is_row(*line)]
    parts.append(_table("## Keys of a sweep", SWEEP, keys))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _is_section(slot: Slot) -> bool:
    """Whether a top-level key has a table of its own: mappings and events."""
    return slot.is_dict or (slot.model is not None and not slot.is_level) or _lists_sections(slot)


def _lists_sections(slot: Slot) -> bool:
    entry = slot.child(0) if slot.is_list else None
    return entry is not None and entry.model is not None


def _is_row(path: str, slot: Slot) -> bool:
    """Leave out the section itself and what only stands for an entry: a name in a mapping, an element of a list."""
    if path.endswith("<name>"):
        return slot.is_level or not (slot.is_dict or slot.model)
    return path != "" and not path.endswith("[]")


def _level_keys() -> Iterator[tuple[str, Slot]]:
    for key, field in SeriesLevel.model_fields.items():
        yield key, Slot.of(field.annotation, field)


def _table(heading: str, about: str, lines: list[tuple[str, Slot]]) -> str:
    return "\n\n".join(part for part in (heading, about, _rows(lines)) if part)


def _rows(lines: Any) -> str:
    rows = []
    for path, slot in lines:
        cells = (f"`{path}`", slot.unit or "-", allowed(slot), default_text(slot), _meaning(path, slot))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([COLUMNS, *rows])


def allowed(slot: Slot) -> str:
    """Kind of value and its limits, in words."""
    entry = slot.child(0) if slot.is_list else None
    if entry is not None:
        return f"a list; each entry {allowed(entry)}"
    text = slot.wanted.removesuffix(f" ({slot.unit})").replace(NAME, "a name")
    text = "a level" if slot.is_level else text
    return f"{text}, or null" if slot.optional else text


def default_text(slot: Slot) -> str:
    """What holds when a key is left out, in words."""
    if not slot.has_default:
        return "required"
    return plain_value(slot.default)


def plain_value(value: Any) -> str:
    """A value of a scenario as pages show it."""
    if isinstance(value, BaseModel):
        changed = value.model_dump(exclude_defaults=True)
        return "defaults of its keys" + "".join(f", but `{key}` {plain_value(each)}" for key, each in changed.items())
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:.10g}`" if isinstance(value, (int, float)) else f"`{value}`"


def _meaning(path: str, slot: Slot) -> str:
    if slot.description:
        return _text(slot.description)
    return "One value for each entry."


def _text(description: str) -> str:
    return " ".join(description.replace("``", "`").replace("|", "\\|").split())


def _event_rules() -> str:
    """What the other keys of an event may be."""
    can = "\n".join(f"- `{pattern}`" for pattern in MAY_CHANGE)
    cannot = ", ".join(f"`{pattern}`" for pattern in FIXED)
    return (
        "### What an event may change\n\nAll other keys of an event are scenario keys. These may change in time, with "
        f"everything below them (`*` stands for a name):\n\n{can}\n\nThese may not, although they lie below: {cannot}."
    )


def _games() -> str:
    """Keys of a game file."""
    lines = [(path, slot) for path, slot in describe_fields(Slot.of(Game), "") if _is_row(path, slot)]
    about = "A game is a file of its own, which [game.md](game.md) explains. Pay-offs are in million C$ a crop year."
    return _table("## Keys of a game file", about, [line for line in lines if not _is_entry(line[0])])


def _is_entry(path: str) -> bool:
    """Whether a path lies below what stands for scenario keys."""
    return ".strategies." in path


def main() -> None:
    """Print the page."""
    print(page(), end="")


if __name__ == "__main__":
    main()
