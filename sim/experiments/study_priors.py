"""What public figures say about the study's confidential inputs, crop year by crop year.

No input rests on the study's Table 2, nor on export bonuses, with which the inferred gaps are compared.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.kept import Inputs, kept_content
from sim.shipped import AVERAGE, published_effects, published_gaps, shipped_folder, table_inputs
from sim.study import COLUMNS
from sim.study_segments import FEED, SIX_ROW, STUDY, Segments

PRICE_SD_USD_T = 8.0
"""Error of the offshore feed price, as its source states it."""
DOMESTIC_SD_KT = 400.0
"""Error of domestic feed use: the size of the break that the adjusted series takes out."""
GAP_PERIOD = "1985/86-1994/95"
"""Period of Table 1 that covers the years of Table 2."""
PREMIUM_SERIES = {SIX_ROW: "price.malting_premium_farm_manitoba", "two_row": "price.malting_premium_farm_alberta"}
US_MALTING, US_FEED = "price.minneapolis_malting_barley", "price.minneapolis_feed_barley"

PRICES = ("offshore_feed_price", "japan_feed_gap", "united_states_feed_gap") + tuple(
    f"{name}_premium" for name in STUDY.names if not name.endswith(FEED)
)
QUANTITIES = tuple(f"{name}_quantity" for name in (*STUDY.names, "domestic_feed"))
INPUTS = PRICES + QUANTITIES


@dataclass(frozen=True)
class Priors:
    """Prior of every input in every crop year.

    Attributes
    ----------
    crop_years : tuple of str
    mean, sd : ndarray, shape (input, crop year)
        In the order of ``INPUTS``; C$/t for prices, gaps and premiums, kt for quantities.
    sources : dict of str to str
        Rule and public source, by input.
    published : ndarray, shape (column, crop year)
        Rows of Table 2, the figures to reproduce; columns as in ``sim.study.COLUMNS``.
    published_average : ndarray, shape (column,)
        Its printed averages.
    bonus_cad_t : ndarray, shape (crop year,)
        The export bonus, with which the inferred gap is compared.
    """

    crop_years: tuple[str, ...]
    mean: np.ndarray
    sd: np.ndarray
    sources: dict[str, str]
    published: np.ndarray
    published_average: np.ndarray
    bonus_cad_t: np.ndarray


SERIES_TABLES = ("prices", "derived", "production_and_use", "exchange", "policy")
BOUNDS_TABLE = "segments"


def prior_inputs() -> Inputs:
    """Content of every shipped table that the priors are read from."""
    return table_inputs(*SERIES_TABLES, BOUNDS_TABLE)


def read_priors(folder: Path | None = None) -> Priors:
    """Read the priors from the shipped tables, or from a folder with tables of the same names."""
    folder = folder or shipped_folder() / "data"
    effects = published_effects()
    years = tuple(dict.fromkeys(row for row, _ in effects if row != AVERAGE))
    series = _series(folder, SERIES_TABLES)

    def of(name: str) -> np.ndarray:
        return np.array([series[name, year] for year in years])

    rate = of("fx.cad_per_usd")
    rows: dict[str, tuple[np.ndarray, np.ndarray, str]] = {
        "offshore_feed_price": (
            of("price.row_feed_fob") * rate,
            PRICE_SD_USD_T * rate,
            f"price.row_feed_fob at the year's exchange rate; sd US${PRICE_SD_USD_T:g}/t",
        )
    }
    gaps = published_gaps()
    for market in ("japan", "united_states"):
        mean = np.full(len(years), gaps[f"{GAP_PERIOD} {market}-offshore"][0])
        text = f"Table 1, mean gap {GAP_PERIOD}"
        if market == "japan":
            rows["japan_feed_gap"] = mean, mean, f"{text}; sd the mean itself"
        else:
            rows["united_states_feed_gap"] = mean, PRICE_SD_USD_T * rate, f"{text}; sd as for the offshore price"
    american = (of(US_MALTING) - of(US_FEED)) * rate
    for grade, name in PREMIUM_SERIES.items():
        canadian = of(name)
        sd = np.full(len(years), np.sqrt(np.mean((canadian - american) ** 2)))
        spread = "sd their root mean square difference over the ten years"
        both = f"{name} and Minneapolis malting less feed"
        rows[f"canada_{grade}_premium"] = canadian, sd, f"{name}; {spread.replace('their', 'its')} from Minneapolis"
        rows[f"united_states_{grade}_premium"] = american, sd, f"Minneapolis malting less feed; {spread} ({both})"
        rows[f"offshore_{grade}_premium"] = (canadian + american) / 2, sd, f"mean of {both}; {spread}"
    bounds = _bounds(folder / f"{BOUNDS_TABLE}.csv")
    for name in STUDY.names:
        central, low, high = np.array([bounds[name, year] for year in years]).T
        rows[f"{name}_quantity"] = central, (high - low) / 4, "segments.csv, central; sd (high - low) / 4"
    rows["domestic_feed_quantity"] = (
        of("canada.domestic_feed_adjusted"),
        np.full(len(years), DOMESTIC_SD_KT),
        f"canada.domestic_feed_adjusted; sd {DOMESTIC_SD_KT:g} kt, the break its adjustment takes out",
    )
    return Priors(
        crop_years=years,
        mean=np.stack([rows[name][0] for name in INPUTS]),
        sd=np.stack([rows[name][1] for name in INPUTS]),
        sources={name: rows[name][2] for name in INPUTS},
        published=np.array([[effects[year, column] for year in years] for column in COLUMNS]),
        published_average=np.array([effects[AVERAGE, column] for column in COLUMNS]),
        bonus_cad_t=of("policy.eep_barley_bonus") * rate,
    )


def segments_of(inputs: np.ndarray) -> Segments:
    """Segments from inputs of shape (input, ..., draw): gaps are over the offshore price, premiums over the pool."""
    prices, quantity = inputs[: len(PRICES)], inputs[len(PRICES) : -1]
    feed = np.stack([prices[0] + prices[1], prices[0] + prices[2], prices[0]])
    pool = (feed[0] * quantity[0] + feed[1] * quantity[1] + feed[2] * quantity[2]) / (
        quantity[0] + quantity[1] + quantity[2]
    )
    return Segments(np.concatenate([feed, pool + prices[3:]]), quantity, inputs[-1])


def _series(folder: Path, tables: tuple[str, ...]) -> dict[tuple[str, str], float]:
    found = {}
    for table in tables:
        rows = _rows(folder / f"{table}.csv")
        found.update({(row["series"], row["period"]): float(row["value"]) for row in rows})
    return found


def _bounds(path: Path) -> dict[tuple[str, str], tuple[float, float, float]]:
    return {
        (f"{row['market']}_{row['grade']}", row["crop_year"]): (
            float(row["central_kt"]),
            float(row["low_kt"]),
            float(row["high_kt"]),
        )
        for row in _rows(path)
    }


def _rows(path: Path) -> list[dict[str, str]]:
    content = kept_content(str(path)) or path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
