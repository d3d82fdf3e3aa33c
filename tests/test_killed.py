"""Kill -9, full disks, closed folders, others at the same work: nothing finished is lost, messages say what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "failures"))

from commands import KILLED, Commands, contents, moments, numbers
from small_scenario import SMALL

from sim.stored.catalogue import FINISHED, UNFINISHED, catalogue

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and locks")
ROOT = Path(__file__).resolve().parent.parent
TWICE = SMALL + b"calendar: {start: 1980/81, crop_years: 1, periods_per_year: 12}\ndraws: 2\n"
SWEEP = """\
title: Costs
scenario: small.yaml
draws: 2
factors:
  cost: {key: sellers.firm.cost_cad_t, values: [40, 45, 50]}
  buyer: {levels: {as_is: [], hungry: [importers.buyer.demand.feed.intercept=120]}}
"""
WORK = {
    "run": ["run", "small.yaml"],
    "sweep": ["sweep", "sweep.yaml", "--chunk", "3"],
    "compare": ["compare", "small.yaml", "other.yaml"],
}


@pytest.fixture(scope="module")
def commands():
    running = Commands()
    yield running
    running.close()


@pytest.fixture(scope="module")
def whole(commands, tmp_path_factory):
    """Results that nothing happened to, by command: their numbers; and the folder with the scenarios."""
    place = write_scenarios(tmp_path_factory.mktemp("whole"))
    found: dict[str, Any] = {}
    for name, words in WORK.items():
        for _ in range(2):  # the second time folders are there already
            ended = commands.run(*words, cwd=place, under=place / "results")
            assert ended.code == 0, ended.err
        made = [numbers(path.parent) for path in (place / "results").glob("*/*/run.json")]
        assert made[0] == made[1]
        found[name] = (made[0], ended.changes)
        shutil.rmtree(place / "results")
    return found


def write_scenarios(place: Path) -> Path:
    (place / "small.yaml").write_bytes(TWICE)
    (place / "other.yaml").write_text("extends: small.yaml\noverrides: {sellers.firm.cost_cad_t: 50}\n")
    (place / "sweep.yaml").write_text(SWEEP)
    return place


@pytest.fixture
def place(whole, commands, tmp_path):
    """A folder with scenarios and one finished run, to which nothing may happen."""
    write_scenarios(tmp_path)
    ended = commands.run("run", "small.yaml", "--seed", "3", cwd=tmp_path)
    assert ended.code == 0, ended.err
    return tmp_path


def folders(place: Path, status: str) -> list[str]:
    return [each.folder for each in catalogue(place / "results") if each.status == status]


def said(ended) -> str:
    assert "Traceback" not in ended.err + ended.out
    return ended.err


# --- kill -9


@pytest.mark.parametrize("name", WORK)
def test_killed_at_any_change_nothing_finished_is_lost_and_the_next_tidies(commands, whole, place, name):
    (earlier,) = folders(place, FINISHED)
    before, (bits, changes) = contents(Path(earlier)), whole[name]
    for at in moments(changes, 5):
        out = place / "results"
        killed = commands.run(*WORK[name], cwd=place, under=out, at=at)
        assert killed.code == KILLED
        assert contents(Path(earlier)) == before
        for path in set(folders(place, FINISHED)) - {earlier}:  # the kill came after the last move
            assert numbers(Path(path)) == bits
            shutil.rmtree(path)
        listed = commands.run("results", "list", "--json", cwd=place)
        assert listed.code == 0 and {each["status"] for each in json.loads(listed.out)} <= {FINISHED, UNFINISHED}
        again = commands.run(*WORK[name], cwd=place)
        assert again.code == 0, said(again)
        assert folders(place, UNFINISHED) == []
        for path in set(folders(place, FINISHED)) - {earlier}:
            assert numbers(Path(path)) == bits
            shutil.rmtree(path)
        assert [path for path in out.rglob(".*")] == []


@pytest.mark.parametrize(
    "words", [["report", "small", "--to"], ["results", "query", "small", "--measure", "producers", "--to"]]
)
def test_killed_while_a_file_is_written(commands, place, words):
    target = place / ("page.html" if words[0] == "report" else "lines.csv")
    whole = commands.run(*words, target, cwd=place, under=place)
    assert whole.code == 0, whole.err
    wanted = target.read_bytes()
    target.write_bytes(b"earlier")
    before = contents(place)
    for at in moments(whole.changes, 2 if words[0] == "report" else 4):
        killed = commands.run(*words, target, cwd=place, under=place, at=at)
        assert killed.code == KILLED
        left = {name: text for name, text in contents(place).items() if not name.endswith(".tmp")}
        assert left == before or left == {**before, target.name: wanted}
        again = commands.run(*words, target, cwd=place)
        assert again.code == 0 and target.read_bytes() == wanted
        assert list(place.glob("*.tmp")) + list(place.glob(".*.tmp")) == []
        target.write_bytes(b"earlier")


def test_what_a_living_process_writes_is_not_tidied_away(tmp_path):
    from sim.store import new_run

    with new_run(tmp_path, "a", "0" * 8) as first:
        (first.path / "half").write_text("written")
        (tmp_path / "a" / ".20260131T000000Z-abcdef01-abcd.tmp").mkdir()
        with new_run(tmp_path, "a", "0" * 8) as second:
            second.manifest({})
        assert (first.path / "half").exists()
        first.manifest({})
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted([first.run_id, second.run_id])


# --- full disks and closed folders, as the system tells of them


@pytest.mark.parametrize(
    ("name", "do"),
    [
        ("run", "ENOSPC"),
        ("run", "EROFS"),
        ("run", "EIO"),
        ("sweep", "ENOSPC"),
        ("sweep", "EROFS"),
        ("compare", "ENOSPC"),
    ],
)
def test_a_disk_that_fails_at_any_change(commands, whole, place, name, do):
    bits, changes = whole[name]
    before = contents(place)
    for at in moments(changes, 3):
        failed = commands.run(*WORK[name], cwd=place, under=place / "results", at=at, do=do, lasting=do != "EIO")
        if failed.code == 0:  # it needed no success: a folder that is there already, chunks that are removed
            assert name == "sweep" or at == 1
        else:
            assert failed.code in (1, 2), said(failed)
            advice = {"ENOSPC": "free some space there", "EROFS": "choose", "EIO": os.strerror(5)}[do]
            assert advice in said(failed), failed.err
        if do == "ENOSPC" and name != "sweep":
            assert contents(place) == before
        again = commands.run(*WORK[name], cwd=place)
        assert again.code == 0, said(again)
        kept = contents(place)
        assert all(kept[name] == content for name, content in before.items())
        assert folders(place, UNFINISHED) == []
        for path in (place / "results").glob("*/2*/run.json"):
            if path.relative_to(place).as_posix() not in before:
                assert numbers(path.parent) == bits
                shutil.rmtree(path.parent)
        for path in (place / "results").iterdir():
            if not list(path.iterdir()):
                path.rmdir()


@pytest.mark.parametrize("do", ["ENOSPC", "EROFS"])
def test_a_report_that_cannot_be_written(commands, place, do):
    (place / "page.html").write_bytes(b"earlier")
    before = contents(place)
    failed = commands.run("report", "small", "--to", "page.html", cwd=place, under=place, at=1, do=do, lasting=True)
    assert failed.code == (1 if do == "ENOSPC" else 2)
    assert "page.html" in said(failed) and ("free some space" in failed.err or "Read-only" in failed.err)
    assert contents(place) == before


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("no right to mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root mounts disks")
def test_a_disk_that_is_really_full_and_one_that_is_really_closed(commands, whole, place, disk):
    failed = 0
    for words in WORK.values():
        full = commands.run(*words, "--draws", "40", "--out", disk / "results", cwd=place)
        if full.code:  # a small result may have had room
            failed += 1
            assert full.code == 1 and "free some space there" in said(full) and str(disk) in full.err
        left = catalogue(disk / "results")
        assert all(each.status == FINISHED or each.stem == "sweep-sweep" for each in left)
    assert failed
    shutil.rmtree(disk / "results", ignore_errors=True)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for words in WORK.values():
        closed = commands.run(*words, "--out", disk / "results", cwd=place)
        assert closed.code == 2 and "choose another" in said(closed)
    closed = commands.run("report", "small", "--to", disk / "page.html", cwd=place)
    assert closed.code == 2 and "page.html" in said(closed)


def test_places_that_are_no_folder(commands, place):
    (place / "file").write_text("mine")
    (place / "link").symlink_to(place / "nowhere" / "at all")
    before = contents(place)
    for out in ("file", "file/below", "link"):
        for words in WORK.values():
            refused = commands.run(*words, "--out", out, cwd=place)
            wanted = "choose another" if out != "file" else "is a file"
            assert refused.code == 2 and wanted in said(refused), (out, refused)
    assert contents(place) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_folder_of_somebody_else(commands, tmp_path_factory):
    import tempfile

    with tempfile.TemporaryDirectory() as name:  # those of the tests may be entered by their owner alone
        place = write_scenarios(Path(name))
        place.chmod(0o755)
        for words in WORK.values():
            refused = commands.run(*words, "--out", place / "results", cwd=place, uid=65534)
            assert refused.code == 2 and "Permission denied" in said(refused) and "choose another" in refused.err


# --- two at once


@pytest.mark.parametrize("name", WORK)
def test_two_at_the_same_work(commands, whole, place, name):
    before = set(folders(place, FINISHED))
    ended = commands.at_once(2, *WORK[name], cwd=place)
    codes = sorted(each.code for each in ended)
    assert codes in ([0, 0], [0, 2]) if name == "sweep" else codes == [0, 0], ended
    for each in ended:
        if each.code:
            assert "another process" in said(each)
    made = set(folders(place, FINISHED)) - before
    assert len(made) == codes.count(0)
    assert all(numbers(Path(path)) == whole[name][0] for path in made)
    assert folders(place, UNFINISHED) == []


def test_two_that_take_up_one_sweep(commands, whole, place):
    bits, changes = whole["sweep"]
    assert commands.run(*WORK["sweep"], cwd=place, under=place / "results", at=changes // 2).code == KILLED
    ended = commands.at_once(2, *WORK["sweep"], cwd=place)
    assert {each.code for each in ended} in ({0}, {0, 2}), ended
    (*_, made) = (path for path in folders(place, FINISHED) if "sweep-" in path)
    assert numbers(Path(made)) == bits and folders(place, UNFINISHED) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["report", "small", "--to", "page.html"], "page.html"),
        (["plot", "small", "--figure", "prices"], "small-prices.png"),
        (["animate", "small", "--by", "crop_year", "--to", "film.gif"], "film.gif"),
    ],
)
def test_two_at_one_file(commands, place, words, name):
    assert commands.run(*words, cwd=place).code == 0
    wanted = (place / name).read_bytes()
    ended = commands.at_once(2, *words, cwd=place)
    assert [each.code for each in ended] == [0, 0], ended
    assert (place / name).read_bytes() == wanted
    assert list(place.glob(".*")) == []


# --- where a command starts


def test_a_working_folder_that_has_gone(commands, place, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    ended = commands.run("run", place / "small.yaml", "--out", place / "results", cwd=gone, gone=True)
    assert ended.code == 0, said(ended)
    gone.mkdir()
    ended = commands.run("run", place / "small.yaml", cwd=gone, gone=True)
    assert ended.code in (1, 2) and said(ended)
