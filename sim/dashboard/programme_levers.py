"""Levers of export programmes: switched off, larger or smaller, with other limits."""

from __future__ import annotations

from functools import partial

from sim.dashboard.edits import Data, scale_at, setter, stated, strike
from sim.dashboard.lever import SUBSIDIES, Control, factor, number, switch
from sim.experiments.counterfactual import EEP, RESTITUTION, NoProgramme, programmes, sets_its_own_amounts
from sim.headings import programme_title
from sim.programme_names import SUBSIDY
from sim.scenario import Loaded
from sim.scenario.schema import Origin

IN_FORCE = " in force"
NO_LIMIT = 1e5  # million US$: a programme without a budget of its own is stated with more than anybody spends


def programme_levers(loaded: Loaded) -> list[Control]:
    """Levers of the programmes that are in force at some time."""
    try:
        names = programmes(loaded)
    except NoProgramme:
        return []
    found: list[Control] = []
    for name in names:
        title = programme_title(loaded.resolved, name)
        own = not sets_its_own_amounts(loaded, name)
        if name == EEP:
            found += _bonus(loaded.resolved, title, own)
        elif name == RESTITUTION:
            found += _refunds(loaded.resolved, title, own)
        else:
            found += _lane(name, title, own)
    return found


def _bonus(data: Data, title: str, own: bool) -> list[Control]:
    text = f"Switched off, {title} never pays a bonus: what the market would have been without it."
    found = [switch("eep_on", f"{title}{IN_FORCE}", SUBSIDIES, text, lambda data: strike(data, "eep"))]
    found += _limit(
        data, ("eep", "max_bonus_usd_t"), f"{title}: highest bonus", "US$/t", (0.0, 120.0, 1.0),
        "Bids for a larger bonus than this are refused.",
    )  # fmt: skip
    found += _limit(
        data, ("eep", "budget_usd_million"), f"{title}: budget", "million US$ a fiscal year", (0.0, 500.0, 5.0),
        "Money the programme may spend in a fiscal year; nothing is granted once it is gone.",
    )  # fmt: skip
    if own:
        text = "Tonnage of the programme and of each buyer's allotment, times this; the budget stays as it is."
        found.append(factor("eep_tonnage_scale", f"{title}: tonnage", SUBSIDIES, 3.0, text, _bonus_tonnage))
    text = "How far below the going price sellers with a bonus aim, as a share of that price."
    initial = data["eep"]["undercut"]
    found.append(
        number(
            "eep_undercut",
            f"{title}: undercutting",
            "share",
            SUBSIDIES,
            (0.0, 0.15, 0.005),
            initial,
            text,
            setter("eep", "undercut"),
        )  # fmt: skip
    )
    return found


def _bonus_tonnage(data: Data, times: float) -> None:
    scale_at(data, times, "tonnage_kt", "eep")
    scale_at(data, times, "tonnage_kt", "eep", "initiatives", "*")


def _refunds(data: Data, title: str, own: bool) -> list[Control]:
    text = (
        f"Switched off, {title} never pays, and support buying at home ends with it: without refunds its stores would "
        "fill without end."
    )
    found = [switch("restitution_on", f"{title}{IN_FORCE}", SUBSIDIES, text, _no_refunds)]
    if own:
        text = "Tonnage that is to leave the country with refunds in a year, times this."
        edit = partial(_scale, path=("restitution",), key="target_kt")
        found.append(factor("restitution_target_scale", f"{title}: tonnage", SUBSIDIES, 2.0, text, edit))
    found += _limit(
        data, ("restitution", "max_refund_ecu_t"), f"{title}: highest refund", "ECU/t", (0.0, 250.0, 5.0),
        "No tender grants a larger refund than this.",
    )  # fmt: skip
    return found


def _no_refunds(data: Data) -> None:
    origin = data["origins"][data["restitution"]["origin"]]
    if origin.get("support_price") is not None:
        for key in ("support_price", "intervention"):
            strike(data, "origins", data["restitution"]["origin"], key)
        origin["storage_elasticity"] = Origin.model_fields["storage_elasticity"].default
    strike(data, "restitution")


def _lane(name: str, title: str, own: bool) -> list[Control]:
    origin = name.removeprefix(f"{SUBSIDY}_")
    text = "Switched off, nobody who ships from there is paid a subsidy."

    def off(data: Data) -> None:
        strike(data, "export_subsidies", origin)

    found = [switch(f"{name}_on", f"{title}{IN_FORCE}", SUBSIDIES, text, off)]
    if own:
        text = "Subsidy per tonne on every lane, times this."
        edit = partial(_scale_rates, origin=origin)
        found.append(factor(f"{name}_scale", f"{title}: rate", SUBSIDIES, 3.0, text, edit))
    return found


def _scale_rates(data: Data, times: float, origin: str) -> None:
    for region in data["export_subsidies"][origin]["rate_cad_t"]:
        scale_at(data, times, region, "export_subsidies", origin, "rate_cad_t")


def _scale(data: Data, times: float, path: tuple[str, ...], key: str) -> None:
    scale_at(data, times, key, *path)


def _limit(
    data: Data, path: tuple[str, str], title: str, unit: str, span: tuple[float, float, float], text: str
) -> list[Control]:
    """Lever for a limit: its amount where one number is stated, else a factor; none where there is no limit."""
    value, name = stated(data, *path), "_".join(path)
    if isinstance(value, dict):
        edit = partial(_scale, path=path[:1], key=path[1])
        return [factor(f"{name}_scale", title, SUBSIDIES, 3.0, text, edit)]
    if value is None or value >= NO_LIMIT:
        return []
    text += " An event of the scenario that states its own keeps it."
    return [number(name, title, unit, SUBSIDIES, span, value, text, setter(*path))]
