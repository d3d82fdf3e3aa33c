"""Comparative statics: what is changed in a scenario, and which way each outcome has to go.

Both runs have the same luck. An outcome goes its way in every draw, except where ``MEAN`` says that the mean is asked:
there the 95 % interval of the mean over the draws does not hold zero. The cases are in ``statics_cases.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import stdtrit

from sim.experiments.ensemble import run_chunk
from sim.ledger import Ledger
from sim.measures import exports_kt, market_prices, pool_accounts
from sim.measures.arrays import mean, total
from sim.measures.sales import select, state_by_year, tabulate
from sim.scenario import load
from sim.shipped import scenario_path

SCENARIOS = Path(__file__).parent / "scenarios"
DRAWS = 6
# The subsidy war at its height: the largest bonuses, before the drought.
WAR = ("calendar.start=1986/87", "calendar.crop_years=1")
UP, DOWN = 1, -1
MEAN = "mean"

Outcome = Callable[[Ledger], np.ndarray]


# --- outcomes, each (draw,): means over the run


def fob(market: str, grade: str = "feed", origin: str | None = "canada") -> Outcome:
    """Price f.o.b. that an origin (all of them together: None) gets in a market, C$/t."""

    def outcome(ledger: Ledger) -> np.ndarray:
        prices, _, _ = market_prices(ledger, origin, grade, [market], by="crop_year")
        return mean(prices[:, 0])

    return outcome


def gap(first: str, second: str) -> Outcome:
    """Feed price in a market less that in another, C$/t."""
    return lambda ledger: fob(first)(ledger) - fob(second)(ledger)


def state(name: str, label: str) -> Outcome:
    """Mean over the periods of a recorded state."""
    return lambda ledger: mean(ledger.state(name, label))


def summed(name: str, label: str) -> Outcome:
    """Sum over the run of a recorded state."""
    return lambda ledger: total(state_by_year(ledger, name, label))


def spending(programme: str) -> Outcome:
    """What a programme cost, million C$."""
    return lambda ledger: summed("programme_spend_cad_k", programme)(ledger) / 1000


def exports(origin: str) -> Outcome:
    """Tonnes exported, kt."""
    return lambda ledger: total(exports_kt(ledger, origin))


def sold(**conditions: object) -> Outcome:
    """Tonnes of some sale rows, kt."""
    return lambda ledger: total(tabulate(ledger, select(ledger, **conditions), ("kt",), ("crop_year",))["kt"])


def pool(item: str, label: str = "cwb:feed") -> Outcome:
    """An item of the pool accounts, mean over the pools closed."""
    return lambda ledger: mean(pool_accounts(ledger)[item].column(label))


# --- cases


@dataclass(frozen=True)
class Case:
    """A change of a scenario, and which way each outcome goes: ``(title, outcome, UP or DOWN)``, perhaps ``MEAN``.

    Attributes
    ----------
    title : str
        The change, as the documents have it.
    sets : tuple of str
        What is changed.
    outcomes : tuple of tuple
    scenario : str
        The scenario it is changed in.
    base : tuple of str
        What is set in both runs.
    """

    title: str
    sets: tuple[str, ...]
    outcomes: tuple[tuple, ...]
    scenario: str = "history"
    base: tuple[str, ...] = WAR


def path_of(scenario: str) -> Path:
    """A scenario of the tests or a shipped one."""
    own = SCENARIOS / f"{scenario}.yaml"
    return own if own.exists() else scenario_path(scenario)


@cache
def run(scenario: str, sets: tuple[str, ...]) -> Ledger:
    """The ledger of a run, kept for the cases that share it."""
    return run_chunk(load(path_of(scenario), list(sets)), DRAWS)


def changes(case: Case) -> list[tuple[str, np.ndarray, int, bool]]:
    """What the case moves: outcome, change in each draw, its way, and whether it is asked of the mean only."""
    base, other = run(case.scenario, case.base), run(case.scenario, (*case.base, *case.sets))
    return [(title, outcome(other) - outcome(base), way, MEAN in more) for title, outcome, way, *more in case.outcomes]


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean over the draws."""
    half = stdtrit(len(values) - 1.0, 0.975) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)
