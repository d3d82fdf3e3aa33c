"""What must fit together in a scenario: shares that add up, lanes that exist, systems that have what they need.

Like the names, these are read from the tree so that they are reported beside schema problems; what a schema problem
already covers (a share that is a text) is passed over here.
"""

from __future__ import annotations

import math

from sim.scenario.demands import check_demands
from sim.scenario.initiatives import check_initiatives
from sim.scenario.intervention import check_intervention
from sim.scenario.names import check_names
from sim.scenario.parties import check_parties
from sim.scenario.problems import Report, nearest, printable
from sim.scenario.reactions import check_reactions
from sim.scenario.reader import Node
from sim.scenario.schema.buyers import BUYERS
from sim.scenario.sellers import check_sellers
from sim.scenario.systems import check_systems
from sim.scenario.tree import child, elements, find, items, mark_of, place_of, text_of

TOLERANCE = 1e-6
GROWN = ("production_kt", "opening_stock_kt", "carryover_kt", "own_use_kt", "harvest_month")


def check_references(tree: Node, report: Report) -> None:
    """Report everything that does not fit together."""
    check_names(tree, report)
    _something_to_trade(tree, report)
    _shares(tree, report)
    _boards(tree, report)
    _lanes(tree, report)
    check_demands(tree, report)
    check_systems(tree, report)
    check_parties(tree, report)
    check_sellers(tree, report)
    check_initiatives(tree, report)
    check_reactions(tree, report)
    check_intervention(tree, report)
    _reference_prices(tree, report)
    _traders(tree, report)


def _something_to_trade(tree: Node, report: Report) -> None:
    for section, what in (("grades", "grade"), ("markets", "market"), ("origins", "origin")):
        node = child(tree, section)
        if node is not None and node.value == {} and not node.bad:
            report.add(mark_of(tree, (section,)), section, f"at least one {what} is needed")
    if not any(items(child(tree, kind)) for kind in BUYERS):
        report.add(tree.mark, "", f"nobody buys; at least one entry is needed in {', '.join(BUYERS)}")
    for kind in BUYERS:
        for name, buyer in items(child(tree, kind)):
            demand = child(buyer, "demand")
            if demand is not None and demand.value == {} and not demand.bad:
                path = (kind, name, "demand")
                report.add(mark_of(tree, path), path, "demand for at least one grade is needed")


def _shares(tree: Node, report: Report) -> None:
    groups: dict[str | None, list[tuple[str, Node | None]]] = {}
    for name, group in items(child(tree, "growers")):
        groups.setdefault(text_of(child(group, "origin")), []).append((name, child(group, "share")))
    sellers = {text_of(child(seller, "origin")) for _, seller in items(child(tree, "sellers"))}
    for origin, section in items(child(tree, "origins")):
        path = ("origins", origin)
        members = groups.get(origin, [])
        if not members:
            if origin not in sellers:
                message = "nobody sells from this origin; at least one grower group or seller is needed"
                report.add(mark_of(tree, path), path, message)
            continue
        for key in GROWN:
            if child(section, key) is None:
                report.add(mark_of(tree, path), (*path, key), "missing; an origin with growers needs it")
        stated = [share.value for _, share in members if share is not None]
        values = [value for value in stated if isinstance(value, (int, float)) and not isinstance(value, bool)]
        if len(values) < len(members):
            continue
        if not all(0 <= value <= 1 for value in values):
            continue  # reported by the schema
        total = math.fsum(values)
        if abs(total - 1.0) > TOLERANCE:
            last = ("growers", members[-1][0], "share")
            names = ", ".join(name for name, _ in members)
            message = f"shares of origin `{origin}` add up to {total:.6g} ({names}); they must add up to 1"
            report.add(mark_of(tree, last), last, message)


def _boards(tree: Node, report: Report) -> None:
    taken: dict[str, str] = {}
    for name, board in items(child(tree, "boards")):
        origin = text_of(child(board, "origin"))
        for index, entry in enumerate(elements(child(board, "growers"))):
            group = text_of(entry)
            path = ("boards", name, "growers", index)
            home = text_of(find(tree, ("growers", group, "origin"))) if group else None
            if home is not None and origin is not None and home != origin:
                report.add(entry.mark, path, f"grower group `{group}` belongs to `{home}`, the board to `{origin}`")
            if group and taken.setdefault(group, name) != name:
                report.add(entry.mark, path, f"grower group `{group}` already delivers to board `{taken[group]}`")


def _lanes(tree: Node, report: Report) -> None:
    table = child(tree, "freight_usd_t")
    if table is None or table.bad:
        return
    served: dict[str, list[str]] = {}
    for origin, row in items(table):
        for region, _ in items(row):
            served.setdefault(region, []).append(origin)
    for kind in (kind for kind in BUYERS if kind != "feeders"):  # feeders buy at home
        for name, buyer in items(child(tree, kind)):
            bought_in = text_of(child(buyer, "region"))
            path = (kind, name, "region")
            if bought_in and bought_in not in served:
                hint = nearest(bought_in, served)
                message = f"no origin has freight to region `{printable(bought_in, 60)}` in freight_usd_t{hint}"
                report.add(place_of(buyer, ("region",)), path, message)
            elif bought_in:
                _agreement_lanes(tree, kind, name, bought_in, served[bought_in], report)


def _agreement_lanes(tree: Node, kind: str, name: str, region: str, served_from: list[str], report: Report) -> None:
    agreement = find(tree, (kind, name, "agreement"))
    board = text_of(child(agreement, "board"))
    supplier = text_of(find(tree, ("boards", board, "origin"))) if board else None
    for key, origin in (("board", supplier), ("outside_origin", text_of(child(agreement, "outside_origin")))):
        if origin and origin not in served_from and find(tree, ("origins", origin)) is not None:
            path = (kind, name, "agreement", key)
            message = f"origin `{origin}` has no freight to region `{region}`; add freight_usd_t.{origin}.{region}"
            report.add(place_of(tree, path), path, message)


def _reference_prices(tree: Node, report: Report) -> None:
    for name, node in items(child(tree, "reference_prices")):
        if isinstance(node.value, dict):
            given = [key for key in ("feeders", "series") if key in node.value]
            if len(given) != 1:
                path = ("reference_prices", name)
                what = "both are given" if given else "neither is given"
                mark = node.keys["series"] if given else mark_of(tree, path)
                report.add(mark, path, f"exactly one of `feeders` and `series` is needed; {what}")


def _traders(tree: Node, report: Report) -> None:
    number = find(tree, ("traders", "number"))
    if number is not None and not items(find(tree, ("traders", "companies"))):
        message = "no company to take copies of; state at least one in traders.companies"
        report.add(number.mark, ("traders", "number"), message)
    for name, company in items(find(tree, ("traders", "companies"))):
        origins = child(company, "origins")
        if origins is not None and origins.value == []:
            path = ("traders", "companies", name, "origins")
            report.add(origins.mark, path, "at least one origin to buy at is needed")
