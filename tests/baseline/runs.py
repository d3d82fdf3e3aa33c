"""The runs of the baseline: every decision of the agents and every measure leaves a trace in some number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from sim.experiments.counterfactual import programmes
from sim.experiments.ensemble import run_chunk
from sim.experiments.incidence import followed
from sim.ledger import Ledger
from sim.measures import monthly_summary, price_gaps, summary
from sim.measures.incidence import incidence_tables
from sim.measures.study_tables import study_tables
from sim.measures.table import Table
from sim.scenario import load
from sim.shipped import scenario_path
from sim.study_points import study_points

from . import experiments, pairs, pure
from .lines import ITERATED, RELATIVE, joined, of_measures, of_tables

HERE = Path(__file__).parent
TESTS = HERE.parent
DRAWS = 3
TOLERANCE = {"reconstruction": ITERATED}
# With the subsidy war in its first full year; a second year for pools, carryover and learning over the break.
WAR = ("calendar.start=1985/86", "calendar.crop_years=2")
ONE_YEAR = ("calendar.crop_years=1",)

Sets = Sequence[str]


def path_of(name: str) -> Path:
    """Where a run's lines are kept."""
    return HERE / f"{name}.csv"


def tolerance(name: str) -> float:
    """Relative difference up to which a run's results are the same."""
    return TOLERANCE.get(name, RELATIVE)


def scenario(name: str) -> Path:
    """A scenario of the tests (``scenarios/tiny``, ``docking/cournot``) or a shipped one (``history``)."""
    return TESTS / f"{name}.yaml" if "/" in name else scenario_path(name)


@cache
def ledger(name: str, sets: tuple[str, ...] = (), draws: int = DRAWS) -> Ledger:
    """The ledger of a scenario; the same one for all who ask."""
    return run_chunk(load(scenario(name), list(sets)), draws)


def states(led: Ledger) -> Table:
    """Sum over the run of everything recorded by period, and over its crop years of what is recorded by these."""
    columns, units, values = [], [], []
    for name, series in led.states.items():
        columns += [f"{name}:{label}" for label in series.labels]
        units += [series.unit] * len(series.labels)
        values.append(np.add.reduce(series.values, axis=0))
    return Table("states", ("run",), tuple(columns), tuple(units), np.concatenate(values)[None])


def told(name: str, sets: Sets = (), monthly: bool = False, with_incidence: bool = False) -> pd.DataFrame:
    """All measures of one run, the study's tables, Table 1 over the run, its states, and what incidence reads."""
    loaded = load(scenario(name), list(sets))
    led, points = ledger(name, tuple(sets)), study_points(loaded)
    parts = [of_measures(summary(led, extra=study_tables(led, points))), of_tables([states(led)])]
    if with_incidence:
        where = followed(loaded, list(programmes(loaded)))
        parts += [of_tables([table]).assign(table=f"incidence_{table.name}") for table in incidence_tables(led, where)]
    if points.pairs and len(points.pairs) > 1:
        gaps = price_gaps(led, points.origin, points.grade, points.pairs).table()
        parts.append(of_tables([gaps]).assign(table="table1_of_the_run"))
    if monthly:
        parts.append(of_measures(monthly_summary(led)))
    return joined(parts)


def set_all(names: Sequence[str], *values: str) -> tuple[str, ...]:
    """``--set`` values under each of several sections."""
    return tuple(f"{name}.{value}" for name in names for value in values)


TINY = "scenarios/tiny"
BELIEFS = ("boards.wheat_board.beliefs", "traders.beliefs")
OPEN = ("marketing.canada.feed=multiple_sellers", "marketing.canada.malting=multiple_sellers", "events=[]")
LEARNED = set_all(BELIEFS, "rule=least_squares", "forgetting=0.95", "probe=0.05")
TAKERS = set_all(BELIEFS, "rule=last_price")

RUNS: dict[str, Callable[[], pd.DataFrame]] = {
    "functions": pure.functions,
    "history": partial(told, "history", WAR, with_incidence=True),
    "multiple_sellers": partial(told, "multiple_sellers", WAR),
    "history_against_multiple_sellers": lambda: pairs.two_systems(
        ledger("history", WAR), ledger("multiple_sellers", WAR), "canada"
    ),
    "history_against_no_subsidies": lambda: pairs.with_and_without(
        ledger("history", WAR), ledger("no_export_subsidies", WAR), "united_states", "feed", "canada"
    ),
    "weekly": partial(told, "cash_trading", ("calendar.start=1994/95", *ONE_YEAR)),
    "steady": partial(told, "steady", (*ONE_YEAR, "tender.format=pay_as_bid")),
    "war_escalates": partial(told, "trade_war_escalation", ("calendar.start=1986/87", *ONE_YEAR)),
    "continental": partial(told, "history", ("calendar.start=1993/94", *ONE_YEAR)),
    "export_tax": partial(told, "eu_halts_1995", ("calendar.start=1995/96", *ONE_YEAR)),
    "tiny": partial(told, TINY, monthly=True),
    "tiny_learned": partial(told, TINY, LEARNED),
    "tiny_takers": partial(told, TINY, TAKERS),
    "tiny_open": partial(told, TINY, OPEN),
    "tiny_open_learned": partial(told, TINY, (*OPEN, *LEARNED, "traders.rule=roth_erev")),
    "tiny_pay_as_bid": partial(told, TINY, ("tender.format=pay_as_bid",)),
    "refunds": partial(told, "scenarios/refunds", with_incidence=True),
    "duel": partial(told, "scenarios/duel", ("sellers.home_firm.cost_cad_t=50",)),
    "subsidies_by_lane": partial(told, "docking/subsidy_war_by_rule", ("calendar.crop_years=6",)),
    "spatial": partial(told, "docking/spatial_subsidised", ("calendar.crop_years=2",), with_incidence=True),
    "initial_payment": partial(told, "docking/initial_payment", ("calendar.crop_years=3",)),
    "game": experiments.game,
    "reconstruction": experiments.reconstruction,
    "calibration": experiments.calibration,
    "incidence": experiments.incidence_of_tiny,
    "ablation": experiments.ablation_of_tiny,
    "sweep": experiments.sweep_of_duels,
}
