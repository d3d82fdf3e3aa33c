"""Sellers by cost and the subsidies paid to sellers: lanes that exist, and no second payer for the same tonne."""

from __future__ import annotations

from sim.scenario.problems import Report, nearest, printable
from sim.scenario.reader import Node
from sim.scenario.schema.buyers import BUYERS
from sim.scenario.tree import child, elements, find, items, mark_of, place_of, text_of


def check_sellers(tree: Node, report: Report) -> None:
    """Report sellers that reach nobody, searches without a start, and subsidies that miss their lane or pay twice."""
    freight = child(tree, "freight_usd_t")
    if freight is None or freight.bad:
        return
    buyers = [buyer for kind in BUYERS for _, buyer in items(child(tree, kind))]
    bought_in = {text_of(child(buyer, "region")) for buyer in buyers}
    for name, seller in items(child(tree, "sellers")):
        origin = text_of(child(seller, "origin"))
        known = origin is not None and find(tree, ("origins", origin)) is not None
        lanes = {region for region, _ in items(child(freight, origin))} if origin is not None and known else set()
        if known and not lanes & bought_in:
            message = f"origin `{origin}` has no freight to any buyer's region; add it to freight_usd_t.{origin}"
            report.add(place_of(seller, ("origin",)), ("sellers", name, "origin"), message)
        elif known:
            reached = [buyer for buyer in buyers if text_of(child(buyer, "region")) in lanes]
            _check_grades(name, child(seller, "grades"), reached, report)
        search = child(seller, "initial_payment_search")
        if search is not None and search.value is not None and child(seller, "initial_payment_cad_t") is None:
            at = ("sellers", name, "initial_payment_search")
            report.add(mark_of(tree, at), at, "needs `initial_payment_cad_t`, the payment it starts from")
    for origin, rules in items(child(tree, "export_subsidies")):
        path = ("export_subsidies", origin)
        for section in ("eep", "restitution"):
            if text_of(find(tree, (section, "origin"))) == origin:
                message = f"`{printable(origin, 60)}` pays by {section} already; one origin, one kind of export subsidy"
                report.add(mark_of(tree, path), path, message)
        lanes = {region for region, _ in items(child(freight, origin))}
        for region, _ in items(child(rules, "rate_cad_t")):
            if lanes and region not in lanes:
                where = (*path, "rate_cad_t", region)
                message = f"no freight from `{origin}` to `{printable(region, 60)}` in freight_usd_t"
                report.add(mark_of(tree, where), where, message + nearest(region, lanes))


def _check_grades(name: str, grades: Node | None, reached: list[Node], report: Report) -> None:
    """Report a seller of certain grades when none of the buyers it reaches wants one of them."""
    sold = {text_of(grade) for grade in elements(grades)}
    bought = {grade for buyer in reached for grade, _ in items(child(buyer, "demand"))}
    if grades is None or grades.bad or not isinstance(grades.value, list) or sold & bought:
        return
    message = "no buyer it reaches wants one of these grades; leave the key out for a seller of all"
    report.add(grades.mark, ("sellers", name, "grades"), message)
