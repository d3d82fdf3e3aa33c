"""Titles of what an incidence names: programmes, countries, prices; the same on screen and in figures."""

from __future__ import annotations

from typing import Any

from sim.experiments.compare import FEED_PRICE, REVENUE
from sim.headings import programme_title, sentence
from sim.shipped import home_origin
from sim.wording import pool_word

PARTS = {
    "producers": "Producers",
    "buyers": "Buyers",
    "middlemen": "Middlemen",
    "taxpayers": "Taxpayers",
    "total": "Together",
}
DESTINATIONS = {
    "own_producers": "{own}: producers",
    "own_buyers": "{own}: buyers",
    "own_taxpayers_otherwise": "{own}: other budgets",
    "favoured_buyers": "Importers it favours",
    "other_buyers": "Other buyers abroad",
    "middlemen": "Middlemen, everywhere",
    "other_producers": "Producers elsewhere",
    "other_taxpayers": "Taxpayers elsewhere",
    "deadweight_loss": "Nobody (deadweight loss)",
}


def removed_title(scenario: dict[str, Any], programme: str) -> str:
    """Title of a programme, or of all of them together."""
    return "All export programmes" if programme == "all" else programme_title(scenario, programme)


def country_title(scenario: dict[str, Any], country: str) -> str:
    """Title of a country: an origin, or else a market; the world."""
    return "World" if country == "world" else _title(scenario, ("origins", "markets"), country)


def destination_title(side: str, own: str) -> str:
    """Who gains or loses by a programme's spending; ``own`` is the country whose exports it subsidises."""
    return DESTINATIONS[side].format(own=own)


def price_title(scenario: dict[str, Any], column: str) -> str:
    """What a column of the followed prices stands for."""
    kind, _, name = column.partition(":")
    if kind == "internal":
        return f"{country_title(scenario, name)}, at home"
    if kind == "producers":
        origin = country_title(scenario, home_origin(scenario))
        return f"{origin}, producers, {_title(scenario, ('grades',), name).lower()}"
    if kind == "fob":
        origin = country_title(scenario, home_origin(scenario))
        return f"{origin}, f.o.b. to {_title(scenario, ('markets',), name)}"
    programme, _, group = name.partition(":")
    if not group:
        return f"{_title(scenario, ('markets',), name)}, landed"
    who = "importers it favours" if group == "favoured" else "other importers there"
    return f"{programme_title(scenario, programme)}: {who}, landed"


def effect_title(column: str, scenario: dict[str, Any]) -> str:
    """Heading of a column of Table 2; ``scenario`` is the resolved one, or its title alone where there is no more."""
    if column == REVENUE:
        return "Producer revenue"
    own = column == FEED_PRICE and scenario.get("grades")
    name = pool_word(scenario, "feed") if own else column.removesuffix("_price_cad_t").replace("_", "-")
    return f"{sentence(name)} price"


def followed_by(column: str, programme: str) -> bool:
    """Whether a price belongs beside a programme: the groups of importers of another one do not."""
    parts = column.split(":")
    return len(parts) < 3 or parts[1] == programme


def _title(scenario: dict[str, Any], sections: tuple[str, ...], name: str) -> str:
    for section in sections:
        entry = (scenario.get(section) or {}).get(name)
        if entry and entry.get("title"):
            title: str = entry["title"]
            return title
    return name.replace("_", " ")
