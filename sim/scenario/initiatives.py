"""Initiatives of a bonus programme: dates in order, and an origin that can ship there."""

from __future__ import annotations

from sim.scenario.problems import Report, printable
from sim.scenario.reader import Node
from sim.scenario.tree import child, find, items, mark_of, text_of

ELIGIBLE = ("importers", "state_importers")


def check_initiatives(tree: Node, report: Report) -> None:
    """Report every initiative that ends before it begins or whose buyer the origin has no freight to."""
    programme = child(tree, "eep")
    table = child(tree, "freight_usd_t")
    served = {region for _, row in items(table) for region, _ in items(row)}
    lanes = find(tree, ("freight_usd_t", text_of(child(programme, "origin")) or ""))
    for name, initiative in items(child(programme, "initiatives")):
        path = ("eep", "initiatives", name)
        first, last = text_of(child(initiative, "from")), text_of(child(initiative, "to"))
        if first is not None and last is not None and last < first:
            message = f"the initiative ends in {printable(last, 20)}, before it begins in {printable(first, 20)}"
            report.add(mark_of(tree, (*path, "to")), (*path, "to"), message)
        buyer = text_of(child(initiative, "buyer"))
        regions = [text_of(find(tree, (kind, buyer, "region"))) for kind in ELIGIBLE] if buyer else []
        for region in regions:
            # A region nobody serves is reported where the buyer states it.
            if region in served and lanes is not None and child(lanes, region) is None:
                message = f"the origin of the programme has no freight to `{printable(region, 60)}`, where the buyer is"
                report.add(mark_of(tree, (*path, "buyer")), (*path, "buyer"), message)
