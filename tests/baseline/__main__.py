"""Write the baseline anew and print what moved: ``python -m tests.baseline [RUN ...]``."""

from __future__ import annotations

import sys

import numpy as np

from .lines import moved, read, write
from .runs import RUNS, path_of, tolerance

SHOWN = 40


def main(names: list[str]) -> int:
    """Make the runs named, all when none is; return the exit code."""
    if unknown := sorted(set(names) - set(RUNS)):
        print(f"no run {', '.join(unknown)}; the runs are {', '.join(RUNS)}", file=sys.stderr)
        return 2
    changed = 0
    for name in names or RUNS:
        with np.errstate(all="raise"):
            lines = RUNS[name]()
        changes = moved(read(path_of(name)), lines, tolerance(name))
        if changes:
            write(lines, path_of(name))
            changed += 1
        print(f"{name}: {f'{len(changes):,} of {len(lines):,} moved' if changes else f'{len(lines):,} as before'}")
        for text in changes[:SHOWN]:
            print(f"  {text}")
        if len(changes) > SHOWN:
            print(f"  ... and {len(changes) - SHOWN:,} more")
    if not names:
        for path in sorted(path_of("any").parent.glob("*.csv")):
            if path.stem not in RUNS:
                path.unlink()
                print(f"{path.stem}: no such run any more, removed")
    if changed:
        print("The commit that changes the baseline must say why each of these moved.")
    return 0


sys.exit(main(sys.argv[1:]))
