"""Plans: written down they are the same scenario, for the command too; saved runs are opened as they ran."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.dashboard.final import results_of
from sim.dashboard.plans import Plan, as_yaml, open_run, open_shipped, open_text, presets
from sim.dashboard.side_by_side import SideBySide
from sim.scenario import ScenarioError, load
from sim.store import find_run

SHORT = b"extends: history\ntitle: Two years\ncalendar: {start: 1985/86, crop_years: 1}\n"
VALUES = {"eep_max_bonus_usd_t": 30.0, "canada_system": "open_feed", "eu_crop_scale": 1.1, "yield_sd": 0.1}


@pytest.fixture(scope="module")
def short():
    return open_text("short.yaml", SHORT)


@pytest.fixture(scope="module")
def saved(short, tmp_path_factory):
    """Folder of a run by the command of what ``as_yaml`` writes, and the plan."""
    folder = tmp_path_factory.mktemp("out")
    plan = Plan("moved", "Levers moved", short, VALUES)
    (folder / "moved.yaml").write_bytes(as_yaml(plan, draws=3, seed=42))
    done = CliRunner().invoke(app, ["run", str(folder / "moved.yaml"), "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder, plan


def test_the_command_makes_the_same_bits_of_what_is_downloaded(saved):
    folder, plan = saved
    side = SideBySide(plans=[plan], draws=3, seed=42)
    while side.running:
        side.step()
    frames, stored = results_of(side.worlds[0]).frames, find_run("moved", folder)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, stored.frame(name), check_exact=True, check_dtype=False)


def test_a_saved_run_is_opened_with_its_draws_and_seed(saved):
    folder, plan = saved
    run = find_run("moved", folder)
    loaded = open_run(run)
    assert (loaded.scenario.draws, loaded.scenario.seed) == (3, 42)
    assert loaded.regimes[-1] == replace(load(folder / "moved.yaml")).regimes[-1]
    assert as_yaml(Plan("moved", "Again", loaded)).startswith(b"extends: ")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"kind": "comparison"}, "only the scenario of a single run"),
        ({"scenario": None}, "only the scenario of a single run"),
        ({"scenario_hash": "0" * 64}, "read other figures in its data tables"),
    ],
)
def test_a_run_that_cannot_be_opened_says_why(saved, change, text):
    run = find_run("moved", saved[0])
    with pytest.raises(ScenarioError, match=text):
        open_run(replace(run, manifest={**run.manifest, **change}))


def test_a_run_never_leads_to_another_file(saved):
    run = find_run("moved", saved[0])
    for data in (["/etc/passwd"], ["../../secret.csv"], ["data/no_such.csv"]):
        scenario = {**json.loads(json.dumps(run.manifest["scenario"])), "data": data}
        with pytest.raises(ScenarioError, match="data tables of its own"):
            open_run(replace(run, manifest={**run.manifest, "scenario": scenario}))


def test_a_child_says_only_what_differs():
    history = open_shipped("history")
    text = as_yaml(Plan("no_eep", "Without bonuses", history, {"eep_on": False})).decode()
    assert text.startswith("extends: history\ntitle: Without bonuses\n") and len(text.splitlines()) == 5
    assert "eep: null" in text and "without_events: [Export Enhancement Program" in text
    assert open_text("x.yaml", text.encode()).hash == open_shipped("no_eep").hash
    assert as_yaml(Plan("history", "Any title", history)) == b"extends: history\n"


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"extends: no_eep\ntitle: Mine\noverrides: {shocks.yield_sd: 0.1}\nimporters: {kuwait: null}\n", {}),
        (b"extends: history\ntitle: Mine\nmore_events: [{from: 1990-01, to: 1990-12, restitution: {enabled: false}}]\n",
         {"canada_crop_scale": 0.9}),
        (b"extends: history\ntitle: Mine\nevents: []\nboards: {cwb: {outlook_from: null}}\n", {"yield_sd": 0.0}),
    ],
)  # fmt: skip
def test_an_upload_is_written_as_the_same_scenario(raw, values):
    plan = Plan("mine", "Mine", open_text("mine.yaml", raw), values)
    text = as_yaml(plan)
    assert open_text("again.yaml", text).hash == plan.ready.hash and text.startswith(b"extends: ")


def test_one_with_tables_of_its_own_is_written_whole(tmp_path):
    loaded = load(Path(__file__).parent / "scenarios" / "tiny.yaml")
    plan = Plan("tiny", "Tiny", loaded, {"yield_sd": 0.2})
    (tmp_path / "tiny.yaml").write_bytes(as_yaml(plan))
    assert load(tmp_path / "tiny.yaml").hash == plan.ready.hash


def test_presets_are_what_an_economist_would_stand_beside_it():
    history = Plan("history", "As it was", open_shipped("history"), {"yield_sd": 0.1})
    found = {each.name: each for each in presets(history)}
    assert list(found) == ["without_eep", "without_restitution", "without_subsidies", "many_sellers"]
    assert all(each.values["yield_sd"] == 0.1 for each in found.values())
    assert found["without_subsidies"].values == {"yield_sd": 0.1, "eep_on": False, "restitution_on": False}
    assert found["without_eep"].title == "Without Export Enhancement Program"
    assert [
        each.name for each in presets(Plan("m", "M", open_shipped("multiple_sellers"))) if each.name[0] == "m"
    ] == []
