"""Where a command finds itself: closed outputs, no home, a terminal without letters, workers that are killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_scenario import SMALL
from typer.testing import CliRunner

from sim.cli import app
from sim.experiments.engine import ThisProcess, WorkersLost
from sim.guard import ESCAPED, ready_streams
from sim.stored.catalogue import FINISHED, UNFINISHED, catalogue

ROOT = Path(__file__).resolve().parent.parent
TITLE = "Grèce — 小麦"
SWEEP = """\
title: Costs
scenario: small.yaml
draws: 2
factors: {cost: {key: sellers.firm.cost_cad_t, values: [40, 45, 50]}}
"""
COMMAND = [sys.executable, "-m", "sim.cli"]
BARE = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}  # no HOME either


@pytest.fixture
def place(tmp_path, monkeypatch):
    text = SMALL.decode().replace("Small", f'"{TITLE}"', 1)
    calendar = "calendar: {start: 1980/81, crop_years: 1, periods_per_year: 12}\n"
    (tmp_path / "small.yaml").write_text(text + calendar, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="descriptors")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_outputs_that_are_closed(place, closed):
    line = f'"{sys.executable}" -m sim.cli show small.yaml {closed}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=BARE)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "" and sorted(path.name for path in place.iterdir()) == ["small.yaml", "sweep.yaml"]


def test_a_reader_that_leaves(place):
    process = subprocess.Popen([*COMMAND, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=BARE)
    process.stdout.close()
    assert process.stderr.read() == b"" and process.wait(60) == 1


def test_no_home_no_letters_and_no_place_for_the_fonts(place):
    odd = {**BARE, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "MPLCONFIGDIR": "/proc/nowhere"}
    done = subprocess.run([*COMMAND, "run", "small.yaml", "--draws", "1"], capture_output=True, env=odd)
    assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr
    assert [each.status for each in catalogue(place / "results")] == [FINISHED]
    shown = subprocess.run([*COMMAND, "show", "small.yaml", "--json"], capture_output=True, env=odd)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.isascii() and json.loads(shown.stdout)["title"] == TITLE


def test_letters_that_are_not_there_are_written_as_in_json():
    ready_streams()
    assert f"{TITLE} 🌾\udce8".encode("ascii", ESCAPED) == rb"Gr\u00e8ce \u2014 \u5c0f\u9ea6 \ud83c\udf3e\udce8"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", ESCAPED)


def test_workers_that_are_killed_again_and_again_leave_a_sweep_to_go_on_with(place, monkeypatch):
    class Losing(ThisProcess):
        def completed(self, task, spans, progress):
            for number, result in super().completed(task, spans, progress):
                if number == 2:
                    raise WorkersLost(
                        "3 worker processes were lost at the same piece of work (the last one: signal SIGKILL)"
                    )
                yield number, result

    monkeypatch.setattr("sim.experiments.engine.open_engine", lambda *_choice: Losing())
    words = ["sweep", "sweep.yaml", "--chunk", "1"]
    lost = CliRunner().invoke(app, words)
    assert (
        lost.exit_code == 1 and "signal SIGKILL" in lost.stderr and "the same command goes on from there" in lost.stderr
    )
    assert [each.status for each in catalogue(place / "results")] == [UNFINISHED]
    monkeypatch.undo()
    monkeypatch.chdir(place)
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 0 and "going on from 2 worlds" in again.stderr, again.stderr
    assert [each.status for each in catalogue(place / "results")] == [FINISHED]
