"""Which kind of file a YAML mapping is, by the keys that only that kind has."""

from __future__ import annotations

from collections.abc import Iterable

SIGNS = {
    "scenario": ("extends", "calendar", "money", "origins", "importers"),
    "sweep": ("factors",),
    "game": ("players",),
    "calibration": ("parameters", "moments"),
}
VERBS = {"scenario": "run", "sweep": "sweep", "game": "game", "calibration": "calibrate"}


def kind_of(keys: Iterable[str]) -> str | None:
    """Kind of a file with these keys at the top; None when they are of none, or of several."""
    stated = set(keys)
    found = [kind for kind, signs in SIGNS.items() if stated & set(signs)]
    return found[0] if len(found) == 1 else None


def wrong_kind(keys: Iterable[str], wanted: str) -> str:
    """Say that a file is of another kind than the ``wanted`` one; empty when it is not, or cannot be told."""
    kind = kind_of(keys)
    if kind in (None, wanted):
        return ""
    return f"this is a {kind}, not a {wanted}; use `singledesk {VERBS[kind]}`"
