"""What two worlds side by side can say about an export programme: which of the two has more of which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.experiments.counterfactual import NoProgramme, programmes
from sim.programme_names import PROGRAMMES, SUBSIDY
from sim.scenario import Loaded


@dataclass(frozen=True)
class Question:
    """Programmes that are not the same in two scenarios.

    Attributes
    ----------
    origins : dict of str to str
        By the programme's account, the origin it subsidises.
    others_differ : bool
        Whether the two differ in more than programmes, so that not all of a difference is theirs.
    """

    origins: dict[str, str]
    others_differ: bool


def question_of(first: Loaded, second: Loaded) -> Question | None:
    """Programmes in which two scenarios differ; None where there are none."""
    sides = [programmes_of(each) for each in (first, second)]
    both = {**sides[1], **sides[0]}
    found = {
        name: origin
        for name, origin in both.items()
        if any(name not in side for side in sides) or _terms(first, name) != _terms(second, name)
    }
    if not found:
        return None
    return Question(found, _rest(first, found) != _rest(second, found))


def programmes_of(loaded: Loaded) -> dict[str, str]:
    """Programmes that are ever in force, with the origin each subsidises; none where there is none."""
    try:
        return programmes(loaded)
    except NoProgramme:
        return {}


def _terms(loaded: Loaded, programme: str) -> Any:
    """What a scenario says of a programme: its section and what events change of it."""
    path = _path(programme)
    tops = [loaded.resolved, *loaded.resolved["events"]]
    return [(top.get("from"), top.get("to"), _at(top, path)) for top in tops if _at(top, path) is not None]


def _rest(loaded: Loaded, names: dict[str, str]) -> Any:
    """All a scenario says but for its texts, some programmes and support buying in their origins."""
    plain = {
        key: value for key, value in loaded.resolved.items() if key not in ("title", "description", "data", "events")
    }
    kept = [plain, *({**event, "name": ""} for event in loaded.resolved["events"])]
    for number, top in enumerate(kept):
        for name in names:
            top = _without(top, _path(name))
        if "restitution" in names and "origins" in top:
            support = ("support_price", "intervention", "storage_elasticity")
            for key in support:
                top = _without(top, ("origins", names["restitution"], key))
        kept[number] = top
    first, *events = kept
    return first, [event for event in events if set(event) - {"from", "to", "name"}]


def _path(programme: str) -> tuple[str, ...]:
    return (programme,) if programme in PROGRAMMES else ("export_subsidies", programme.removeprefix(f"{SUBSIDY}_"))


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _without(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Copy of plain data without what stands at a path."""
    step, *rest = path
    if step not in data:
        return data
    if not rest:
        return {key: value for key, value in data.items() if key != step}
    below = _without(data[step], tuple(rest))
    return {key: below if key == step else value for key, value in data.items() if key != step or below}
