"""Who takes part in a scenario: its buyers, trading companies and sellers by cost, copies included."""

from __future__ import annotations

from agents.buyer import Buyer, Feeders, Importer, Maltsters
from agents.food_agency import FoodAgency
from sim.scenario import schema

BUYER_CLASSES = {"state_importers": FoodAgency, "importers": Importer, "maltsters": Maltsters, "feeders": Feeders}


def buyer_sections(scenario: schema.Scenario) -> dict[str, tuple[type[Buyer], schema.Buyer]]:
    """Every buyer of a scenario with its class, section by section; feeders come last because they clear last."""
    return {
        name: (agent_class, section)
        for key, agent_class in BUYER_CLASSES.items()
        for name, section in getattr(scenario, key).items()
    }


def buyer_section(scenario: schema.Scenario, buyer: str) -> schema.Buyer:
    """The section of one buyer."""
    buyer_section: schema.Buyer = next(
        getattr(scenario, key)[buyer] for key in BUYER_CLASSES if buyer in getattr(scenario, key)
    )
    return buyer_section


def company_list(traders: schema.Traders) -> dict[str, schema.Trader]:
    """The trading companies that take part: the first ``number`` listed, then copies of them."""
    listed = list(traders.companies.items())
    count = len(listed) if traders.number is None else traders.number
    chosen = {}
    for index in range(count if listed else 0):
        name, company = listed[index % len(listed)]
        round_number = index // len(listed) + 1
        chosen[name if round_number == 1 else f"{name}_{round_number}"] = company
    return chosen


def seller_list(scenario: schema.Scenario) -> dict[str, tuple[str, schema.Seller]]:
    """Sellers that take part, copies included, with the entry each was made from."""
    return {
        name if copy == 1 else f"{name}_{copy}": (name, section)
        for name, section in scenario.sellers.items()
        for copy in range(1, section.number + 1)
    }
