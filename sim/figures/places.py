"""Where things are: coordinates of origins and buyers by the scenario's own names, and outlines of land."""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import Any

import numpy as np

from sim.shipped import shipped_folder

BUYER_SECTIONS = ("importers", "state_importers", "maltsters", "feeders")

Place = tuple[float, float]
"""Degrees east and degrees north."""


@cache
def coordinates() -> dict[str, Place]:
    """Every name in ``coordinates.csv`` and its degrees east and north."""
    with (shipped_folder() / "data" / "coordinates.csv").open(encoding="utf-8", newline="") as file:
        return {
            name.strip(): (float(line["longitude_deg_east"]), float(line["latitude_deg_north"]))
            for line in csv.DictReader(file)
            for name in line["names"].split(";")
        }


@cache
def outlines() -> tuple[tuple[str, np.ndarray], ...]:
    """Land, and seas within it: ``land`` or ``water``, and an array (point, 2) of degrees east and north."""
    points: dict[tuple[int, str], list[Place]] = {}
    with (shipped_folder() / "data" / "land.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            at = (float(line["longitude_deg_east"]), float(line["latitude_deg_north"]))
            points.setdefault((int(line["outline"]), line["of"]), []).append(at)
    return tuple((of, np.array(each)) for (_number, of), each in points.items())


def origin_place(scenario: dict[str, Any], origin: str) -> Place | None:
    """Where an origin ships from: by its name, or else its title; None when the table has neither."""
    return _first(origin, (scenario["origins"].get(origin) or {}).get("title"))


def buyer_place(scenario: dict[str, Any], buyer: str) -> Place | None:
    """Where a buyer is: by its name, its title, its region or its market, whichever the table has first."""
    entry = buyer_entry(scenario, buyer)
    market = entry.get("market")
    return _first(
        buyer, entry.get("title"), entry.get("region"), market, (scenario["markets"].get(market) or {}).get("title")
    )


def buyer_entry(scenario: dict[str, Any], buyer: str) -> dict[str, Any]:
    """What the scenario says of a buyer; nothing when it has none of the name."""
    return next((scenario[section][buyer] for section in BUYER_SECTIONS if buyer in (scenario.get(section) or {})), {})


def _first(*names: str | None) -> Place | None:
    table = coordinates()
    return next((table[key] for name in names if name and (key := _key(name)) in table), None)


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower().replace("'", "")).strip("_")
