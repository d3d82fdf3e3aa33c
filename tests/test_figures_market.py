"""Figures of pools, deliveries, supply and sellers on small real runs: legible, and what is drawn is what was run."""

from __future__ import annotations

import numpy as np
import pytest
from figure_checks import check
from figure_results import RUN_ID, case

from sim.experiments.ensemble import run_ensemble
from sim.figures import KINDS
from sim.figures.concentration import market_shares
from sim.figures.deliveries import OUTLETS
from sim.figures.farm_account import delivered_share, farm_account
from sim.figures.pool import mean_course, outlook_error_cad_t, telling_years
from sim.figures.pool_years import panels_of, pools_of
from sim.figures.returns import DEFICIT, PAID
from sim.figures.style import crop_years_of
from sim.figures.supply import SUPPLY, USE, supply_and_use
from sim.scenario import load
from sim.shipped import scenario_path

FIGURES = KINDS["run"].figures
NAMES = ("pool", "returns", "deliveries", "supply", "concentration")
LONG = "A title that goes on for longer than anybody would want to read it"
SHARED = {"three years": "the history", "game": "a market of two treasuries"}  # cases that all figures are checked on
RUNS = {  # scenario, draws, changes
    "one year, one draw": ("history", 1, ("calendar.crop_years=1",)),
    "no desk": ("multiple_sellers", 2, ("calendar.start=1985/86", "calendar.crop_years=2")),
    "published outlook": ("history", 2, ("calendar.start=1992/93", "calendar.crop_years=2")),
    "weeks": ("weekly", 1, ("calendar.crop_years=1",)),
}

CASES = [
    *(("one year, one draw", name) for name in ("pool", "deliveries", "concentration")),
    *(("no desk", name) for name in ("returns", "deliveries")),
    ("published outlook", "pool"),
    ("weeks", "deliveries"),
]


@pytest.fixture(scope="module")
def runs():
    """Runs made when asked for, once."""
    made = {}

    def run(name):
        if name in SHARED:
            return case("run", SHARED[name])
        if name not in made:
            scenario, draws, changes = RUNS[name]
            loaded = load(scenario_path(scenario), sets=list(changes))
            ensemble = run_ensemble(loaded, draws, 1)
            frames = {"series": ensemble.series, "summary": ensemble.measures.bands(), "ledger": ensemble.ledger}
            made[name] = frames, {"stem": scenario, "run_id": RUN_ID, "draws": draws, "scenario": loaded.resolved}
        return made[name]

    return run


def panel_of(figure, title):
    (panel,) = [axes for axes in figure.axes if title in axes.get_title(loc="left")]
    return panel


def bars_of(panel, label):
    """Heights of the bars of a name."""
    (found,) = [bars for bars in panel.containers if bars.get_label() == label]
    return np.array([bar.get_height() for bar in found])


def line_of(panel, label):
    (found,) = [line for line in panel.lines if line.get_label() == label]
    return found.get_ydata()


@pytest.mark.parametrize(("run", "name"), CASES)
def test_figures_are_legible(runs, run, name):
    check(FIGURES[name](*runs(run)), RUN_ID)


@pytest.mark.parametrize("name", ["pool", "returns", "deliveries"])
def test_firms_that_sell_by_cost_have_no_pools_and_no_growers(runs, name):
    assert FIGURES[name](*runs("game")) is None


@pytest.mark.parametrize("name", NAMES)
def test_long_titles_fit(runs, name):
    frames, meta = runs("one year, one draw")
    scenario = {key: dict(value) if isinstance(value, dict) else value for key, value in meta["scenario"].items()}
    for section in ("boards", "origins", "markets", "growers"):
        scenario[section] = {key: entry | {"title": f"{key} {LONG}"} for key, entry in scenario[section].items()}
    check(FIGURES[name](frames, meta | {"scenario": scenario | {"title": LONG * 3}}), RUN_ID)


def test_pool_years_close_when_the_board_says(runs):
    frames, meta = runs("three years")
    pools = {(pool.board, pool.pool): pool for pool in pools_of(frames, meta)}
    home, away = pools["cwb", "feed"], pools["abb", "feed"]
    assert [(year.first, year.last, year.title, year.is_whole) for year in home.years] == [
        (0, 11, "1985/86", True), (12, 23, "1986/87", True), (24, 35, "1987/88", True),
    ]  # fmt: skip
    assert [(year.first, year.last, year.crop_year, year.is_whole) for year in away.years] == [
        (0, 3, "1985/86", False), (4, 15, "1986/87", True), (16, 27, "1987/88", True), (28, 35, None, False),
    ]  # fmt: skip
    drawn, missing = panels_of(list(pools.values()), 8)
    assert [(pool.board, pool.pool) for pool in drawn[:3]] == [("cwb", "feed"), ("cwb", "malting"), ("abb", "feed")]
    assert {pool.pool for pool in missing} == {"malting"}


def test_an_outlook_ends_at_what_sales_brought(runs):
    """The board averages what it sold with what it sells now: at the closing nothing is left to guess but the lag."""
    pools = pools_of(*runs("three years"))
    seen = [(pool, year) for pool in pools for year in pool.years if year.is_whole]
    last = [abs(p.outlook.loc[year.last, "mean"] - p.earned_cad_t(year)) for p, year in seen]
    first = [abs(p.outlook.loc[year.first, "mean"] - p.earned_cad_t(year)) for p, year in seen]
    assert len(seen) > 15 and max(last) < 5.0 and np.mean(last) < np.mean(first) / 3


def test_telling_years_are_told_by_their_figures(runs):
    frames, meta = runs("three years")
    pool = next(pool for pool in pools_of(frames, meta) if (pool.board, pool.pool) == ("cwb", "feed"))
    years = {year.title: why for why, year in telling_years(pool)}
    errors = {year.title: outlook_error_cad_t(pool, year) for year in pool.years}
    assert "furthest" in years[max(errors, key=errors.get)] and "last year" in years["1987/88"]
    deficits = frames["summary"].query("table == 'pool_deficit_million_cad' and column == 'cwb:feed'").set_index("row")
    worst = deficits["mean"].idxmax()
    assert f"largest deficit, C${deficits.loc[worst, 'mean']:.0f} million" in years[worst]


def test_the_pool_year_is_drawn_as_recorded(runs):
    frames, meta = runs("three years")
    figure = FIGURES["pool"](frames, meta)
    panel = panel_of(figure, "feed pool\n1986/87")
    series = frames["series"].query("crop_year == '1986/87'")
    initial = series.query("series == 'initial_payment_cad_t' and label == 'cwb'")["p50"]
    cash = series.query("series == 'cash_price_cad_t' and label == 'canada'")["p50"]
    assert (line_of(panel, "Initial payment") == initial.to_numpy()).all()
    assert (line_of(panel, "Off-board (cash) price") == cash.to_numpy()).all()
    summary = frames["summary"].query("column == 'cwb:feed' and row == '1986/87'").set_index("table")
    assert line_of(panel, PAID) == [summary.loc["pool_return_cad_t", "p50"]]
    (bar,) = next(bars for bars in panel.containers if bars.get_label() == DEFICIT)
    assert bar.get_height() == pytest.approx(summary.loc["pool_deficit_cad_t", "mean"])
    top = bar.get_y() + bar.get_height()
    assert top == pytest.approx(summary.loc["pool_return_cad_t", "mean"])
    receipts, costs = (summary.loc[f"pool_{item}_cad_t", "mean"] for item in ("receipts", "costs"))
    assert bar.get_y() == pytest.approx(receipts - costs)


def test_malting_has_its_own_payments(runs):
    frames, meta = runs("three years")
    panel = panel_of(FIGURES["pool"](frames, meta), "malting pool\n1986/87")
    series = frames["series"].query("crop_year == '1986/87' and label == 'cwb:malting'")
    initial = series.query("series == 'malting_initial_payment_cad_t'")["p50"].to_numpy()
    assert (line_of(panel, "Initial payment") == initial).all() and (np.diff(initial) >= 0).all()


def test_the_mean_course_is_of_years_less_what_sales_brought(runs):
    pool = pools_of(*runs("three years"))[0]
    course = mean_course(pool, "initial")
    less = [pool.initial.loc[y.first, "mean"] - pool.earned_cad_t(y) for y in pool.years]
    assert len(course) == 12 and course["p50"].iloc[0] == pytest.approx(np.mean(less))
    assert mean_course(pools_of(*runs("one year, one draw"))[0], "initial").empty


def test_an_outlook_is_published_from_its_date(runs):
    figure = FIGURES["returns"](*runs("published outlook"))
    panel = panel_of(figure, "Canadian Wheat Board, feed pool")
    own = [line for line in panel.lines if "unpublished" in line.get_label()][0].get_xdata()
    told = [line for line in panel.lines if line.get_label().endswith("published")]
    seen = next(line for line in told if "unpublished" not in line.get_label()).get_xdata()
    assert max(own) < 7 / 12 < min(seen)  # March is the eighth month of the crop year
    abroad = panel_of(figure, "Australian Barley Board, feed pool")
    assert not any(line.get_label().endswith("(PRO), published") for line in abroad.lines)


def test_deficits_stand_at_the_foot_of_the_returns(runs):
    frames, meta = runs("three years")
    panel = panel_of(FIGURES["returns"](frames, meta), "Canadian Wheat Board, feed pool")
    deficits = frames["summary"].query("table == 'pool_deficit_million_cad' and column == 'cwb:feed'")["mean"]
    wanted = [f"{each:.0f}" if each >= 9.95 else f"{each:.1f}" for each in deficits if each >= 0.05]
    assert [text.get_text() for text in panel.texts] == wanted and "0.0" not in wanted


def test_a_return_stands_over_its_own_pool_year(runs):
    frames, meta = runs("three years")
    panel = panel_of(FIGURES["returns"](frames, meta), "Australian Barley Board, feed pool")
    (step,) = [line for line in panel.lines if line.get_label() == PAID]
    paid = frames["summary"].query("table == 'pool_return_cad_t' and column == 'abb:feed'")["p50"].to_numpy()
    ends = np.array([[0, 4], [4, 16], [16, 28]]) / 12  # it closes with November, the fourth month of the crop year
    x, y = (np.asarray(values).reshape(3, 3) for values in (step.get_xdata(), step.get_ydata()))
    assert (x[:, :2] == ends).all() and (y[:, :2] == paid[:, None]).all() and np.isnan(y[:, 2]).all()


@pytest.mark.parametrize("run", ["three years", "no desk"])
def test_farmers_grain_adds_up(runs, run):
    frames, meta = runs(run)
    years = crop_years_of(frames["series"])
    for origin in ("canada", "australia"):
        account = farm_account(frames, meta, origin)
        flows = supply_and_use(frames["series"], origin, years)
        assert list(account.index) == years
        began = account["kept"].shift(1) + flows["harvest_kt"]
        assert account.sum(axis=1).iloc[1:].to_numpy() == pytest.approx(began.iloc[1:].to_numpy(), rel=1e-9)
    canada = farm_account(frames, meta, "canada")
    assert (canada["pool"] == 0).all() == (run == "no desk") == (canada["merchants"] > 0).all()


def test_deliveries_are_drawn_as_recorded(runs):
    frames, meta = runs("three years")
    figure = FIGURES["deliveries"](frames, meta)
    panel = panel_of(figure, "What became of farmers' barley, Canada")
    summary = frames["summary"].query("table == 'deliveries'").set_index(["column", "row"])
    delivered = summary.loc["cwb:delivered_kt", "mean"].to_numpy() / 1000
    assert bars_of(panel, OUTLETS["pool"][0]) == pytest.approx(delivered)
    calls = panel_of(figure, "What the board calls")
    kept = 100 * (1 - summary.loc["cwb:delivery_failure_share", "p50"].to_numpy())
    assert line_of(calls, "Delivered, of the call") == pytest.approx(kept)
    months = panel_of(figure, "By month")
    series = frames["series"].query("series == 'called_kt' and label == 'cwb'")
    assert (line_of(months, "Called under contract") == series["p50"].to_numpy()).all()
    groups = [name for name, section in meta["scenario"]["growers"].items() if section["origin"] == "canada"]
    shares = [delivered_share(frames, group, crop_years_of(frames["series"])) for group in groups]
    assert all(share.between(0, 1).all() for share in shares)


def test_a_share_of_calls_is_drawn_only_while_there_are_calls(runs):
    frames, meta = runs("three years")
    series = frames["series"].copy()
    gone = (series["series"] == "called_kt") & (series["crop_year"] == "1986/87")
    series.loc[gone, ["mean", "p05", "p25", "p50", "p75", "p95"]] = 0.0
    panel = panel_of(FIGURES["deliveries"](frames | {"series": series}, meta), "What the board calls")
    assert np.isnan(line_of(panel, "Called, of growers' offers")).tolist() == [False] * 12 + [True] * 12 + [False] * 12


def test_supply_equals_use(runs):
    frames, meta = runs("three years")
    figure = FIGURES["supply"](frames, meta)
    for origin, section in meta["scenario"]["origins"].items():
        panel = panel_of(figure, section["title"])
        heights = {bars.get_label(): np.array([bar.get_height() for bar in bars]) for bars in panel.containers}
        left, right = (
            sum(heights.get(label.format(own="seed, food, industry"), 0) for label, _ in side.values())
            for side in (SUPPLY, USE)
        )
        assert left == pytest.approx(right, abs=1e-3)  # Mt; a flow of less than half a kt is not drawn
        flows = supply_and_use(frames["series"], origin, crop_years_of(frames["series"]))
        assert heights[USE["exports_kt"][0]] == pytest.approx(flows["exports_kt"].to_numpy() / 1000)
        assert (flows["opening_kt"].iloc[1:].to_numpy() == flows["closing_kt"].iloc[:-1].to_numpy()).all()


def test_shares_give_the_index(runs):
    """In one draw the index is the sum of the squares of what is drawn."""
    frames, meta = runs("one year, one draw")
    shares = market_shares(frames["ledger"])
    by_lane = shares.assign(square=shares["share"] ** 2).groupby(["market", "pool"])[["share", "square"]].sum()
    assert by_lane["share"].to_numpy() == pytest.approx(1.0)
    index = frames["summary"].query("table == 'concentration'").set_index("column")["p50"].dropna()
    assert len(index) > 4
    for column, value in index.items():
        assert by_lane.loc[tuple(column.split(":")), "square"] == pytest.approx(value)


def test_concentration_is_drawn_as_measured(runs):
    frames, meta = runs("three years")
    figure = FIGURES["concentration"](frames, meta)
    index = frames["summary"].query("table == 'concentration' and column == 'japan:feed'")["p50"].to_numpy()
    assert (line_of(panel_of(figure, "Japan: concentration"), "Index, feed") == index).all()
    bars = panel_of(figure, "Japan, feed: shares").patches
    tops = {year: max(bar.get_y() + bar.get_height() for bar in bars if int(bar.get_x()) == year) for year in range(3)}
    assert list(tops.values()) == pytest.approx([100.0] * 3)
    sold = market_shares(frames["ledger"]).query("market == 'japan' and pool == 'feed' and seller == 'cwb'")
    (own,) = [each for each in panel_of(figure, "Japan, feed: shares").containers if "Wheat" in each.get_label()]
    assert [bar.get_height() for bar in own] == pytest.approx(list(100 * sold["share"]))
    home = panel_of(figure, "European Union: concentration")
    assert not home.get_legend_handles_labels()[1] and any("No index" in text.get_text() for text in home.texts)


def test_two_firms_share_a_market(runs):
    figure = FIGURES["concentration"](*runs("game"))
    assert line_of(panel_of(figure, "World: concentration"), "Index, feed") == pytest.approx(0.5, abs=1e-3)
