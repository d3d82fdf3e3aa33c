"""Treasuries that answer each other: a rival that can be answered, and the numbers that its rule needs."""

from __future__ import annotations

from sim.scenario.problems import Path, Report, printable
from sim.scenario.reader import Node
from sim.scenario.tree import child, items, mark_of, text_of


def check_reactions(tree: Node, report: Report) -> None:
    """Report a rival that is the treasury's own origin or sells nowhere it sells, and a rule without its numbers."""
    for name in ("eep", "restitution"):
        section = child(tree, name)
        rules = child(section, "reaction")
        _check(tree, (name, "reaction"), rules, text_of(child(section, "origin")), report)
        if name == "restitution" and text_of(child(rules, "rule")) == "spend_budget":
            budget = child(section, "budget_ecu_million")
            if budget is None or budget.value is None:
                at = (name, "reaction", "rule")
                report.add(mark_of(tree, at), at, "rule `spend_budget` needs `restitution.budget_ecu_million`")
    for origin, section in items(child(tree, "export_subsidies")):
        path: Path = ("export_subsidies", origin, "reaction")
        rules = child(section, "reaction")
        _check(tree, path, rules, origin, report)
        if rules is None or rules.value is None:
            continue
        search = child(section, "search")
        if search is not None and search.value is not None:
            report.add(mark_of(tree, path), path, "a treasury answers its rival or searches; state one of them")
        rule = text_of(child(rules, "rule"))
        if rule == "spend_budget" and child(rules, "budget_cad_million") is None:
            where = (*path, "rule")
            report.add(mark_of(tree, where), where, "rule `spend_budget` needs `budget_cad_million`")


def _check(tree: Node, path: Path, rules: Node | None, origin: str | None, report: Report) -> None:
    if rules is None or rules.value is None:
        return
    node = child(rules, "rival")
    rival = text_of(node)
    freight = child(tree, "freight_usd_t")
    if node is None or rival is None or origin is None:
        return
    if rival == origin:
        report.add(node.mark, (*path, "rival"), f"`{printable(rival, 60)}` cannot answer itself")
        return
    lanes = [{region for region, _ in items(child(freight, side))} for side in (origin, rival)]
    if all(lanes) and not lanes[0] & lanes[1]:
        message = f"`{printable(origin, 60)}` and `{printable(rival, 60)}` ship to no region in common"
        report.add(node.mark, (*path, "rival"), message)
    low, high = (child(rules, key) for key in ("lowest_cad_t", "highest_cad_t"))
    values = [each.value if each is not None else default for each, default in ((low, 0.0), (high, 200.0))]
    if all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values) and values[0] > values[1]:
        where = (*path, "highest_cad_t")
        report.add(mark_of(tree, where), where, f"{values[1]:g} is below the lowest rate, {values[0]:g}")
    if text_of(child(rules, "rule")) == "defend_share" and child(rules, "share") is None:
        where = (*path, "rule")
        report.add(mark_of(tree, where), where, "rule `defend_share` needs `share`, the one that is wanted")
