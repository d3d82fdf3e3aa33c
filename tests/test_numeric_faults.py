"""Floating-point faults raise wherever a test computes: in fixtures, threads, and processes of every kind."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

RAISES = {"divide": "raise", "over": "raise", "under": "raise", "invalid": "raise"}
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def state_in_a_session_fixture():
    return np.geterr()


def test_in_fixtures_of_the_session(state_in_a_session_fixture):
    assert state_in_a_session_fixture == RAISES


@pytest.mark.parametrize(
    "fault",
    [lambda x: x / (x - x), lambda x: x * 1e308, lambda x: x * 1e-308 * 1e-308, lambda x: (x - x) / (x - x)],
    ids=["divide", "over", "under", "invalid"],
)
def test_every_fault_raises(fault):
    with pytest.raises(FloatingPointError):
        fault(np.array([7.0]))


def test_in_threads():
    found = []
    thread = threading.Thread(target=lambda: found.append(np.geterr()))
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as pool:
        found.append(pool.submit(np.geterr).result())
    timer = threading.Timer(0.0, lambda: found.append(np.geterr()))
    timer.start()
    timer.join()
    assert found == [RAISES] * 3


def test_in_workers():
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(np.geterr) == RAISES


@pytest.mark.parametrize("environment", [None, {"PYTHONPATH": str(ROOT)}, {}])
def test_in_processes(environment):
    script = (
        "import numpy as np, threading; print(np.geterr()); threading.Thread(target=lambda: print(np.geterr())).start()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert done.stdout.splitlines() == [str(RAISES)] * 2, done.stderr


def test_a_process_without_numpy_stays_without():
    done = subprocess.run(
        [sys.executable, "-c", "import sys; print('numpy' in sys.modules)"], capture_output=True, text=True
    )
    assert done.stdout == "False\n", done.stderr


def test_a_test_may_look_away_without_harm_to_the_next():
    np.seterr(all="ignore")


def test_the_next_one():
    assert np.geterr() == RAISES
