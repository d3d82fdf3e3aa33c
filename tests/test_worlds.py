"""Design points on the draw axis: the same bits as a run of each point alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import BaseModel

from sim.experiments.ensemble import run_chunk
from sim.experiments.worlds import Group, Spans, WorldTask, find_numbers, kept, missing_ranges
from sim.measures import summary
from sim.measures.study_tables import study_tables
from sim.scenario import load
from sim.scenario.numbers import NotANumber, Numbers
from sim.shipped import scenario_path
from sim.streams import Streams
from sim.study_points import study_points


def loader(file: str, settings: list[str]):
    return load(file, settings)


def as_arrays(value, draws: int, path: str = ""):
    """Every float of a section as an array, but those that all draws of a run share."""
    if isinstance(value, BaseModel):
        fields = [key for key in type(value).model_fields if key not in ("calendar", "events")]
        return value.model_copy(update={key: as_arrays(getattr(value, key), draws, key) for key in fields})
    if isinstance(value, dict):
        return {key: as_arrays(each, draws, path) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_arrays(each, draws, path) for each in value]
    return np.full(draws, value) if type(value) is float and path != "weeks" else value


def same(one, two) -> bool:
    arrays = [[*ledger.sales.values(), *(series.values for series in ledger.states.values())] for ledger in (one, two)]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*arrays, strict=True))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("history", ["calendar.start=1986/87", "calendar.crop_years=2"]),
        ("multiple_sellers", ["calendar.start=1993/94", "calendar.crop_years=1"]),
        ("trade_war_escalation", ["calendar.crop_years=2"]),
        ("cash_trading", ["calendar.start=1993/94", "calendar.crop_years=1"]),
        ("eu_goes_on_1995", ["calendar.start=1994/95", "calendar.crop_years=2"]),
        ("steady", ["calendar.crop_years=2"]),
    ],
)
def test_any_float_of_a_scenario_may_be_an_array_with_the_same_bits(name, settings):
    loaded = load(scenario_path(name), settings)
    arrays = replace(
        loaded,
        scenario=as_arrays(loaded.scenario, 3),
        regimes=tuple(as_arrays(regime, 3) for regime in loaded.regimes),
    )
    assert same(run_chunk(loaded, 3), run_chunk(arrays, 3))


KEYS = {
    "eep.undercut": (0.0, 0.05),
    "eep.max_bonus_usd_t": (0.0, 60.0),
    "importers.saudi_arabia.demand.feed.elasticity": (2.0, 12.0),
    "importers.us_border_feeders.demand.feed.price.plus": (-13.0, 0.0),
    "state_importers.japan_food_agency.agreement.bargaining_weight": (0.3, 0.95),
    "shocks.yield_sd": (0.0, 0.1),
    "shocks.persistence": (0.0, 0.95),
    "boards.cwb.cover_periods": (2.0, 6.0),
    "money.cad_per_usd.scale": (0.9, 1.1),
    "traders.margin_cad_t": (0.0, 5.0),
    "grades.six_row.cost_cad_t": (0.0, 20.0),
}
HISTORY = (str(scenario_path("history")), ("calendar.start=1987/88", "calendar.crop_years=1"))
PATTERNS = ("producers", "price_gap:*", "bonus", "table4")


def four_points() -> list[dict[str, float]]:
    rng = np.random.default_rng(1997)
    points = [{key: float(rng.uniform(*limits)) for key, limits in KEYS.items()} for _ in range(4)]
    points[1]["shocks.yield_sd"] = points[2]["shocks.persistence"] = points[3]["eep.max_bonus_usd_t"] = 0.0
    return points


def group_of(points) -> Group:
    """One group of points of the history with these numbers."""
    return Group(HISTORY, np.arange(len(points)), {key: np.array([each[key] for each in points]) for key in points[0]})


def outcomes(groups, replications: int, chunk: int) -> np.ndarray:
    sizes = [group.size(replications) for group, _ in groups]
    ranges = list(missing_ranges(sizes, {}, chunk))
    spans = Spans(groups, replications, ranges)
    task = WorldTask(7, PATTERNS)
    return np.concatenate([task.run(*spans[n], lambda periods: None).values for n in range(len(spans))])


def test_a_point_has_the_bits_of_its_own_run_whatever_travels_with_it():
    points = four_points()
    groups = find_numbers(group_of(points), loader)
    assert len(groups) == 1
    together = outcomes(groups, 2, 100)
    assert np.array_equal(together, outcomes(groups, 2, 3), equal_nan=True)
    for number, values in enumerate(points):
        file, settings = HISTORY
        alone = load(file, [*settings, *(f"{key}={value!r}" for key, value in values.items())])
        ledger = run_chunk(alone, 2, seed=7)
        tables = study_tables(ledger, study_points(alone))
        expected = kept(summary(ledger, extra=tables), ledger.crop_years, PATTERNS).values
        assert np.array_equal(together[2 * number : 2 * number + 2], expected, equal_nan=True)
    assert not np.array_equal(together[:2], together[2:4])


def test_what_is_no_number_of_its_own_makes_groups():
    points = [{"traders.number": float(n), "eep.undercut": u} for n in (2, 3) for u in (0.0, 0.02)]
    found = find_numbers(group_of(points), loader)
    assert [list(each.columns) for each, _ in found] == [["eep.undercut"]] * 2
    assert [each.points.tolist() for each, _ in found] == [[0, 1], [2, 3]]
    assert [numbers.loaded.scenario.traders.number for _, numbers in found] == [2, 3]


def test_a_number_that_shapes_the_run_is_refused():
    file = str(scenario_path("trade_war_escalation"))
    with pytest.raises(NotANumber, match="shapes the run"):
        Numbers.find(lambda more: load(file, more), {"eep.reaction.weeks": (4.0, 20.0)})


def test_groups_come_in_the_order_of_their_first_points():
    points = [{"traders.number": n, "eep.undercut": u} for n, u in ((3.0, 0.0), (2.0, 0.01), (3.0, 0.02))]
    found = find_numbers(group_of(points), loader)
    assert [numbers.loaded.scenario.traders.number for _, numbers in found] == [3, 2]
    assert [(group.points.tolist(), group.columns["eep.undercut"].tolist()) for group, _ in found] == [
        ([0, 2], [0.0, 0.02]),
        ([1], [0.01]),
    ]
    assert found[0][0].worlds(3, 2, 5).tolist() == [2, 6, 7]


@pytest.mark.parametrize("chunk", [1, 3, 7, 100])
def test_what_is_missing_is_covered_once(chunk):
    done = {0: [(2, 4), (9, 10)], 2: [(0, 5)]}
    covered = [(group, world) for group, *span in missing_ranges([10, 3, 5], done, chunk) for world in range(*span)]
    assert covered == [(0, w) for w in (0, 1, 4, 5, 6, 7, 8)] + [(1, w) for w in range(3)]
    assert all(end - first <= chunk for _, first, end in missing_ranges([10, 3, 5], done, chunk))


def test_numbered_draws_have_the_luck_of_their_numbers():
    numbers = np.array([3, 4, 5, 0, 1, 0, 1, 9])
    every = Streams(5, 10).uniform("yield", "canada", "1980/81", 3)
    picked = Streams(5, len(numbers), numbers=numbers).uniform("yield", "canada", "1980/81", 3)
    assert np.array_equal(picked, every[:, numbers])
    with pytest.raises(ValueError, match="numbers of draws"):
        Streams(5, 3, numbers=np.array([1, 2]))


def test_a_group_of_one_point_travels_too():
    group = Group(HISTORY, np.array([4]), {"eep.undercut": np.array([0.02])})
    [(same_group, numbers)] = find_numbers(group, loader)
    assert same_group is group
    assert numbers.loaded.scenario.eep.undercut == 0.02
