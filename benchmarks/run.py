"""Measure what the project claims about speed and memory, as ratios taken in one run.

``python benchmarks/run.py`` prints the figures and writes ``results/benchmarks.json``, a list of
{name, value, unit, target}.
``--quick`` uses a tenth of the draws, to see that the script works.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SINGLE_RUNS = 3  # draws timed one at a time; their spread is printed


def seconds(work) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def child(code: str) -> tuple[float, float]:
    """Wall seconds and peak memory (GiB) of Python code in a process of its own."""
    wrapped = f"import resource, sys; sys.path.insert(0, {str(ROOT)!r})\n{code}\n"
    wrapped += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    start = time.perf_counter()
    # A child starts with its parent's peak on record, so a small shell stands between the two.
    command = ["/bin/sh", "-c", '"$0" -c "$1"; exit $?', sys.executable, wrapped]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, int(done.stdout.split()[-1]) / 2**20


def ensemble_code(draws: int) -> str:
    """Code that runs an ensemble of the history with default recording."""
    return (
        "from sim.scenario import load; from sim.shipped import scenario_path\n"
        "from sim.experiments.ensemble import run_ensemble\n"
        f"run_ensemble(load(scenario_path('history')), draws={draws})"
    )


def one_model(draws: int) -> None:
    """Simulate draws of the history in one model."""
    from sim.experiments.ensemble import run_chunk

    run_chunk(LOADED, draws)


def batch(draws: int, processes: int) -> None:
    """The same draws one at a time under mesa.batch_run."""
    import mesa

    from sim.market import BarleyMarket

    mesa.batch_run(
        BarleyMarket,
        parameters={"loaded": [LOADED], "draws": [1], "first_draw": list(range(draws))},
        number_processes=processes,
        max_steps=10**6,
        display_progress=False,
    )


def command_times(repeats: int) -> tuple[float, float]:
    """Median start-up time of the command's help and of importing its two command-line libraries, taken in turn."""
    help_times, import_times = [], []
    for _ in range(repeats):
        for code, times in (
            ("from sim.cli import main; main(['--help'])", help_times),
            ("import typer, rich", import_times),
        ):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
            times.append(time.perf_counter() - start)
    return statistics.median(help_times), statistics.median(import_times)


def main() -> None:
    """Run all benchmarks."""
    global LOADED
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    scale = 10 if quick else 1
    sys.path.insert(0, str(ROOT))
    from sim.scenario import load
    from sim.shipped import scenario_path

    LOADED = load(scenario_path("history"))
    draws = 1000 // scale
    results = []

    def report(name: str, value: float, unit: str, target: str) -> None:
        results.append({"name": name, "value": round(value, 3), "unit": unit, "target": target})
        print(f"{name:<58} {value:10.2f} {unit:<10} target {target}", flush=True)

    one_model(1)  # imports and caches are warm for everybody
    singles = [seconds(lambda: one_model(1)) for _ in range(SINGLE_RUNS)]
    one_at_a_time = statistics.median(singles)
    together = seconds(lambda: one_model(draws)) / draws
    report("one draw at a time", 1000 * one_at_a_time, "ms/draw", "-")
    report(f"{draws} draws in one model", 1000 * together, "ms/draw", "-")
    report("ensemble against one draw at a time", one_at_a_time / together, "x", ">= 50, aim 100")
    for processes in (1, 2):
        count = 4 * processes
        per_draw = seconds(lambda n=count, p=processes: batch(n, p)) / count
        report(f"ensemble against mesa.batch_run, {processes} process(es)", per_draw / together, "x", ">= 50")
    small_time, small_memory = child(ensemble_code(draws))
    large_time, large_memory = child(ensemble_code(10 * draws))
    growth = (large_time / small_time) / 10
    report(f"time of {10 * draws} draws over ten times that of {draws}", growth, "x", "0.8 to 1.2")
    report(f"peak memory at {draws} draws", small_memory, "GiB", "-")
    report(f"peak memory at {10 * draws} draws", large_memory, "GiB", "< 2")
    help_time, import_time = command_times(3 if quick else 9)
    report("singledesk --help against importing typer and rich", help_time / import_time, "x", "<= 3")
    target = ROOT / "results" / "benchmarks.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1) + "\n")
    print(f"written to {target.relative_to(ROOT)}; peak of this process "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")  # fmt: skip


if __name__ == "__main__":
    main()
