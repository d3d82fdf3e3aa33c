"""The markets that are timed: the history cut to some years, with more companies or importers, and sellers by cost."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

LAST_YEAR = 1994  # the history's last crop year is 1994/95
OLIGOPOLY = """
title: Sellers by cost
calendar: {start: 2000/01, crop_years: 1}
money: {cad_per_usd: 1, usd_per_ecu: 1}
grades: {feed: {title: Feed, pool: feed}}
markets: {third: {title: Third country}}
origins: {home: {title: Home}}
freight_usd_t: {home: {third: 0}}
sellers: {firm: {title: Firm, origin: home, cost_cad_t: 40, number: 1}}
importers:
  buyer: {title: Buyer, market: third, region: third, demand: {feed: {currency: cad, intercept: 100, slope: 0.1}}}
"""


@cache
def market(name: str, *settings: str) -> Any:
    """A shipped scenario, or a file, with settings as after ``--set``."""
    from sim.scenario import load
    from sim.shipped import scenario_path

    return load(scenario_path(name), settings)


def last_years(crop_years: int) -> tuple[str, ...]:
    """Settings that leave the last crop years of the history: programmes run in all of them."""
    first = LAST_YEAR - crop_years + 1
    return f"calendar.start={first}/{(first + 1) % 100:02d}", f"calendar.crop_years={crop_years}"


def write_sellers(folder: Path, number: int) -> Path:
    """Write a market of ``number`` sellers by cost who reckon with their rivals."""
    path = folder / f"sellers_{number}.yaml"
    path.write_text(OLIGOPOLY.replace("number: 1", f"number: {number}"), encoding="utf-8")
    return path


def write_importers(folder: Path, copies: int) -> Path:
    """Write a history with ``copies`` of every importer, its market and its export initiatives; each buys its part."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    history = yaml.load(Path(market("history").path).read_text(encoding="utf-8"))
    child: dict[str, Any] = {"extends": "history", "title": f"{copies} of each importer"}
    bought_in = {section["market"] for section in history["importers"].values()}
    child["markets"] = {
        _copy_name(name, copy): {"title": f"{history['markets'][name]['title']} {copy}"}
        for copy in range(1, copies)
        for name in sorted(bought_in)
    }
    child["importers"] = {
        _copy_name(name, copy): {**_part(section, copies), "market": _copy_name(section["market"], copy)}
        for copy in range(copies)
        for name, section in history["importers"].items()
    }
    child["eep"] = {
        "initiatives": {
            _copy_name(name, copy): {**section, "buyer": _copy_name(section.get("buyer", name), copy)}
            for copy in range(copies)
            for name, section in history["eep"]["initiatives"].items()
        }
    }
    path = folder / f"importers_{copies}.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(child, file)
    return path


def _copy_name(name: str, copy: int) -> str:
    return f"{name}_copy_{copy}" if copy else name


def _part(section: dict[str, Any], copies: int) -> dict[str, Any]:
    demand = {
        grade: {**rules, "quantity_kt": {**rules["quantity_kt"], "scale": 1.0 / copies}}
        for grade, rules in section["demand"].items()
    }
    return {**section, "demand": demand}
