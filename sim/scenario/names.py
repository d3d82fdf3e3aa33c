"""Names that point elsewhere in the scenario: each must be defined where it points to.

The checks read the tree, not the validated scenario, so they run and report beside schema problems.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.fields import ROOT, Slot
from sim.scenario.problems import Mark, Path, Report, nearest, printable
from sim.scenario.reader import Node
from sim.scenario.schema.buyers import BUYERS
from sim.scenario.series import SeriesTable
from sim.scenario.tree import child, elements, find, items, matches

# value at the pattern -> sections one of which must have an entry of that name, and what the thing is called
VALUES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("base_price_origin", ("origins",), "origin"),
    ("growers.*.origin", ("origins",), "origin"),
    ("boards.*.origin", ("origins",), "origin"),
    ("traders.companies.*.origins.*", ("origins",), "origin"),
    ("exporters.*.origin", ("origins",), "origin"),
    ("sellers.*.origin", ("origins",), "origin"),
    ("sellers.*.grades.*", ("grades",), "grade"),
    ("eep.origin", ("origins",), "origin"),
    ("eep.reaction.rival", ("origins",), "origin"),
    ("restitution.reaction.rival", ("origins",), "origin"),
    ("export_subsidies.*.reaction.rival", ("origins",), "origin"),
    ("restitution.origin", ("origins",), "origin"),
    ("feeders.*.origin", ("origins",), "origin"),
    ("state_importers.*.agreement.outside_origin", ("origins",), "origin"),
    ("state_importers.*.agreement.board", ("boards",), "board"),
    ("treasuries.guarantors.*.boards.*", ("boards",), "board"),
    ("boards.*.growers.*", ("growers",), "grower group"),
    ("boards.*.grades.*", ("grades",), "grade"),
    ("eep.initiatives.*.buyer", ("importers", "state_importers"), "importer"),
    ("marketing.*.continental_market", ("markets",), "market"),
    ("reference_prices.*.feeders", ("feeders",), "feeders"),
    *((f"{kind}.*.market", ("markets",), "market") for kind in BUYERS),
    *((f"{kind}.*.demand.*.moves_with", ("origins",), "origin") for kind in BUYERS),
)
# keys of the mapping at the pattern
KEYS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("freight_usd_t", ("origins",), "origin"),
    ("marketing", ("origins",), "origin"),
    ("export_subsidies", ("origins",), "origin"),
    ("boards.*.starting_shares", ("markets",), "market"),
    *((f"{kind}.*.demand", ("grades",), "grade") for kind in BUYERS),
)
LISTS = (
    "boards.*.growers",
    "boards.*.grades",
    "sellers.*.grades",
    "traders.companies.*.origins",
    "treasuries.guarantors.*.boards",
    "data",
)


def check_names(tree: Node, report: Report) -> None:
    """Report every name that points to nothing, and names that a list holds twice."""
    for pattern, sections, what in VALUES:
        for path, node in matches(tree, pattern):
            if isinstance(node.value, str) and not node.bad:
                _check(tree, node.value, sections, what, report, path, node.mark)
    for pattern, sections, what in KEYS:
        for path, node in matches(tree, pattern):
            for key, _ in items(node):
                _check(tree, key, sections, what, report, (*path, key), node.keys[key])
    for pattern in LISTS:
        for path, node in matches(tree, pattern):
            seen: set[str] = set()
            for index, entry in enumerate(elements(node)):
                if isinstance(entry.value, str) and entry.value in seen:
                    report.add(entry.mark, (*path, index), f"`{printable(entry.value, 60)}` is listed twice")
                seen.add(entry.value if isinstance(entry.value, str) else "")


def is_reference(path: Path, key: bool = False) -> bool:
    """Whether the value (or the key) at a path is a name that points elsewhere, so that it is looked up here."""
    patterns = [f"{pattern}.*" for pattern, _, _ in KEYS] if key else [pattern for pattern, _, _ in VALUES]
    for pattern in patterns:
        steps = pattern.split(".")
        if len(steps) == len(path) and all(step in ("*", each) for step, each in zip(steps, path, strict=True)):
            return True
    return False


def _check(tree: Node, name: str, sections: tuple[str, ...], what: str, report: Report, path: Path, mark: Mark) -> None:
    known = [key for section in sections for key, _ in items(child(tree, section))]
    if name not in known and not any((section := find(tree, (each,))) is not None and section.bad for each in sections):
        report.add(mark, path, f"unknown {what} `{printable(name, 60)}`{nearest(name, known)}")


def levels(node: Node, slot: Slot = ROOT, path: Path = ()) -> Iterator[tuple[Path, Node, Slot]]:
    """Every level of the tree with its path and slot."""
    if slot.is_level:
        yield path, node, slot
    else:
        for key, below in items(node):
            if (lower := slot.child(key)) is not None:
                yield from levels(below, lower, (*path, key))


def check_series_names(tree: Node, table: SeriesTable, report: Report) -> None:
    """Report every series that no data table holds; once when the tables hold none at all."""
    asked: list[tuple[str, Path, Node]] = []
    for path, node, _ in levels(tree):
        for key in ("series", "less", "times"):
            stated = child(node, key)
            entries: list[tuple[Path, Node]] = [((), stated)] if stated is not None else []
            if stated is not None and isinstance(stated.value, list):
                entries = [((index,), entry) for index, entry in enumerate(stated.value)]
                if not entries:
                    report.add(stated.mark, (*path, key), "an empty list of series")
            for step, entry in entries:
                if isinstance(entry.value, str) and entry.value not in table:
                    asked.append((entry.value, (*path, key, *step), entry))
    for name, path, entry in asked if table.names else asked[:1]:
        hint = nearest(name, table.names)
        if not table.names:
            more = len({other for other, _, _ in asked}) - 1
            hint = f"{f' (and {more} more)' if more else ''}; the tables listed in `data` hold no series"
        report.add(entry.mark, path, f"unknown series `{printable(name, 60)}`{hint}")
