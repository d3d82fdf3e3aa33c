"""The study's two models on its reconstructed segments, one crop year at a time, beside the agents'."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
from play import play

from sim.shipped import shipped_folder
from sim.study import effects
from sim.study_segments import STUDY, Segments

YEARS = tuple(f"{year}/{(year + 1) % 100:02d}" for year in range(1985, 1995))
MANY = (
    "marketing.canada.feed=multiple_sellers",
    "marketing.canada.malting=multiple_sellers",
    "calendar.crop_years=6",  # companies settle faster than the board
)
COLUMNS = ("feed_price_cad_t", "six_row_price_cad_t", "two_row_price_cad_t", "producer_revenue_million_cad")
HOME = "canada:feed"


@dataclass(frozen=True)
class Year:
    """One crop year; columns of Table 2 in ``study`` and ``agents``, errors of prices in C$/t, of tonnes in kt.

    Attributes
    ----------
    price_share : float
        Largest error of any price in either system, as a share of the price.
    tonnes_share : float
        Largest error of any tonnage, as a share of what that buyer takes under the single desk.
    """

    name: str
    study: np.ndarray
    agents: np.ndarray
    desk_error_cad_t: float
    many_error_cad_t: float
    price_share: float
    tonnes_share: float


def read_series():
    """Value of each (series, crop year) of the shipped table."""
    with (shipped_folder() / "data" / "reconstructed.csv").open(encoding="utf-8", newline="") as file:
        return {(row["series"], row["period"]): float(row["value"]) for row in csv.DictReader(file)}


def year(name):
    """Both systems of one crop year."""
    series = read_series()

    def value(segment, what):
        return series[f"reconstructed.{segment}_{what}", name]

    price, kt = (np.array([value(s, what) for s in STUDY.names]) for what in ("price", "quantity"))
    home_kt = value("domestic_feed", "quantity")
    segments = Segments(price[:, None], kt[:, None], np.array([home_kt]))
    known = effects(segments)

    # Demand by segment and at home, (price, kt, elasticity) of its base point; malting pays 15 more than feed.
    base = np.append(price, segments.pool_price_cad_t), np.append(kt, home_kt)
    elasticity = np.array([value(s, "elasticity") for s in (*STUDY.names, "domestic_feed")])
    level = float(known.feed_level_cad_t[0]) + np.array([15.0 * (g != "feed") for g in (*STUDY.grades, "feed")])
    many_kt = np.maximum(base[1] * (1 + elasticity * (1 - level / base[0])), 0.0)

    keys = [f"{s.removesuffix('_' + g)}:{g}" for s, g in zip(STUDY.names, STUDY.grades, strict=True)] + [HOME]
    held = f"calendar.hold={name}"
    runs = play("reconstructed", held), play("reconstructed", held, *MANY)
    got, sold = (np.array([run.list(table, keys) for run in runs]) for table in ("market_price", "market_tonnes"))
    wanted_kt = np.array([base[1], many_kt])
    # A market nobody serves has no price; its tonnes are compared all the same.
    wrong = np.where(wanted_kt > 1.0, got - np.array([base[0], level]), 0.0)
    table = [run.list("producers", [f"canada:{column}" for column in COLUMNS]) for run in runs]
    return Year(
        name,
        known.columns()[:, 0],
        table[1] - table[0],
        *np.abs(wrong).max(axis=1),
        price_share=float((np.abs(wrong) / np.array([base[0], level])).max()),
        tonnes_share=float((np.abs(sold - wanted_kt) / base[1]).max()),
    )
