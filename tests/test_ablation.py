"""The ablation of belief and margin rules, and the time a market takes to settle."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import sim.cli
from sim.experiments.ablation import BELIEFS, UNITS, UnsuitableScenario, ablate, overrides, setting
from sim.figures import KINDS
from sim.measures.settling import rolling_mean, settling_time
from sim.scenario import load
from sim.shipped import scenario_path

SHORT = ["calendar.crop_years=2"]
QUICK = {"beliefs": ("elasticities", "last_price"), "traders": ("best_response",)}


def steady(more):
    return load(scenario_path("steady"), [*SHORT, *more])


def column(values):
    return np.array(values, dtype=float)[:, None]


# --- settling


def test_rolling_mean_leaves_gaps_out():
    assert rolling_mean(column([1, np.nan, 3, 5]), 2)[:, 0] == pytest.approx([1, 3, 4])
    assert len(rolling_mean(column([1, 2]), 3)) == 0


def test_a_step_settles_when_the_window_has_passed_it():
    step = column([50] * 5 + [100] * 20)
    # The window of 4 that starts at 4 holds one 50 and means 87.5; the one that starts at 5 means 100.
    assert settling_time(step, 4, 8)[0] == 5
    assert settling_time(step, 4, 8, tolerance=0.2)[0] == 4
    assert settling_time(column([100] * 25), 4, 8)[0] == 0


def test_a_season_is_not_unrest_and_a_trend_never_settles():
    season = column([90, 110] * 12)
    assert settling_time(season, 2, 8)[0] == 0
    assert settling_time(season, 1, 8)[0] != 0
    assert np.isnan(settling_time(column(np.linspace(50, 150, 24)), 2, 8)[0])
    assert np.isnan(settling_time(np.full((12, 1), np.nan), 2, 4)[0])


def test_draws_settle_apart():
    values = np.array([[50.0] * 5 + [100.0] * 20, [100.0] * 25]).T
    assert settling_time(values, 4, 8).tolist() == [5, 0]


# --- the experiment


def test_overrides_reach_every_seller():
    loaded = steady(overrides(steady([]).scenario, "cournot", "roth_erev", "multiple_sellers"))
    scenario = loaded.scenario
    for section in (*scenario.boards.values(), scenario.traders):
        assert (section.beliefs.rule, section.beliefs.rivals_response) == ("elasticities", 0)
    assert scenario.traders.rule == "roth_erev"
    assert scenario.marketing["canada"].feed == scenario.marketing["canada"].malting == "multiple_sellers"
    assert set(BELIEFS) > {"elasticities", "least_squares", "last_price"}


def test_ablation_compares_systems_on_the_same_luck():
    frame = ablate(steady, 1, **QUICK)
    assert list(frame["measure"]) == [*UNITS] * 2 and set(frame["unit"]) == set(UNITS.values())
    table = frame.pivot(index="beliefs", columns="measure", values="mean")
    # The agreement pays a premium whatever sellers believe; many sellers leave little of it.
    assert (table["premium_cad_t"] > table["premium_many_sellers_cad_t"] + 5).all()
    # A board that takes prices as given cannot discriminate: maltsters pay far more to one that knows their demand.
    malting = table["malting_premium_cad_t"]
    assert malting["elasticities"] > malting["last_price"] + 5
    assert frame.equals(ablate(steady, 1, **QUICK))


def test_the_steady_market_has_no_luck():
    frame = ablate(steady, 2, beliefs=("elasticities",), traders=("best_response",))
    assert np.array_equal(frame["p05"].dropna(), frame["p95"].dropna())


def test_the_steady_year_is_the_mean_of_the_studys_years():
    from sim.parameters import Parameters

    history, average = (Parameters(load(scenario_path(name))) for name in ("history", "steady"))
    years = slice(5 * 12, 15 * 12)

    def mean(level):
        return np.mean([history.value(level, period) for period in range(years.start, years.stop)])

    for name, origin in history.base.origins.items():
        assert average.base.origins[name].production_kt == pytest.approx(mean(origin.production_kt), abs=0.51)
    for section in ("state_importers", "importers", "maltsters", "feeders"):
        for name, buyer in getattr(history.base, section).items():
            for grade, demand in buyer.demand.items():
                steady_demand = getattr(average.base, section)[name].demand[grade]
                assert steady_demand.price == pytest.approx(mean(demand.price), abs=0.051)
                assert steady_demand.quantity_kt == pytest.approx(mean(demand.quantity_kt), abs=0.51)


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        (["marketing.canada.feed=open_feed"], "single_desk"),
        (["base_price_origin=united_states"], "board"),
    ],
)
def test_scenarios_without_two_systems_are_refused(sets, message):
    with pytest.raises(UnsuitableScenario, match=message):
        setting(steady(sets).scenario)


# --- the command


def test_command_prints_saves_and_draws(tmp_path, monkeypatch):
    import sim.verbs.ablation as verb

    monkeypatch.setattr(verb, "ablate", lambda *args, **options: ablate(*args, **{**options, **QUICK}))
    call = ["ablation", "--draws", "1", "--set", "calendar.crop_years=1", "--out", str(tmp_path), "--json"]
    result = CliRunner().invoke(sim.cli.app, call)
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content["scenario"] == "steady" and len(content["rows"]) == 2 * len(UNITS)
    assert set(content["rows"][0]) == {"beliefs", "traders", "measure", "unit", "mean", "low", "high", "missing"}
    (folder,) = (tmp_path / "ablation-steady").iterdir()
    assert {"tables/ablation.csv", "figures/ablation.png", "ablation.parquet", "run.json"} <= {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    again = CliRunner().invoke(sim.cli.app, ["plot", str(folder), "--to", str(tmp_path / "images")])
    assert again.exit_code == 0 and (tmp_path / "images" / "steady-ablation.png").is_file(), again.output


def test_bad_input_leaves_nothing(tmp_path):
    for words in (["--set", "marketing.canada.feed=open_feed"], ["nowhere"], ["--draws", "0"]):
        result = CliRunner().invoke(sim.cli.app, ["ablation", *words, "--out", str(tmp_path / "results")])
        assert result.exit_code == 2 and "Traceback" not in result.output
        assert not (tmp_path / "results").exists()


def test_figure_needs_a_case():
    frame = ablate(steady, 1, beliefs=("elasticities",), traders=("best_response",)).iloc[:0]
    assert KINDS["ablation"].figures["ablation"]({"ablation": frame}, {}) is None
