"""Making a saved result again: from its folder alone, bit by bit, and what is said where that cannot be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.experiments.engine import open_engine
from sim.guard import errors
from sim.kept import shipped_root
from sim.repeat.again import Task
from sim.repeat.manifests import compare_manifests
from sim.repeat.parquet import compare_parquet
from sim.store import INPUTS, MANIFEST, OWN_SUM, StoredRun, sha256
from sim.stored.inputs import unpack, write_inputs

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "tests" / "scenarios"
SHORT = ["--set", "calendar.crop_years=1"]
CHILD = "extends: tiny.yaml\ntitle: Dearer\noverrides: {boards.wheat_board.cost_cad_t: 9}\n"
SWEEP = """\
title: Costs
scenario: tiny.yaml
settings: [calendar.crop_years=1]
draws: 2
seed: 11
factors:
  cost: {key: boards.wheat_board.cost_cad_t, values: [0, 3, 6]}
  growers: {levels: {keen: [], slow: [growers.prairie_near.inertia_cad_t=9]}}
measures: [producers, price_gap]
"""
GAME = """\
title: One side arms
base: duel.yaml
draws: 2
players:
  home:
    title: Home
    origin: home
    strategies: {none: {}, some: {sellers: {home_firm: {cost_cad_t: 30}}}}
  abroad:
    title: Abroad
    origin: rival
    strategies: {none: {}, also_none: {}}
"""
CALIBRATION = """\
title: One cost
draws: 2
seed: 5
evaluations: 4
tolerance: 1.0e-2
profile_points: 0
observations: 2
runs:
  duel: {scenario: duel.yaml, settings: [calendar.crop_years=1]}
parameters:
  cost: {keys: [sellers.home_firm.cost_cad_t], low: 20, high: 60, start: 45}
moments:
  - {run: duel, measure: seller_tonnes, rows: [2000/01], columns: [home_firm], target: 200, scale: 5}
"""
COMMANDS = {
    "tiny": ["run", "tiny.yaml", "--save-draws", "--draws", "3", *SHORT],
    "compare-tiny-child": ["compare", "tiny.yaml", "child.yaml", "--draws", "2", *SHORT],
    "sweep-costs": ["sweep", "costs.yaml", "--seed", "12"],
    "sensitivity-costs": ["sensitivity", "sweep-costs", "--resamples", "20", "--measure", "price_gap"],
    "game-arms": ["game", "arms.yaml"],
    "calibrate-one": ["calibrate", "one.yaml"],
    "incidence-tiny": ["incidence", "tiny.yaml", "--draws", "2", *SHORT],
    "reconstruct": ["reconstruct", "--draws", "2"],
}


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Results of several kinds, whose scenarios and tables have gone since."""
    place = tmp_path_factory.mktemp("own")
    for name in ("tiny.yaml", "tiny_data.csv", "duel.yaml"):
        shutil.copy(SCENARIOS / name, place)
    for name, text in {"child": CHILD, "costs": SWEEP, "arms": GAME, "one": CALIBRATION}.items():
        (place / f"{name}.yaml").write_text(text)
    out, before = place / "results", Path.cwd()
    os.chdir(place)
    try:
        for words in COMMANDS.values():
            done = call(*words, "--out", out)
            assert done.exit_code == 0, done.output
    finally:
        os.chdir(before)
    for path in place.glob("*.*"):
        path.unlink()
    return out


def folder_of(results: Path, stem: str) -> Path:
    (folder,) = (results / stem).iterdir()
    return folder


@pytest.fixture
def copied(results, tmp_path):
    """A game that a test may spoil; of all results it is made the fastest."""
    return Path(shutil.copytree(folder_of(results, "game-arms"), tmp_path / "copied"))


def rewrite(folder: Path, **changes: object) -> None:
    """Change entries of a manifest; None removes one."""
    manifest = {**json.loads((folder / MANIFEST).read_text()), OWN_SUM: None, **changes}
    (folder / MANIFEST).write_text(json.dumps({name: value for name, value in manifest.items() if value is not None}))


@pytest.mark.parametrize("stem", COMMANDS)
def test_every_kind_is_made_again_from_its_folder_alone(results, stem):
    folder = folder_of(results, stem)
    before = contents(results)
    done = call("reproduce", folder, "--json", "--chunk", "1")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["identical"] and found["made_with"] == {}
    assert {each["file"] for each in found["files"]} == set(contents(folder))
    assert {each["state"] for each in found["files"]} <= {"identical", "same values"}
    assert contents(results) == before


@pytest.mark.slow
def test_workers_read_what_is_kept_too(results):
    for stem in ("tiny", "calibrate-one"):
        done = call("reproduce", folder_of(results, stem), "--jobs", "2", "--chunk", "1")
        assert done.exit_code == 0, done.output


@pytest.mark.slow
def test_neither_surroundings_nor_processor_move_a_bit(results, tmp_path):
    processor = import_module("numpy._core._multiarray_umath")
    optional = [name for name in processor.__cpu_dispatch__ if processor.__cpu_features__[name]]
    odd = {
        "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "COLUMNS": "60",
        "NPY_DISABLE_CPU_FEATURES": " ".join(optional), "HOME": str(tmp_path), "PATH": os.environ["PATH"],
    }  # fmt: skip
    command = [sys.executable, "-m", "sim.cli", "reproduce", str(folder_of(results, "tiny").resolve())]
    done = subprocess.run(command, capture_output=True, text=True, env=odd, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "identical: " in done.stdout


def test_a_run_saved_in_a_notebook_is_made_again_too(results, tmp_path):
    import sim

    loaded = sim.load(SCENARIOS / "tiny.yaml", calendar={"crop_years": 1}, draws=1)
    folder = sim.run(loaded).save(tmp_path)
    done = call("reproduce", folder)
    assert done.exit_code == 0, done.output


def test_what_differs_is_named_with_its_first_value(results, tmp_path):
    copied = Path(shutil.copytree(folder_of(results, "tiny"), tmp_path / "copied"))
    seed = json.loads((copied / MANIFEST).read_text())["seed"]
    rewrite(copied, seed=seed + 1)
    done = call("reproduce", copied, "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert not found["identical"]
    by_name = {each["file"]: each for each in found["files"]}
    assert by_name[MANIFEST]["state"] == by_name[INPUTS]["state"] == "identical"
    summary = by_name["summary.parquet"]
    assert (summary["state"], summary["what"], summary["count"] > 1) == ("different", "value", True)
    frame = pd.read_parquet(copied / "summary.parquet")
    assert summary["old"] == repr(float(frame[summary["column"]][summary["row"]])) != summary["new"]
    assert by_name["figures/prices.png"]["what"].endswith("pixels")


def test_a_file_that_was_changed_since_is_told_apart_from_a_result_that_differs(copied):
    (copied / "cells.parquet").write_bytes(b"PAR1 and nothing else")
    (copied / "tables" / "cells.csv").unlink()
    done = call("reproduce", copied, "--json")
    assert done.exit_code == 1
    states = {each["file"]: each for each in json.loads(done.stdout)["files"] if each["state"] != "identical"}
    assert set(states) == {"cells.parquet", "tables/cells.csv"}
    assert all(each["state"] == "damaged" for each in states.values())
    assert "what was made again is what the run wrote" in states["cells.parquet"]["what"]
    assert "run it anew" in call("reproduce", copied).stdout


def test_versions_that_differ_are_shown(copied):
    manifest = json.loads((copied / MANIFEST).read_text())
    rewrite(copied, versions={**manifest["versions"], "numpy": "1.0"})
    done = call("reproduce", copied)
    assert done.exit_code == 0
    assert "numpy" in done.stdout and "1.0" in done.stdout


def test_a_shipped_folder_elsewhere_is_no_difference():
    def manifest(folder: str) -> StoredRun:
        said = {"scenario_file": f"{folder}steady.yaml", "scenario": {"data": [f"{folder}data/trade.csv"]}, "files": {}}
        return StoredRun(Path(), {**said, "surroundings": {"shipped": folder}})

    there, here = manifest("/opt/elsewhere/scenarios/"), manifest(shipped_root())
    assert compare_manifests(there, here).state == "identical"
    task = Task(there, Path(), open_engine(), 1, errors())
    assert task.file("scenario_file") == str(ROOT / "scenarios" / "steady.yaml")
    other = manifest("/opt/elsewhere/scenarios/")
    other.manifest["scenario"]["data"] = ["trade.csv"]
    assert compare_manifests(there, other).difference.what.startswith("scenario.data[0] was")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sets": None}, "does not say `sets`"),
        ({"game_file": None}, "does not say `game_file`"),
        ({"draws": True}, "does not say `draws`"),
        ({"kind": "poem"}, "results of kind 'poem' cannot be made again"),
        ({"files": {}}, "before results kept the files"),
        ({"game_file": "/etc/passwd"}, "file not found"),
    ],
)
def test_manifests_that_do_not_say_enough(copied, changes, message):
    rewrite(copied, **changes)
    done = call("reproduce", copied)
    assert done.exit_code == (1 if "file not found" in message else 2), done.output
    assert message in done.stderr and "Traceback" not in done.output


def test_what_is_no_finished_result(copied, tmp_path):
    for name in ("20260131T000000Z-abcdef01.unfinished", ".20260131T000000Z-abcdef01-abcd.tmp"):
        (tmp_path / name).mkdir()
        done = call("reproduce", tmp_path / name)
        assert done.exit_code == 2 and "is not finished" in done.stderr
    assert call("reproduce", tmp_path / "nowhere", "--out", tmp_path / "none").exit_code == 2
    (copied / MANIFEST).write_text("{")
    done = call("reproduce", copied)
    assert done.exit_code == 2 and "cannot be read" in done.stderr


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no archive"])
def test_damaged_inputs(copied, content):
    (copied / INPUTS).write_bytes(content)
    done = call("reproduce", copied)
    assert done.exit_code == 2 and "damaged or changed since the run" in done.stderr
    files = json.loads((copied / MANIFEST).read_text())["files"]
    files[INPUTS]["sha256"] = sha256(copied / INPUTS)
    rewrite(copied, files=files)
    done = call("reproduce", copied)
    assert done.exit_code == 2 and "run it anew" in done.stderr


def test_inputs_travel_under_their_names(tmp_path):
    files = {"shipped:data/a.csv": b"1", "../b.yaml": b"\xef\xbb\xbftitle: x\r\n", "/c/b.yaml": b""}
    write_inputs(tmp_path / "one.zip", files)
    write_inputs(tmp_path / "two.zip", dict(reversed(files.items())))
    assert unpack(tmp_path / "one.zip") == files
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_sensitivity_says_which_sweep_it_needs(results, tmp_path):
    folder = shutil.copytree(folder_of(results, "sensitivity-costs"), tmp_path / "out" / "sensitivity-costs" / "one")
    rewrite(folder, sweep="sweep-costs")
    done = call("reproduce", folder)
    assert done.exit_code == 2
    assert f"put sweep-costs/{folder_of(results, 'sweep-costs').name} back under {tmp_path / 'out'}" in done.stderr


# --- Parquet, value by value


def write(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


NAN = np.array([0x7FF8000000000001], dtype=np.uint64).view(float)


@pytest.mark.parametrize(
    ("old", "new", "what", "row"),
    [
        ([0.0, 1.0], [0.0, 1.0000000000000002], "value", 1),
        ([0.0], [-0.0], "value", 0),
        (NAN, np.array([np.nan]), "value", 0),
        (pa.array([None, 1.0]), pa.array([np.nan, 1.0]), "value", 0),
        (["a", "b"], ["a", "c"], "value", 1),
        (pa.array([None, "b"]), pa.array(["", "b"]), "value", 0),
        ([1], [1.0], "type", None),
        ([1], [1, 2], "rows", None),
    ],
)
def test_the_first_bit_that_differs(tmp_path, old, new, what, row):
    found = compare_parquet(write(tmp_path / "old", x=old), write(tmp_path / "new", x=new))
    assert (found.what, found.row) == (what, row)
    assert found.old != found.new or what == "value"
    assert compare_parquet(tmp_path / "old", tmp_path / "old") is None


def test_other_bytes_of_the_same_values(tmp_path):
    frame = pd.DataFrame({"x": [1.0, np.nan], "name": pd.Categorical(["a", "b"])})
    frame.to_parquet(tmp_path / "old", compression="zstd")
    frame.to_parquet(tmp_path / "new", compression="snappy", row_group_size=1)
    assert (tmp_path / "old").read_bytes() != (tmp_path / "new").read_bytes()
    assert compare_parquet(tmp_path / "old", tmp_path / "new") is None
    assert compare_parquet(tmp_path / "old", write(tmp_path / "other", y=[1])).what == "columns"
