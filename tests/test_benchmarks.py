"""The benchmarks work at their smallest size, and what they write is right."""

from __future__ import annotations

import json
import math
from importlib import import_module

import numpy as np
import pytest

from benchmarks import child, floor, growth, machine, memory, start_up
from benchmarks.__main__ import QUESTIONS, main, run
from benchmarks.child import ChildRun, run_child
from benchmarks.clock import Times
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.markets import last_years, market, write_importers, write_sellers
from benchmarks.report import write
from benchmarks.scale import FULL, QUICK, TINY


def linear(scenario, settings, draws, chunk) -> ChildRun:
    """Stands for a child whose every draw costs the same on top of a fixed cost; memory is that of a chunk."""
    return ChildRun(Times(3 + 0.1 * draws, 2 + 0.1 * draws), 100.0, 150.0 + 0.5 * min(draws, chunk))


def test_exponent_is_that_of_what_comes_on_top_of_the_smallest():
    sizes = (1, 3, 9, 17)
    assert growth.exponent(sizes, [50 + 2 * n for n in sizes]) == pytest.approx(1)
    assert growth.exponent(sizes, [50 + 2 * (n - 1) ** 2 for n in sizes]) == pytest.approx(2)
    assert math.isnan(growth.exponent(sizes, [5, 4, 6, 7]))


def test_growth_tells_a_line_from_a_parabola():
    sizes = (1, 2, 4, 8)

    def square(n: int) -> ChildRun:
        return ChildRun(Times(1, 1 + n**2), 100.0, 200.0 + n)

    figures = {figure.name: figure for figure in growth.growth("things", sizes, square, 2, at_most(1.1))}
    time, space = figures["exponent of time, things, 1 to 8"], figures["exponent of memory, things, 1 to 8"]
    assert time.verdict == "missed" and time.value > 1.3
    assert space.verdict == "met" and space.value == pytest.approx(1)
    assert figures["things: 8, CPU time"].values == (65, 65)


def test_memory_in_chunks(monkeypatch):
    monkeypatch.setattr(memory, "run_child", linear)
    figures = list(memory.measure(TINY))
    flat = next(figure for figure in figures if figure.target and figure.unit == "x")
    assert flat.value == 1 and flat.verdict == "met"


def test_all_growths_are_measured(monkeypatch):
    asked = []

    def note(scenario, settings, draws, chunk):
        asked.append((str(scenario), settings, draws))
        return ChildRun(Times(1, len(asked)), 1.0, 1.0 + len(asked))

    monkeypatch.setattr(growth, "run_child", note)
    figures = list(growth.measure(TINY))
    assert len(asked) == 15 and len([f for f in figures if f.name.startswith("exponent")]) == 10


def test_child_reports_time_and_memory():
    done = run_child("history", ("calendar.crop_years=1",), 2, 1)
    assert done.times.cpu > 0.05 and done.times.wall > 0.05
    assert 20 < done.before_mib <= done.peak_mib < 2000


def test_child_that_fails_says_why():
    with pytest.raises(RuntimeError, match="no such thing"):
        child.python("-c", "raise SystemExit('no such thing')")


def test_grown_markets_load(tmp_path):
    importers = market(str(write_importers(tmp_path, 3)), *last_years(1)).scenario
    plain = market("history", *last_years(1)).scenario
    assert len(importers.importers) == 3 * len(plain.importers)
    assert len(importers.markets) == len(plain.markets) + 2 * 2  # offshore and the United States, two copies each
    assert len(importers.eep.initiatives) == 3 * len(plain.eep.initiatives)
    assert importers.importers["jordan_copy_2"].demand["feed"].quantity_kt.scale == pytest.approx(1 / 3)
    assert market(str(write_sellers(tmp_path, 5))).scenario.sellers["firm"].number == 5


def test_floor_draws_the_same_numbers_and_writes_the_same_shapes():
    from sim.experiments.ensemble import run_chunk

    history = market("history", *last_years(1))
    record = floor.record(history, 2)
    ledger = run_chunk(history, 2)
    arrays = floor.run_floor(record, history.scenario.seed, 2)
    lean = floor.run_floor(record, history.scenario.seed, 2, lean=True)
    shapes = [array.shape for array in (*ledger.sales.values(), *(s.values for s in ledger.states.values()))]
    assert [array.shape for array in arrays] == [array.shape for array in lean] == shapes
    assert all(array.all() for array in arrays[: len(ledger.sales)])
    for array, column in zip(lean, ledger.sales.values(), strict=False):
        assert np.array_equal(array.any(axis=1), column.any(axis=1))
    drawn = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("uniform", "normal"):
            patch.setattr(floor.Streams, name, lambda self, *call, n=name: drawn.append((n, *call)))
        floor.run_floor(record, 1, 2)
    assert drawn == record.drawn and len(drawn) > 100
    numbers, recorded, with_sale = record.numbers
    assert numbers == sum(call[-1] for call in drawn)
    assert recorded == sum(array[..., 0].size for array in arrays)
    sales = sum(int(array[:, 0].sum()) for array in lean[: len(ledger.sales)])
    assert sales + sum(array[..., 0].size for array in lean[len(ledger.sales) :]) == with_sale < recorded


@pytest.mark.parametrize("question", ["a", "b", "c", "d", "g", "h", "l", "p"])
def test_smallest_size_gives_figures(question):
    figures = list(import_module(f"benchmarks.{QUESTIONS[question]}").measure(TINY))
    assert figures and len({figure.name for figure in figures}) == len(figures)
    for figure in figures:
        assert len(figure.values) == TINY.repeats and np.isfinite(figure.value) and figure.unit


def test_start_up_and_machine():
    figures = {figure.name: figure for figure in (*start_up.measure(TINY), *machine.measure(TINY))}
    assert figures["singledesk --help"].value > figures["an empty program"].value > 1
    assert figures["two processes against one, counting"].value > 0


def test_files(tmp_path):
    figures = {
        "a": [Figure("speed", (120.0, 90.0, 110.0), "x", at_least(100)), Figure("time", (0.1234567891,), "s")],
        "b": [Figure("nothing", (math.nan,), "1", at_most(1))],
    }
    write(figures, {"a": "First", "b": "Second"}, "a machine", tmp_path)
    assert json.loads((tmp_path / "benchmarks.json").read_text()) == [
        {"name": "speed", "value": 110.0, "unit": "x", "target": ">= 100"},
        {"name": "time", "value": 0.123457, "unit": "s", "target": "-"},
        {"name": "nothing", "value": None, "unit": "1", "target": "<= 1"},
    ]
    text = (tmp_path / "benchmarks.md").read_text()
    assert "| speed | 90 | 110 | 120 | x | >= 100 | met |" in text and "missed" in text and "a machine" in text


def test_run_prints_and_writes(tmp_path, capsys):
    run(["machine"], TINY, tmp_path)
    printed = capsys.readouterr().out
    assert "two processes against one, counting" in printed and (tmp_path / "benchmarks.json").exists()


def test_bad_arguments(capsys):
    for arguments, told in ((["--only", "a,zz"], "zz"), (["--repeats", "0"], "at least 1")):
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        assert told in capsys.readouterr().err


def test_scales_have_the_same_growths():
    for scale in (FULL, QUICK, TINY):
        for sizes in (scale.draws_in_chunk, scale.chunks, scale.years, scale.traders, scale.sellers, scale.copies):
            assert len(sizes) >= 3 and sorted(set(sizes)) == list(sizes)
