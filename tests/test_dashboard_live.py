"""Two worlds side by side: the bits of a run, whoever stands beside; bands, flows and accounts as periods pass."""

import gc
import io
import zipfile
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest
from small_scenario import SMALL

from sim.dashboard.cards import headline_cards
from sim.dashboard.final import comparison_of, download, results_of, study_tables_of
from sim.dashboard.growing import GAP, SPENT_CAD, SPENT_OWN, SPENT_USD
from sim.dashboard.plans import Plan, open_shipped, open_text
from sim.dashboard.side_by_side import SideBySide
from sim.experiments.ensemble import run_ensemble
from sim.market import BarleyMarket
from sim.scenario import ScenarioError, load
from sim.shipped import shipped_folder

FOLDER = Path(__file__).parent / "scenarios"
DRAWS, SEED = 5, 11


def plan(name="tiny", values=None, title="World"):
    return Plan(name, title, load(FOLDER / f"{name}.yaml"), values or {})


def to_the_end(*plans, draws=DRAWS):
    side = SideBySide(plans=plans, draws=draws, seed=SEED)
    while side.running:
        side.step()
    side.catch_up()
    return side


@pytest.fixture(scope="module")
def side():
    with np.errstate(all="raise"):
        return to_the_end(plan(title="With"), plan(values={"eep_on": False}, title="Without"))


@pytest.fixture(scope="module")
def run(side):
    return run_ensemble(side.worlds[0].loaded, DRAWS, SEED)


def test_a_world_leaves_what_a_run_leaves_to_the_bit(side, run):
    frames = results_of(side.worlds[0]).frames
    for name, wanted in (("series", run.series), ("summary", run.measures.bands()), ("ledger", run.ledger)):
        pd.testing.assert_frame_equal(frames[name], wanted, check_exact=True)


def test_who_stands_beside_changes_nothing(side):
    for number, values in enumerate(({}, {"eep_on": False})):
        alone = to_the_end(plan(values=values)).worlds[0].ledger
        beside = side.worlds[number].ledger
        for name, sales in alone.sales.items():
            np.testing.assert_array_equal(sales, beside.sales[name])
        for name, state in alone.states.items():
            np.testing.assert_array_equal(state.values, beside.states[name].values)
    assert not np.array_equal(side.worlds[0].ledger.sales["kt"], side.worlds[1].ledger.sales["kt"])


def test_two_worlds_share_their_luck(side):
    harvests = [world.ledger.states["harvest_kt"].values for world in side.worlds]
    np.testing.assert_array_equal(*harvests)
    assert len(np.unique(harvests[0][0, 0])) == DRAWS


def test_bands_are_those_of_a_run(side, run):
    world = side.worlds[0]
    for (series, label), lines in run.series.groupby(["series", "label"], sort=False):
        band = world.bands(series)[label]
        for name in ("mean", "p05", "p25", "p50", "p75", "p95"):
            np.testing.assert_array_equal(getattr(band, name), lines[name].to_numpy())
    assert set(world.series()) == {*run.series["series"], GAP, SPENT_CAD, SPENT_USD, SPENT_OWN}
    assert world.bands("no_such_series") == {}


def test_spending_adds_up_and_gaps_are_differences(side):
    world = side.worlds[0]
    spend = world.ledger.state("programme_spend_cad_k", "eep") / 1000
    np.testing.assert_allclose(world.bands(SPENT_CAD)["eep"].mean, np.cumsum(spend, axis=0).mean(axis=1))
    prices, gap = world.bands("price_cad_t"), world.bands(GAP)["domestic-island"]
    both = ~np.isnan(gap.mean)
    assert both.sum() > 5
    np.testing.assert_allclose(
        gap.mean[both], (prices["domestic:feed"].mean - prices["island:feed"].mean)[both], atol=1e-9
    )


def test_bands_grow_with_the_periods():
    side = SideBySide(plans=[plan()], draws=2, seed=SEED)
    assert (side.done_periods, side.periods, side.date, side.crop_year) == (0, 24, "1980-08", "1980/81")
    for _ in range(13):
        side.step()
    world = side.worlds[0]
    assert (side.done_periods, side.date, side.crop_year, side.steps) == (13, "1981-08", "1981/82", 13)
    assert len(world.bands("cash_price_cad_t")["canada"].mean) == len(world.months()) == 13
    assert len(world.bands("pool_return_cad_t")["wheat_board:feed"].mean) == 1 and world.crop_years() == ["1980/81"]
    assert side.events() == [("tiny", "bonus")] and side.running


def test_flows_are_the_mean_tonnes_of_the_last_periods(side, run):
    last = run.ledger[run.ledger["period"] >= 12]
    wanted = last.groupby(["origin", "seller", "market"])["kt"].sum()
    found = side.worlds[0].flows(12).set_index(["origin", "seller", "market"])["kt"]
    pd.testing.assert_series_equal(found.sort_index(), wanted[wanted > 0].sort_index(), rtol=1e-6)


def test_crop_years_are_those_of_the_summary(side, run):
    wanted = run.measures.bands().set_index(["table", "row", "column"])["mean"]
    found = side.worlds[0].year_table().set_index(["table", "row", "column"])["mean"]
    assert len(found) > 30 and {row for _, row, _ in found.index} == {"1980/81", "1981/82"}
    np.testing.assert_array_equal(found.to_numpy(), wanted.reindex(found.index).to_numpy())
    assert {"prices", "tonnes", "producers"} <= {table.name for table in side.worlds[0].year_tables()}


def test_a_controller_can_make_it_again(side):
    again = type(side)(plans=side.plans, draws=2, seed=3)
    assert isinstance(again, mesa.Model) and again.steps == 0 and again.running
    assert [world.draws for world in again.worlds] == [2, 2]


def test_agents_are_let_go(monkeypatch):
    gc.collect()  # worlds of other tests go now
    released = []
    release = BarleyMarket.release
    monkeypatch.setattr(BarleyMarket, "release", lambda self: released.append(self.draws) or release(self))
    to_the_end(plan(), draws=3)
    assert released == [3]
    half = SideBySide(plans=[plan(), plan()], draws=4)
    half.step()
    del half
    gc.collect()
    assert released == [3, 4, 4]


def test_two_that_start_apart_are_refused():
    other = Plan("duel", "Duel", load(FOLDER / "duel.yaml"))
    with pytest.raises(ScenarioError, match="Duel starts in 2000/01 .* need the same start"):
        SideBySide(plans=[plan(), other], draws=1)


def test_one_may_run_longer_than_the_other():
    short = Plan("short", "Short", load(FOLDER / "tiny.yaml", ["calendar.crop_years=1"]))
    side = to_the_end(short, plan(), draws=1)
    assert [world.done for world in side.worlds] == [12, 24] and side.done_periods == 24
    effects = comparison_of(side, [results_of(world) for world in side.worlds])
    assert set(effects.frame["row"]) == {"1980/81", "average"}


def test_too_many_draws_are_refused():
    with pytest.raises(ScenarioError, match="the live page takes 1 to"):
        SideBySide(plans=[plan()], draws=5000)


@pytest.mark.parametrize("name", ["duel", "refunds", "two_treasuries"])
def test_any_scenario_can_be_played(name):
    file = shipped_folder() / "games" / "markets" / f"{name}.yaml"
    loaded = load(FOLDER / f"{name}.yaml") if not file.exists() else load(file, ["calendar.crop_years=2"])
    side = to_the_end(Plan(name, name, loaded), draws=1)
    world = side.worlds[0]
    assert headline_cards(world) and world.year_tables() and len(world.flows())
    results = results_of(world)
    study_tables_of(world, results)
    assert comparison_of(side, [results]) is None
    assert "series.csv" in " ".join(names(download(side, [results])))


def test_one_year_of_one_origin_with_one_buyer():
    loaded = open_text("one.yaml", ONE)
    side = to_the_end(Plan("one", "One", loaded), Plan("two", "Two", loaded, {"importers_demand_scale": 1.2}), draws=1)
    assert all(card.now is not None for card in headline_cards(side.worlds[0]) if card.group == "Prices")
    assert len(download(side)) > 500


def test_cards_say_what_the_series_say(side):
    cards = {card.title: card for card in headline_cards(side.worlds[0])}
    assert cards["Feed, Island"].now[0] == side.worlds[0].bands("price_cad_t")["island:feed"].mean[-1]
    returned = cards["Wheat board: pool return, feed"]
    assert returned.now is None
    assert returned.last_year[0] == side.worlds[0].bands("pool_return_cad_t")["wheat_board:feed"].mean[-1]
    assert "Export Enhancement Program: rate" in cards
    assert not [title for title in {c.title for c in headline_cards(side.worlds[1])} if "Enhancement" in title]


def test_a_download_holds_tables_and_scenarios_and_is_the_same_each_time(side):
    results = [results_of(world) for world in side.worlds]
    packed = download(side, results)
    assert packed == download(side, results)
    held = names(packed)
    assert {
        "tiny-1/scenario.yaml",
        "tiny-2/scenario.yaml",
        "tiny-1/prices.csv",
        "tiny-1/series.csv",
        "table2.csv",
    } <= set(held)
    assert all(not name.startswith("/") and ".." not in name for name in held)


def test_a_download_before_the_end_holds_what_has_closed():
    side = SideBySide(plans=[plan()], draws=2)
    assert names(download(side)) == ["tiny/scenario.yaml"]
    for _ in range(14):
        side.step()
    with zipfile.ZipFile(io.BytesIO(download(side))) as archive:
        prices = pd.read_csv(io.BytesIO(archive.read("tiny/prices.csv")), skiprows=[1])
    assert list(prices["crop_year"]) == ["1980/81"]
    with pytest.raises(ValueError, match="has not run to its end"):
        results_of(side.worlds[0])


def test_the_study_published_its_own_comparison():
    years = b"extends: history\ntitle: Ten\ncalendar: {start: 1985/86, crop_years: 1}\ndraws: 1\n"
    loaded = open_text("ten.yaml", years)
    side = to_the_end(Plan("a", "A", loaded), Plan("b", "B", loaded, {"canada_system": "multiple_sellers"}), draws=1)
    effects = comparison_of(side, [results_of(world) for world in side.worlds]).frame
    first = effects[effects["row"] == "1985/86"]
    assert first["published"].notna().all() and first["mean"].notna().all()


def test_shipped_scenarios_have_titles():
    from sim.dashboard.plans import shipped

    titles = dict(shipped())
    for name in ("history", "weekly", "no_eep"):
        assert titles[name] == open_shipped(name).scenario.title


def names(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return archive.namelist()


ONE = SMALL + b"calendar: {start: 2000/01, crop_years: 1}\n"
