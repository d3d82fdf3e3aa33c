"""Calibration: finding known parameters again, going on after a crash, what is identified, and what is refused."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim.cli
from sim.experiments.calibration import Space, starts_of
from sim.experiments.calibration_report import kept_cells
from sim.experiments.engine import open_engine
from sim.experiments.evaluations import JOURNAL, Evaluator, Journal, Simulator
from sim.experiments.identification import AT_BOUND, IDENTIFIED, UNIDENTIFIED, WEAK, identify
from sim.experiments.unfinished import differences
from sim.scenario import ScenarioError, load
from sim.scenario.calibration import load_calibration
from sim.shipped import calibration_path
from sim.store import open_run

BAD = Path(__file__).parent / "golden_calibrations"
DUEL = Path(__file__).parent / "scenarios" / "duel.yaml"
TRUE = {"cost": 33.0, "slope": 0.12}
SEED = 5
# Luck in the tonnes wanted, and in what it costs the home firm alone to get there.
LUCK = "calendar.crop_years=1, shocks.demand_sd=0.05, freight_usd_t.home.third=6, shocks.freight_sd=0.2"
TEXT = """\
title: Two sellers, one buyer
draws: {draws}
seed: {seed}
evaluations: {evaluations}
tolerance: 1.0e-9
profile_points: 0
observations: {draws}
runs:
  duel: {{scenario: {duel}, settings: [{settings}]}}
parameters:
  cost: {{keys: [sellers.home_firm.cost_cad_t], low: 20, high: 60, start: 45}}
  slope: {{keys: [importers.buyer.demand.feed.slope], low: 0.05, high: 0.4, start: 0.08, scale: log}}
moments:
  - {{run: duel, measure: market_price, rows: [2000/01], columns: ["third:feed"], target: {price}, scale: 1}}
  - {{run: duel, measure: seller_tonnes, rows: [2000/01], columns: [home_firm], target: {home}, scale: 5}}
  - {{run: duel, measure: seller_tonnes, rows: [2000/01], columns: [rival_firm], target: {rival}, scale: 5}}
"""


def text_of(targets, seed=SEED, draws=4, evaluations=22):
    price, home, rival = targets
    numbers = {"seed": seed, "draws": draws, "evaluations": evaluations, "price": price, "home": home, "rival": rival}
    return TEXT.format(**numbers, duel=DUEL, settings=LUCK)


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory):
    """What the true parameters give on one seed."""
    path = tmp_path_factory.mktemp("pseudo") / "any.yaml"
    path.write_text(text_of((60.0, 200.0, 200.0)))
    simulator = Simulator.of(loaded := load_calibration(path), kept_cells(loaded))
    return simulator.simulate(("duel", tuple(TRUE.values()))).mean(axis=1)


def call(*arguments):
    return CliRunner().invoke(sim.cli.app, ["calibrate", *map(str, arguments)])


def result_of(*arguments):
    answer = call(*arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


# --- recovery


def test_known_parameters_are_found_again_and_run_as_a_scenario(place, pseudo):
    (place / "duel_again.yaml").write_text(text_of(pseudo.tolist()))
    found = result_of("duel_again.yaml")
    assert found["criterion"] < 1e-3 < found["criterion_at_start"]
    for line in found["parameters"]:
        assert line["optimum"] == pytest.approx(TRUE[line["parameter"]], rel=0.02)
        assert line["status"] == IDENTIFIED and line["pinned_by"]
    child = load(Path(found["folder"]) / "calibrated.yaml")
    assert child.scenario.sellers["home_firm"].cost_cad_t == found["parameters"][0]["optimum"]
    assert (child.scenario.draws, child.scenario.seed, child.scenario.calendar.crop_years) == (4, SEED, 1)
    files = open_run(found["folder"]).manifest["files"]
    assert {"evaluations.jsonl", "calibrated.yaml", "tables/fit.csv", "figures/fit.png"} <= files.keys()
    drawn = CliRunner().invoke(sim.cli.app, ["plot", found["folder"], "--figure", "fit"])
    assert drawn.exit_code == 0 and (place / "calibrate-duel_again-fit.png").is_file()


def test_other_luck_stays_within_the_standard_errors(place, pseudo):
    (place / "other.yaml").write_text(text_of(pseudo.tolist(), seed=SEED + 1))
    for line in result_of("other.yaml")["parameters"]:
        miss = abs(line["optimum"] - TRUE[line["parameter"]])
        assert 0 < miss < 3 * line["standard_error"] + 1e-3 * TRUE[line["parameter"]]


# --- going on


def strip(found):
    return {key: value for key, value in found.items() if key not in ("run_id", "folder")}


def test_taken_up_after_a_crash_it_ends_with_the_same_bits(place, pseudo, monkeypatch):
    (place / "whole.yaml").write_text(text_of(pseudo.tolist(), evaluations=9))
    whole = result_of("whole.yaml")

    simulate, count = Simulator.simulate, iter(range(100))

    def crash(self, task):
        if next(count) == 5:
            raise KeyboardInterrupt
        return simulate(self, task)

    with monkeypatch.context() as patch:
        patch.setattr(Simulator, "simulate", crash)
        answer = call("whole.yaml", "--out", "cut")
    assert answer.exit_code == 1 and "5 simulations are kept; go on with --resume" in answer.stderr
    (folder,) = (place / "cut" / "calibrate-whole").iterdir()
    with (folder / JOURNAL).open("ab") as file:
        file.write(b'{"run": "duel", "point": [1, 2], "val')  # what kill -9 leaves of a line

    (place / "changed.yaml").write_text((place / "whole.yaml").read_text().replace("high: 60", "high: 70"))
    answer = call("changed.yaml", "--resume", folder)
    assert answer.exit_code == 2
    assert "calibration.parameters.cost.high was 60.0 and is 70.0" in answer.stderr and (folder / JOURNAL).exists()

    again = result_of("whole.yaml", "--out", "cut", "--resume", folder)
    assert strip(again) == strip(whole)
    assert not folder.exists()
    finished = result_of("whole.yaml", "--out", "cut", "--resume", again["folder"])
    assert strip(finished) == strip(whole)


def test_engines_do_not_change_a_bit(place, pseudo):
    (place / "jobs.yaml").write_text(text_of(pseudo.tolist(), evaluations=5))
    loaded = load_calibration("jobs.yaml")
    simulator = Simulator.of(loaded, kept_cells(loaded))
    tasks = [("duel", (33.0, 0.1)), ("duel", (40.0, 0.2))]
    found = []
    for number, (jobs, dask) in enumerate([(1, None), (2, None), (2, "local")]):
        journal = Journal(place / f"{number}.jsonl")
        with open_engine(jobs, dask) as engine:
            found.append(Evaluator(simulator, journal, engine)(tasks))
        journal.close()
        Journal(place / f"{number}.jsonl").write_sorted(place / f"{number}.sorted")
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])
    assert np.array_equal(Journal(place / "1.jsonl").results[tasks[0]], found[0][0])
    first, *others = [(place / f"{number}.sorted").read_bytes() for number in range(3)]
    assert first.count(b"\n") == 2 and all(other == first for other in others)


def test_a_folder_that_is_no_calibration_is_refused(place, pseudo):
    (place / "any.yaml").write_text(text_of(pseudo.tolist()))
    answer = call("any.yaml", "--resume", place)
    assert answer.exit_code == 2 and "not a calibration" in answer.stderr


def test_differences_are_named():
    assert differences({"a": {"b": 1}}, {"a": {"b": 2}}) == ["a.b was 1 and is 2"]
    assert differences({"a": [1, 2]}, {"a": [1, 2]}) == []
    assert differences({"scenarios": {"x": "1"}}, {"scenarios": {"x": "2"}}) == ["scenarios.x has changed"]


# --- identification


def told(slopes, weights=None, covariance=None, width=None, bound=None, draws=10, histories=1):
    slopes = np.array(slopes, dtype=float)
    moments, parameters = slopes.shape
    return identify(
        slopes,
        np.ones(moments) if weights is None else np.array(weights, dtype=float),
        np.eye(moments) if covariance is None else covariance,
        np.full(parameters, 100.0) if width is None else np.array(width),
        np.zeros(parameters, dtype=bool) if bound is None else np.array(bound),
        draws,
        histories,
    )


@pytest.mark.parametrize("weight", [0.01, 1, 100])
def test_one_moment_one_parameter(weight):
    found = told([[4.0]], [weight], np.array([[9.0]]))
    assert found.sensitivity == pytest.approx(np.array([[0.25]]))
    assert found.standard_error[0] == pytest.approx(3 / 4 * np.sqrt(1 + 1 / 10))
    assert found.simulation_error[0] == pytest.approx(3 / 4 / np.sqrt(10))
    assert found.share == pytest.approx(np.array([[1.0]])) and found.condition_number == pytest.approx(1)


def test_sensitivity_is_how_the_minimum_moves():
    rng = np.random.default_rng(3)
    slopes, weights, target = rng.normal(size=(5, 2)), rng.uniform(1, 3, 5), rng.normal(size=5)
    root = np.sqrt(weights)

    def minimum(published):
        return np.linalg.lstsq(root[:, None] * slopes, root * published, rcond=None)[0]

    moved = minimum(target + np.eye(5)[2]) - minimum(target)
    assert told(slopes, weights).sensitivity[:, 2] == pytest.approx(moved)


def test_parameters_that_do_the_same_are_not_identified():
    found = told([[1, 2, 0], [3, 6, 0], [0, 0, 1]])
    assert found.status == (UNIDENTIFIED, UNIDENTIFIED, IDENTIFIED)
    assert np.isnan(found.standard_error[:2]).all() and found.condition_number == np.inf
    assert abs(found.weakest[:2]).min() > 0.4 and found.weakest[2] == pytest.approx(0)
    assert told([[0.0], [0.0]]).status == (UNIDENTIFIED,)


def test_a_parameter_known_no_better_than_its_bounds_is_weak_and_one_at_a_bound_is_held():
    assert told([[1, 0], [0, 1]], width=[100, 1]).status == (IDENTIFIED, WEAK)
    found = told([[1, 1], [1, 2]], bound=[False, True])
    assert found.status == (IDENTIFIED, AT_BOUND)
    assert found.sensitivity[0] == pytest.approx([0.5, 0.5]) and np.isnan(found.sensitivity[1]).all()


# --- the file


@pytest.fixture(scope="module")
def shipped_calibration():
    return load_calibration(calibration_path("study"))


def test_the_shipped_calibration_fits_nothing_that_is_held_out(shipped_calibration):
    loaded = shipped_calibration
    assert {cell.number for cell in loaded.cells} == {1, 3, 4}
    assert not any(cell.row in ("1995/96", "average") for cell in loaded.cells)
    kept = kept_cells(loaded)
    assert sum(table == "table2" for table, _, _ in kept["table2"]) == 44
    assert sum(row in ("1995/96", "average") for _, row, _ in kept["weekly"]) == 8


def test_bounds_and_start_read_as_written(shipped_calibration):
    plan = shipped_calibration.plan
    space = Space(plan)
    assert space.values(space.start) == tuple(each.start for each in plan.parameters.values())
    for place, bound in ((0.0, "low"), (1.0, "high")):
        point = np.full(len(plan.parameters), place)
        assert space.values(point) == tuple(getattr(each, bound) for each in plan.parameters.values())
    starts = np.array(starts_of(space, 4))
    assert starts.shape == (4, 5) and len(np.unique(starts, axis=0)) == 4 and starts[1:].min() > 0


@pytest.mark.parametrize("name", sorted(path.stem for path in BAD.glob("*.yaml")))
def test_report(name, monkeypatch):
    monkeypatch.chdir(BAD)
    with pytest.raises(ScenarioError) as caught:
        load_calibration(f"{name}.yaml")
    text, expected = f"{caught.value}\n", BAD / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def test_a_figure_the_run_does_not_have_is_reported_and_leaves_nothing(place):
    (place / "gone.yaml").write_text(text_of((60, 200, 200)).replace("columns: [home_firm]", "columns: [homme_firm]"))
    answer = call("gone.yaml")
    assert answer.exit_code == 2
    assert "run `duel` has no seller_tonnes / 2000/01 / homme_firm" in answer.stderr
    assert not list((place / "results").rglob("*.json*"))
    answer = call("nowhere.yaml")
    assert answer.exit_code == 2 and "file not found" in answer.stderr
