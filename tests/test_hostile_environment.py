"""Processes started with little: no home, an output that knows no accents or is closed, a width that is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from small_scenario import SMALL

from sim.scenario import ScenarioError
from sim.scenario.game_loader import load_game

TITLE = "ü 😀 ж"
CLOSED = "import os, runpy, sys; os.close(1); sys.argv = ['singledesk', 'show', 'x.yaml']; sys.stdout = None;"


@pytest.fixture
def started(tmp_path):
    (tmp_path / "x.yaml").write_bytes(SMALL.replace(b"title: Small", f'title: "{TITLE}"'.encode(), 1))

    def run(code, *arguments, **changes):
        environment = {key: value for key, value in os.environ.items() if key not in ("HOME", "LANG", "PYTHONUTF8")}
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        environment |= {"PYTHONPATH": root, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", **changes}
        return subprocess.run([sys.executable, *code, *arguments], cwd=tmp_path, env=environment, capture_output=True)

    return run


def test_an_output_that_knows_no_accents(started):
    result = started(["-m", "sim.cli"], "show", "x.yaml", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.decode("ascii"))["title"] == TITLE


def test_a_width_that_is_no_number_and_no_place_for_temporary_files(started):
    result = started(["-m", "sim.cli"], "validate", "x.yaml", COLUMNS="²", TMPDIR="/no/such/folder")
    assert (result.returncode, result.stdout) == (0, b"ok x.yaml\n"), result.stderr


def test_an_output_that_is_closed(started):
    result = started(["-c", f"{CLOSED} from sim.cli import main; main()"])
    assert (result.returncode, result.stderr) == (0, b"")


def test_a_player_of_no_origin_is_reported(tmp_path):
    file = tmp_path / "game.yaml"
    sides = "".join(
        f"  {n}: {{title: T, origin: {o}, levels: {{key: k, values: [1]}}}}\n" for n, o in (("a", "[]"), ("b", "x"))
    )
    file.write_text(f"title: T\nbase: two_treasuries\nplayers:\n{sides}")
    with pytest.raises(ScenarioError, match="no origin; name one or more"):
        load_game(file)
