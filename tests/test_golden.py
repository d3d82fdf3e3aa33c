"""Broken scenarios and the exact report each must give; ``UPDATE_GOLDEN=1`` rewrites the expected texts."""

import os
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load

FOLDER = Path(__file__).parent / "golden"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml") if not path.name.startswith("_"))
TINY = "../scenarios/tiny.yaml"
OTHERS = {
    "missing_file": ("nowhere.yaml", ()),
    "nul_in_path": ("tiny.yaml\0", ()),
    "no_path": ("", ()),
    "long_path": ("x" * 5000, ()),
    "not_a_folder": ("empty.yaml/tiny.yaml", ()),
    "device": ("/dev/null", ()),
    "set_unknown": (
        TINY,
        ("eep.enable=true", "draws=3", "importers.dessert.title=X", "boards.wheat_board.beliefs.rul=x"),
    ),
    "set_syntax": (TINY, ("eep.enabled", "=3", "draws=", "a..b=1", "seed=[1", "title=*x", "draws=# 3", "seed=1\n2")),
    "set_value": (
        TINY,
        ("draws=1.5", "boards.wheat_board.cost_cad_t='3'", "events[0].eep.undercut=7", "events[9].to=1"),
    ),
    "set_data": (TINY, ("data=[nowhere.csv]",)),
    "set_required_null": (TINY, ("title=null", "importers.dessert=null")),
}
CASES = {**{Path(name).stem: (name, ()) for name in FILES}, **OTHERS}


def report_of(path, sets):
    with pytest.raises(ScenarioError) as caught:
        load(path, sets)
    return str(caught.value) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_report(name, monkeypatch):
    monkeypatch.chdir(FOLDER)
    text = report_of(*CASES[name])
    expected = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_bytes(text.encode("utf-8"))
    assert text == expected.read_bytes().decode("utf-8")


def test_every_expected_text_has_its_case():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES)
    assert len(CASES) >= 40


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path):
    path = tmp_path / "locked.yaml"
    path.write_text("title: locked\n")
    path.chmod(0)
    assert "permission denied" in report_of(path, ())


def test_long_file(tmp_path):
    path = tmp_path / "long.yaml"
    path.write_text("# " + "x" * (3 * 2**20))
    assert "longer than 2 MiB" in report_of(path, ())


def test_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "not a regular file" in report_of(tmp_path / "pipe.yaml", ())
