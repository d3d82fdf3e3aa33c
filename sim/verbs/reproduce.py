"""``singledesk reproduce``: make a saved result again from what its folder keeps, and compare bit by bit."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.experiments.engine import Engine
from sim.guard import explain_failure, plain
from sim.repeat.again import Task, make_again
from sim.repeat.files import FAILED, REDRAWN, Compared, compare_files
from sim.repeat.manifests import DRAWING, MAY_DIFFER, changed, compare_manifests
from sim.repeat.parquet import Difference
from sim.scenario import ScenarioError
from sim.screen import grid
from sim.store import ResultsError, StoredRun, StoreError, find_run, open_run

LONGEST = 60  # letters of a version that are shown


def reproduce(
    run: str, out: Path, engine: Engine, chunk: int, as_json: bool, console: Console, errors: Console
) -> bool:  # fmt: skip
    """Make a result again and say what differs; return whether nothing does. The result's folder stays as it is."""
    old = finished(run, out)
    with tempfile.TemporaryDirectory(prefix="singledesk-") as scratch:
        try:
            new = open_run(make_again(Task(old, Path(scratch), engine, chunk, errors)))
        except ScenarioError as error:
            text = f"{old.path}: this version cannot run what the result keeps; install the version it was made with"
            raise CannotRepeat(f"{text} ({_version(old)}):\n{error}") from error
        except ResultsError as error:
            text = explain_failure(error)[0].partition(";")[0]
            raise CannotRepeat(f"{text}; free some space, or set TMPDIR to a folder with more") from error
        differing = changed(old, new)
        compared = [compare_manifests(old, new)]
        compared += compare_files(old, new, same_drawing=not any(name in differing for name in DRAWING))
    same = not any(each.state in FAILED for each in compared)
    if as_json:
        print(json.dumps(_report(old, compared, differing, same), ensure_ascii=False, allow_nan=False))
    else:
        show(console, old, compared, differing, same)
    return same


class CannotRepeat(Exception):
    """A sound result that this program, or this machine, cannot make again."""


def finished(run: str, out: Path) -> StoredRun:
    """The result that is meant; raises ``StoreError`` for a folder of work under way, too."""
    folder = Path(run)
    partial = folder.name.endswith((".unfinished", ".tmp"))
    if partial and folder.is_dir():
        raise StoreError(
            f"{folder}: is not finished, so there is nothing to compare with; the command that was stopped goes on "
            "from here, or starts anew"
        )
    return find_run(run, out)


def _version(stored: StoredRun) -> str:
    versions = stored.manifest.get("versions")
    return f"singledesk {versions.get('singledesk', 'of unknown version') if isinstance(versions, dict) else 'unknown'}"


def _report(
    old: StoredRun, compared: list[Compared], differing: dict[str, tuple[str, str]], same: bool
) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "run_id": old.path.resolve().name,
        "folder": str(old.path),
        "kind": old.manifest.get("kind", "run"),
        "identical": same,
        "files": [
            {"file": each.name, "state": each.state, **(asdict(each.difference) if each.difference else {})}
            for each in compared
        ],
        "not_compared": [*MAY_DIFFER],
        "made_with": {name: {"then": then, "now": now} for name, (then, now) in differing.items()},
    }


def show(
    console: Console, old: StoredRun, compared: list[Compared], differing: dict[str, tuple[str, str]], same: bool
) -> None:
    """Print files, what made them, and the verdict."""
    lines = [[each.name, each.state, *_cells(each.difference)] for each in compared]
    headings = ["File", "Made again", "First difference", "Then", "Now"]
    console.print(grid(f"{old.path.parent.name}/{old.path.name}", headings, lines))
    if differing:
        rows = [[name, then[:LONGEST], now[:LONGEST]] for name, (then, now) in differing.items()]
        console.print(grid("Made with", ["", "Then", "Now"], rows))
    else:
        plain(console, "Made with the same program, versions and machine.")
    plain(console, f"Not compared in run.json, since they differ each time: {', '.join(MAY_DIFFER)}")
    if any(each.state == REDRAWN for each in compared):
        plain(console, f"`{REDRAWN}`: with other programs or fonts, which says nothing of the numbers")
    wrong = [each for each in compared if each.state in FAILED]
    count = f"{len(compared)} files"
    plain(
        console, f"identical: {count}" if same else f"different: {len(wrong)} of {count}; {_advice(wrong, differing)}"
    )


def _cells(difference: Difference | None) -> list[str]:
    if difference is None:
        return ["", "", ""]
    where = [difference.what if difference.what != "value" else "", difference.column]
    where += [f"line {difference.row}"] if difference.row is not None else []
    text = ", ".join(part for part in where if part)
    if difference.count > 1:
        text += f" ({difference.count} in all"
        text += f", at most {difference.largest:.1e} of the value)" if difference.largest is not None else ")"
    return [text, difference.old[:LONGEST], difference.new[:LONGEST]]


def _advice(wrong: list[Compared], differing: dict[str, tuple[str, str]]) -> str:
    if all(each.state == "damaged" for each in wrong):
        return "the folder was changed after the run; run it anew to have whole files again"
    if differing:
        return f"perhaps because of {', '.join(differing)}: install what stands under `Then` and reproduce again"
    return "with the same program and machine this is a defect: please report it with both folders"
