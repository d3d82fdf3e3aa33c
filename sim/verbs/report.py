"""``singledesk report``: saved results as one HTML file."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from sim.guard import plain
from sim.reports import gather, page_of
from sim.reports.gather import Shown
from sim.reports.page import told
from sim.store import StoreError, safe_stem
from sim.stored.whole_file import check_place, whole_file
from sim.verbs.loading import progress_bar
from sim.verbs.results_list import size

ENDINGS = (".html", ".htm")


def report(
    runs: Sequence[str], to: Path | None, title: str | None, out: Path, as_json: bool, console: Console,
    errors: Console,
) -> Path:  # fmt: skip
    """Write the report of some results; return the file, which is there whole or not at all."""
    if to is not None and to.suffix.lower() not in ENDINGS:
        raise StoreError(f"--to {str(to)[:200]}: a report is HTML; choose a name that ends in .html")
    if to is not None:
        check_place(to)
    shown, remarks = gather(runs, out)
    target = to if to is not None else Path(_name(shown))
    for remark in remarks:
        plain(errors, remark)
    with progress_bar(errors, "figures") as bar:
        task = bar.add_task("reading results", total=None)
        text = page_of(shown, title, lambda what, done, count: bar.update(task, description=what, completed=done,
                                                                          total=count))  # fmt: skip
    replaced = os.path.isfile(target)
    content = text.encode("utf-8", errors="backslashreplace")
    with whole_file(target) as file:
        file.write(content)
    if as_json:
        print(json.dumps(_content(shown, target, len(content)), ensure_ascii=False, allow_nan=False))
    else:
        before = ", in place of an earlier file" if replaced else ""
        plain(console, f"{target}: {size(len(content))}, needs no network{before}")
    return target


def _name(shown: Sequence[Shown]) -> str:
    """Name of the file when none is given: of all results, cut to a length."""
    stems = list(dict.fromkeys(safe_stem(str(each.meta["stem"])) for each in shown))
    return f"{safe_stem('-'.join(['report', *stems]))}.html"


def _content(shown: Sequence[Shown], target: Path, count: int) -> dict[str, object]:
    """What ``--json`` prints: the file, and what the report says of each result."""
    results = [
        {"letter": each.letter, "run_id": each.meta["run_id"], "kind": each.kind, "title": each.title,
         "summary": told(each)[0]}
        for each in shown
    ]  # fmt: skip
    return {"file": str(target), "bytes": count, "results": results}
