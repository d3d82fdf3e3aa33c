"""Marketing systems: which combinations exist, and what each of them needs."""

from __future__ import annotations

from typing import get_args

from sim.scenario.parties import companies_taking_part
from sim.scenario.problems import Mark, Path, Report
from sim.scenario.reader import Node
from sim.scenario.schema import Marketing, MarketingSystem
from sim.scenario.tree import child, elements, find, items, mark_of, place_of, text_of

POOLS = ("feed", "malting")
SPLITS = (
    ("open_feed", "single_desk"),
    ("continental", "single_desk"),
    ("open_feed", "continental"),
    ("cash_trading", "single_desk"),
)
WITH_MERCHANTS = ("multiple_sellers", "open_feed", "continental")


def check_systems(tree: Node, report: Report) -> None:
    """Report systems that do not go together, and systems without the market or the companies they need."""
    for origin, rule in items(child(tree, "marketing")):
        systems = tuple(_system(rule, pool) for pool in POOLS)
        path = ("marketing", origin)
        for pool, system in zip(POOLS, systems, strict=True):
            if system == "continental" and child(rule, "continental_market") is None:
                message = f"`continental` needs the market it opens; state marketing.{origin}.continental_market"
                report.add(place_of(rule, (pool,)), (*path, pool), message)
        known = tuple(system for system in systems if system is not None)
        if len(known) < len(systems):
            continue
        if systems[0] != systems[1] and systems not in SPLITS:
            listed = ", ".join(f"({feed}, {malting})" for feed, malting in SPLITS)
            message = (
                f"feed under `{systems[0]}` with malting under `{systems[1]}` does not exist; "
                f"both pools may have the same system, or (feed, malting) may be one of {listed}"
            )
            mark, where = _place(tree, origin, report)
            report.add(mark, where, message)
        _merchants(tree, origin, known, report)


def _system(rule: Node, pool: str) -> str | None:
    """System of a pool, its default when absent; None when it is not one."""
    node = child(rule, pool)
    if not isinstance(rule.value, dict):
        return None
    name = Marketing.model_fields[pool].default if node is None else text_of(node)
    return name if name in get_args(MarketingSystem) else None


def _place(tree: Node, origin: str, report: Report) -> tuple[Mark, Path]:
    """Mark and path of the pool whose system is stated last: in an event, else the first one that is stated."""
    rule = find(tree, ("marketing", origin))
    stated = {pool: node.mark for pool in POOLS if (node := child(rule, pool)) is not None}
    dated = [pool for pool, mark in stated.items() if mark in report.events]
    path = ("marketing", origin, *(dated or list(stated))[:1])
    return place_of(tree, path), path


def _merchants(tree: Node, origin: str, systems: tuple[str, ...], report: Report) -> None:
    admitting = [pool for pool, system in zip(POOLS, systems, strict=True) if system in WITH_MERCHANTS]
    companies = find(tree, ("traders", "companies"))
    if not admitting or find(tree, ("origins", origin)) is None or (companies is not None and companies.bad):
        return
    if any(_buys_at(company, origin) for _, company in companies_taking_part(tree)):
        return
    message = f"`{systems[POOLS.index(admitting[0])]}` lets trading companies buy here, but "
    others = [name for name, company in items(companies) if _buys_at(company, origin)]
    if others:
        message += f"traders.number leaves out those that do ({', '.join(others[:5])})"
    else:
        message += f"none has `{origin}` among its origins; see traders.companies"
    path = ("marketing", origin, admitting[0])
    node = find(tree, path)
    report.add(node.mark if node else mark_of(tree, path), path, message)


def _buys_at(company: Node, origin: str) -> bool:
    return origin in [text_of(entry) for entry in elements(child(company, "origins"))]
