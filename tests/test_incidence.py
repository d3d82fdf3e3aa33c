"""Who pays for an export programme: closed forms, accounts that close, and the direction of every effect."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr
from typer.testing import CliRunner

import sim.cli
from sim.experiments.counterfactual import (
    NoProgramme,
    can_dissolve,
    changed,
    larger,
    many_sellers,
    programmes,
    without,
)
from sim.experiments.desk_and_war import correlations, desk_and_war
from sim.experiments.ensemble import run_chunk
from sim.experiments.incidence import additional_tonnes, incidence, pass_through, variants, who_gains
from sim.measures import Measures, Table, surplus_change
from sim.scenario import load
from sim.shipped import scenario_path

DOCKING = Path(__file__).parent / "docking"
A, B, C, S = 200.0, 0.1, 60.0, 30.0  # demand and cost in duopoly.yaml, and the subsidy
YEAR = ["calendar.start=1986/87", "calendar.crop_years=1"]


@pytest.fixture(scope="module")
def subsidised(tmp_path_factory):
    """The duopoly with a subsidy on the home firm's lane."""
    path = tmp_path_factory.mktemp("incidence") / "one_lane.yaml"
    lane = "export_subsidies: {home: {rate_cad_t: {world: 30}}}"
    text = f"extends: {DOCKING / 'duopoly.yaml'}\ntitle: One lane\ncalendar: {{crop_years: 6}}\n{lane}\n"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def history():
    loaded = load(scenario_path("history"), YEAR)
    return loaded, incidence(loaded, 2, 1997)


def test_the_incidence_of_a_subsidy_on_one_lane_is_the_closed_form(subsidised):
    home, abroad = 3, 1
    result = incidence(load(subsidised, [f"sellers.home_firm.number={home}"]), 1, 1)
    n = home + abroad
    price = [(A + n * C) / (n + 1), (A + n * C - home * S) / (n + 1)]  # without and with
    own = [(A - C) / ((n + 1) * B), (A - C + (abroad + 1) * S) / ((n + 1) * B)]
    rival = [(A - C) / ((n + 1) * B), (A - C - home * S) / ((n + 1) * B)]
    bought = [home * own[i] + abroad * rival[i] for i in (0, 1)]
    row = result.gains["export_subsidy_home"].rows[-2]
    expected = {
        "home:producers": home * B * (own[1] ** 2 - own[0] ** 2),
        "abroad:producers": abroad * B * (rival[1] ** 2 - rival[0] ** 2),
        "world:buyers": B * (bought[1] ** 2 - bought[0] ** 2) / 2,
        "home:taxpayers": -S * home * own[1],
    }
    gains = result.gains["export_subsidy_home"]
    for column, value in expected.items():
        assert gains.cell(row, column)[0] == pytest.approx(value / 1000, rel=1e-4), column
    # Sellers with power sell too little, so a subsidy may add more than it costs: the loss is below zero here.
    assert gains.cell(row, "world:deadweight_loss")[0] == pytest.approx(-sum(expected.values()) / 1000, rel=1e-3)
    added = home * (own[1] - own[0])
    table = result.additional["export_subsidy_home"]
    assert table.cell(row, "additional_kt")[0] == pytest.approx(added, rel=1e-4)
    cost = S * home * own[1] / added
    assert table.cell(row, "spending_per_additional_tonne_cad_t")[0] == pytest.approx(cost, rel=1e-4)
    assert table.cell(row, "additionality")[0] == pytest.approx(added / (home * own[1]), rel=1e-4)
    assert price[1] - price[0] == pytest.approx(-home * S / (n + 1))
    passed = result.average["export_subsidy_home"].cell(row, "landed:world")[0]
    assert passed == pytest.approx(-home / (n + 1), rel=1e-4)
    marginal = result.marginal["export_subsidy_home"].cell("average", "landed:world")[0]
    assert marginal == pytest.approx(-home / (n + 1), rel=2e-2)  # over all years, and the first is spent settling
    assert result.desk is None


def test_among_price_takers_a_subsidy_costs_the_triangle(tmp_path):
    path, slope = tmp_path / "price_takers.yaml", 0.1
    lines = [
        f"extends: {DOCKING / 'cournot.yaml'}",
        "title: Price takers with rising cost, subsidised",
        "calendar: {crop_years: 6}",
        "sellers: {firm: {number: 1, conduct: price_taker, cost_slope_cad_t_kt: 0.1}}",
        "export_subsidies: {home: {rate_cad_t: {world: 30}}}",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = incidence(load(path), 1, 1)
    gains = result.gains["export_subsidy_home"]
    row, added = gains.rows[-2], S / (B + slope)
    assert gains.cell(row, "world:deadweight_loss")[0] == pytest.approx(S * added / 2000, rel=1e-2)
    assert result.additional["export_subsidy_home"].cell(row, "additional_kt")[0] == pytest.approx(added, rel=1e-3)
    passed = result.average["export_subsidy_home"].cell(row, "landed:world")[0]
    assert passed == pytest.approx(-B / (B + slope), rel=1e-3)


def test_money_balances_and_gains_add_up(history):
    _, result = history
    assert np.abs(result.money.column("imbalance")).max() < 1e-6
    assert result.money.column("treasuries_paid").min() > 0
    for table in result.gains.values():
        sides = [
            column for column in table.columns if column.endswith((":producers", ":buyers", ":middlemen", ":taxpayers"))
        ]
        countries = [column for column in sides if not column.startswith("world:")]
        whole = np.sum([table.column(column) for column in countries], axis=0)
        assert np.allclose(whole, table.column("world:total"))
        assert np.allclose(whole, -table.column("world:deadweight_loss"))


def test_gains_and_holding_gains_are_the_change_of_total_surplus(history):
    loaded, result = history
    runs = [run_chunk(each, 2, seed=1997) for each in (changed(loaded, without("eep")), loaded)]  # same luck
    whole = surplus_change(*runs).whole.values[:, 0]
    gains = result.gains["eep"]
    assert np.allclose(gains.column("world:total")[:-1] + gains.column("world:holding_gains")[:-1], whole)
    assert np.allclose(
        result.additional["eep"].column("spending_million_cad")[:-1], -gains.column("united_states:taxpayers")[:-1]
    )


def test_subsidies_lower_the_world_price_and_raise_their_own(history):
    _, result = history
    bonus, refund = result.average["eep"].row("average"), result.average["restitution"]
    prices = dict(zip(result.average["eep"].columns, bonus, strict=True))
    assert (prices["internal:united_states"] > 0.2).all()
    assert (prices["landed:eep:favoured"] < 0).all() and (prices["fob:offshore"] < 0).all()
    assert (prices["landed:japan"] > 0).all()  # US barley that is drawn to the favoured importers is missed in Japan
    assert (refund.cell("average", "internal:eu") > 0.1).all()
    assert (refund.cell("average", "fob:offshore") < 0).all()
    assert (result.marginal["eep"].cell("average", "internal:united_states") > 0).all()
    war = result.gains["all"].row("average")
    gains = dict(zip(result.gains["all"].columns, war, strict=True))
    assert (gains["offshore:buyers"] > 0).all() and (gains["canada:producers"] < 0).all()
    assert (gains["eu:taxpayers"] < 0).all() and (gains["world:deadweight_loss"] > 0).all()
    for table in result.additional.values():
        assert (table.cell("average", "additionality") > 0).all()
        assert (table.cell("average", "additionality") <= 1.01).all()


def test_table_2_with_and_without_the_war(history):
    loaded, result = history
    effects = result.desk.effects
    assert effects.rows == ("1986/87", "average")
    lost = 1 - effects.cell("average", "without:feed_price_cad_t") / effects.cell("average", "with:feed_price_cad_t")
    assert np.allclose(result.desk.share.cell("average", "feed_price_cad_t"), lost)
    assert (effects.column("bonus:eep") > 20).all()
    assert result.desk.correlation.column("crop_years").max() == 1
    assert np.isnan(result.desk.correlation.column("pearson")).all()  # one year says nothing
    assert len(variants(loaded)) == 8


def test_without_all_programmes_is_the_shipped_scenario():
    loaded, shipped = (load(scenario_path(name)) for name in ("history", "no_export_subsidies"))
    peace = changed(loaded, *(without(name) for name in programmes(loaded)))
    texts = {"title": "", "description": "", "events": [], "data": []}
    for mine, its in zip(peace.over_time(lambda s: s), shipped.over_time(lambda s: s), strict=True):
        assert mine.model_copy(update=texts) == its.model_copy(update=texts)
    with pytest.raises(NoProgramme, match="no export programme is ever in force"):
        programmes(peace)


def test_many_sellers_is_the_shipped_scenario():
    loaded, shipped = (load(scenario_path(name)) for name in ("history", "multiple_sellers"))
    assert can_dissolve(loaded) and not can_dissolve(shipped)
    other = changed(loaded, many_sellers)
    for mine, its in zip(other.over_time(lambda s: s), shipped.over_time(lambda s: s), strict=True):
        assert mine.marketing["canada"].feed == its.marketing["canada"].feed == "multiple_sellers"
        assert mine.marketing["canada"].malting == its.marketing["canada"].malting == "multiple_sellers"
        assert mine.marketing["australia"] == its.marketing["australia"] and mine.eep == its.eep


def test_larger_programmes():
    loaded = load(scenario_path("history"))
    more = changed(loaded, larger("eep", 1.2), larger("restitution", 1.2))
    for pick in (lambda s: s.eep.tonnage_kt, lambda s: s.eep.budget_usd_million, lambda s: s.restitution.target_kt):
        assert np.allclose(more.levels(pick), 1.2 * loaded.levels(pick))


def measures(**tables):
    """Measures of one crop year and two draws from ``table={column: values}``."""
    made = []
    for name, columns in tables.items():
        values = np.array([[np.broadcast_to(np.asarray(v, float), 2) for v in columns.values()]])
        made.append(Table(name, ("1990/91",), tuple(columns), ("",) * len(columns), values))
    return Measures.from_tables(made)


def test_a_programme_that_adds_nothing_has_no_cost_per_tonne():
    sides = [
        measures(programme_spend={"eep": 5}, programme_tonnes={"eep": [50, 0]}, exports={"home": kt})
        for kt in ([120, 80], [100, 80])
    ]
    table = additional_tonnes(*sides, "eep", "home")
    assert table.column("spending_per_additional_tonne_cad_t")[0] == pytest.approx([250, np.nan], nan_ok=True)
    assert table.column("additionality")[0] == pytest.approx([0.4, np.nan], nan_ok=True)


def test_pass_through_needs_a_bonus():
    more = measures(programme_spend={"eep": [2, 0]}, programme_tonnes={"eep": [100, 0]}, prices={"landed:x": 90})
    less = measures(programme_spend={"else": 0}, programme_tonnes={"else": 0}, prices={"landed:x": [95, 91]})
    table = pass_through(more, less, "eep")
    assert table.cell("1990/91", "landed:x") == pytest.approx([-0.25, np.nan], nan_ok=True)
    assert table.cell("average", "landed:x") == pytest.approx([-0.25, np.nan], nan_ok=True)


def test_grain_in_store_is_not_worth_more_for_being_dearer():
    parts = ("producers", "buyers", "middlemen", "taxpayers")
    own = {f"home:{part}": 0.0 for part in parts}
    # 100 kt go into store in both runs, at C$150 and C$100: five million of producers' surplus that nobody paid.
    dear = measures(gains={**own, "home:producers": 15}, stocks={"home:change_kt": 100, "home:price_cad_t": 150})
    cheap = measures(gains={**own, "home:producers": 10}, stocks={"home:change_kt": 100, "home:price_cad_t": 100})
    table = who_gains(dear, cheap)
    assert np.allclose(table.cell("average", "home:producers"), 0)
    assert np.allclose(table.cell("average", "world:holding_gains"), 5)


def test_correlations_are_scipys():
    rng = np.random.default_rng(5)
    first, second = rng.normal(size=(9, 2)), np.round(rng.normal(size=(9, 2)), 0)
    first[2, 1] = second[4, 1] = np.nan
    found = correlations(first, second)
    for draw in range(2):
        known = ~np.isnan(first[:, draw]) & ~np.isnan(second[:, draw])
        pair = first[known, draw], second[known, draw]
        expected = [pearsonr(*pair)[0], spearmanr(*pair)[0], known.sum()]
        assert found[:, draw] == pytest.approx(expected)
    assert np.isnan(correlations(np.ones((5, 1)), np.arange(5.0)[:, None])[0]).all()


def test_war_years_are_those_in_which_every_programme_paid():
    rows, columns = ("a", "b", "c"), ("producer_revenue_million_cad",)

    def table(*values, name="x"):
        return Table(name, rows, columns, ("",), np.array(values, float)[:, None, None])

    bonuses = {"eep": table(np.nan, 30, 10), "restitution": table(1, 1, np.nan)}
    result = desk_and_war(table(-10, -40, -20), table(-10, -10, -20), bonuses)
    assert result.effects.rows == (*rows, "average", "average of war years") and result.war_years == ("b",)
    assert result.share.cell("average of war years", columns[0])[0] == pytest.approx(0.75)
    assert result.share.cell("average", columns[0])[0] == pytest.approx(1 - 40 / 70)


def test_the_command_saves_prints_and_is_drawn_again(subsidised, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["incidence", str(subsidised), "--draws", "2", "--set", "calendar.crop_years=1"]
    shown = CliRunner().invoke(sim.cli.app, words)
    assert shown.exit_code == 0, shown.output
    assert "who gains and who pays" in shown.output and "No single desk" in shown.output
    printed = CliRunner().invoke(sim.cli.app, [*words, "--json"])
    content = json.loads(printed.stdout)
    assert content["programmes"] == {"export_subsidy_home": "home"} and content["desk"] == []
    assert {"programme", "row", "column", "unit", "mean", "low", "high"} <= set(content["gains"][0])
    (folder,) = (tmp_path / "results").iterdir()
    for run in folder.iterdir():
        assert (run / "figures" / "who_gains.png").is_file() and (run / "tables" / "gains.csv").is_file()
        assert json.loads((run / "run.json").read_text(encoding="utf-8"))["kind"] == "incidence"
    drawn = CliRunner().invoke(sim.cli.app, ["plot", "incidence-one_lane", "--to", "images"])
    assert drawn.exit_code == 0, drawn.output
    assert (tmp_path / "images" / "one_lane-who_gains.png").is_file()


def test_a_scenario_without_programmes_is_refused(tmp_path):
    for words in (
        ["no_export_subsidies"],
        [str(DOCKING / "duopoly.yaml")],
        ["history", "--set", "restitution=null", "--set", "eep.tonnage_kt=oops"],
    ):
        result = CliRunner().invoke(sim.cli.app, ["incidence", *words, "--out", str(tmp_path / "out")])
        assert result.exit_code == 2 and not (tmp_path / "out").exists()


def test_a_programme_that_answers_a_rival_has_no_marginal_value(tmp_path):
    path = tmp_path / "answers.yaml"
    war = "subsidy_war_by_rule.yaml"
    path.write_text(f"extends: {DOCKING / war}\ntitle: Answers\ncalendar: {{crop_years: 2}}\n", encoding="utf-8")
    loaded = load(path, ["export_subsidies.home.rate_cad_t.world=5", "export_subsidies.abroad.rate_cad_t.world=5"])
    result = incidence(loaded, 1, 1)
    assert result.marginal == {} and set(result.average) == {"export_subsidy_home", "export_subsidy_abroad"}
