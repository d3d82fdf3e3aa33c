"""Hostile input: ten thousand cases, each of which ends as promised, and the fuzzer itself, which must notice."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from sim.scenario.problems import Mark, Report
from tests.fuzz import files, runner
from tests.fuzz.case import Failure
from tests.fuzz.oracles import check_as_written, check_report
from tests.fuzz.runner import KINDS, fuzz, kind_of, make, run_case
from tests.fuzz.sandbox import Watch

SEED, CASES = 1997, 10_000
LOADED = ("scenario", "upload", "sweep", "game", "calibration")
ACCEPTED = ("accepted", "simulated", "stopped", "read", "done")


@pytest.mark.slow
def test_ten_thousand_cases_keep_every_promise(monkeypatch):
    monkeypatch.setattr(runner, "CPU_SECONDS", 30)  # against hanging: no test depends on the speed of a machine
    tally = fuzz(SEED, CASES)
    told = [f"--seed {SEED} --case {each.number}: {each.fault} ({'; '.join(each.how)})" for each in tally.faults]
    assert told == []
    assert tally.total >= 10_000
    for kind in KINDS:  # none only refuses: a fuzzer that makes nothing but garbage tests little
        share = tally.of(kind, *ACCEPTED) / tally.of(kind)
        assert tally.of(kind) >= 150 and 0.02 < share < 0.95, (kind, tally.counts)
    loaded = sum(tally.of(kind) for kind in LOADED)
    assert sum(tally.of(kind, *ACCEPTED) for kind in LOADED) > 0.15 * loaded
    assert sum(tally.of(kind, "simulated") for kind in LOADED) > 100


def test_a_case_is_the_same_every_time():
    for number in range(300):
        one, other = make(5, number), make(5, number)
        assert (one.kind, one.files, one.sets, one.how) == (other.kind, other.files, other.sets, other.how)
    assert {kind_of(5, number) for number in range(100)} == set(KINDS)


@pytest.fixture
def broken(monkeypatch):
    """Outcome of a case, of a kind that is loaded, under a product that does something it should not."""

    def outcome(loader, seconds=None):
        before = signal.signal(signal.SIGPROF, runner._stop)
        if seconds:
            monkeypatch.setattr(runner, "CPU_SECONDS", seconds)
        monkeypatch.setitem(files.LOADERS, "scenario", loader)
        number = next(each for each in range(100) if kind_of(SEED, each) == "scenario")
        try:
            return run_case(SEED, number, Watch()).fault
        finally:
            signal.signal(signal.SIGPROF, before)

    return outcome


def test_it_notices_what_it_is_for(broken, tmp_path):
    def busy(_case, _path):
        while True:
            pass

    assert "KeyError: 'x'" in broken(lambda _case, _path: {}["x"])
    assert "processor time" in broken(busy, seconds=0.2)
    assert "loading wrote" in broken(lambda _case, _path: (tmp_path / "x").write_text("x"))
    assert "loading wrote" in broken(lambda _case, path: (path.parent / "x").mkdir())
    assert "AttributeError" in broken(lambda _case, _path: None)
    assert "NaN" not in json.dumps(broken(lambda _case, _path: sys.exit(3)))


def test_it_notices_reports_that_say_nothing_or_too_much():
    for text in ("", "Traceback (most recent call last)", "x\x1b[31m", "a\u202eb", "x" * 2**21):
        with pytest.raises(Failure):
            check_report(text)
    with pytest.raises(Failure, match="unknown key"):
        check_as_written(b"title: x\nno_such_key: 1\n")


def test_a_name_that_moves_the_cursor_is_spelt_out_in_a_report():
    report = Report()
    report.add(Mark("x.yaml", 1, 1), "markets", "unknown market; known: \x1b[31m, a\u202eb")
    assert str(report.problems[0]).endswith("known: \\x1b[31m, a\\u202eb")
