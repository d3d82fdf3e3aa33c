"""No key of a sweep is set twice: by two factors, by a factor and the settings, or by what is the sweep's own."""

from __future__ import annotations

from sim.scenario.overrides import overlap
from sim.scenario.problems import Path, Report
from sim.scenario.reader import Node
from sim.scenario.tree import mark_of, split_path
from sim.sweeps.keys import OWN
from sim.sweeps.schema import FactorPlan, SweepPlan


def check_apart(plan: SweepPlan, tree: Node, report: Report) -> None:
    """Report keys that two factors set, that the settings set already, or that belong to the sweep itself."""

    def add(place: Path, message: str) -> None:
        report.add(mark_of(tree, place), place, message)

    taken: list[tuple[Path, str, str]] = []
    for place, text in _stated_settings(plan):
        path = split_path(text.partition("=")[0].strip())
        if path in OWN:
            add(place, f"`{path[0]}` is a key of the sweep itself")
    fixed = {split_path(text.partition("=")[0].strip()): text for text in plan.settings}
    for name, each in plan.factors.items():
        own: list[tuple[Path, str, str]] = []
        for place, key in _stated_keys(name, each):
            path = split_path(key)
            if path is None:
                continue
            if each.levels is None and path in fixed:
                add(place, "`settings` state this key too; one of them would have no effect")
            met = next((other for other in taken if overlap(path, other[0])), None)
            if met is not None:
                add(place, f"`{key}` meets `{met[1]}`, which the factor `{met[2]}` sets")
            twice = each.levels is None and next((other for other in own if overlap(path, other[0])), None)
            if twice:
                add(place, f"`{key}` meets `{twice[1]}` of the same factor")
            own.append((path, key, name))
        taken += own


def _stated_settings(plan: SweepPlan) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = [(("settings", index), text) for index, text in enumerate(plan.settings)]
    for name, each in plan.factors.items():
        for label, settings in (each.levels or {}).items():
            found += [(("factors", name, "levels", label, index), text) for index, text in enumerate(settings)]
    return found


def _stated_keys(name: str, plan: FactorPlan) -> list[tuple[Path, str]]:
    here = ("factors", name)
    if plan.key is not None:
        return [((*here, "key"), plan.key)]
    if plan.keys is not None:
        return [((*here, "keys", index), key) for index, key in enumerate(plan.keys)]
    found: list[tuple[Path, str]] = []
    for label, settings in (plan.levels or {}).items():
        for index, text in enumerate(settings):
            found.append(((*here, "levels", label, index), text.partition("=")[0].strip()))
    return found
