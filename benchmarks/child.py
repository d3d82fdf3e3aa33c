"""A run in a process of its own, which reports its time and its peak memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clock import Times

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class ChildRun:
    """Times of an ensemble without imports and loading; resident memory before it and at its peak, MiB."""

    times: Times
    before_mib: float
    peak_mib: float


def run_child(scenario: str | Path, settings: tuple[str, ...], draws: int, chunk: int) -> ChildRun:
    """Run an ensemble, measures included, in a child process."""
    order = json.dumps({"scenario": str(scenario), "settings": settings, "draws": draws, "chunk": chunk})
    told = json.loads(python("-m", "benchmarks.child", order))
    return ChildRun(Times(told["wall"], told["cpu"]), told["before_mib"], told["peak_mib"])


def python(*arguments: str) -> str:
    """Run Python with arguments in the project's folder and return what it prints."""
    # A child starts with its parent's peak on record, so a small shell stands between the two.
    command = ["/bin/sh", "-c", '"$0" "$@"; exit $?', sys.executable, *arguments]
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)[:200]} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _run(order: dict) -> dict[str, float]:
    import sim.market  # noqa: F401 - what a run imports late must not count as its time
    from benchmarks.clock import timed
    from benchmarks.markets import market
    from sim.experiments.ensemble import run_ensemble

    loaded = market(order["scenario"], *order["settings"])
    before = _peak_mib()
    times = timed(lambda: run_ensemble(loaded, order["draws"], chunk=order["chunk"]))
    return {"wall": times.wall, "cpu": times.cpu, "before_mib": before, "peak_mib": _peak_mib()}


if __name__ == "__main__":
    print(json.dumps(_run(json.loads(sys.argv[1]))))
