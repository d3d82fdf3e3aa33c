"""The same market under other rules of thought: what belief and margin rules make, and what they do not.

Every combination runs twice on the same luck, once under the single desk and once with many sellers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.compare import FEED_PRICE, REVENUE
from sim.experiments.engine import CHUNK, chunks
from sim.experiments.ensemble import run_chunk
from sim.ledger import Ledger
from sim.measures.arrays import divide, mean, total
from sim.measures.bands import bands
from sim.measures.regime_effect import producer_account
from sim.measures.sales import market_prices
from sim.measures.settling import settling_time

BELIEFS: dict[str, dict[str, str | int]] = {
    "elasticities": {"rule": "elasticities"},
    "cournot": {"rule": "elasticities", "rivals_response": 0},
    "least_squares": {"rule": "least_squares"},
    "last_price": {"rule": "last_price"},
}
TRADERS = ("best_response", "roth_erev")
SYSTEMS = ("single_desk", "multiple_sellers")
LAST_YEARS = 3  # crop years at the end of a run that define the level a price settles at
UNITS = {
    "premium_cad_t": "C$/t",
    "premium_many_sellers_cad_t": "C$/t",
    "malting_premium_cad_t": "C$/t",
    "malting_premium_many_sellers_cad_t": "C$/t",
    "revenue_effect_million_cad": "million C$/crop year",
    "price_settles_months": "months",
    "premium_settles_months": "months",
}

Values = dict[str, np.ndarray]


@dataclass(frozen=True)
class Setting:
    """Which prices a scenario's ablation compares.

    Attributes
    ----------
    origin, grade : str
        Whose feed.
    protected, open_market : str
        Market of the state importer under agreement, and the one most importers belong to.
    malting : tuple of str
        Grades of the malting pool.
    """

    origin: str
    grade: str
    protected: str
    open_market: str
    malting: tuple[str, ...]


class UnsuitableScenario(ValueError):
    """A scenario in which the two systems, or the premium, cannot be compared; the message says why."""


def setting(scenario: Any) -> Setting:
    """Find the markets to compare; raise ``UnsuitableScenario`` where there is nothing to compare."""
    origin = scenario.base_price_origin
    if origin is None:
        raise UnsuitableScenario("ablation needs a base_price_origin, with a marketing board")
    marketing = scenario.marketing.get(origin)
    if marketing is None or not any(board.origin == origin for board in scenario.boards.values()):
        raise UnsuitableScenario(f"ablation needs a marketing board in {origin}, the base_price_origin")
    if not any(origin in company.origins for company in scenario.traders.companies.values()):
        raise UnsuitableScenario(f"ablation needs trading companies that buy in {origin}, for the many sellers")
    if (marketing.feed, marketing.malting) != ("single_desk", "single_desk"):
        raise UnsuitableScenario(f"ablation needs marketing.{origin} to be single_desk for feed and malting")
    feed = [name for name, grade in scenario.grades.items() if grade.pool == "feed"]
    malting = tuple(name for name, grade in scenario.grades.items() if grade.pool == "malting")
    markets = Counter(buyer.market for buyer in scenario.importers.values())
    first = next(iter(scenario.state_importers.values()), None)
    if first is None or not markets or not feed:
        raise UnsuitableScenario("ablation needs a state importer, importers and a grade in the feed pool")
    return Setting(origin, feed[0], first.market, markets.most_common(1)[0][0], malting)


def overrides(scenario: Any, beliefs: str, traders: str, system: str) -> list[str]:
    """``--set`` values that put boards and companies under the rules, and the base origin under the system."""
    sections = [f"boards.{name}.beliefs" for name in scenario.boards] + ["traders.beliefs"]
    sets = [f"{section}.{key}={value}" for section in sections for key, value in BELIEFS[beliefs].items()]
    origin = scenario.base_price_origin
    return [*sets, f"traders.rule={traders}", *(f"marketing.{origin}.{pool}={system}" for pool in ("feed", "malting"))]


def observe(ledger: Ledger, where: Setting) -> Values:
    """Prices and revenue of one run, each (draw,): means of the second half of its crop years, and settling times."""
    years = ledger.crop_years
    late = years[len(years) // 2 :]
    producers = producer_account(ledger, where.origin).table().only(late)
    feed = mean(producers.column(FEED_PRICE))
    grades = [mean(producers.column(f"{grade}_price_cad_t")) for grade in where.malting]
    malting = divide(total(np.array(grades)), len(grades)) if grades else np.full(ledger.draws, np.nan)
    markets = [where.protected, where.open_market]
    prices, _, _ = market_prices(ledger, where.origin, where.grade, markets)
    premium = prices[:, 0] - prices[:, 1]
    per_year = len(ledger.periods) // len(years)
    last = min(LAST_YEARS, len(years)) * per_year
    months = 12.0 / per_year
    return {
        "premium": mean(premium[len(premium) - len(late) * per_year :]),
        "malting_premium": malting - feed,
        "revenue": mean(producers.column(REVENUE)),
        "price_settles": months * settling_time(prices[:, 1], per_year, last),
        "premium_settles": months * settling_time(premium, per_year, last),
    }


def ablate(
    load: Callable[[list[str]], Any],
    draws: int,
    seed: int | None = None,
    *,
    beliefs: Sequence[str] = tuple(BELIEFS),
    traders: Sequence[str] = TRADERS,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Run a scenario under every combination of rules.

    Parameters
    ----------
    load : callable
        Loads the scenario with further ``--set`` values.
    draws : int
    seed : int, optional
        The scenario's own when absent.
    beliefs, traders : sequence of str
        Rules to try, names in ``BELIEFS`` and ``TRADERS``.
    chunk : int
        Draws simulated together.
    progress : callable, optional
        Called with 1 after every period.

    Returns
    -------
    DataFrame
        One line per combination and measure: beliefs, traders, measure, unit, mean, p05 ... p95, missing.
    """
    base = load([])
    where = setting(base.scenario)
    lines = []
    for belief in beliefs:
        for trader in traders:
            desk, many = (
                _run(load(overrides(base.scenario, belief, trader, system)), where, draws, seed, chunk, progress)
                for system in SYSTEMS
            )
            values = {
                "premium_cad_t": desk["premium"],
                "premium_many_sellers_cad_t": many["premium"],
                "malting_premium_cad_t": desk["malting_premium"],
                "malting_premium_many_sellers_cad_t": many["malting_premium"],
                "revenue_effect_million_cad": many["revenue"] - desk["revenue"],
                "price_settles_months": desk["price_settles"],
                "premium_settles_months": desk["premium_settles"],
            }
            frame = pd.DataFrame({"measure": list(values), "unit": [UNITS[name] for name in values]})
            frame.insert(0, "traders", trader)
            frame.insert(0, "beliefs", belief)
            lines.append(frame.assign(**bands(np.array(list(values.values())))))
    return pd.concat(lines, ignore_index=True)


def _run(
    loaded: Any, where: Setting, draws: int, seed: int | None, chunk: int, progress: Callable[[int], None] | None
) -> Values:
    parts = [observe(run_chunk(loaded, count, first, progress, seed), where) for count, first in chunks(draws, chunk)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
