"""Bands of every monthly and crop-year series of a market, a period at a time: nothing is worked out twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from sim.experiments.destination import OWN_ACCOUNTS
from sim.experiments.monthly import LEFT_OUT
from sim.ledger import Ledger
from sim.measures.bands import QUANTILES, bands, quantile_name
from sim.measures.reading import adder
from sim.pool import counted_kt
from sim.shipped import home_origin, market_pairs

MONEY = ("cad", "usd", "ecu")
STATISTICS = ("mean", *(quantile_name(q) for q in QUANTILES))
GAP, SPENT_CAD, SPENT_USD = "price_gap_cad_t", "spent_so_far_million_cad", "spent_so_far_million_usd"
SPENT_OWN = "spent_so_far_million_own"  # in the currency each programme pays in


def currency_of(programme: str) -> tuple[str, str]:
    """Currency a programme pays in, as a suffix and as people write it: ``("usd", "US$")``."""
    return OWN_ACCOUNTS[programme][2:] if programme in OWN_ACCOUNTS else ("cad", "C$")


@dataclass(frozen=True)
class Bands:
    """Mean and quantiles over the draws, one entry per period (or crop year) so far; NaN where no draw has a value."""

    mean: np.ndarray
    p05: np.ndarray
    p25: np.ndarray
    p50: np.ndarray
    p75: np.ndarray
    p95: np.ndarray


class Growing:
    """Series of one kind of time: their bands so far.

    Parameters
    ----------
    series : dict of str to (list of str, str)
        Labels and unit of each series.
    times : int
        Periods, or crop years, of the whole run.
    """

    def __init__(self, series: dict[str, tuple[list[str], str]], times: int) -> None:
        self.series = {name: entry for name, entry in series.items() if entry[0]}
        self.done = 0
        count = sum(len(labels) for labels, _ in self.series.values())
        self._values = np.full((len(STATISTICS), count, times), np.nan)
        ends = np.cumsum([0, *(len(labels) for labels, _ in self.series.values())])
        self._starts = dict(zip(self.series, ends, strict=False))

    def append(self, values: dict[str, np.ndarray]) -> None:
        """Add one time: for each series an array (label, draw)."""
        found = bands(np.concatenate([values[name] for name in self.series])) if self.series else {}
        for place, statistic in enumerate(STATISTICS):
            if self.series:
                self._values[place, :, self.done] = found[statistic]
        self.done += 1

    def bands(self, name: str) -> dict[str, Bands]:
        """Bands so far by label."""
        start = self._starts[name]
        return {
            label: Bands(*(self._values[place, start + number, : self.done] for place in range(len(STATISTICS))))
            for number, label in enumerate(self.series[name][0])
        }


class Book:
    """What is read off a market after each step: bands of its series and mean trade flows.

    The series are those of :mod:`sim.experiments.monthly`, to the bit, and three more: price gaps between markets, and
    what programmes have spent so far.
    """

    def __init__(self, ledger: Ledger, scenario: dict[str, Any]) -> None:
        self.ledger = ledger
        origin, index = home_origin(scenario), ledger.index
        own = index.select(origin=origin)
        self._pairs = sorted(f"{m}:{g}" for m, g in index.combinations(("market", "grade")))
        self._bounds = np.searchsorted(ledger.rows["period"].to_numpy(), np.arange(len(ledger.periods) + 1))
        self._pair_codes = self._codes(("market", "grade"), self._pairs)
        self._is_own = np.zeros(len(ledger.rows), dtype=bool)
        self._is_own[own] = True
        self._sellers = list(dict.fromkeys(ledger.rows["seller"].iloc[own]))
        self._seller_codes = np.where(self._is_own, index.codes("seller", self._sellers), -1)
        self.flows = index.combinations(("origin", "seller", "market"))
        self._flow_codes = self._codes(("origin", "seller", "market"), [":".join(each) for each in self.flows])
        self.flow_kt = np.zeros((len(ledger.periods), len(self.flows)))
        self._gaps = self._gap_places(scenario)
        programmes = ledger.states["programme_spend_cad_k"].labels
        self._programmes, self._origins = list(programmes), list(ledger.states["exports_kt"].labels)
        self._spent = np.zeros(
            (3, len(programmes), ledger.draws)
        )  # million C$, million US$, million of its own currency
        self._codes_of_money = np.array([MONEY.index(currency_of(name)[0]) for name in programmes], dtype=int)
        self._subsidised_kt = np.zeros((len(programmes), ledger.draws))
        self._exported_kt = np.zeros((len(self._origins), ledger.draws))
        self._paid: dict[str, list[int]] = {}  # first and last period in which a programme paid
        self._periods_per_year = scenario["calendar"]["periods_per_year"]
        states = {
            name: (list(state.labels), state.unit, state.time)
            for name, state in ledger.states.items()
            if name not in LEFT_OUT
        }
        monthly = {
            "price_cad_t": (self._pairs, "C$/t f.o.b."),
            "sales_kt": (self._pairs, "kt"),
            "all_sellers_kt": (self._pairs, "kt"),
            "subsidy_cad_t": (self._pairs, "C$/t"),
            "seller_kt": (self._sellers, "kt"),
            **{name: (labels, unit) for name, (labels, unit, time) in states.items() if time == "period"},
            GAP: (list(self._gaps), "C$/t f.o.b."),
            SPENT_CAD: (list(programmes), "million C$"),
            SPENT_USD: (list(programmes), "million US$"),
            SPENT_OWN: (list(programmes), "million of its currency"),
        }
        yearly = {name: (labels, unit) for name, (labels, unit, time) in states.items() if time == "crop_year"}
        yearly["pool_return_cad_t"] = (list(ledger.states["pool_kt"].labels), "C$/t")
        self.monthly = Growing(monthly, len(ledger.periods))
        self.yearly = Growing(yearly, len(ledger.crop_years))

    def _codes(self, columns: tuple[str, ...], labels: list[str]) -> np.ndarray:
        """Position in ``labels`` of each row's combination of columns."""
        joined = self.ledger.rows[columns[0]]
        for column in columns[1:]:
            joined = joined + ":" + self.ledger.rows[column]
        codes: np.ndarray = pd.Index(labels).get_indexer(joined)
        return codes

    def _gap_places(self, scenario: dict[str, Any]) -> dict[str, tuple[int, int]]:
        """Lines of the two prices of each gap, for the first feed grade."""
        grade = next((name for name, each in scenario["grades"].items() if each["pool"] == "feed"), "")
        found = {}
        for pair in market_pairs(scenario):
            names = [f"{market}:{grade}" for market in pair.split("-")]
            if all(name in self._pairs for name in names):
                found[pair] = (self._pairs.index(names[0]), self._pairs.index(names[1]))
        return found

    def take_period(self, t: int) -> None:
        """Read period ``t``, which has just been simulated."""
        rows = slice(self._bounds[t], self._bounds[t + 1])
        columns = {name: values[rows] for name, values in self.ledger.sales.items()}
        kt, own = columns["kt"], self._is_own[rows, None]
        worth, subsidy = np.where(own, columns["price_cad_t"] * kt, 0.0), columns["subsidy_cad_t"] * kt
        own_kt = np.where(own, kt, 0.0)
        by_pair = _adder(self._pair_codes[rows], len(self._pairs))
        sums = {name: by_pair @ each for name, each in zip("wosk", (worth, own_kt, subsidy, kt), strict=True)}
        price = _ratio(sums["w"], sums["o"])
        states = self.ledger.states
        values = {name: states[name].values[t] for name in self.monthly.series if name in states}
        spend = states["programme_spend_cad_k"].values[t] / 1000
        usd, usd_per_ecu = states["exchange"].values[t]
        rates = np.stack([np.ones_like(usd), usd, usd * usd_per_ecu])  # C$ per unit, in the order of MONEY
        self._spent = self._spent + np.stack([spend, spend / usd, spend / rates[self._codes_of_money]])
        self._subsidised_kt = self._subsidised_kt + states["programme_kt"].values[t]
        self._exported_kt = self._exported_kt + states["exports_kt"].values[t]
        for name in np.array(self._programmes)[spend.any(axis=1)]:
            self._paid.setdefault(str(name), [t, t])[1] = t
        gaps = [price[first] - price[second] for first, second in self._gaps.values()]
        self.flow_kt[t] = np.bincount(self._flow_codes[rows], weights=kt.mean(axis=1), minlength=len(self.flows))
        self.monthly.append(
            values
            | {
                "price_cad_t": price,
                "sales_kt": sums["o"],
                "all_sellers_kt": sums["k"],
                "subsidy_cad_t": _ratio(sums["s"], sums["k"]),
                "seller_kt": _adder(self._seller_codes[rows], len(self._sellers)) @ kt,
                GAP: np.array(gaps),
                SPENT_CAD: self._spent[0],
                SPENT_USD: self._spent[1],
                SPENT_OWN: self._spent[2],
            }
        )

    def spent(self, programme: str) -> np.ndarray:
        """Spending of a programme so far, million C$, US$ and of its own currency (3, draw); zero without it.

        Money is changed at the rate of the month in which it was paid.
        """
        return (
            self._spent[:, self._programmes.index(programme)]
            if programme in self._programmes
            else 0 * self._spent[:, 0]
        )

    def subsidised_kt(self, programme: str) -> np.ndarray:
        """Tonnes a programme paid for so far (draw,)."""
        known = programme in self._programmes
        return self._subsidised_kt[self._programmes.index(programme)] if known else np.zeros(self.ledger.draws)

    def exported_kt(self, origin: str) -> np.ndarray:
        """Exports of an origin so far (draw,)."""
        known = origin in self._origins
        return self._exported_kt[self._origins.index(origin)] if known else np.zeros(self.ledger.draws)

    def paying_years(self, programme: str) -> float:
        """Crop years from the first period in which a programme paid to the last one."""
        first, last = self._paid.get(programme, (0, -1))
        paying_years: float = (last + 1 - first) / self._periods_per_year
        return paying_years

    def take_year(self, year: int) -> None:
        """Read the accounts of crop year ``year``, which has just closed."""
        states = self.ledger.states
        values = {name: states[name].values[year] for name in self.yearly.series if name in states}
        if "pool_return_cad_t" in self.yearly.series:
            paid = values["pool_initial_cad_k"] + values["pool_final_cad_k"]
            values["pool_return_cad_t"] = _ratio(paid, counted_kt(values["pool_kt"]))
        self.yearly.append(values)


def _adder(codes: np.ndarray, count: int) -> sparse.csr_array:
    """Matrix that adds rows up by code, in their order; rows without one are left out."""
    rows = np.flatnonzero(codes >= 0)
    return adder(rows, codes[rows], (count, len(codes)))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return ratio
