"""Sweeps: the same bytes whatever the chunks, engine or interruptions, and nothing lost when something goes wrong."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.experiments.engine import Engine, open_engine
from sim.experiments.sweep import Watch, run_sweep
from sim.experiments.sweep_files import ChunkFolder
from sim.experiments.sweep_folder import CHUNKS, FINAL, open_folder
from sim.experiments.sweep_points import Sweep
from sim.experiments.unfinished import claimed, unfinished_folders
from sim.experiments.worlds import Outcome
from sim.store import ResultsError, StoreError, draft_folder
from sim.sweeps.loader import load_sweep

ROOT = Path(__file__).resolve().parent.parent
TINY = ROOT / "tests" / "scenarios" / "tiny.yaml"
SWEEP = f"""\
title: Costs and companies
scenario: {TINY}
settings: [calendar.crop_years=2]
draws: 3
seed: 11
factors:
  cost: {{key: boards.wheat_board.cost_cad_t, values: [0, 3, 6]}}
  growers: {{levels: {{keen: [], slow: [growers.prairie_near.inertia_cad_t=9]}}}}
measures: [producers, "market_price:*:feed", price_gap]
"""


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "costs.yaml"
    path.write_text(SWEEP)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A sweep run without interruption: its folder and bytes."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "costs.yaml").write_text(SWEEP)
    stored = run_sweep(load_sweep(folder / "costs.yaml"), folder / "out", open_engine())
    return stored, contents(stored.path)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


class Backwards(Engine):
    """The last span first."""

    workers = 1

    def completed(self, task, spans, progress):
        for number in reversed(range(len(spans))):
            yield number, task.run(*spans[number], progress)


class Dies(Engine):
    """Stops like a process that is killed, after some spans."""

    workers = 1

    def __init__(self, after: int) -> None:
        self.after = after

    def completed(self, task, spans, progress):
        for number in range(len(spans)):
            if number == self.after:
                raise KeyboardInterrupt
            yield number, task.run(*spans[number], progress)


@pytest.mark.parametrize("chunk", [1, 4, 1000])
def test_same_bytes_whatever_the_chunk_and_order(file, tmp_path, whole, chunk):
    stored = run_sweep(load_sweep(file), tmp_path, Backwards(), chunk=chunk)
    assert contents(stored.path) == whole[1]


@pytest.mark.slow
@pytest.mark.parametrize("choice", [{"jobs": 2}, {"jobs": 2, "dask": "local"}])
def test_same_bytes_whatever_the_engine(file, tmp_path, whole, choice):
    with open_engine(**choice) as engine:
        stored = run_sweep(load_sweep(file), tmp_path, engine, chunk=5)
    assert contents(stored.path) == whole[1]


def test_the_dataset_is_what_its_pages_say(whole):
    stored = whole[0]
    design = stored.frame("design")
    assert design["cost"].tolist() == [0.0, 0.0, 3.0, 3.0, 6.0, 6.0]
    assert design["growers"].tolist() == ["keen", "slow"] * 3
    measures = pd.read_parquet(stored.path / "measures")
    years = ["1980/81", "1981/82"]
    assert measures["point"].tolist() == np.repeat(np.arange(6), 6).tolist()
    assert measures["draw"].tolist() == np.tile(np.repeat(np.arange(3), 2), 6).tolist()
    assert measures["crop_year"].tolist() == years * 18
    column = "producers:canada:producer_revenue_million_cad"
    fields = pq.read_schema(stored.path / "measures" / "part-00000.parquet")
    assert fields.field(column).metadata[b"unit"] == b"million C$"
    bands = stored.frame("bands")
    mine = bands[(bands["point"] == 4) & (bands["column"] == column.partition(":")[2])]
    assert mine["crop_year"].tolist() == [*years, "mean"]
    draws = measures[measures["point"] == 4].pivot(index="draw", columns="crop_year", values=column)
    assert mine["mean"].iloc[0] == pytest.approx(draws["1980/81"].mean(), rel=1e-14)
    assert mine["p95"].iloc[2] == pytest.approx(np.quantile(draws.mean(axis=1), 0.95), rel=1e-14)
    assert (mine["unit"] == "million C$").all()
    assert (mine["missing"] == 0).all()


def test_a_point_is_what_run_says_of_its_settings(whole, tmp_path):
    settings = ["calendar.crop_years=2", "growers.prairie_near.inertia_cad_t=9", "boards.wheat_board.cost_cad_t=6.0"]
    sets = [part for each in settings for part in ("--set", each)]
    command = ["run", str(TINY), "--draws", "3", "--seed", "11", "--out", str(tmp_path), "--json", *sets]
    result = CliRunner().invoke(app, command)
    summary = pd.DataFrame(json.loads(result.stdout)["summary"])
    mine = summary[(summary["table"] == "producers") & (summary["row"] == "1981/82")].set_index("column")["mean"]
    bands = whole[0].frame("bands")
    mine_too = bands[(bands["point"] == 5) & (bands["crop_year"] == "1981/82") & (bands["table"] == "producers")]
    for _, line in mine_too.iterrows():
        assert line["mean"] == pytest.approx(mine[line["column"]], rel=1e-13)


@pytest.mark.parametrize("after", [1, 5])
def test_a_sweep_that_was_stopped_goes_on_to_the_same_bytes(file, tmp_path, whole, after):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), out, Dies(after), chunk=2)
    [folder] = unfinished_folders(out, "sweep-costs")
    kept = ChunkFolder(folder / CHUNKS).done()
    assert sum(end - first for spans in kept.values() for first, end in spans) == {1: 2, 5: 9}[after]
    stored = run_sweep(load_sweep(file), out, open_engine(), chunk=7)  # chunks of another size fit in between
    assert contents(stored.path) == whole[1]
    assert not unfinished_folders(out, "sweep-costs")


@pytest.mark.slow
def test_killed_with_9_at_any_moment_it_ends_with_the_same_bytes(file, tmp_path, whole):
    out, rng = tmp_path / "out", np.random.default_rng(9)
    command = [sys.executable, "-m", "sim.cli", "sweep", str(file), "--out", str(out), "--chunk", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = 0
    for _ in range(3):
        before = len(list(out.rglob("*.parquet")))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        wanted, deadline = before + int(rng.integers(1, 5)), time.monotonic() + 120
        while process.poll() is None and len(list(out.rglob("*.parquet"))) < wanted and time.monotonic() < deadline:
            time.sleep(float(rng.uniform(0.0, 0.05)))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert killed >= 2
    assert unfinished_folders(out, "sweep-costs")
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert "going on from" in done.stderr
    [run] = [path.parent for path in out.rglob("run.json")]
    assert contents(run) == whole[1]


def test_a_changed_sweep_does_not_mix_with_old_chunks(file, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), out, Dies(2), chunk=2)
    [folder] = unfinished_folders(out, "sweep-costs")
    chunks = contents(folder)
    file.write_text(SWEEP.replace("[0, 3, 6]", "[0, 3, 7]"))
    result = CliRunner().invoke(app, ["sweep", str(file), "--out", str(out)])
    assert result.exit_code == 2
    assert "factors.cost.values[2] was 6 and is 7" in result.stderr
    assert "--fresh" in result.stderr
    assert contents(folder) == chunks
    result = CliRunner().invoke(app, ["sweep", str(file), "--out", str(out), "--fresh"])
    assert result.exit_code == 0
    assert contents(folder) == chunks  # started anew beside it
    file.write_text(SWEEP.replace("Costs and companies", "A better title"))
    result = CliRunner().invoke(app, ["sweep", str(file), "--out", str(out)])
    assert result.exit_code == 0
    assert "going on from 4 worlds" in result.stderr


def test_a_scenario_that_changed_is_noticed(file, tmp_path):
    text = TINY.read_text().replace("tiny_data.csv", str(TINY.with_name("tiny_data.csv")))
    own = tmp_path / "own.yaml"
    own.write_text(text)
    file.write_text(SWEEP.replace(str(TINY), "own.yaml"))
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), tmp_path, Dies(1), chunk=2)
    own.write_text(text.replace("production_kt", "production_kt", 1).replace("cost_cad_t: 3", "cost_cad_t: 4"))
    with pytest.raises(StoreError, match="scenarios.* has changed"):
        run_sweep(load_sweep(file), tmp_path, open_engine())


def test_a_full_disk_keeps_the_chunks_that_were_written(file, tmp_path, whole, monkeypatch):
    out, real, written = tmp_path / "out", os.fsync, []

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) == 5:  # what the folder rests on was the first
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr("sim.experiments.sweep_files.os.fsync", full)
    with pytest.raises(ResultsError, match="disk is full"):
        run_sweep(load_sweep(file), out, open_engine(), chunk=2)
    monkeypatch.undo()
    [folder] = unfinished_folders(out, "sweep-costs")
    assert len(list((folder / CHUNKS).iterdir())) == 3
    assert contents(run_sweep(load_sweep(file), out, open_engine(), chunk=2).path) == whole[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_told_in_a_line(file, tmp_path):
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000)); import signal; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from sim.cli import main; main()"
    )
    command = [sys.executable, "-c", script, "sweep", str(file), "--out", str(tmp_path / "out"), "--chunk", "4"]
    # Counting of lines, which needs the disk too, is switched off in this process.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(command, capture_output=True, text=True, env={**environment, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "writing a chunk" in done.stderr


def test_broken_and_foreign_chunks(file, tmp_path, whole):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), out, Dies(4), chunk=2)
    [folder] = unfinished_folders(out, "sweep-costs")
    first, second, *_ = sorted((folder / CHUNKS).glob("*.parquet"))
    first.write_bytes(first.read_bytes()[:100])
    second.rename(second.with_name(second.name.replace("-0000000004.", "-0000000005.")))
    (folder / CHUNKS / ".00000-0000000008-0000000010.parquet.tmp").write_bytes(b"half")
    (folder / CHUNKS / "notes.txt").write_text("mine")
    done = ChunkFolder(folder / CHUNKS).done()
    assert sum(end - begin for spans in done.values() for begin, end in spans) == 4
    assert (folder / CHUNKS / "notes.txt").exists()
    assert contents(run_sweep(load_sweep(file), out, open_engine()).path) == whole[1]


def test_a_chunk_with_a_changed_byte_is_simulated_again(file, tmp_path, whole):
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), tmp_path, Dies(2), chunk=5)
    [folder] = unfinished_folders(tmp_path, "sweep-costs")
    chunk = min((folder / CHUNKS).glob("*.parquet"))
    column = pq.ParquetFile(chunk).metadata.row_group(0).column(7)
    content = bytearray(chunk.read_bytes())
    content[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    chunk.write_bytes(content)
    assert contents(run_sweep(load_sweep(file), tmp_path, open_engine()).path) == whole[1]


def test_a_dataset_is_never_put_together_without_all_worlds(file, tmp_path, whole):
    class Thief(Watch):
        def dataset(self) -> None:
            min(tmp_path.glob("*/*/chunks/*.parquet")).unlink()

    with pytest.raises(ResultsError, match="went away"):
        run_sweep(load_sweep(file), tmp_path, open_engine(), watch=Thief())
    assert contents(run_sweep(load_sweep(file), tmp_path, open_engine()).path) == whole[1]


def test_two_processes_do_not_share_a_folder(file, tmp_path):
    loaded = load_sweep(file)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(loaded, tmp_path, Dies(1))
    [folder] = unfinished_folders(tmp_path, "sweep-costs")
    with claimed(folder, "sweep.json", "sweep"), pytest.raises(StoreError, match="another process is at work"):
        run_sweep(loaded, tmp_path, open_engine())


def test_stopped_after_its_results_were_saved_it_is_neither_simulated_nor_saved_twice(file, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiments.sweep.remove_folder", lambda folder: shutil.rmtree(folder / CHUNKS))
    first = run_sweep(load_sweep(file), tmp_path, open_engine())
    assert (unfinished_folders(tmp_path, "sweep-costs")[0] / FINAL).read_text() == first.path.name
    monkeypatch.undo()
    assert run_sweep(load_sweep(file), tmp_path, Dies(0)).path == first.path
    assert [path.name for path in first.path.parent.iterdir()] == [first.path.name]


def test_half_a_dataset_of_a_killed_process_is_removed(file, tmp_path, whole):
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), tmp_path, Dies(1), chunk=9)
    [folder] = unfinished_folders(tmp_path, "sweep-costs")
    (folder / FINAL).write_text("20260131T000000Z-abcdef01-abcd")
    draft = draft_folder(folder.with_name("20260131T000000Z-abcdef01-abcd"))
    (draft / "measures").mkdir(parents=True)
    stored = run_sweep(load_sweep(file), tmp_path, open_engine())
    assert contents(stored.path) == whole[1]
    assert [path.name for path in stored.path.parent.iterdir()] == [stored.path.name]


@pytest.mark.parametrize("marker", ["", "../../elsewhere", "20260131"])
def test_a_marker_that_names_no_run_is_passed_over(file, tmp_path, whole, marker):
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), tmp_path / "out", Dies(1), chunk=9)
    [folder] = unfinished_folders(tmp_path / "out", "sweep-costs")
    (folder / FINAL).write_text(marker)
    assert contents(run_sweep(load_sweep(file), tmp_path / "out", open_engine()).path) == whole[1]


def test_a_disk_that_is_full_at_once_leaves_nothing_in_the_way(file, tmp_path, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("sim.experiments.unfinished.os.fsync", full)
    with pytest.raises(ResultsError, match="disk is full"):
        run_sweep(load_sweep(file), tmp_path / "out", open_engine())
    assert not (tmp_path / "out").exists()


def test_a_damaged_unfinished_sweep_says_how_to_go_on(file, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), tmp_path, Dies(1))
    [folder] = unfinished_folders(tmp_path, "sweep-costs")
    (folder / "sweep.json").write_text("{")
    with pytest.raises(StoreError, match="damaged: .*sweep.json: cannot be read .*--fresh"):
        run_sweep(load_sweep(file), tmp_path, open_engine())


def test_nothing_is_kept_of_a_sweep_without_a_chunk_and_none_is_in_the_way(file, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run_sweep(load_sweep(file), tmp_path, Dies(0))
    assert not list(tmp_path.glob("sweep-costs"))
    open_folder(tmp_path, "sweep-costs", {"killed": "before its first chunk"}, fresh=False)
    assert run_sweep(load_sweep(file), tmp_path, open_engine()).manifest["points"] == 6


def test_a_folder_that_another_process_removes_is_not_worked_in(tmp_path):
    folder = open_folder(tmp_path, "sweep-a", {"x": 1}, fresh=False)
    (folder / "sweep.json").unlink()
    with pytest.raises(StoreError, match="just finished or removed"), claimed(folder, "sweep.json", "sweep"):
        pass


def test_parts_and_bands_do_not_depend_on_how_much_is_held(file, tmp_path, whole, monkeypatch):
    monkeypatch.setattr("sim.experiments.sweep_dataset.BLOCK_NUMBERS", 7)
    stored = run_sweep(load_sweep(file), tmp_path, open_engine(), chunk=4)
    assert stored.frame("bands").equals(whole[0].frame("bands"))
    monkeypatch.setattr("sim.experiments.sweep_dataset.PART_WORLDS", 5)
    stored = run_sweep(load_sweep(file), tmp_path, open_engine(), chunk=4)
    assert len(list((stored.path / "measures").iterdir())) == 4
    every = pd.read_parquet(whole[0].path / "measures").astype({"crop_year": str})
    assert pd.read_parquet(stored.path / "measures").astype({"crop_year": str}).equals(every)


def test_measures_that_only_some_groups_have(tmp_path):
    folder = ChunkFolder(tmp_path / "chunks")
    one = Outcome(("a:x", "a:y"), ("C$/t", "kt"), ("1980/81",), np.array([[[1.0, 2.0]], [[3.0, 4.0]]]))
    two = Outcome(("a:y",), ("kt",), ("1980/81", "1981/82"), np.array([[[5.0], [6.0]]]))
    folder.write(0, 0, one, np.array([0, 2]))
    folder.write(1, 0, two, np.array([1]))
    assert folder.done() == {0: [(0, 2)], 1: [(0, 1)]}
    from sim.experiments.sweep_dataset import layout_of, write_bands, write_parts
    from sim.experiments.sweep_files import ChunkReader
    from sim.experiments.worlds import Group

    groups = [Group(("f", ()), np.array([0, 2]), {}), Group(("g", ()), np.array([1]), {})]
    readers = [ChunkReader(folder, 0, [(0, 2)]), ChunkReader(folder, 1, [(0, 1)])]
    layout = layout_of(3, 1, readers)
    write_parts(tmp_path, layout, groups, readers)
    write_bands(tmp_path, layout, groups, readers)
    frame = pd.read_parquet(tmp_path / "measures")
    assert frame["point"].tolist() == [0, 1, 1, 2]
    np.testing.assert_array_equal(frame["a:x"], [1.0, np.nan, np.nan, 3.0])
    np.testing.assert_array_equal(frame["a:y"], [2.0, 5.0, 6.0, 4.0])
    bands = pd.read_parquet(tmp_path / "bands.parquet")
    assert bands[bands["point"] == 1][["crop_year", "column", "mean"]].values.tolist() == [
        ["1980/81", "y", 5.0], ["1981/82", "y", 6.0], ["mean", "y", 5.5],
    ]  # fmt: skip


def test_json_on_stdout_and_progress_on_stderr(file, tmp_path):
    result = CliRunner().invoke(app, ["sweep", str(file), "--out", str(tmp_path), "--draws", "1", "--json"])
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["points"], report["draws"], report["worlds"]) == (6, 1, 6)
    assert {factor["name"]: factor["unit"] for factor in report["factors"]} == {"cost": "C$/t", "growers": ""}
    assert "6 points x 1 draws = 6 worlds in 2 groups" in result.stderr


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_simulated(file, tmp_path):
    (tmp_path / "taken").write_text("")
    result = CliRunner().invoke(app, ["sweep", str(file), "--out", str(tmp_path / "taken")])
    assert result.exit_code == 2
    assert (tmp_path / "taken").read_text() == ""


def test_groups_are_found_from_the_design(file):
    sweep = Sweep.of(load_sweep(file))
    assert sweep.sizes == [9, 9]
    assert sweep.worlds == 18
    assert sweep.periods == 24
    assert [group.points.tolist() for group, _ in sweep.groups] == [[0, 2, 4], [1, 3, 5]]


def test_open_folder_takes_the_one_that_fits(tmp_path):
    one = open_folder(tmp_path, "sweep-a", {"x": 1}, fresh=False)
    other = open_folder(tmp_path, "sweep-a", {"x": 2}, fresh=True)
    assert one != other
    assert open_folder(tmp_path, "sweep-a", {"x": 1}, fresh=False) == one
    assert open_folder(tmp_path, "sweep-a", {"x": 2}, fresh=False) == other
    for folder in (one, other):
        (folder / CHUNKS).mkdir()
        (folder / CHUNKS / "00000-0000000000-0000000001.parquet").touch()
    with pytest.raises(StoreError, match=r"x was [12] and is 3"):
        open_folder(tmp_path, "sweep-a", {"x": 3}, fresh=False)
