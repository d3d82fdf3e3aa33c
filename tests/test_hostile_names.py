"""Scenarios with names that lead elsewhere: whatever a file is called, results stay in their folder and can be read."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from unittest.mock import patch

import pytest
from saved_runs import NO_FIGURES, rewrite_manifest, save_run
from small_scenario import SMALL
from typer.testing import CliRunner

from sim.cli import app
from sim.store import open_run
from sim.verbs.inspect import new

NAMES = ("..", "...", "-rf", ".hidden", "a\nb", "a\\b", "con", "e\u0301\u202egnp", "[bold]x", "$x^2$", "{0}", "x" * 240)
SWEEP = b"""title: T
scenario: base.yaml
draws: 1
settings: [calendar.crop_years=1]
design: {method: grid}
measures: ["market_price:*"]
factors: {cost: {key: sellers.firm.cost_cad_t, values: [30, 40]}}
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "here"


def call(*arguments):
    with patch("sim.verbs.run.drawn", NO_FIGURES):
        return CliRunner().invoke(app, [str(each) for each in arguments])


def escaped(place):
    """What lies beside the folder, and what lies in it under a name that could do harm."""
    odd = [path for path in place.rglob("*") if not path.name.isprintable() or path.name.startswith((".", "-"))]
    return [path.name for path in place.parent.iterdir() if path != place], odd


@pytest.mark.parametrize("name", NAMES)
def test_results_of_a_file_of_any_name_stay_in_their_folder(place, name):
    own = place / f"{name}.yaml"
    own.write_bytes(SMALL + b"calendar: {crop_years: 1}\n")
    result = call("run", own, "--draws", 1, "--out", "out")
    assert result.exit_code == 0, result.output
    assert all(line.isprintable() for line in result.output.splitlines())
    own.unlink()
    assert escaped(place) == ([], []) and os.listdir(place) == ["out"]
    [stem] = (place / "out").iterdir()
    [run] = stem.iterdir()
    assert open_run(run).manifest["stem"] == name
    listed = call("results", "list", "--out", "out")
    assert listed.exit_code == 0 and all(line.isprintable() for line in listed.output.splitlines())


@pytest.mark.parametrize("name", ["-rf", "a\nb", "e\u0301\u202egnp"])
def test_a_sweep_of_any_name_stays_in_its_folder(place, name):
    (place / "base.yaml").write_bytes(SMALL)
    own = place / f"{name}.yaml"
    own.write_bytes(SWEEP)
    result = call("sweep", own, "--out", "out")
    assert result.exit_code == 0, result.output
    own.unlink()
    assert escaped(place) == ([], []) and sorted(os.listdir(place)) == ["base.yaml", "out"]


@pytest.mark.parametrize("stem", ["../../x", "/tmp/x", "a/b", "..", "a\nb", "[bold]"])
def test_what_is_drawn_and_written_from_results_stays_here(place, stem):
    run = save_run(place / "out", draws=2)
    rewrite_manifest(run.path, stem=stem)
    assert call("plot", run.path, "--figure", "prices").exit_code == 0
    film = ["animate", run.path, "--by", "crop_year", "--years", "1984/85"]
    assert call(*film).exit_code == 0
    assert escaped(place) == ([], []) and len(os.listdir(place)) == 3
    assert {path.parent for path in place.glob("*.png")} | {path.parent for path in place.glob("*.gif")} == {place}


@pytest.mark.parametrize(
    "name", ["", ".", "../x", "a/b", "a\\b", "/tmp/x", "-rf", ".x", "a\nb", "é", "x" * 81, "a.b", "con\0"]
)
def test_a_new_scenario_has_a_plain_name(place, name):
    with pytest.raises(ValueError, match="is not a name for a scenario"):
        new(name, place)
    assert call("new", "--", name).exit_code == 2
    assert os.listdir(place) == [] and escaped(place) == ([], [])


@pytest.mark.parametrize("name", ["../../x.yaml", "/etc/x.yml", "a\\..\\b.yaml", "..", "con.yaml", "\u202ex.yaml"])
def test_a_download_from_the_page_unpacks_in_its_folder(name):
    pytest.importorskip("solara")
    from sim.dashboard.final import download
    from sim.dashboard.plans import Plan, open_text
    from sim.dashboard.side_by_side import SideBySide

    loaded = open_text(name, SMALL + b"calendar: {crop_years: 1}\n")
    side = SideBySide(plans=[Plan(name, loaded.scenario.title, loaded)], draws=1, seed=1)
    names = zipfile.ZipFile(BytesIO(download(side))).namelist()
    assert names and all(len(each.split("/")) == 2 and not each.startswith((".", "/")) for each in names)
    assert all(".." not in each.split("/") and "\\" not in each and each.isprintable() for each in names)
