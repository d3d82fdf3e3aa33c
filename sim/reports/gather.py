"""Which results a report shows: opened, checked, each once, with a letter and a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.figures import KINDS, tables_kept
from sim.figures.style import shorten
from sim.store import StoredRun, StoreError, find_run
from sim.wording import units

MOST = 12  # results side by side; more cannot be told apart
MORE_TABLES = {"comparison": ("markets",)}
FILED = {  # tables that are kept as CSV only
    "game": ("best_responses", "dominance", "equilibria", "joint_maximum"),
    "calibration": ("searches",),
    "reconstruction": ("replication", "regrouped", "break_even", "misprint"),
}
OPTIONAL = {"equilibria", "dominance", "best_responses"}  # no file where there is nothing in them
NAMES = (
    "player",
    "first",
    "second",
    "strategy",
    "dominates",
    "plays",
    "row",
    "column",
)  # texts, though some look like numbers
TITLE_LENGTH = 90
ABOUT = {"incidence": "Who pays for the export programmes and who gains: ", "ablation": "How sellers think: "}


@dataclass(frozen=True)
class Shown:
    """A result in a report.

    Attributes
    ----------
    letter : str
        A, B, C ...
    kind : str
        ``run``, ``comparison`` ...
    stored : StoredRun
    frames : dict of str to DataFrame
        The tables its figures and sentences are made from.
    """

    letter: str
    kind: str
    stored: StoredRun
    frames: dict[str, pd.DataFrame]

    @property
    def meta(self) -> dict[str, Any]:
        """Content of ``run.json``."""
        return self.stored.manifest

    @property
    def draws(self) -> int:
        """Monte Carlo draws."""
        return int(self.meta.get("draws") or 1)

    @property
    def title(self) -> str:
        """What ran, at a length that fits a heading."""
        scenario = self.meta.get("scenario") or {}
        if self.kind == "comparison":
            return shorten(f"{self.meta['other_scenario']['title']} less {scenario['title']}", TITLE_LENGTH)
        if self.kind == "study":
            return "The study’s Tables 1-4 and the simulation"
        own = str(self.meta.get("title") or scenario.get("title") or self.meta.get("stem"))
        return shorten(f"{ABOUT.get(self.kind, '')}{own}", TITLE_LENGTH)

    @property
    def label(self) -> str:
        """Letter and title."""
        return f"{self.letter}: {self.title}"


def gather(names: Sequence[str], out: Path) -> tuple[list[Shown], list[str]]:
    """Open results by folder, id or name; return them and remarks on what was given twice.

    Raises
    ------
    StoreError
        For a result that is missing, damaged, or of a kind that has no report; for more than 12; for currencies or
        seasons that differ from result to result.
    """
    found: dict[Path, StoredRun] = {}
    remarks = []
    for name in names:
        stored = find_run(name, out)
        place = stored.path.resolve()
        if place in found:
            remarks.append(f"{name} is {place.name}, which is in the report already; shown once")
        found.setdefault(place, stored)
    if len(found) > MOST:
        raise StoreError(f"{len(found)} results: a report shows {MOST} at most")
    shown = [_shown(chr(ord("A") + position), stored) for position, stored in enumerate(found.values())]
    _in_one_money(shown)
    return shown, remarks


def _in_one_money(shown: Sequence[Shown]) -> None:
    first = shown[0]
    for other in shown[1:]:
        mine, its = units(first.meta["scenario"]), units(other.meta["scenario"])
        if differs := [key for key in mine if mine[key] != its[key]]:
            pairs = ", ".join(f"{mine[key]} and {its[key]}" for key in differs)
            raise StoreError(
                f"{first.stored.path.name} and {other.stored.path.name} count in different currencies or seasons "
                f"({pairs}); write a report of each"
            )


def _shown(letter: str, stored: StoredRun) -> Shown:
    kind = stored.manifest.get("kind", "run")
    if kind not in KINDS:
        raise StoreError(f"{stored.path}: results of kind '{str(kind)[:40]}' have no report")
    scenario = stored.manifest.get("scenario")
    if not isinstance(stored.manifest.get("stem"), str) or not isinstance(scenario, dict) or "title" not in scenario:
        raise StoreError(f"{stored.path / 'run.json'}: damaged (it names no scenario); run the scenario again")
    frames = {name: stored.frame(name) for name in (*tables_kept(kind, stored.manifest), *MORE_TABLES.get(kind, ()))}
    for name in FILED.get(kind, ()):
        frames[name] = _filed(stored, name)
    return Shown(letter, kind, stored, frames)


def _filed(stored: StoredRun, name: str) -> pd.DataFrame:
    file = f"tables/{name}.csv"
    if file not in stored.manifest["files"] and name in OPTIONAL:
        return pd.DataFrame()
    path = stored.file(file)
    try:
        return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(NAMES, str))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read ({' '.join(str(error).split())[:200]})") from error
