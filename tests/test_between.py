"""A line between the middles of months or crop years, and what a weekly run makes of monthly figures."""

import numpy as np
import pytest
from conftest import run_market

from sim.calendar import Timeline
from sim.scenario import load
from sim.scenario.between import through_means
from sim.scenario.schema import SeriesLevel
from sim.scenario.series import SeriesTable
from sim.shipped import published_seasons, scenario_path

UNIT = np.repeat(np.arange(6), [4, 5, 4, 4, 5, 4])


def mean_by_unit(line):
    return np.array([line[place == UNIT].mean() for place in range(6)])


@pytest.mark.parametrize("figures", [[3, 3, 3, 3, 3, 3], [100, 100, 200, 200, 90, 400], [1, 0, 1, 0, 1, 0]])
def test_every_unit_keeps_its_mean(figures):
    line = through_means(np.array(figures, dtype=float)[UNIT], UNIT)
    np.testing.assert_allclose(mean_by_unit(line), figures, atol=1e-9)
    if len(set(figures)) == 1:
        np.testing.assert_array_equal(line, figures[0])


def test_one_period_in_a_unit_is_the_figure_itself():
    figures = np.array([5.0, 1.0, 8.0])
    np.testing.assert_array_equal(through_means(figures, np.arange(3)), figures)


def test_a_straight_path_stays_straight_away_from_the_ends():
    unit = np.repeat(np.arange(40), 5)
    line = through_means(unit.astype(float), unit)
    np.testing.assert_allclose(np.diff(line)[60:140], 0.2, rtol=1e-6)


def table():
    year = {f"{y}/{(y + 1) % 100:02d}": float(y - 1978) for y in range(1979, 1984)}
    month = {f"{y}-{m:02d}": y - 1980 + m / 12 for y in range(1980, 1983) for m in range(1, 13)}
    return SeriesTable({"a": year, "m": month}, {"a": "C$/t", "m": "C$/t"})


def test_a_longer_run_leaves_the_line_alone():
    level = SeriesLevel(series="a", between="linear")
    short, long = (table().resolve(level, Timeline.build("1980/81", years, 52)) for years in (1, 3))
    np.testing.assert_array_equal(short, long[:52])
    assert short[0] < short[-1] and short.mean() == pytest.approx(2.0)


def test_months_of_a_monthly_run_and_a_market_held_still_have_no_line():
    step, line = SeriesLevel(series="m"), SeriesLevel(series="m", between="linear")
    for timeline in (Timeline.build("1980/81", 2, 12), Timeline.build("1980/81", 2, 52, held="1981/82")):
        np.testing.assert_array_equal(table().resolve(line, timeline), table().resolve(step, timeline))
    assert not np.array_equal(*(table().resolve(each, Timeline.build("1980/81", 2, 52)) for each in (step, line)))


def test_less_takes_series_off_before_the_scale():
    level = SeriesLevel(series="a", less=["m", "m"], scale=3, plus=1)
    timeline = Timeline.build("1980/81", 1, 12)
    months = table().resolve(SeriesLevel(series="m"), timeline)
    np.testing.assert_allclose(table().resolve(level, timeline), 3 * (2 - 2 * months) + 1)


def test_the_weekly_scenario_runs_and_its_points_are_two_places():
    loaded = load(scenario_path("weekly"))
    assert loaded.timeline.crop_years == published_seasons() and loaded.timeline.periods_per_year == 52
    ledger = run_market(scenario_path("weekly"), draws=2, sets=("calendar.crop_years=1",)).ledger
    falls, lake = (ledger.state("reference_price_cad_t", f"{name}_barley") for name in ("great_falls", "devils_lake"))
    spread = (lake - falls) / ledger.state("exchange", "cad_per_usd")
    basis = loaded.series.resolve(loaded.scenario.reference_prices["devils_lake_barley"].basis_usd_t, loaded.timeline)
    moved = (spread - spread[0]) - (basis[:52] - basis[0])[:, None]
    assert np.abs(moved).max() < 0.3  # what the freight constants do in US$ as the exchange rate moves
    assert basis[:52].min() < 0 < basis[:52].max()
