"""``python -m benchmarks [--quick] [--only a,c]``: measure, print every figure with its spread, write ``results/``.

Ratios are taken in one run, the works in turn, so a busy machine disturbs both sides alike; a quiet one is better.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from benchmarks.child import ROOT
from benchmarks.figures import Figure
from benchmarks.machine import describe
from benchmarks.report import line, write
from benchmarks.scale import FULL, QUICK, Scale

QUESTIONS = {
    "machine": "machine",
    "a": "one_at_a_time",
    "b": "mesa_batch",
    "c": "floor",
    "d": "workers",
    "e": "growth",
    "m": "memory",
    "f": "start_up",
    "g": "plain_model",
    "h": "sobol_study",
    "p": "parts",
    "l": "live",
    "w": "dashboard",
}
"""Letters of ``--only`` and the modules that measure."""


def run(questions: Sequence[str], scale: Scale, folder: Path) -> dict[str, list[Figure]]:
    """Measure questions one after the other, print each figure as it comes, write the files."""
    figures: dict[str, list[Figure]] = {}
    titles: dict[str, str] = {}
    for question in questions:
        module = import_module(f"benchmarks.{QUESTIONS[question]}")
        titles[question] = module.__doc__.splitlines()[0]
        print(f"\n{titles[question]}", flush=True)
        start, found = time.perf_counter(), []
        for figure in module.measure(scale):
            found.append(figure)
            print(f"  {line(figure)}", flush=True)
        print(f"  ({time.perf_counter() - start:.0f} s)", flush=True)
        figures[question] = found
        write(figures, titles, describe(), folder)  # so that an interruption loses one question at most
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks; the exit code is 2 for a question that is not there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, to see that it works; no measurement to quote"
    )
    parser.add_argument("--only", metavar="A,B", help=f"questions, of {', '.join(QUESTIONS)}; all when absent")
    parser.add_argument("--repeats", type=int, metavar="N", help="rounds of every comparison")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "results", help="folder for both files; results/ when absent"
    )
    given = parser.parse_args(arguments)
    if given.repeats is not None and given.repeats < 1:
        parser.error("--repeats must be at least 1")
    questions = list(QUESTIONS) if given.only is None else given.only.split(",")
    unknown = [question for question in questions if question not in QUESTIONS]
    if unknown:
        parser.error(f"no question {', '.join(unknown)}; there are {', '.join(QUESTIONS)}")
    scale = QUICK if given.quick else FULL
    print(describe())
    run(questions, replace(scale, repeats=given.repeats or scale.repeats), given.out)
    print(f"\nwritten to {given.out}: benchmarks.json, benchmarks.md")


if __name__ == "__main__":
    main()
