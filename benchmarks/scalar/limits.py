"""What the scalar model leaves out: a scenario that needs it is refused."""

from __future__ import annotations

BUYER_KINDS = ("state_importers", "importers", "maltsters", "feeders")  # feeders clear last


def refuse_what_is_missing(loaded) -> None:
    """Raise ``ValueError`` for a scenario with rules that the scalar model does not have."""
    for scenario in loaded.regimes:
        beliefs = [board.beliefs for board in scenario.boards.values()] + [scenario.traders.beliefs]
        programmes = [each for each in (scenario.eep, scenario.restitution) if each is not None]
        demands = [d for kind in BUYER_KINDS for b in getattr(scenario, kind).values() for d in b.demand.values()]
        found = {
            "sellers by cost": scenario.sellers,
            "subsidies by lane": scenario.export_subsidies,
            "beliefs by least squares": any(each.rule == "least_squares" for each in beliefs),
            "companies that learn": scenario.traders.rule == "roth_erev",
            "programmes that answer each other": any(each.reaction is not None for each in programmes),
            "demand stated by its line": any(demand.intercept is not None for demand in demands),
            "cash trading": any(each.feed == "cash_trading" for each in scenario.marketing.values()),
        }
        missing = [name for name, present in found.items() if present]
        if missing:
            raise ValueError(f"the scalar model has no {', '.join(missing)}")
