"""Results are whole or absent, and what is read back is what was written."""

from __future__ import annotations

import errno
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from saved_runs import rewrite_manifest

from sim.store import StoreError, find_run, list_runs, new_run, new_run_id, open_run, safe_stem, sha256
from sim.stored.catalogue import catalogue

HASH = "0123456789abcdef"
FRAME = pd.DataFrame({"crop_year": ["1980/81"], "price": [101.5]})


def write(out: Path, stem: str = "made_up", price: float = 101.5) -> Path:
    with new_run(out, stem, HASH) as draft:
        draft.parquet("summary", FRAME.assign(price=price))
        draft.table("prices", FRAME, ["August-July", "C$/t"])
        draft.manifest({"stem": stem})
    return draft.final


def contents(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_run_is_published_with_a_complete_manifest(tmp_path):
    final = write(tmp_path)
    manifest = json.loads((final / "run.json").read_text())
    assert manifest["run_id"] == final.name and HASH[:8] in final.name
    assert set(manifest["files"]) == {"summary.parquet", "tables/prices.csv"}
    assert all(entry["sha256"] == sha256(final / name) for name, entry in manifest["files"].items())
    assert (final / "tables/prices.csv").read_text() == "crop_year,price\nAugust-July,C$/t\n1980/81,101.5\n"
    assert [p.name for p in final.parent.iterdir()] == [final.name]


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(errno.ENOSPC, "no space"), ValueError("a bug")])
def test_a_failure_leaves_no_trace_and_earlier_results_whole(tmp_path, failure):
    write(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(type(failure)), new_run(tmp_path, "made_up", HASH) as draft:
        draft.parquet("summary", FRAME)
        raise failure
    assert contents(tmp_path) == before
    assert len(list((tmp_path / "made_up").iterdir())) == 1


def test_nothing_is_visible_before_the_end(tmp_path):
    with new_run(tmp_path, "made_up", HASH) as draft:
        draft.parquet("summary", FRAME)
        draft.manifest({})
        assert not draft.final.exists() and draft.path.name.startswith(".")
        assert list_runs(tmp_path / "made_up") == []
    assert draft.final.is_dir() and not draft.path.exists()


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_full_disk_at_the_last_moment(tmp_path, monkeypatch, step):
    write(tmp_path)
    before = contents(tmp_path)

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(f"sim.store.os.{step}", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path)
    monkeypatch.undo()
    assert contents(tmp_path) == before


def test_a_failed_first_run_leaves_no_empty_folders(tmp_path):
    with pytest.raises(ValueError), new_run(tmp_path / "a" / "b", "made_up", HASH):
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_keeps_folders_it_did_not_make(tmp_path):
    with pytest.raises(ValueError), new_run(tmp_path, "made_up", HASH):
        raise ValueError
    assert tmp_path.is_dir() and list(tmp_path.iterdir()) == []


def test_run_ids_sort_by_time_and_do_not_repeat():
    now, later = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
    assert new_run_id(HASH, now)[:17] == "20260102T030405Z-" and new_run_id(HASH, now) < new_run_id(HASH, later)
    assert len({new_run_id(HASH, now) for _ in range(50)}) > 40


ODD = (
    "..", "../../etc", "/etc/passwd", "a/b", ".hidden", "", "ä b", "x" * 300, "con", "NUL.yaml", "-rf", "a\nb", "a\\b",
    "e\u0301", "\u202ex", 79 * "x" + "..y", "$(id)", "C:\\x", "\0", "~",
)  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_scenario_name_cannot_leave_the_folder(tmp_path, name):
    stem = safe_stem(name)
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", stem) and len(stem) <= 80
    assert stem.partition(".")[0].lower() not in ("con", "nul") and safe_stem(stem) == stem
    assert (tmp_path / stem).resolve().parent == tmp_path.resolve()


def test_the_latest_run_is_found_by_scenario_name(tmp_path):
    write(tmp_path, price=1.0)
    last = write(tmp_path, price=2.0)
    write(tmp_path, stem="another")
    assert find_run("made_up", tmp_path).path == last
    assert find_run(str(tmp_path / "made_up")).path == last
    assert find_run(str(last)).frame("summary")["price"].item() == 2.0
    assert find_run("made_up.yaml", tmp_path).path == last


def test_an_unknown_run_says_what_there_is(tmp_path):
    write(tmp_path)
    with pytest.raises(StoreError, match="scenarios with runs: made_up"):
        find_run("nothing", tmp_path)
    with pytest.raises(StoreError, match="singledesk run"):
        find_run("nothing", tmp_path / "missing")


def test_damage_is_noticed(tmp_path):
    final = write(tmp_path)
    file = final / "summary.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="damaged"):
        open_run(final).frame("summary")
    file.unlink()
    with pytest.raises(StoreError, match="missing"):
        open_run(final).frame("summary")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', "\x00\xff"])
def test_a_broken_manifest_is_noticed(tmp_path, text):
    final = write(tmp_path)
    (final / "run.json").write_text(text, encoding="latin-1")
    with pytest.raises(StoreError, match="run.json"):
        open_run(final)
    assert list_runs(final.parent) == []


@pytest.mark.parametrize(
    "changes",
    [{"kind": ["run"]}, {"seed": "x"}, {"seed": float("nan")}, {"warnings": 5}, {"files": {"a": {"sha256": 5}}},
     {"files": {"a": {"sha256": "0", "bytes": None}}}, {"sweep": 5}, {"files": {"../a": {"sha256": "0"}}},
     {"files": {"/etc/passwd": {"sha256": "0"}}}, {"files": {"a\\b": {"sha256": "0"}}}],
)  # fmt: skip
def test_an_edited_manifest_is_noticed(tmp_path, changes):
    final = write(tmp_path)
    if any(value != value for value in changes.values()):  # no JSON, so it has no checksum either
        manifest = json.loads((final / "run.json").read_text())
        (final / "run.json").write_text(json.dumps({**manifest, **changes}))
    else:
        rewrite_manifest(final, **changes)
    with pytest.raises(StoreError, match=r"run.json: (damaged|cannot be read)"):
        open_run(final)
    with pytest.raises(StoreError, match=r"run.json: (damaged|cannot be read)"):
        find_run("made_up", tmp_path)


def test_a_digit_changed_in_a_manifest_is_noticed_and_its_layout_is_not(tmp_path):
    final = write(tmp_path)
    text = (final / "run.json").read_text()
    (final / "run.json").write_text(json.dumps(json.loads(text)))
    assert open_run(final).manifest["stem"] == "made_up"
    (final / "run.json").write_text(text.replace('"made_up"', '"made_uq"'))
    with pytest.raises(StoreError, match=r"run.json: damaged or changed since the run .*run it again"):
        open_run(final)


def test_a_manifest_from_before_it_had_a_checksum_is_read(tmp_path):
    final = write(tmp_path)
    manifest = json.loads((final / "run.json").read_text())
    del manifest["manifest_sha256"]
    (final / "run.json").write_text(json.dumps({**manifest, "stem": "earlier"}))
    assert open_run(final).manifest["stem"] == "earlier"


def test_an_enormous_manifest_is_not_read_to_its_end(tmp_path):
    final = write(tmp_path)
    with (final / "run.json").open("ab") as file:
        file.truncate(2**40)  # takes no room on the disk
    with pytest.raises(StoreError, match="run.json: cannot be read .longer than 16 MiB"):
        open_run(final)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_in_place_of_a_manifest_is_not_waited_for(tmp_path):
    final = write(tmp_path)
    (final / "run.json").unlink()
    os.mkfifo(final / "run.json")
    with pytest.raises(StoreError, match="run.json: cannot be read .not a regular file"):
        open_run(final)
    assert [entry.status for entry in catalogue(tmp_path)] == ["damaged"]


def test_a_folder_that_another_process_removes_is_made_again(tmp_path, monkeypatch):
    def removed(path, _mode) -> bool:
        os.rmdir(path)
        return False

    monkeypatch.setattr("sim.store.os.access", removed)
    assert (write(tmp_path / "out") / "run.json").is_file()
