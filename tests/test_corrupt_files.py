"""Files of results that are not what was written: every reader names the file and says what to do, and others stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from saved_runs import save_effects, save_run
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.store import MANIFEST, OWN_SUM, StoreError, sha256

READERS = {
    "summary.parquet": [["results", "show"], ["results", "query"], ["report"], ["plot", "--figure", "price_gaps"]],
    "series.parquet": [["plot"], ["animate"], ["report"]],
    "ledger.parquet": [["plot", "--figure", "sales"], ["animate"], ["report"]],
}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x10
    path.write_bytes(content)


DAMAGES = {
    "cut short": cut,
    "one bit": flip,
    "empty": lambda path: path.write_bytes(b""),
    "another file": lambda path: shutil.copy(path.with_name(MANIFEST), path),
    "gone": Path.unlink,
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    save_run(out, "other")
    save_run(out, "made_up")
    save_effects(out)
    return out


@pytest.fixture
def shelf(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(saved, tmp_path / "results"))


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(shelf: Path, words: list[str], stem: str, name: str) -> None:
    before = {path for path in shelf.parent.rglob("*")}
    done = call(*words, stem) if words[0] != "plot" else call("plot", stem, *words[1:])
    assert done.exit_code == 2, (words, done.output)
    assert "Traceback" not in done.output
    assert name in done.stderr and "run the scenario again" in done.stderr, (words, done.stderr)
    assert {path for path in shelf.parent.rglob("*")} == before


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", READERS)
def test_every_reader_names_the_file_and_what_to_do(shelf, name, damage):
    (folder,) = (shelf / "made_up").iterdir()
    DAMAGES[damage](folder / name)
    for words in READERS[name]:
        refused(shelf, words, "made_up", name)
    opened = sim.open("made_up")
    with pytest.raises(StoreError, match=f"{name}: .*run the scenario again"):
        _ = {"summary": lambda: opened.measures, "series": lambda: opened.series, "ledger": lambda: opened.ledger}[
            name.removesuffix(".parquet")
        ]()
    listed = {each["stem"]: each["status"] for each in json.loads(call("results", "list", "--json").stdout)}
    assert listed.pop("made_up") in ({"finished"} if damage == "one bit" else {"damaged"})
    assert set(listed.values()) == {"finished"} and len(listed) == 2
    assert call("results", "show", "other").exit_code == 0


def test_a_table_of_another_hand_with_its_checksum(shelf):
    (folder,) = (shelf / "made_up").iterdir()
    (folder / "series.parquet").write_bytes(b"PAR1 is how it begins, and how it ends: PAR1")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest.pop(OWN_SUM)
    manifest["files"]["series.parquet"] = {"bytes": 44, "sha256": sha256(folder / "series.parquet")}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    for words in (["plot"], ["animate"]):
        refused(shelf, words, "made_up", "series.parquet")


def test_a_comparison_beside_a_sound_run(shelf):
    (folder,) = (path for path in shelf.glob("compare-*/*"))
    flip(folder / "comparison.parquet")
    stem = folder.parent.name
    for words in (["results", "show"], ["results", "query"], ["plot"]):
        refused(shelf, words, stem, "comparison.parquet")
    done = call("report", "made_up", stem, "--to", "page.html")
    assert done.exit_code == 2 and "comparison.parquet" in done.stderr and not Path("page.html").exists()
