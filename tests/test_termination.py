"""A request to end reaches the process that called a command, after the command has cleaned up."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import typer

from sim import guard
from sim.guard import verb

ROOT = Path(__file__).resolve().parent.parent
LOOP = """
import os, sys
from typer.testing import CliRunner
from sim.cli import app
import sim.verbs.run
def begun(*_, **__):
    os.write(1, b"begun ")
    while True:
        pass
sim.verbs.run.run_ensemble = begun
CliRunner().invoke(app, ["run", sys.argv[1], "--out", sys.argv[2]])
os.write(1, b"went on")
"""


@pytest.fixture
def heard():
    """Requests to end that reached the handler of this process, which is put back afterwards."""
    found = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: found.append(number))
    mine = signal.getsignal(signal.SIGTERM)
    yield found
    assert signal.getsignal(signal.SIGTERM) is mine
    signal.signal(signal.SIGTERM, before)


def _swallowed():
    with suppress(KeyboardInterrupt):  # as Python does where an object is let go of
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize("work", [lambda: signal.raise_signal(signal.SIGTERM), _swallowed])
def test_the_caller_is_told(heard, capsys, work):
    with pytest.raises(typer.Exit) as caught:
        verb(work)()
    assert (heard, caught.value.exit_code) == ([signal.SIGTERM], 1)
    assert ("interrupted" in capsys.readouterr().err) == (work is not _swallowed)


def test_a_command_that_is_the_process_ends_with_its_own_exit_code(heard, monkeypatch):
    monkeypatch.setattr(guard, "_own_process", True)
    with pytest.raises(typer.Exit) as caught:
        verb(lambda: signal.raise_signal(signal.SIGTERM))()
    assert (heard, caught.value.exit_code) == ([], 1)


def test_nothing_is_heard_where_nothing_is_asked(heard):
    verb(lambda: None)()
    assert heard == []


def test_a_script_that_calls_commands_can_be_ended(tmp_path):
    market, out = ROOT / "tests" / "scenarios" / "duel.yaml", tmp_path / "out"
    script = [sys.executable, "-c", LOOP, str(market), str(out)]
    with subprocess.Popen(script, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        begun = process.stdout.read(6)
        process.terminate()
        rest, _ = process.communicate()
    assert (begun, rest, process.returncode) == ("begun ", "", -signal.SIGTERM)
    assert not list(out.rglob("*"))
