"""``singledesk results list``: the catalogue on the screen; nothing that takes long to import."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from sim.guard import plain
from sim.stored.catalogue import FINISHED, catalogue, matching, parse_date

SIZES = ("B", "kB", "MB", "GB", "TB")


def list_runs(
    kind: str | None, scenario: str | None, since: str | None, out: Path, as_json: bool, console: Console,
    errors: Console,
) -> None:  # fmt: skip
    """Print the catalogue of a results folder."""
    start = parse_date(since) if since is not None else None
    entries = matching(catalogue(out), kind, scenario, start)
    if as_json:
        print(json.dumps([entry.as_json() for entry in entries], ensure_ascii=False, allow_nan=False))
        return
    if not entries:
        where = f"since {since} " if since else ""
        plain(errors, f"no results {where}under {out}; singledesk run SCENARIO makes some")
        return
    lines = []
    for each in entries:
        counts = ["" if value is None else str(value) for value in (each.draws, each.seed)]
        state = each.status if each.status == FINISHED else f"{each.status}: {each.remark}".removesuffix(": ")
        lines.append([each.run_id, each.kind, each.stem, *counts, each.started[:16], size(each.bytes), state])
    headings = ["Run", "Kind", "Scenario", "Draws", "Seed", "Started (UTC)", "Size", "State"]
    print_columns(console, headings, lines, left=(0, 1, 2, 7))


def size(count: int) -> str:
    """Size in bytes for people."""
    power = min(int(math.log(count, 1000)), len(SIZES) - 1) if count > 0 else 0
    return f"{count / 1000**power:.{1 if power else 0}f} {SIZES[power]}"


def print_columns(console: Console, headings: list[str], lines: list[list[str]], left: Sequence[int]) -> None:
    """Print lines in columns as wide as they need, without wrapping: a file or a pipe gets every character."""
    widths = [max(len(heading), *(len(line[i]) for line in lines)) for i, heading in enumerate(headings)]
    for line in [headings, *lines]:
        cells = [
            text.ljust(w) if i in left else text.rjust(w) for i, (text, w) in enumerate(zip(line, widths, strict=True))
        ]
        plain(console, "  ".join(cells).rstrip())
