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
    "near_shipped": ("histori", ()),
    "near_beside": ("growers_twise.yml", ()),
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
    assert "longer than 1 MiB" in report_of(path, ())


def test_long_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    header, row = "series,period,value,unit,certainty,source\n", "a,{}/00,1,kt,read,{}\n"
    path = tmp_path / "child.yaml"
    path.write_text(f"extends: {FOLDER / TINY}\ndata: [long.csv, other.csv]\n")
    (tmp_path / "other.csv").write_text(header + row.format(1999, "x" * 100_000) * 50)
    for table, message in (
        (header + "," * 5 + "\n" * (9 * 2**20), "file `long.csv` is longer than 8 MiB"),
        (header + "\n" * 200_001, "more than 200,000 rows in the data tables"),
        (header + row.format(1999, "x" * 100_000) * 50, "the data tables together are longer than 8 MiB"),
    ):
        (tmp_path / "long.csv").write_text(table)
        assert message in report_of("child.yaml", ())


def test_too_many_values_events_and_overrides(tmp_path):
    path = tmp_path / "child.yaml"
    start = f"extends: {FOLDER / TINY}\n"
    importer = "{title: x, market: offshore, region: desert, demand: {feed: {price: 9, quantity_kt: 1, elasticity: 1}}}"
    importers = "importers:\n" + "".join(f"  i{number}: {importer}\n" for number in range(1000))
    events = "events:\n" + "- {from: 1980-09, to: 1980-10, eep: {undercut: 0.1}}\n" * 100
    for text, message in (
        ("data: [" + "x, " * 25_000 + "]\n", "more than 25,000 values"),
        (importers + events, "100 events over"),
        ("overrides: {" + ", ".join(f"importers.i{n}.title: x" for n in range(501)) + "}\n", "at most 500"),
    ):
        path.write_text(start + text)
        assert message in report_of(path, ())


def test_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "not a regular file" in report_of(tmp_path / "pipe.yaml", ())
