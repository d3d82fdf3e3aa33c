"""Counterfactuals of a loaded scenario: without an export programme, with a larger one, with many sellers at home.

Each is the loaded scenario with every regime of its calendar changed, so what events say of a programme goes with it.
They are for running: ``hash`` and ``resolved`` stay those of the scenario they were made from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sim.cast import company_list
from sim.programme_names import SUBSIDY
from sim.scenario import Loaded, Scenario
from sim.scenario.schema import Level, Marketing, Origin, SeriesLevel
from sim.shipped import home_origin

EEP, RESTITUTION = "eep", "restitution"
Edit = Callable[[Scenario], Scenario]


class NoProgramme(ValueError):
    """The scenario has no export programme that is ever in force."""


def changed(loaded: Loaded, *edits: Edit) -> Loaded:
    """Return the scenario with edits applied to its base and to the regime of every period."""

    def apply(scenario: Scenario) -> Scenario:
        for edit in edits:
            scenario = edit(scenario)
        return scenario

    return replace(loaded, scenario=apply(loaded.scenario), regimes=tuple(apply(each) for each in loaded.regimes))


def programmes(loaded: Loaded) -> dict[str, str]:
    """Export programmes that are in force at some time, by the name of their account, with the origin they subsidise.

    Raises
    ------
    NoProgramme
        When there is none.
    """
    found: dict[str, str] = {}
    for regime in loaded.regimes:
        for name, origin in _in_force(regime).items():
            found.setdefault(name, origin)
    if not found:
        keys = "`eep`, `restitution` and `export_subsidies`"
        raise NoProgramme(
            f"{loaded.path}: no export programme is ever in force ({keys}), so nobody pays and nobody gains"
        )
    return {name: found[name] for name in sorted(found, key=_order)}


def without(programme: str) -> Edit:
    """Take a programme away.

    A refund carries abroad what a support price calls forth and nobody at home buys: neither works without the other.
    So intervention (the origin's support price, and stores that fill whatever the price) goes with restitution; stores
    then follow the price as they do elsewhere.
    """

    def edit(scenario: Scenario) -> Scenario:
        if programme == EEP:
            return scenario.model_copy(update={"eep": None})
        if programme == RESTITUTION:
            rules = scenario.restitution
            if rules is None:
                return scenario
            origins = dict(scenario.origins)
            if origins[rules.origin].support_price is not None:
                trade = {
                    "support_price": None,
                    "intervention": None,
                    "storage_elasticity": Origin.model_fields["storage_elasticity"].default,
                }
                origins[rules.origin] = origins[rules.origin].model_copy(update=trade)
            return scenario.model_copy(update={"restitution": None, "origins": origins})
        paid = {origin: rules for origin, rules in scenario.export_subsidies.items() if _lane(origin) != programme}
        return scenario.model_copy(update={"export_subsidies": paid})

    return edit


def larger(programme: str, factor: float) -> Edit:
    """Enlarge a programme: tonnage and budget of a bonus, tonnage the committee wants to leave, rates by lane."""

    def edit(scenario: Scenario) -> Scenario:
        if programme == EEP and (eep := scenario.eep) is not None:
            more = {key: scaled(getattr(eep, key), factor) for key in ("tonnage_kt", "budget_usd_million")}
            return scenario.model_copy(update={"eep": eep.model_copy(update=more)})
        if programme == RESTITUTION and (rules := scenario.restitution) is not None:
            more = {"target_kt": scaled(rules.target_kt, factor)}
            return scenario.model_copy(update={"restitution": rules.model_copy(update=more)})
        paid = dict(scenario.export_subsidies)
        for origin, lane in paid.items():
            if _lane(origin) == programme:
                rates = {region: scaled(rate, factor) for region, rate in lane.rate_cad_t.items()}
                paid[origin] = lane.model_copy(update={"rate_cad_t": rates})
        return scenario.model_copy(update={"export_subsidies": paid})

    return edit


def scaled(level: Level, factor: float) -> Level:
    """Return a level times a factor."""
    if isinstance(level, SeriesLevel):
        return level.model_copy(update={"scale": level.scale * factor, "plus": level.plus * factor})
    return level * factor


def can_dissolve(loaded: Loaded) -> bool:
    """Whether there is a single desk in the base origin to set aside, and companies that would buy in its place."""
    origin = home_origin(vars(loaded.scenario))
    if not any(board.origin == origin for board in loaded.scenario.boards.values()):
        return False
    if not any(origin in company.origins for company in company_list(loaded.scenario.traders).values()):
        return False
    systems = [regime.marketing.get(origin) for regime in loaded.regimes]
    known = [rule for rule in systems if rule is not None]
    return len(known) == len(systems) and any("multiple_sellers" not in (rule.feed, rule.malting) for rule in known)


def many_sellers(scenario: Scenario) -> Scenario:
    """Let trading companies buy and sell all barley of the base origin in the single desk's place."""
    rule = Marketing(feed="multiple_sellers", malting="multiple_sellers")
    return scenario.model_copy(update={"marketing": {**scenario.marketing, home_origin(vars(scenario)): rule}})


def favoured_buyers(loaded: Loaded, programme: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Importers a programme's sales may go to, and the other importers of the same markets, over all regimes."""
    chosen: set[str] = set()
    for regime in loaded.regimes:
        chosen |= _favoured(regime, programme)
    importers = loaded.scenario.importers
    markets = {importers[name].market for name in chosen if name in importers}
    others = [name for name, buyer in importers.items() if buyer.market in markets and name not in chosen]
    return tuple(sorted(chosen)), tuple(others)


def _favoured(scenario: Scenario, programme: str) -> set[str]:
    if programme == EEP:
        return {each.buyer for each in scenario.eep.initiatives.values()} if scenario.eep is not None else set()
    if programme == RESTITUTION:
        regions = set(scenario.freight_usd_t.get(scenario.restitution.origin, {})) if scenario.restitution else set()
    else:
        regions = {
            region
            for origin, rules in scenario.export_subsidies.items()
            for region in rules.rate_cad_t
            if _lane(origin) == programme
        }
    return {name for name, buyer in scenario.importers.items() if buyer.region in regions}


def _in_force(scenario: Scenario) -> dict[str, str]:
    """Name and origin of each programme that pays under a regime."""
    found = {}
    for name, rules in ((EEP, scenario.eep), (RESTITUTION, scenario.restitution)):
        if rules is not None and rules.enabled:
            found[name] = rules.origin
    for origin, lane in scenario.export_subsidies.items():
        if lane.search is not None or any(rate != 0 for rate in lane.rate_cad_t.values()):
            found[_lane(origin)] = origin
    return found


def sets_its_own_amounts(loaded: Loaded, programme: str) -> bool:
    """Whether a programme answers a rival or searches: larger stated amounts would not make it larger."""
    for scenario in loaded.regimes:
        lanes = {_lane(origin): rules for origin, rules in scenario.export_subsidies.items()}
        rules = {EEP: scenario.eep, RESTITUTION: scenario.restitution, **lanes}.get(programme)
        reaction = getattr(rules, "reaction", None)
        if getattr(rules, "search", None) is not None or (reaction is not None and reaction.rule != "hold"):
            return True
    return False


def _lane(origin: str) -> str:
    return f"{SUBSIDY}_{origin}"


def _order(programme: str) -> tuple[int, str]:
    return ((EEP, RESTITUTION).index(programme) if programme in (EEP, RESTITUTION) else 2, programme)
