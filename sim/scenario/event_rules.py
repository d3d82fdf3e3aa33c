"""What a dated event may change: policy, costs and demand, but not who takes part or how long the run is."""

from __future__ import annotations

from sim.scenario.fields import ROOT
from sim.scenario.problems import Path, Report, nearest
from sim.scenario.reader import Node
from sim.scenario.schema.buyers import BUYERS
from sim.scenario.tree import child, items, mark_of

MAY_CHANGE = (
    "marketing",
    "eep",
    "restitution",
    "tender",
    "freight_usd_t",
    "boards.*.cost_cad_t",
    "boards.*.cover_periods",
    "boards.*.initial_share",
    "boards.*.adjustment",
    "growers.*.freight_to_port_cad_t",
    "growers.*.freight_to_feeders_cad_t",
    "sellers.*.cost_cad_t",
    "sellers.*.capacity_kt",
    "sellers.*.initial_payment_cad_t",
    "export_subsidies.*.rate_cad_t",
    "export_subsidies.*.reaction",
    "state_importers.*.agreement",
    *(f"{kind}.*.demand" for kind in BUYERS),
)
FIXED = (
    "eep.origin",
    "eep.initiatives.*.buyer",
    "restitution.origin",
    "restitution.rounds_per_year",
    "restitution.year_start_month",
    "eep.reaction.weeks",
    "eep.reaction.normal_weeks",
    "restitution.reaction.weeks",
    "restitution.reaction.normal_weeks",
    "export_subsidies.*.reaction.weeks",
    "export_subsidies.*.reaction.normal_weeks",
    "state_importers.*.agreement.board",
)


def may_change(path: Path, node: Node, tree: Node, index: int, body: Node, report: Report) -> bool:
    """Whether an event may set this leaf; problems for unknown keys, things fixed in time and new entries."""
    slot = ROOT
    base: Node | None = tree
    full = ("events", index)
    for step, key in enumerate(path):
        here = path[: step + 1]
        mark = mark_of(body, here)
        below = slot.child(key)
        if below is None:
            known = [*slot.keys, *(("from", "to", "name") if step == 0 else ())]
            report.add(mark, (*full, *here), f"unknown key{nearest(str(key), known)}")
            return False
        if _matches(here, FIXED):
            report.add(mark, (*full, *here), "cannot change in time")
            return False
        absent = child(base, key) is None
        if absent and slot.is_dict and path[0] != "marketing" and _could_change(here):
            near = nearest(str(key), dict(items(base)))
            report.add(mark, (*full, *here), f"an event cannot add an entry; state it in the scenario itself{near}")
            return False
        if absent and step == 0 and below.optional:
            message = f"the scenario has no `{key}`; state it there (with enabled: false) to switch it"
            report.add(mark, (*full, *here), message)
            return False
        if below.is_level:
            break
        slot, base = below, child(base, key)
    removable = node.value is None and not node.bad
    if not _matches(path, MAY_CHANGE) or (removable and not _may_remove(path)):
        what = "cannot be removed by an event" if removable and _matches(path, MAY_CHANGE) else "cannot change in time"
        report.add(mark_of(body, path), (*full, *path), f"{what}; what may change: {_choices(str(path[0]))}")
        return False
    return True


def _choices(section: str) -> str:
    """Say what may change in a section, or the sections in which something may."""
    within = [pattern for pattern in MAY_CHANGE if pattern.split(".")[0] == section]
    return ", ".join(within or dict.fromkeys(pattern.split(".")[0] for pattern in MAY_CHANGE))


def _may_remove(path: Path) -> bool:
    return path[-1] == "agreement" or (path[0] == "marketing" and len(path) > 1)


def _matches(path: Path, patterns: tuple[str, ...]) -> bool:
    """Whether the path lies at or below one of the patterns."""
    for pattern in patterns:
        steps = pattern.split(".")
        if len(path) >= len(steps) and all(step in ("*", key) for step, key in zip(steps, path, strict=False)):
            return True
    return False


def _could_change(path: Path) -> bool:
    """Whether the path lies on the way to, or below, something that may change."""
    steps = [pattern.split(".") for pattern in MAY_CHANGE]
    return any(all(step in ("*", key) for step, key in zip(pattern, path, strict=False)) for pattern in steps)
