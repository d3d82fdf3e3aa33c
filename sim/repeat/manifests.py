"""Two manifests: what must be the same, what may differ and does, and what the numbers were made with."""

from __future__ import annotations

from typing import Any

from sim.experiments.unfinished import differences
from sim.repeat.files import DIFFERENT, IDENTICAL, Compared
from sim.repeat.parquet import Difference
from sim.store import MANIFEST, OWN_SUM, StoredRun

MAY_DIFFER = ("started", "finished", "wall_seconds", "command", "versions", "surroundings")
"""When, how long, by which command, with which program and on which machine; ``files`` are compared one by one."""
OF_KIND = {
    "sweep": ("scenario_hash",),  # covers the versions and the program too, so that a sweep is not resumed with others
    "sensitivity": ("sweep",),  # the folder of the sweep, which may have moved
}
DRAWING = ("matplotlib", "pillow", "system")
"""What a pixel depends on besides the numbers; ``system`` stands for its fonts."""


def compare_manifests(old: StoredRun, new: StoredRun) -> Compared:
    """Compare what the manifests say of the result itself; shipped files may lie elsewhere now."""
    free = (*MAY_DIFFER, "files", OWN_SUM, *OF_KIND.get(str(old.manifest.get("kind")), ()))
    one, other = (_of_the_result(each, free) for each in (old, new))
    lines = differences(one, other)
    return Compared(MANIFEST, DIFFERENT, Difference(lines[0])) if lines else Compared(MANIFEST, IDENTICAL)


def _of_the_result(stored: StoredRun, free: tuple[str, ...]) -> Any:
    kept = {key: value for key, value in stored.manifest.items() if key not in free}
    return _renamed(kept, shipped_then(stored))


def _renamed(value: Any, folder: str) -> Any:
    """Plain data in which shipped files go by ``shipped:``, wherever they lay."""
    if isinstance(value, dict):
        return {_renamed(key, folder): _renamed(each, folder) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, folder) for each in value]
    return value.replace(folder, "shipped:") if isinstance(value, str) and folder else value


def shipped_then(stored: StoredRun) -> str:
    """Folder of the shipped files when a result was made; empty when it does not say."""
    surroundings = stored.manifest.get("surroundings")
    folder = surroundings.get("shipped") if isinstance(surroundings, dict) else None
    return folder if isinstance(folder, str) else ""


def made_with(stored: StoredRun) -> dict[str, str]:
    """Versions, program and machine, by name."""
    found: dict[str, str] = {}
    for part in ("versions", "surroundings"):
        entries = stored.manifest.get(part)
        if isinstance(entries, dict):
            found |= {str(name): str(value) for name, value in entries.items() if name != "shipped"}
    return found


def changed(old: StoredRun, new: StoredRun) -> dict[str, tuple[str, str]]:
    """What was made with something else then: name -> (then, now)."""
    then, now = made_with(old), made_with(new)
    names = [*then, *(name for name in now if name not in then)]
    return {
        name: (then.get(name, "not said"), now.get(name, "not said"))
        for name in names
        if then.get(name) != now.get(name)
    }
