"""Levers of marketing, demand, crops and shocks."""

from __future__ import annotations

from functools import partial
from typing import Any

from sim.cast import company_list
from sim.dashboard.edits import Data, places, scale_at, scaled, setter, stated, strike
from sim.dashboard.lever import AS_STATED, CROPS, DEMAND, MARKETING, Control, choice, factor, number
from sim.headings import sentence, title_of
from sim.scenario import Loaded
from sim.shipped import home_origin
from sim.wording import commodity, pool_word, word

BUYING_ABROAD, MALTING, HOME = ("importers", "state_importers"), ("maltsters",), ("feeders",)
SYSTEMS = {
    "single_desk": ("Single desk for all grades", "single_desk", "single_desk"),
    "open_feed": ("{First} open beside the desk, {second} its own", "open_feed", "single_desk"),
    "cash_trading": ("The desk also buys {first} for cash", "cash_trading", "single_desk"),
    "continental_feed": ("Open border for {first}", "continental", "single_desk"),
    "continental": ("Open border for all grades", "continental", "continental"),
    "multiple_sellers": ("Many sellers, no desk", "multiple_sellers", "multiple_sellers"),
}
"""Marketing systems: title, system of feed, system of malting grades."""
WITHOUT_COMPANIES = ("single_desk", "cash_trading")
MOST_COMPANIES = 32


def marketing_levers(loaded: Loaded) -> list[Control]:
    """Who may sell, how many companies there are, what pools pay first, and agreements."""
    data, found = loaded.resolved, []
    desks = {board["origin"] for board in data["boards"].values()}
    for origin in data["marketing"]:
        if origin in desks:
            found.append(_system(loaded, origin))
    if companies := data["traders"]["companies"]:
        initial = data["traders"].get("number") or len(companies)
        text = "How many trading companies take part: the listed ones in order, then copies of them."
        span = (1.0, float(MOST_COMPANIES), 1.0)
        found.append(
            number("traders_number", "Trading companies", "companies", MARKETING, span, initial, text, _companies)
        )
    for name, board in data["boards"].items():
        if board["origin"] == home_origin(data):
            title = f"{title_of(data, 'boards', name)}: initial payment"
            text = "What farmers get at delivery, as a share of what the pool is expected to return."
            edit = setter("boards", name, "initial_share")
            span, unit = (0.5, 1.0, 0.01), "share of expected return"
            found.append(
                number(f"{name}_initial_share", title, unit, MARKETING, span, board["initial_share"], text, edit)
            )
    for name, buyer in data["state_importers"].items():
        if buyer.get("agreement"):
            title = f"{title_of(data, 'state_importers', name)}: agreed tonnage"
            text = "Tonnage of its yearly agreement with the board, times this."
            edit = partial(_scale_one, path=("state_importers", name, "agreement"), key="quantity_kt")
            found.append(factor(f"{name}_agreement_scale", title, MARKETING, 2.0, text, edit))
    return found


def _system(loaded: Loaded, origin: str) -> Control:
    data = loaded.resolved
    companies = any(origin in company.origins for company in company_list(loaded.scenario.traders).values())
    rules = list(places(data, "marketing", origin))
    first, second = (pool_word(data, pool) for pool in ("feed", "malting"))
    border = next((rule["continental_market"] for rule in rules if rule.get("continental_market")), None)
    choices = [
        (value, title.format(First=sentence(first), first=first, second=second))
        for value, (title, feed, _) in SYSTEMS.items()
        if (companies or value in WITHOUT_COMPANIES) and (border is not None or feed != "continental")
    ]

    def edit(data: Data, value: str) -> None:
        if value == AS_STATED:
            return
        _, feed, malting = SYSTEMS[value]
        own = data["marketing"][origin]
        strike(data, "marketing", origin)
        rule = {**own, "feed": feed, "malting": malting}
        if feed == "continental":
            rule["continental_market"] = border
        data["marketing"] = {name: rule if name == origin else data["marketing"][name] for name in order}

    order = list(data["marketing"])
    title = f"Who may sell {commodity(data)} from {title_of(data, 'origins', origin)}"
    text = "Holds in the whole run, in place of what the scenario and its events say."
    return choice(f"{origin}_system", title, MARKETING, choices, text, edit)


def _companies(data: Data, value: float) -> None:
    data["traders"]["number"] = int(value)


def demand_levers(loaded: Loaded) -> list[Control]:
    """How buyers respond to prices, how much they want, exchange rates."""
    data, found = loaded.resolved, []
    feeders, maltsters = word(data, "feeders"), word(data, "maltsters")
    groups = (
        ("importers", "importers'", BUYING_ABROAD, "importers"),
        ("home", f"{feeders}'", HOME, f"{feeders} at home"),
        ("maltsters", f"{maltsters}'", MALTING, maltsters),
    )
    for name, whose, sections, who in groups:
        if any("elasticity" in demand for demand in _demands(data, sections)):
            title, text = f"Price elasticity of {who}", f"Every elasticity of {whose} demand, times this."
            edit = partial(_scale_demands, sections=sections, key="elasticity")
            found.append(factor(f"{name}_elasticity_scale", title, DEMAND, 3.0, text, edit, low=0.25))
    if _demands(data, BUYING_ABROAD):
        text = "Tonnes importers want at a given price, times this."
        edit = partial(_scale_tonnes, sections=BUYING_ABROAD)
        found.append(factor("importers_demand_scale", "Demand of importers", DEMAND, 2.0, text, edit, low=0.25))
    text = "C$ per US$, times this; above one, the C$ is cheaper."
    edit = partial(_scale_one, path=("money",), key="cad_per_usd")
    found.append(factor("cad_per_usd_scale", "Exchange rate, C$ per US$", DEMAND, 1.5, text, edit, low=0.5))
    return found


def _demands(data: Data, sections: tuple[str, ...]) -> list[Data]:
    return [demand for name in sections for demand in places(data, name, "*", "demand", "*")]


def _scale_demands(data: Data, times: float, sections: tuple[str, ...], key: str) -> None:
    for name in sections:
        scale_at(data, times, key, name, "*", "demand", "*")


def _scale_tonnes(data: Data, times: float, sections: tuple[str, ...]) -> None:
    """More tonnes at every price: the base point moves out, a line by intercept and slope gets flatter."""
    for demand in _demands(data, sections):
        if "quantity_kt" in demand:
            demand["quantity_kt"] = scaled(demand["quantity_kt"], times)
        if isinstance(demand.get("slope"), (int, float)):
            demand["slope"] = demand["slope"] / times


def _scale_one(data: Data, times: float, path: tuple[str, ...], key: str) -> None:
    scale_at(data, times, key, *path)


def crop_levers(loaded: Loaded) -> list[Control]:
    """Harvests and how much they vary."""
    data, found = loaded.resolved, []
    grown = {group["origin"] for group in data["growers"].values()}
    for name in data["origins"]:
        if name in grown:
            title = f"Crop of {title_of(data, 'origins', name)}"
            text = "Every harvest, times this; what is used on the farm stays as it is."
            edit = partial(_scale_one, path=("origins", name), key="production_kt")
            found.append(factor(f"{name}_crop_scale", title, CROPS, 1.5, text, edit, low=0.7))
    spreads: dict[str, tuple[str, str]] = {"demand_sd": ("Luck of importers' demand", "importer's demand")}
    if grown:
        spreads = {"yield_sd": ("Luck of the harvests", "origin's yield"), **spreads}
    for key, (title, whose) in spreads.items():
        initial: Any = stated(data, "shocks", key)
        text = f"Standard deviation of every {whose} from year to year; zero switches it off."
        span = (0.0, 0.3, 0.01)
        found.append(number(f"{key}", title, "share", CROPS, span, initial, text, setter("shocks", key)))
    return found
