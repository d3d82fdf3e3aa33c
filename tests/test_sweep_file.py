"""Sweep files: what a design looks like, what makes groups, and the report of everything that is wrong."""

import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim.cli
from sim.experiments.unfinished import differences
from sim.measures.names import unmatched, wanted
from sim.scenario import ScenarioError, load
from sim.shipped import sweep_names, sweep_path
from sim.sweeps.loader import load_sweep

DUEL = Path(__file__).parent / "scenarios" / "duel.yaml"
COST = "sellers.home_firm.cost_cad_t"
RIVAL = "sellers.rival_firm.cost_cad_t"
PRICE = "importers.buyer.demand.feed.intercept"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "duel.yaml").write_text(DUEL.read_text())
    return tmp_path


def write(factors, design="{method: grid}", head="scenario: duel.yaml", draws=3, name="sweep.yaml", rest=""):
    lines = "".join(f"  {key}: {value}\n" for key, value in factors.items())
    Path(name).write_text(f"title: T\n{head}\ndraws: {draws}\ndesign: {design}\nfactors:\n{lines}{rest}")
    return name


def sweep(*arguments, overrides=None, **keywords):
    return load_sweep(write(*arguments, **keywords), overrides)


def report(*arguments, **keywords):
    with pytest.raises(ScenarioError) as caught:
        sweep(*arguments, **keywords)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def says(found, path, *words):
    messages = [message for place, message in found if place == path]
    return any(all(word in message for word in words) for message in messages)


# --- factors and designs


def test_a_grid_of_every_kind_of_factor(place):
    loaded = sweep(
        {
            "cost": f"{{key: {COST}, values: [20, 30.5]}}",
            "price": f"{{keys: [{PRICE}], low: 80, high: 320, count: 3, scale: log}}",
            "conduct": "{key: sellers.home_firm.conduct, values: [cournot, price_taker]}",
            "number": "{key: sellers.rival_firm.number, low: 1, high: 2}",
            "form": "{levels: {uniform: [], pay_as_bid: [tender.format=pay_as_bid, shocks.demand_sd=0.1]}}",
        }
    )
    design = loaded.design
    assert design.index.name == "point" and design.index.tolist() == list(range(2 * 3 * 2 * 2 * 2))
    assert design["price"].unique().tolist() == [80, 160, 320] and design["cost"].dtype == np.float64
    assert design.iloc[1].tolist() == [20, 80, "cournot", "1", "pay_as_bid"]
    assert [each.numeric for each in loaded.factors] == [True, True, False, False, False]
    assert [each.unit for each in loaded.factors[:2]] == ["C$/t", "currency/t, landed"]
    file, settings = loaded.structure(7)
    assert settings == (
        "sellers.home_firm.conduct=price_taker", "sellers.rival_firm.number=2", "tender.format=pay_as_bid",
        "shocks.demand_sd=0.1",
    )  # fmt: skip
    assert loaded.numbers(7) == {COST: 20.0, PRICE: 80.0}
    scenario = load(file, [*settings, *(f"{key}={value!r}" for key, value in loaded.numbers(7).items())]).scenario
    assert scenario.sellers["home_firm"].cost_cad_t == 20 and scenario.tender.format == "pay_as_bid"
    assert loaded.reference == {"cost": 40, "price": 100, "conduct": "cournot", "number": "1", "form": "uniform"}


def test_groups_hold_the_points_of_one_structure(place):
    loaded = sweep(
        {
            "conduct": "{key: sellers.home_firm.conduct, values: [cournot, price_taker]}",
            "cost": f"{{key: {COST}, values: [20, 30, 40]}}",
        }
    )
    groups = loaded.groups()
    assert [points.tolist() for points in groups.values()] == [[0, 1, 2], [3, 4, 5]]
    for structure, points in groups.items():
        assert all(loaded.structure(point) == structure for point in points)
    (only,) = sweep({"cost": f"{{key: {COST}, values: [20, 30, 40]}}"}).groups().items()
    assert only[0] == ("duel.yaml", ()) and only[1].tolist() == [0, 1, 2]


def test_scenarios_are_the_first_factor(place):
    (place / "other.yaml").write_text("extends: duel.yaml\ntitle: Other\nmoney: {cad_per_usd: 2}\n")
    head = "scenarios: {plain: duel.yaml, other: other.yaml}\nsettings: [calendar.crop_years=1]"
    loaded = sweep({"cost": f"{{key: {COST}, values: [20, 30]}}"}, head=head)
    assert loaded.design.values.tolist() == [["plain", 20], ["plain", 30], ["other", 20], ["other", 30]]
    assert loaded.base == {"plain": "duel.yaml", "other": "other.yaml"}
    assert loaded.structure(2) == ("other.yaml", ("calendar.crop_years=1",))
    assert loaded.fingerprint["scenarios"].keys() == {"plain", "other"}


def test_values_side_by_side(place):
    factors = {"a": f"{{key: {COST}, values: [20, 30]}}", "b": f"{{key: {RIVAL}, values: [50, 45]}}"}
    assert sweep(factors, "{method: together}").design.values.tolist() == [[20, 50], [30, 45]]
    factors["c"] = f"{{key: {PRICE}, values: [90, 100, 110]}}"
    assert says(report(factors, "{method: together}"), "design.method", "`a` has 2", "`c` has 3")


def test_one_at_a_time_and_pairs_stay_at_the_scenarios_own_values(place):
    factors = {
        "cost": f"{{key: {COST}, values: [20, 40]}}",
        "rival": f"{{key: {RIVAL}, low: 30, high: 50, base: 45}}",
        "conduct": "{key: sellers.home_firm.conduct, values: [cournot, price_taker]}",
    }
    design = sweep(factors, "{method: one_at_a_time}").design
    assert design.values.tolist() == [
        [40, 45, "cournot"], [20, 45, "cournot"], [40, 30, "cournot"], [40, 50, "cournot"], [40, 45, "price_taker"],
    ]  # fmt: skip
    design = sweep(factors, "{method: pairs}").design
    assert not design.duplicated().any() and len(design) == 4 + 2 + 2 + 2
    assert design.values.tolist()[0] == [40, 45, "cournot"] and [20, 50, "price_taker"] not in design.values.tolist()
    factors["both"] = "{keys: [shocks.demand_sd, shocks.persistence], values: [0, 0.1], unit: share}"
    assert says(report(factors, "{method: pairs}"), "factors.both", "state `base`")


def test_distributions_in_a_list_and_drawn(place):
    factors = {
        "cost": f"{{key: {COST}, normal: {{mean: 40, sd: 2, low: 36}}, count: 4}}",
        "rival": f"{{key: {RIVAL}, values: [35, 45], weights: [1, 3]}}",
        "number": "{key: sellers.rival_firm.number, low: 1, high: 4}",
    }
    listed = sweep({"cost": factors["cost"]}).design["cost"].tolist()
    assert len(listed) == 4 and listed == sorted(listed) and listed[0] > 36
    drawn = sweep(factors, "{method: latin_hypercube, points: 40}")
    assert drawn.design["rival"].value_counts().to_dict() == {35.0: 10, 45.0: 30}
    assert drawn.design["number"].value_counts().to_dict() == dict.fromkeys("1234", 10)
    assert drawn.shares.shape == (40, 3) and (drawn.design["cost"] >= 36).all()
    assert (drawn.shares["cost"].argsort() == drawn.design["cost"].argsort()).all()
    assert any("takes no notice" in text and "cost.count" in text for text in drawn.warnings)
    # two ends of a range and the 5 and 95 % points of a distribution, where nobody says how many
    short = sweep(
        {"a": f"{{key: {COST}, low: 30, high: 50}}", "b": f"{{key: {RIVAL}, uniform: {{low: 0, high: 100}}}}"}
    )
    assert short.design.values.tolist() == [[30, 5], [30, 95], [50, 5], [50, 95]]


def test_drawn_designs_grow_and_are_seeded(place):
    factors = {"a": f"{{key: {COST}, low: 30, high: 50}}", "b": f"{{key: {RIVAL}, loguniform: {{low: 30, high: 50}}}}"}
    long = sweep(factors, "{method: sobol, points: 32}").design
    short = sweep(factors, "{method: sobol, points: 32}", overrides={"points": 8}).design
    assert long.iloc[:8].equals(short)
    other = sweep(factors, "{method: sobol, points: 8}", overrides={"seed": 3})
    assert not other.design.equals(short) and other.plan.seed == 3
    assert any("no power of two" in text for text in sweep(factors, "{method: sobol, points: 10}").warnings)
    assert len(sweep(factors, "{method: saltelli, points: 4}").design) == 4 * 6
    assert len(sweep(factors, "{method: saltelli, points: 4, second_order: false}").design) == 4 * 4
    morris = sweep(factors, "{method: morris, trajectories: 5, steps: 4}").design
    assert len(morris) == 5 * 3 and morris["a"].min() == 30 and morris["a"].max() == 50
    # what is computed has no more digits than every machine agrees on
    assert all(value == float(f"{value:.12g}") for value in long["b"])


def test_points_from_a_table(place):
    factors = {
        "cost": f"{{key: {COST}}}",
        "conduct": "{key: sellers.home_firm.conduct}",
        "form": "{levels: {a: [], b: [tender.format=pay_as_bid]}}",
    }
    Path("points.csv").write_text("conduct, cost, form\ncournot,20,a\nprice_taker,3e1,b\n\n")
    loaded = sweep(factors, "{method: table, file: points.csv}")
    assert loaded.design.values.tolist() == [[20, "cournot", "a"], [30, "price_taker", "b"]]
    assert loaded.structure(1)[1] == ("sellers.home_firm.conduct=price_taker", "tender.format=pay_as_bid")
    Path("points.csv").write_text("conduct,cost,form\ncournot,x,a\n3,20,c\ncournot,nan\n")
    with pytest.raises(ScenarioError) as caught:
        load_sweep("sweep.yaml")
    text = str(caught.value)
    assert "points.csv:2:9: cost: 'x' is not a finite number" in text and "unknown level `c`" in text
    assert "points.csv:4:1: 2 columns where the header has 3" in text
    Path("points.csv").write_text("conduct,costs\n")
    with pytest.raises(ScenarioError, match="column `costs` is no factor; did you mean `cost`"):
        load_sweep("sweep.yaml")
    for text, words in (("", "column `cost` is missing"), ("conduct,cost,form\n", "holds no point")):
        Path("points.csv").write_text(text)
        with pytest.raises(ScenarioError, match=words):
            load_sweep("sweep.yaml")
    for file, words in (
        ("../points.csv", "in the folder of the sweep"),
        ("/etc/passwd", "in the folder"),
        (".", "folder"),
    ):
        assert any(words in message for _, message in report(factors, f"{{method: table, file: {file}}}"))
    assert says(
        report({"cost": f"{{key: {COST}, values: [1, 2]}}"}, "{method: table, file: points.csv}"),
        "factors.cost",
        "leave `values` out",
    )


def test_keys_inside_series_and_events_travel_on_the_draw_axis(place):
    factors = {
        "plus": "{key: feeders.us_feeders.demand.feed.price.plus, values: [-5, 5]}",
        "scale": "{key: restitution.target_kt.scale, values: [0.9, 1.1]}",
        "late": '{key: "events[0].eep.max_bonus_usd_t", values: [20, 60]}',
    }
    head = "scenario: history\nsettings: [calendar.start=1985/86, calendar.crop_years=1]"
    (place / "child.yaml").write_text(
        "extends: history\ntitle: C\nevents:\n  - {from: 1985-09, to: 1985-12, eep: {max_bonus_usd_t: 30}}\n"
    )
    loaded = sweep(factors, "{method: one_at_a_time}", head=head.replace("history", "child.yaml"))
    assert all(each.numeric for each in loaded.factors)
    assert loaded.factors[0].unit == "currency/t, f.o.b. base_price_origin (feeders: delivered)"
    assert loaded.reference == {"plus": 0, "scale": 1, "late": 30}


def test_a_sweep_travels_to_workers_and_back(place):
    loaded = sweep({"cost": f"{{key: {COST}, values: [20, 30]}}"})
    again = pickle.loads(pickle.dumps(loaded))
    assert again.structure(1) == loaded.structure(1) and again.numbers(1) == {COST: 30.0}


def test_the_fingerprint_tells_what_results_rest_on(place):
    factors = {"cost": f"{{key: {COST}, values: [20, 30]}}"}
    first = sweep(factors).fingerprint
    assert sweep(factors, rest="description: Another text\n").fingerprint == first
    assert differences(first, sweep(factors, draws=4).fingerprint) == ["sweep.draws was 3 and is 4"]
    Path("duel.yaml").write_text(DUEL.read_text().replace("slope: 0.1", "slope: 0.2"))
    assert differences(first, sweep(factors).fingerprint) == ["scenarios.duel.yaml has changed"]


# --- what is refused


GOOD = {"good": f"{{key: {COST}, values: [20, 30]}}"}
FACTORS = {
    "empty": (f"{{key: {RIVAL}, values: []}}", ".values", "empty list"),
    "one": (f"{{key: {RIVAL}, values: [1]}}", ".values", "does not vary"),
    "twice": (f"{{key: {RIVAL}, values: [1, 1.0]}}", ".values[1]", "listed twice"),
    "text": (f'{{key: {RIVAL}, values: [1, "2"]}}', ".values[1]", "not a number", "without quotes"),
    "word": (f"{{key: {RIVAL}, values: [1, many]}}", ".values[1]", "'many' is not a number"),
    "nan": (f"{{key: {RIVAL}, values: [1, .nan]}}", ".values[1]", "not a finite number"),
    "inf": (f"{{key: {RIVAL}, low: 1, high: .inf}}", ".high", "not a finite number"),
    "back": (f"{{key: {RIVAL}, low: 3, high: 2}}", ".high", "must be above `low`, 3"),
    "narrow": (f"{{key: {RIVAL}, low: 1, high: 1.0000000000000002}}", "", "so narrow"),
    "equal": (f"{{key: {RIVAL}, low: 2, high: 2}}", ".high", "must be above"),
    "log": (f"{{key: {RIVAL}, low: 0, high: 2, scale: log}}", ".low", "above 0 on a log scale"),
    "count": (f"{{key: {RIVAL}, low: 0, high: 2, count: 1}}", ".count", "from 2"),
    "half": (f"{{key: {RIVAL}, low: 0}}", ".low", "`high` is missing"),
    "still": (f"{{key: {RIVAL}}}", "", "does not vary"),
    "ways": (f"{{key: {RIVAL}, low: 0, high: 1, values: [1, 2]}}", "", "2 ways"),
    "misspelt": (f"{{key: {RIVAL}, vales: [1, 2]}}", ".vales", "did you mean `values`"),
    "keyless": ("{values: [1, 2]}", "", "state `key`"),
    "title": ("{key: title, values: [a, b]}", ".key", "changes no result"),
    "list": ("{key: data, values: [a, b]}", ".key", "is a list"),
    "section": ("{key: shocks, values: [1, 2]}", ".key", "is a mapping"),
    "draws": ("{key: draws, values: [1, 2]}", ".key", "key of the sweep itself"),
    "path": ('{key: "a..b", values: [1, 2]}', ".key", "not a dotted path"),
    "clash": (f"{{key: {COST}, values: [1, 2]}}", ".key", "the factor `good` sets"),
    "whole": ("{key: sellers.rival_firm.number, values: [1, 1.5]}", ".values[1]", "a whole number"),
    "steps": ("{key: sellers.rival_firm.number, low: 1, high: 8, count: 3}", ".count", "whole numbers"),
    "flag": ("{key: sellers.rival_firm.conduct, low: 0, high: 1}", ".low", "give `values`"),
    "spread": ("{key: sellers.rival_firm.number, uniform: {low: 0, high: 1}}", ".uniform", "need not be whole"),
    "mode": (f"{{key: {RIVAL}, triangular: {{low: 0, mode: 3, high: 2}}}}", ".triangular.mode", "from 0 to 2"),
    "tail": (f"{{key: {RIVAL}, normal: {{mean: 9, sd: 1, low: 99}}}}", ".normal.low", "hardly anything"),
    "level": ("{levels: {a: []}}", ".levels", "two or more levels"),
    "base": ("{levels: {a: [], b: [seed=1]}, base: c}", ".base", "known: a, b"),
    "seed": ("{levels: {a: [], b: [seed=1]}}", ".levels.b[0]", "key of the sweep itself"),
    "weights": (f"{{key: {RIVAL}, values: [1, 2], weights: [1]}}", ".weights", "1 weights for 2 values"),
    "unknown": ("{key: sellers.rival_firm.cost_cad, values: [1, 2]}", ".key", "did you mean `cost_cad_t`"),
    "part": ("{key: eep.bonus, values: [1, 2]}", ".key", "did you mean `max_bonus_usd_t` or `bonus_tolerance`"),
    "entry": ("{key: sellers.rival_frm.cost_cad_t, values: [1, 2]}", ".key", "did you mean `rival_firm`"),
    "range": ("{key: shocks.yield_sd, values: [0.1, 0.9]}", ".key", "0.9 is out of range", "from 0 to 0.5 (share)"),
    "choice": ("{key: tender.format, values: [uniform, pay_as_bit]}", ".key", "did you mean `pay_as_bid`"),
    "setting": ("{levels: {a: [], b: [tender.form=uniform]}}", ".levels.b[0]", "did you mean `format`"),
    "scenario": (f"{{key: {RIVAL}, values: [1, 2]}}", "", "choose another name"),
}  # fmt: skip


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_is_refused_with_its_place(place, name):
    text, where, *words = FACTORS[name]
    assert says(report({**GOOD, name: text}), f"factors.{name}{where}", *words)


def test_all_problems_are_told_at_once(place):
    factors = {name: text for name, (text, _, *_) in FACTORS.items() if name not in ("scenario", "path")}
    found = report(GOOD | factors, "{method: gird}", draws=0, head="scenario: duel.yaml\nsettings: [shocks.yield=1]")
    places = {path for path, _ in found}
    assert {"design.method", "draws", "settings[0]", "factors.misspelt.vales", "factors.count.count"} <= places
    missed = [name for name in factors if not any(path.startswith(f"factors.{name}") for path in places)]
    assert missed == []


@pytest.mark.parametrize(
    ("design", "where", "words"),
    [
        ("{method: grid, points: 3}", "design.points", "means nothing to `grid`"),
        ("{method: sobol}", "design.points", "missing"),
        ("{method: morris, trajectories: 4, steps: 3}", "design.steps", "even"),
        ("{method: pairs}", "design.method", "two factors"),
        ("{method: saltelli, points: 4}", "design.method", "two factors"),
        ("{method: latin_hypercube, points: 400000}", "design", "1,200,000 worlds; at most 1,000,000"),
        ("{method: latin_hypercub, points: 4}", "design.method", "did you mean `latin_hypercube`"),
        ("{method: table, file: nowhere.csv}", "factors.good", "leave `values` out"),
    ],
)
def test_a_design_is_refused(place, design, where, words):
    assert says(report(GOOD, design), where, words)


def test_a_grid_too_large_is_refused_before_it_is_made(place):
    keys = [COST, RIVAL, PRICE, "shocks.demand_sd", "importers.buyer.demand.feed.slope"]
    factors = {f"f{i}": f"{{key: {key}, low: 0.1, high: 0.2, count: 100000}}" for i, key in enumerate(keys)}
    assert says(report(factors), "design", "at most 1,000,000")


def test_morris_needs_ends(place):
    found = report({"a": f"{{key: {COST}, normal: {{mean: 1, sd: 1}}}}"}, "{method: morris, trajectories: 3}")
    assert says(found, "factors.a.normal.low", "state `low` and `high`")


def test_a_factor_without_effect_is_refused(place):
    event = "{from: 2000-08, to: 2003-07, name: Always, sellers: {home_firm: {cost_cad_t: 50}}}"
    (place / "fixed.yaml").write_text(f"extends: duel.yaml\ntitle: F\nevents:\n  - {event}\n")
    found = report(GOOD, head="scenario: fixed.yaml")
    assert says(found, "factors.good", "has no effect", "events[0] (Always)", "every period")
    Path("fixed.yaml").write_text(Path("fixed.yaml").read_text().replace("2003-07", "2001-07"))
    (warning,) = sweep(GOOD, head="scenario: fixed.yaml").warnings
    assert "in 12 of 36 periods events[0] (Always)" in warning
    late = {"late": '{key: "events[0].sellers.home_firm.cost_cad_t", values: [1, 2]}'}
    sweep(late, head="scenario: fixed.yaml")
    Path("fixed.yaml").write_text(
        Path("fixed.yaml").read_text().replace("2000-08", "2004-01").replace("2001-07", "2004-02")
    )
    assert says(report(late, head="scenario: fixed.yaml"), "factors.late", "holds in no period")
    assert any(
        "the same scenario" in text
        for text in sweep({"same": "{levels: {a: [], b: [tender.format=uniform]}}"}).warnings
    )


def test_measures_are_known_to_a_run(place):
    head = "scenario: duel.yaml\nmeasures: [market_price, 'seller_*:home*', market_prise, 'market_price:third:fed']"
    found = report(GOOD, head=head)
    assert says(found, "measures[2]", "no run has a table `market_prise`", "did you mean `market_price`")
    assert says(found, "measures[3]", "`market_price` has no column `third:fed`", "did you mean `third:feed`")
    assert len(found) == 2
    known = {"price_gap": {"canada:feed:japan-offshore": "C$/t"}, "producers": {"x": "kt"}}
    assert unmatched(["*", "price_gap:canada:feed:*", "prod*:?"], known) == {}
    assert wanted(["a", "b:c*"], "b", "cd") and not wanted(["a", "b:c*"], "b", "d") and wanted(["a"], "a", "any")


def test_what_levels_have_of_their_own_counts_as_a_measure(place):
    levels = "{levels: {one: [], two: [sellers.rival_firm.number=2]}}"
    head = "scenario: duel.yaml\nmeasures: ['seller_tonnes:rival_firm_2']"
    assert sweep({"firms": levels}, head=head).measures == ("seller_tonnes:rival_firm_2",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "only comments"),
        ("- a\n", "must be a mapping of keys such as `scenario`"),
        ("title: T\nscenario: duel.yaml\n", "factors: missing"),
        ("title: T\nscenario: duel.yaml\nfactors: {}\n", "no factor"),
        ("title: T\nfactors: {a: {levels: {a: [], b: []}}}\n", "state `scenario`"),
        ("title: T\nscenario: duel.yaml\nscenarios: {a: b}\nfactors: {a: {levels: {a: [], b: []}}}\n", "not both"),
        ("title: T\nscenario: dual.yaml\nfactors: {a: {levels: {a: [], b: []}}}\n", "did you mean `duel.yaml`"),
        ("title: T\nscenario: ..\nfactors: {a: {levels: {a: [], b: []}}}\n", "folder"),
        ("title: T\nfactors: {a: [\n", "not valid YAML"),
        ("a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
         "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\nfactors: {a: {key: b, values: [*d,*d,*d,*d]}}\n", "25,000 values"),
        ("extends: duel.yaml\ntitle: T\n", "this is a scenario, not a sweep; use `singledesk run`"),
        ("title: T\nplayers: {}\n", "this is a game, not a sweep; use `singledesk game`"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sweep(place, text, words):
    Path("sweep.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_sweep("sweep.yaml")
    assert words in str(caught.value)


def test_files_that_cannot_be_read(place):
    for name, words in (
        (".", "is a folder"),
        ("history", "use `singledesk run history`"),
        ("swep.yaml", "did you mean `sweep.yaml`"),
        ("eep_bonus", "did you mean the shipped `eep_bonus_by_system`"),
        ("zzz", "shipped are eep_bonus_by_system, "),
    ):
        write(GOOD)
        with pytest.raises(ScenarioError, match=words):
            load_sweep(name)


def call(*arguments):
    return CliRunner().invoke(sim.cli.app, list(arguments))


def test_validate_knows_sweeps_and_run_sends_them_on(place):
    write(GOOD)
    answer = call("validate", "sweep.yaml", "duel.yaml")
    plan = load_sweep("sweep.yaml")
    points, draws = len(plan.design), plan.plan.draws
    size = f"{points} points x {draws} draws = {points * draws} worlds"
    assert answer.exit_code == 0 and answer.stdout.split("\n")[:2] == [f"ok sweep.yaml: {size}", "ok duel.yaml"]
    assert "unknown key `yield`" in call("validate", "sweep.yaml", "--set", "shocks.yield=1").stderr
    answer = call("run", "sweep.yaml")
    assert answer.exit_code == 2 and "this is a sweep, not a scenario; use `singledesk sweep`" in answer.stderr
    assert call("validate", "nowhere").exit_code == 2


def test_digits_of_a_value_are_not_lost(place):
    value = math.nextafter(20.0, 30.0)
    loaded = sweep({"a": f"{{key: {COST}, values: [20, {value!r}]}}"})
    assert loaded.numbers(1)[COST] == value and loaded.factors[0].settings(value) == (f"{COST}={value!r}",)


@pytest.mark.parametrize("name", sweep_names())
def test_a_shipped_sweep_asks_a_question_and_loads(name, place):
    loaded = load_sweep(sweep_path(name))
    assert [text for text in loaded.warnings if "lies outside the calendar" not in text] == []
    assert loaded.plan.title and len(loaded.plan.description) > 80
    assert all(each.unit for each in loaded.factors if each.numeric)
    if name == "eep_bonus_by_system":
        assert loaded.design["bonus"].unique().tolist() == [0, 10, 20, 30, 40, 50, 60] and len(loaded.groups()) == 3


# --- what another hand may write


@pytest.mark.parametrize("name", ["point", "file_row_number"])
def test_a_factor_cannot_take_the_place_of_a_column_of_the_design(place, name):
    found = report({name: f"{{key: {COST}, values: [20, 30]}}"})
    assert says(found, f"factors.{name}", "column of the design itself")


def test_a_sweep_that_keeps_nothing_is_refused(place):
    found = report({"cost": f"{{key: {COST}, values: [20, 30]}}"}, rest="measures: []\n")
    assert says(found, "measures", "nothing is kept")


def test_weights_whose_sum_is_no_number_are_refused(place):
    found = report({"cost": f"{{key: {COST}, values: [20, 30], weights: [1.0e308, 1.0e308]}}"})
    assert says(found, "factors.cost.weights[0]", "out of range")


def test_a_name_of_any_length_makes_a_message_of_some_lines(place):
    with pytest.raises(ScenarioError) as caught:
        sweep({"cost": f"{{key: {'x' * 10_000}, values: [20, 30]}}"}, rest=f"measures: ['{'y' * 10_000}']\n")
    assert max(map(len, str(caught.value).splitlines())) < 2500
