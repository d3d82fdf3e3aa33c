"""Clocks that stand still, go back or jump: ids differ and sort, nothing is overwritten, no duration is negative."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from sim.experiments.unfinished import new_folder, unfinished_folders, write_basis
from sim.store import RUN_ID, find_run, list_runs, new_run
from sim.stored.catalogue import FINISHED, catalogue, matching, parse_date

NOON = datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)  # the night in which clocks in Europe go back
HASH = "0123456789abcdef"


class Clock(datetime):
    """A clock that shows what it is set to."""

    shows = NOON

    @classmethod
    def now(cls, tz=None):
        return cls.shows.astimezone(tz)


@pytest.fixture
def clock(monkeypatch):
    for module in ("sim.store", "sim.experiments.unfinished"):
        monkeypatch.setattr(f"{module}.datetime", Clock)
    Clock.shows = NOON
    return Clock


def save(out, before=timedelta(0), clock=None) -> str:
    with new_run(out, "a", HASH) as draft:
        (draft.path / "file").write_text(draft.run_id)
        if clock is not None:
            clock.shows += before
        draft.manifest({"kind": "run", "stem": "a"})
    return draft.run_id


STEPS = {"still": [0] * 6, "back": [0, -3600, -3600, -86400], "ahead": [0, 3600, 40 * 365 * 86400, 1]}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_every_run_is_kept_under_an_id_of_its_own(tmp_path, clock, steps):
    ids = []
    for seconds in steps:
        clock.shows += timedelta(seconds=seconds)
        ids.append(save(tmp_path))
    assert len(set(ids)) == len(ids) and all(RUN_ID.fullmatch(each) for each in ids)
    assert {(tmp_path / "a" / each / "file").read_text() for each in ids} == set(ids)
    listed = catalogue(tmp_path)
    assert {each.run_id for each in listed} == set(ids) and {each.status for each in listed} == {FINISHED}
    assert [each.run_id for each in listed] == sorted(ids)  # by what the clock showed, not by when it was
    assert find_run("a", tmp_path).path.name == max(ids)
    assert [each.path.name for each in list_runs(tmp_path / "a")] == sorted(ids)


def test_the_same_id_is_never_used_twice(tmp_path, clock, monkeypatch):
    tokens = iter(["aaaa", "aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr("sim.store.secrets.token_hex", lambda _size: next(tokens))
    assert [save(tmp_path)[-4:], save(tmp_path)[-4:]] == ["aaaa", "bbbb"]


@pytest.mark.parametrize("seconds", [-7200, 0, 7200])
def test_no_duration_is_negative(tmp_path, clock, seconds):
    run = save(tmp_path, timedelta(seconds=seconds), clock)
    manifest = json.loads((tmp_path / "a" / run / "run.json").read_text())
    assert manifest["wall_seconds"] == max(seconds, 0)
    assert manifest["started"] <= manifest["finished"]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="no time zones to be set")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns", "Europe/London"])
def test_time_zones_and_summer_time_do_not_show(tmp_path, clock, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        first = save(tmp_path)
        clock.shows += timedelta(seconds=1)
        second = save(tmp_path)
        assert (first[:16], second[:16]) == ("20261025T005959Z", "20261025T010000Z")
        assert [each.run_id for each in matching(catalogue(tmp_path), since=parse_date("2026-10-25T01:00"))] == [second]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_latest_work_under_way_goes_by_its_id_whatever_the_clock(tmp_path, clock):
    folders = []
    for seconds in (0, -60, 0):
        clock.shows += timedelta(seconds=seconds)
        folders.append(new_folder(tmp_path, "sweep-a"))
        write_basis(folders[-1], "sweep.json", {"at": seconds})
    assert unfinished_folders(tmp_path, "sweep-a") == sorted(folders) and len(set(folders)) == 3
    assert {json.loads((each / "sweep.json").read_text())["at"] for each in folders} == {0, -60}
    assert all(os.access(each, os.W_OK) for each in folders)
