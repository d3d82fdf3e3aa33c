"""``python -m tests.fuzz``: run cases and say what came of them; exit code 1 when a promise was broken."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.runner import KINDS, Outcome, Tally, fuzz, keep, make, run_case
from tests.fuzz.sandbox import Watch


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Hand hostile files to every reader.")
    parser.add_argument("--cases", type=int, default=None, help="how many (10 000 when neither is given)")
    parser.add_argument("--seconds", type=float, default=None, help="stop after so long")
    parser.add_argument("--seed", type=int, default=1, help="root of all cases")
    parser.add_argument("--kind", default=",".join(KINDS), help="kinds of cases, with commas between them")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--case", type=int, default=None, help="repeat this one alone, here")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="folder for what failed")
    asked = parser.parse_args()
    kinds = asked.kind.split(",")
    if not set(kinds) <= set(KINDS):
        parser.error(f"--kind: choose of {', '.join(KINDS)}")
    if asked.case is not None:
        print("; ".join(make(asked.seed, asked.case).how))
        outcome = run_case(asked.seed, asked.case, Watch())
        print(f"{outcome.what} in {outcome.seconds:.2f} s of processor time; {'; '.join(outcome.how)}\n{outcome.fault}")
        return int(bool(outcome.fault))
    cases = asked.cases if asked.cases is not None or asked.seconds is not None else 10_000

    def told(outcome: Outcome) -> None:
        print(f"{outcome.kind} {outcome.number}: {outcome.fault}\n  {'; '.join(outcome.how)}"[:1500], file=sys.stderr)
        print(f"  kept in {keep(asked.seed, outcome, asked.keep)}", file=sys.stderr, flush=True)

    begun = time.monotonic()
    tally = fuzz(asked.seed, cases, kinds, asked.jobs, asked.seconds, told)
    print(summary(tally, time.monotonic() - begun))
    return int(bool(tally.faults))


def summary(tally: Tally, seconds: float) -> str:
    """Counts by kind and by what came of it."""
    lines = []
    for kind in KINDS:
        found = {what: count for (each, what), count in sorted(tally.counts.items()) if each == kind}
        if found:
            each = 1000 * tally.seconds[kind] / sum(found.values())
            lines.append(f"{kind:<12}{each:5.1f} ms each: " + ", ".join(f"{n} {what}" for what, n in found.items()))
    slowest = ", ".join(f"{each.seconds:.1f} s ({each.kind} {each.number})" for each in tally.slowest[:3])
    end = f"{tally.total} cases in {seconds:.0f} s, {len(tally.faults)} broke a promise; slowest: {slowest}"
    return "\n".join([*lines, end])


if __name__ == "__main__":
    sys.exit(main())
