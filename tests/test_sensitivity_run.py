"""From a sweep file to indices: simulated once, then taken from the disk; refusals before anything is simulated."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "sensitivity.md"
SWEEP = re.search(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
MORRIS = "{method: morris, trajectories: 9}"


def call(*words, code=0):
    result = CliRunner().invoke(app, ["sensitivity", *words])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("sensitivity")
    (place / "what_matters.yaml").write_text(SWEEP, encoding="utf-8")
    return place


def test_a_sweep_file_is_simulated_once(folder, monkeypatch):
    monkeypatch.chdir(folder)
    words = ["what_matters.yaml", "--draws", "2", "--trajectories", "2", "--json"]
    first = json.loads(call(*words).stdout)
    again = call(*words, "--measure", "market_price:united_states:feed")
    assert "simulated before" in again.stderr
    assert len(list((folder / "results" / "sweep-what_matters").glob("*-*"))) == 1
    second = json.loads(again.stdout)
    assert second["sweep"] == first["sweep"] and first["points"] == 8 and first["draws"] == 2
    (outcome,) = second["outcomes"]
    assert outcome in first["outcomes"] and outcome["unit"] == "C$/t"
    size = pd.DataFrame(second["indices"]).set_index(["index", "factor"])["value"]["mu_star"]
    assert size["money"] > 5 and size["corn"] == 0, "feed use follows corn over its base, and that moves along"
    _money, corn, system = first["factors"]
    assert (corn["title"], corn["unit"], corn["low"], corn["high"]) == ("Price of corn", "US$/t", 95, 115)
    assert system["levels"] == "single_desk, open_feed"
    by_name = json.loads(call("sweep-what_matters", "--json").stdout)
    assert by_name["indices"] == first["indices"]


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("pairs", "design `pairs`"),
        ("{method: latin_hypercube, points: 20}", "20 points are too few"),
        ("{method: sobel, points: 2}", "did you mean `sobol`"),
    ],
)
def test_refused_before_anything_is_simulated(folder, monkeypatch, tmp_path, method, message):
    monkeypatch.chdir(tmp_path)
    text = SWEEP.replace(MORRIS, f"{{method: {method}}}" if method == "pairs" else method)
    (tmp_path / "refused.yaml").write_text(text, encoding="utf-8")
    result = call("refused.yaml", code=2)
    assert message in " ".join(result.stderr.split()) and not list(tmp_path.rglob("results/*"))


def test_a_file_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "not found" in call("nowhere.yaml", code=2).stderr
    message = call("sensitivity_histori", code=2).stderr
    assert "no run found" in message and "sensitivity_history" in message
