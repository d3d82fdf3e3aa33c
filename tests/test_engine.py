"""Engines: whoever runs the work, in whatever order, and whoever is killed over it, the result is the same."""

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import pandas as pd
import psutil
import pytest
from engine_tasks import (
    Begun,
    Failing,
    FailingOnTheSpot,
    KilledOnce,
    Numbers,
    OfTheWorker,
    Poisoned,
    Talkative,
    Unpacked,
    killed_half_way,
)
from typer.testing import CliRunner

import sim.cli
from sim.experiments import engine_dask
from sim.experiments.engine import REACH, Backlog, EngineUnavailable, WorkersLost, chunk_for, in_order, open_engine
from sim.experiments.engine_dask import program, refuse_unlike, run_span
from sim.experiments.engine_worker import FAILURE, RESULT, raise_here
from sim.experiments.ensemble import run_ensemble
from sim.scenario import load

ROOT = Path(__file__).parent.parent
TINY = Path(__file__).parent / "scenarios" / "tiny.yaml"
KINDS = ("processes", "dask")


@pytest.fixture(scope="module", params=KINDS)
def engine(request):
    """Two workers of each kind, of which tests kill some."""
    with open_engine(2, "local" if request.param == "dask" else None) as found:
        yield found


def results(engine, task, count, progress=lambda done: None):
    return list(in_order(engine, task, [(number,) for number in range(count)], progress))


# --- what every engine does


@pytest.mark.parametrize("count", [0, 1, 2, 25])
def test_results_and_ticks_are_those_of_this_process(engine, count):
    ticks = []
    with open_engine() as here:
        assert results(engine, Numbers(), count, ticks.append) == results(here, Numbers(), count)
    assert sum(ticks) == 2 * count


def test_completed_says_which_span_it_was(engine):
    found = dict(engine.completed(Numbers(), [(number,) for number in range(9)], lambda done: None))
    assert [found[number] for number in range(9)] == results(engine, Numbers(), 9)


def test_large_spans_and_many_ticks_do_not_wait_for_each_other(engine):
    spans = [(number, bytes(3_000_000)) for number in range(8)]
    ticks = []
    results = dict(engine.completed(Talkative(), spans, ticks.append))
    assert results == {number: (number, 3_000_000) for number in range(8)}
    assert sum(ticks) == 8 * 5000


def test_work_is_shared_by_workers_of_one_thread(engine):
    found = results(engine, OfTheWorker(), 40)
    assert os.getpid() not in {pid for pid, _ in found}
    assert {threads for _, threads in found} == {"1"}


def test_a_killed_worker_loses_nothing(engine, tmp_path):
    ticks = []
    found = results(engine, KilledOnce(marker=tmp_path / "killed"), 12, ticks.append)
    assert (tmp_path / "killed").exists()
    assert found == results(engine, Numbers(), 12)
    assert sum(ticks) == 24


def test_work_that_always_kills_its_worker_ends(engine):
    with pytest.raises(WorkersLost, match="workers|worker processes") as raised:
        results(engine, Poisoned(), 12)
    assert "smaller --chunk" in str(raised.value)
    assert len(results(engine, Numbers(), 5)) == 5  # and the engine goes on


def test_a_failure_keeps_its_type(engine):
    with pytest.raises(KeyError, match="number three"):
        results(engine, Failing(error=KeyError("number three")), 12)
    assert len(results(engine, Numbers(), 5)) == 5


def test_a_failure_that_cannot_travel_is_told(engine):
    """An exception whose arguments are not those of its class cannot be made again on the other side."""
    with pytest.raises(RuntimeError, match="TwoWords: not so"):
        results(engine, FailingOnTheSpot(), 12)


def test_a_result_that_cannot_travel_is_a_failure():
    with open_engine(2) as engine, pytest.raises(Exception, match="pickle"):
        results(engine, Unpacked(), 3)


def test_nothing_runs_far_ahead_of_a_slow_reader(engine, tmp_path):
    for had, _ in enumerate(in_order(engine, Begun(folder=tmp_path), [(n,) for n in range(60)], lambda done: None)):
        assert len(list(tmp_path.iterdir())) <= had + 1 + REACH * 2


def test_three_workers_are_as_good_as_two(engine):
    with open_engine(3) as three:
        assert results(three, Numbers(), 20) == results(engine, Numbers(), 20)


def test_what_is_given_up_half_way_does_not_come_later(engine):
    begun = engine.completed(Numbers(), [(number,) for number in range(20)], lambda done: None)
    next(begun)
    begun.close()
    with open_engine() as here:
        assert results(engine, Numbers(), 6) == results(here, Numbers(), 6)


def test_order_of_the_backlog():
    backlog = Backlog(10)
    assert [backlog.take(2) for _ in range(9)] == [*range(8), None]
    backlog.finish(1)
    assert backlog.take(2) is None  # the first one is what the others wait for
    backlog.finish(0)
    backlog.put_back(5)
    assert [backlog.take(2) for _ in range(4)] == [5, 8, 9, None]
    for number in range(2, 10):
        assert not backlog.over
        backlog.finish(number)
    assert backlog.over


def test_chunks_are_shared_by_the_workers():
    assert [chunk_for(200, 250, workers) for workers in (1, 2, 3)] == [200, 100, 67]
    assert chunk_for(2000, 250, 2) == 250


# --- an ensemble of the real market


def bits(ensemble):
    frames = [pd.util.hash_pandas_object(each).to_numpy().tobytes() for each in (ensemble.series, ensemble.ledger)]
    return ensemble.measures.keys, ensemble.measures.values.tobytes(), *frames


@pytest.fixture(scope="module")
def tiny():
    loaded = load(TINY, ["calendar.crop_years=1"])
    return loaded, bits(run_ensemble(loaded, 4, 5))


def test_an_ensemble_loses_no_bit_with_a_killed_worker(engine, tiny, tmp_path):
    loaded, whole = tiny
    marker = tmp_path / "killed"
    simulate = partial(killed_half_way, marker=marker)
    assert bits(run_ensemble(loaded, 4, 5, chunk=1, engine=engine, simulate=simulate)) == whole
    assert marker.exists()


def test_files_of_draws_come_from_wherever_they_were_written(engine, tiny, tmp_path):
    loaded, whole = tiny
    ensemble = run_ensemble(loaded, 4, 5, chunk=2, engine=engine, save_draws=True, scratch=tmp_path)
    assert bits(ensemble) == whole
    assert [part.parent for part in ensemble.draw_parts] == [tmp_path] * 2
    draws = pd.concat([pd.read_parquet(part) for part in ensemble.draw_parts])
    assert sorted(draws["draw"].unique()) == [0, 1, 2, 3]


# --- clusters


def call(*arguments):
    return CliRunner().invoke(sim.cli.app, [str(each) for each in arguments])


def test_a_cluster_that_is_there_already(tiny):
    from distributed import LocalCluster

    loaded, whole = tiny
    cluster = LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0"
    )
    with cluster, open_engine(dask=cluster.scheduler_address) as engine:
        assert engine.workers == 2
        assert bits(run_ensemble(loaded, 4, 5, chunk=1, engine=engine)) == whole


def test_a_scheduler_that_goes_away_ends_the_run():
    from distributed import LocalCluster

    cluster = LocalCluster(n_workers=1, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0")
    with open_engine(dask=cluster.scheduler_address) as engine:
        found = in_order(engine, Numbers(), [(number,) for number in range(1000)], lambda done: None)
        next(found)
        cluster.close()
        with pytest.raises(WorkersLost, match="the dask scheduler at .* is gone"):
            list(found)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:1"])
def test_an_address_where_nobody_answers_is_bad_input(address, tmp_path, monkeypatch):
    monkeypatch.setattr(engine_dask, "CONNECT_S", 0.5)
    answer = call("run", TINY, "--dask", address, "--out", tmp_path / "out")
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"--dask {address}: no dask scheduler answers there")
    assert len(answer.stderr.splitlines()) == 1 and not (tmp_path / "out").exists()


def test_dask_is_an_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    answer = call("run", TINY, "--dask", "local", "--out", tmp_path / "out")
    assert (answer.exit_code, answer.stderr) == (2, '--dask needs dask: pip install "singledesk[cluster]"\n')


def test_a_cluster_brings_its_own_workers(tmp_path):
    answer = call("run", TINY, "--dask", "tcp://127.0.0.1:1", "--jobs", 2, "--out", tmp_path / "out")
    assert answer.exit_code == 2 and "a cluster brings its own" in answer.stderr


def test_machines_that_would_not_compute_the_same_are_refused():
    other = {**program(), "numpy": "1.0", "source": "0"}
    with pytest.raises(EngineUnavailable, match="tcp://x:1 would not compute the same: numpy is 1.0 there") as raised:
        refuse_unlike(program(), other, "tcp://x:1")
    assert "source is 0 there" in str(raised.value)
    with pytest.raises(EngineUnavailable, match="cannot run singledesk: No module named 'sim'"):
        refuse_unlike(program(), ModuleNotFoundError("No module named 'sim'"), "tcp://x:1")
    packed = pickle.dumps(Numbers())
    kind, content, _ = run_span(packed, "late", (1,), other)
    assert kind == FAILURE
    with pytest.raises(EngineUnavailable, match="numpy is"):
        raise_here(content)
    assert run_span(packed, "same", (1,), program()) == (RESULT, Numbers().run(1, lambda done: None), 2)


# --- the command


SCRIPT = """
import sys, sim.cli, sim.verbs.run
run = sim.verbs.run.run_ensemble
def told(*args, progress, **kwargs):
    def first(done):
        print("begun", file=sys.stderr, flush=True)
        globals()["first"] = progress
    globals()["first"] = first
    return run(*args, progress=lambda done: globals()["first"](done), **kwargs)
sim.verbs.run.run_ensemble = told
if __name__ == "__main__":
    sim.cli.app(sys.argv[1:])
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_leaves_no_process_of_a_local_cluster(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    options = ["--draws", "4000", "--chunk", "1", "--jobs", "2", "--dask", "local"]
    process = subprocess.Popen(
        [sys.executable, script, "run", TINY, *options, "--out", tmp_path / "out"], stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stderr.readline() == "begun\n"
        workers = psutil.Process(process.pid).children(recursive=True)
        assert len(workers) >= 2
        os.killpg(process.pid, signal.SIGINT)
        _, text = process.communicate(timeout=60)
        assert (process.returncode, text) == (1, "interrupted, earlier results untouched\n")
        assert psutil.wait_procs(workers, timeout=30)[1] == []
        assert not (tmp_path / "out").exists()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
