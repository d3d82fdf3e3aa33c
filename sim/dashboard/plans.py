"""What is to be simulated: a scenario from the shelf, from a text or from a saved run, and where its levers stand."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from sim.dashboard.child import child_text, with_numbers
from sim.dashboard.lever import SUBSIDIES, Lever
from sim.dashboard.levers import Value, levers_of, moved, with_levers
from sim.dashboard.programme_levers import IN_FORCE
from sim.dashboard.resolved_text import load_resolved
from sim.experiments.counterfactual import can_dissolve
from sim.scenario import Loaded, ScenarioError, load
from sim.scenario.problems import Mark, Problem
from sim.scenario.text import load_text
from sim.shipped import home_origin, shipped_file, shipped_names, shipped_path, shipped_table
from sim.store import StoredRun

_TITLE = re.compile(r"^title: *(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """A scenario and the values of its levers.

    Attributes
    ----------
    name, title : str
        What it is called; ``name`` is short enough for a file.
    loaded : Loaded
        The scenario as it came.
    values : mapping
        Values of levers; those that are missing stay where they are.
    """

    name: str
    title: str
    loaded: Loaded
    values: Mapping[str, Value] = field(default_factory=dict)

    @cached_property
    def ready(self) -> Loaded:
        """The scenario with its levers moved; raises ``ScenarioError``."""
        return with_levers(self.loaded, self.values)


@lru_cache(maxsize=1)
def shipped() -> tuple[tuple[str, str], ...]:
    """Name and title of every shipped scenario."""
    found = []
    for name in shipped_names():
        title = _TITLE.search(shipped_file(name).read_text(encoding="utf-8"))
        found.append((name, title.group(1).strip() if title else name))
    return tuple(found)


def open_shipped(name: str) -> Loaded:
    """Load a shipped scenario by its name.

    Raises
    ------
    ScenarioError
        When there is none of that name.
    """
    path = shipped_path(name)
    if path is None:
        return load_text("choice", f"extends: {name!r}".encode())
    return load(path)


def open_text(filename: str, text: bytes) -> Loaded:
    """Load a scenario somebody sent; see :func:`sim.scenario.text.load_text`."""
    return load_text(filename, text)


def open_run(run: StoredRun) -> Loaded:
    """Scenario of a saved run, with the run's draws and seed; its data tables must be the shipped ones.

    Raises
    ------
    ScenarioError
        Where they are not, or what the run says of its scenario is not what it ran.
    """
    manifest = run.manifest
    data, name = manifest.get("scenario"), str(manifest.get("stem") or run.path.name)
    if manifest.get("kind") != "run" or not isinstance(data, dict) or not isinstance(data.get("data"), list):
        raise _refused(name, "only the scenario of a single run can be opened here")
    tables = [shipped_table(os.path.basename(str(file))) for file in data["data"]]
    if None in tables:
        raise _refused(
            name, "the run read data tables of its own; upload its scenario with shipped ones in their place"
        )
    loaded = load_resolved({**data, "data": [str(table) for table in tables]}, name)
    if loaded.hash != manifest.get("scenario_hash"):
        raise _refused(name, "the run read other figures in its data tables than those that are shipped")
    return replace(with_numbers(loaded, manifest.get("draws"), manifest.get("seed")), path=f"{name}.yaml")


def as_yaml(plan: Plan, draws: int | None = None, seed: int | None = None) -> bytes:
    """The scenario of a plan as a file that ``singledesk run`` takes: what differs from a shipped one where it can.

    ``draws`` and ``seed`` are those of the page where they are not the scenario's own.
    """
    loaded = with_numbers(plan.ready, draws, seed)
    changed = changes(plan)
    own = plan.loaded.scenario
    description = f"{own.title}, changed: {changed}" if changed else own.description
    title = plan.title if changed else own.title
    return child_text(loaded, title, description, near=plan.name).encode("utf-8")


def changes(plan: Plan) -> str:
    """What the levers changed, in words: ``highest bonus 30 US$/t (60)``."""
    levers = {lever.name: lever for lever in levers_of(plan.loaded)}
    return "; ".join(
        f"{levers[name].title} {_shown(levers[name], value)} ({_shown(levers[name], levers[name].initial)})"
        for name, value in moved(plan.loaded, plan.values).items()
    )


def _shown(lever: Lever, value: Value) -> str:
    if lever.kind == "switch":
        return "yes" if value else "no"
    if lever.kind == "choice":
        return dict(lever.choices)[str(value)].lower()
    return f"{value:g} {lever.unit}".strip()


def presets(plan: Plan) -> list[Plan]:
    """Worlds worth standing beside a plan: without each export programme, without all of them, with many sellers."""
    levers = {lever.name: lever for lever in levers_of(plan.loaded)}
    switches = [name for name, lever in levers.items() if lever.group == SUBSIDIES and lever.kind == "switch"]
    found = [
        _beside(plan, f"without_{name.removesuffix('_on')}", f"Without {_programme(levers[name])}", {name: False})
        for name in switches
    ]
    if len(switches) > 1:
        found.append(_beside(plan, "without_subsidies", "Without all export subsidies", dict.fromkeys(switches, False)))
    system = f"{home_origin(plan.loaded.resolved)}_system"
    if system in levers and can_dissolve(plan.loaded):
        found.append(_beside(plan, "many_sellers", "Many sellers, no single desk", {system: "multiple_sellers"}))
    return found


def _programme(lever: Lever) -> str:
    return lever.title.removesuffix(IN_FORCE)


def _beside(plan: Plan, name: str, title: str, values: dict[str, Value]) -> Plan:
    return Plan(name, title, plan.loaded, {**plan.values, **values})


def _refused(name: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(Mark(name), "", message)])
