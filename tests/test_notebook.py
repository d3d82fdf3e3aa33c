"""The notebook runs from its first cell to its last, and its numbers are the commands'."""

import json
import os
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

import sim
import sim.cli

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "notebooks" / "first_results.ipynb"
SHORT = 'draws = 2\nstart, crop_years = "1986/87", 1\nbonuses_usd_t = [10, 60]\nout = "results"'


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook after a run with few draws and years, and the folder it ran in."""
    place = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    (parameters,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    parameters.source = SHORT
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(place)}})
    client.execute(env={**os.environ, "PYTHONPATH": paths})
    return notebook, place


def test_it_draws_every_figure(executed):
    notebook, place = executed
    figures = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(figures) == 5
    assert "<title>First results" in (place / "first_results.html").read_text(encoding="utf-8")
    texts = [output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not any("Warning" in text.replace("TqdmWarning", "") for text in texts), texts


def test_its_numbers_are_the_commands(executed, tmp_path):
    _, place = executed
    words = ["compare", "history", "multiple_sellers", "--draws", "2", "--out", str(tmp_path)]
    for setting in ("calendar.start=1986/87", "calendar.crop_years=1"):
        words += ["--set", setting]
    result = CliRunner().invoke(sim.cli.app, words)
    assert result.exit_code == 0, result.output
    name = "compare-history-multiple_sellers"
    mine, theirs = sim.open(name, place / "results"), sim.open(name, tmp_path)
    pd.testing.assert_frame_equal(mine.effects, theirs.effects)
    pd.testing.assert_frame_equal(mine.markets, theirs.markets)
    words = ["results", "query", "sweep-first_results", "--out", str(place / "results"), "--format", "json"]
    lines = json.loads(
        CliRunner().invoke(sim.cli.app, [*words, "--measure", "price_gap", "--crop-year", "mean"]).stdout
    )
    cube = sim.open("sweep-first_results", place / "results").xarray("price_gap").sel(crop_year="mean")
    assert len(lines) == 4
    for line in lines:
        assert float(cube.sel(bonus=line["bonus"], system=line["system"], statistic="p95")) == line["p95"]
    premium = {(line["bonus"], line["system"]): line["mean"] for line in lines}
    assert premium[60, "single_desk"] > premium[10, "single_desk"] + 5  # Japan pays for the war next door
    assert premium[60, "single_desk"] > premium[60, "multiple_sellers"] + 5


def test_it_is_stored_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and all(not cell.outputs and cell.execution_count is None for cell in code)
