"""Whether enough lines and branches were run: ``python -m tests.coverage_limits FILE``, a report by ``coverage json``.

Coverage's own limit is on lines and branches together, where well-covered lines would hide branches that no test takes.
"""

import json
import sys
from pathlib import Path

LEAST_PERCENT = {"statements": 95.0, "branches": 90.0}


def shortfalls(totals):
    """Lines that say what was run, and whether all of it suffices."""
    run = {kind: totals[f"percent_{kind}_covered"] for kind in LEAST_PERCENT}
    lines = [f"{kind}: {run[kind]:.1f} % run, at least {least:.0f} %" for kind, least in LEAST_PERCENT.items()]
    return lines, all(run[kind] >= least for kind, least in LEAST_PERCENT.items())


if __name__ == "__main__":
    lines, enough = shortfalls(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["totals"])
    print("\n".join(lines))
    sys.exit(0 if enough else 1)
