"""The tables of docs/docking.md, made from the runs: ``python tests/docking/page.py`` prints them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from cases import CASES, TRADERS, price_taking_traders, traders  # noqa: E402
from reconstructed import YEARS, year  # noqa: E402

PAGE = ROOT / "docs" / "docking.md"
NUMBERS = re.compile(r"-?\d+\.\d+")


def printed(cells):
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def case_rows():
    """One row per case: its first figure, and the largest error of all its figures."""
    rows = []
    for name, case in CASES.items():
        if "traders" in name:
            continue
        lines = case()
        first, worst = lines[0], max(line.error for line in lines)
        figures = (f"{first.closed:.3f}", f"{first.agents:.3f}", str(len(lines)), f"{100 * worst:.3f}")
        rows.append((f"`{first.scenario}`", f"{first.what}, {first.unit}", *figures))
    return rows


def trader_rows():
    """One row per number of companies: the gap by closed form and agents, largest error, and price takers' gap."""
    rows = []
    for n in TRADERS:
        first, *rest = traders(n)
        worst = max(line.error for line in rest)
        taking = price_taking_traders(n)[0].agents
        rows.append((str(n), f"{first.closed:.3f}", f"{first.agents:.3f}", f"{100 * worst:.3f}", f"{taking:.3f}"))
    return rows


def year_rows():
    """One row per crop year: Table 2's effects by the study's equations and the agents, and largest price errors."""
    rows = []
    for name in YEARS:
        found = year(name)
        effects = [f"{x:.2f}" for pair in zip(found.study[:3], found.agents[:3], strict=True) for x in pair]
        revenue = [f"{found.study[3]:.1f}", f"{found.agents[3]:.1f}"]
        rows.append((name, *effects, *revenue, f"{found.desk_error_cad_t:.3f}", f"{found.many_error_cad_t:.3f}"))
    return rows


def table_after(text, name):
    """Data lines of the table that follows the comment ``<!-- name -->`` on the page."""
    lines = text.split(f"<!-- {name} -->", 1)[1].strip().splitlines()
    return [line for line in lines[: next((i for i, x in enumerate(lines) if not x.startswith("|")), len(lines))]][2:]


def numbers_in(line):
    """The numbers with a decimal point, as they are printed."""
    return NUMBERS.findall(line)


if __name__ == "__main__":
    for make in (case_rows, trader_rows, year_rows):
        print("\n".join(printed(row) for row in make()), end="\n\n")
