"""Intervention needs a price to buy at, growers to buy from and a cash market to sell in."""

from __future__ import annotations

from sim.scenario.problems import Report
from sim.scenario.reader import Node
from sim.scenario.tree import child, find, items, text_of


def check_intervention(tree: Node, report: Report) -> None:
    """Report agencies that could not work where they stand."""
    growing = {text_of(child(group, "origin")) for _, group in items(child(tree, "growers"))}
    for origin, section in items(child(tree, "origins")):
        agency = child(section, "intervention")
        if agency is None or agency.value is None or agency.bad:
            continue
        support = child(section, "support_price")
        path = ("origins", origin, "intervention")
        if support is None or support.value is None:
            report.add(agency.mark, path, "needs `support_price` beside it, the price at which the agency buys")
        if find(tree, ("marketing", origin)) is not None:
            message = "an agency buys in a cash market, and this origin has a marketing system (it is in `marketing`)"
            report.add(agency.mark, path, message)
        elif origin not in growing:
            report.add(agency.mark, path, "no grower group of this origin could sell to it")
