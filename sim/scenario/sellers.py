"""Sellers by cost and the subsidies paid to sellers: lanes that exist, and no second payer for the same tonne."""

from __future__ import annotations

from sim.scenario.names import BUYERS
from sim.scenario.problems import Report, nearest, printable
from sim.scenario.reader import Node
from sim.scenario.tree import child, find, items, mark_of, text_of


def check_sellers(tree: Node, report: Report) -> None:
    """Report sellers that reach nobody, searches without a start, and subsidies that miss their lane or pay twice."""
    freight = child(tree, "freight_usd_t")
    if freight is None or freight.bad:
        return
    bought_in = {text_of(child(buyer, "region")) for kind in BUYERS for _, buyer in items(child(tree, kind))}
    for name, seller in items(child(tree, "sellers")):
        origin = text_of(child(seller, "origin"))
        known = origin is not None and find(tree, ("origins", origin)) is not None
        lanes = {region for region, _ in items(child(freight, origin))} if known else set()
        if known and not lanes & bought_in:
            message = f"origin `{origin}` has no freight to any buyer's region; add it to freight_usd_t.{origin}"
            report.add(child(seller, "origin").mark, ("sellers", name, "origin"), message)
        search = child(seller, "initial_payment_search")
        if search is not None and search.value is not None and child(seller, "initial_payment_cad_t") is None:
            path = ("sellers", name, "initial_payment_search")
            report.add(mark_of(tree, path), path, "needs `initial_payment_cad_t`, the payment it starts from")
    for origin, rules in items(child(tree, "export_subsidies")):
        path = ("export_subsidies", origin)
        for section in ("eep", "restitution"):
            if text_of(find(tree, (section, "origin"))) == origin:
                message = f"`{printable(origin, 60)}` pays by {section} already; one origin, one kind of export subsidy"
                report.add(mark_of(tree, path), path, message)
        lanes = [region for region, _ in items(child(freight, origin))]
        for region, _ in items(child(rules, "rate_cad_t")):
            if lanes and region not in lanes:
                where = (*path, "rate_cad_t", region)
                message = f"no freight from `{origin}` to `{printable(region, 60)}` in freight_usd_t"
                report.add(mark_of(tree, where), where, message + nearest(region, lanes))
