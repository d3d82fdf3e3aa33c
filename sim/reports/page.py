"""The page: one HTML file with everything in it, which runs only its own scripts and reaches no network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.figures import KINDS
from sim.frames import run_tables
from sim.reports.beside import beside_grids, beside_sentences
from sim.reports.charts import charts
from sim.reports.gather import Shown
from sim.reports.highlights import highlights
from sim.reports.manifests import manifest_of, scenario_parts
from sim.reports.other_kinds import TELLERS
from sim.reports.pictures import Picture, pictures, together
from sim.reports.run_words import missing_cost_note, run_sentences
from sim.reports.study_grids import (
    HOW_TO_READ,
    agreement_sentences,
    beside_comparison,
    beside_run,
    missing_tables,
    published_grids,
)
from sim.reports.tables import Grid, narrow, year_grids
from sim.reports.words import capital, plural
from sim.store import StoreError
from sim.wording import words

Progress = Callable[[str, int, int], None]
FOLDER = Path(__file__).parent / "templates"
STROKES = ("", "8 4", "2 3", "8 3 2 3", "14 4", "14 3 2 3")
"""Dashes of the runs in the switch, as Plotly draws those of ``charts.DASHES``."""
SECTIONS = {
    "summary": "In short", "study": "The study’s tables", "charts": "Charts", "figures": "Figures", "tables": "Tables",
    "scenario": "The scenario", "manifest": "The manifest",
}  # fmt: skip


def page_of(
    shown: Sequence[Shown], title: str | None = None, progress: Progress = lambda _text, _done, _count: None
) -> str:
    """Make the report of some results; the same text for the same results.

    Parameters
    ----------
    shown : sequence of Shown
    title : str, optional
        Heading of the page; made of the results' titles when absent.
    progress : callable
        Told what is being done, how many figures are done, and how many there may be.

    Raises
    ------
    StoreError
        When a result does not hold what its kind should.
    """
    try:
        return _render(_content(shown, title, progress))
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        places = ", ".join(str(each.stored.path) for each in shown)
        message = f"{places}: no report can be made of what run.json and the tables hold ({what})"
        raise StoreError(f"{message}; run the scenario again") from error


def told(each: Shown) -> tuple[list[str], list[Grid]]:
    """Sentences and tables of one result; the tables of runs are laid out side by side instead."""
    if each.kind == "run":
        return run_sentences(each), []
    sentences, grids = TELLERS[each.kind](each)
    return [capital(text) for text in sentences], [part for grid in grids for part in narrow(grid)]


def _content(shown: Sequence[Shown], title: str | None, progress: Progress) -> dict[str, Any]:
    runs = [each for each in shown if each.kind == "run"]
    progress("words and tables", 0, _figure_count(shown))
    texts = [(each, *told(each)) for each in shown]
    has_cost = any(each.kind == "incidence" for each in shown)
    drawn = charts(runs)
    published, notes = _published(shown, runs)
    content = {
        "title": title or _title(shown), "say": _words(shown),
        "lead": f"A report of {plural(len(shown), 'result')}, every number and sentence computed from what was saved.",
        "shown": shown, "runs": runs, "several": len(shown) > 1, "strokes": STROKES,
        "beside": beside_sentences(runs), "highlights": highlights(shown),
        "told": [
            (each, sentences, "" if has_cost or each.kind != "run" else missing_cost_note(each))
            for each, sentences, _ in texts
        ],
        "published": published, "published_notes": notes, "how_to_read": HOW_TO_READ, "charts": drawn,
        "figures": _figures(shown, progress),
        "means": beside_grids(runs), "years": _years(runs),
        "tables": [(each, grids) for each, _, grids in texts if grids],
        "ranged": any(each.draws > 1 for each in runs),
        "letters_note": " ".join(f"{each.letter}: {each.title}." for each in runs) if len(runs) > 1 else "",
        "scenarios": scenario_parts(shown), "manifests": [manifest_of(each) for each in shown],
    }  # fmt: skip
    there = {
        "study": published or notes, "charts": drawn, "figures": content["figures"],
        "tables": content["means"] or content["years"] or content["tables"], "scenario": content["scenarios"],
    }  # fmt: skip
    content["contents"] = [(key, text) for key, text in SECTIONS.items() if there.get(key, True)]
    return content


def _words(shown: Sequence[Shown]) -> Callable[[str], str]:
    """Words of the results' scenarios, which are in the same currencies and seasons."""
    return words(shown[0].meta.get("scenario") or {})


def _title(shown: Sequence[Shown]) -> str:
    return shown[0].title if len(shown) == 1 else f"{shown[0].title}, and {plural(len(shown) - 1, 'result')} beside it"


def _published(
    shown: Sequence[Shown], runs: Sequence[Shown]
) -> tuple[list[tuple[Shown, list[str], list[Grid]]], list[str]]:
    """Published beside simulated figures of every result that has some, and what is missing."""
    makers: dict[str, Callable[[Shown], pd.DataFrame]] = {
        "run": beside_run, "comparison": beside_comparison, "study": lambda each: each.frames["published"],
    }  # fmt: skip
    frames = [(each, makers[each.kind](each)) for each in shown if each.kind in makers]
    frames = [(each, frame) for each, frame in frames if len(frame)]
    parts = [
        (
            each,
            [] if each.kind == "study" else agreement_sentences(frame, each.meta["scenario"]),
            published_grids(frame, each.draws, each.meta["scenario"]),
        )
        for each, frame in frames
    ]
    of_runs = [frame for each, frame in frames if each.kind == "run"]
    if not of_runs:
        return parts, []
    has_second = any((frame["table"] == 2).any() for _, frame in frames)
    return parts, missing_tables([each for each, _ in frames if each.kind == "run"], has_second, of_runs)


def _figure_count(shown: Sequence[Shown]) -> int:
    return sum(len(KINDS[each.kind].figures) for each in shown)


def _figures(shown: Sequence[Shown], progress: Progress) -> list[tuple[str, list[tuple[Shown, Picture]]]]:
    """Pictures by kind and name, those of several results below each other."""
    found: dict[tuple[str, str], list[tuple[Shown, Picture]]] = {}
    for each, picture in together(shown):
        found[each.kind, picture.name] = [(each, picture)]
    count, before = _figure_count(shown), 0
    for each in shown:
        text = f"figures of {each.meta['stem']}"
        progress(text, before, count)
        for number, picture in enumerate(pictures(each), start=1):
            found.setdefault((each.kind, picture.name), []).append((each, picture))
            progress(text, before + number, count)
        before += len(KINDS[each.kind].figures)
    return [
        (capital(re.sub(r"(?<=[a-z])(?=\d)", " ", name.replace("_", " "))), items) for (_, name), items in found.items()
    ]


def _years(runs: Sequence[Shown]) -> list[tuple[str, list[Grid]]]:
    """Crop-year tables of all runs, side by side."""
    tables = [{table.name: table for table in run_tables(each.frames["summary"], each.meta)} for each in runs]
    names = list(dict.fromkeys(name for own in tables for name in own))
    out = []
    for name in names:
        present = [(each, own[name]) for each, own in zip(runs, tables, strict=True) if name in own]
        grids = year_grids(
            [table for _, table in present], [e.letter for e, _ in present], [e.draws for e, _ in present]
        )
        out.append((present[0][1].title, grids))
    return out


def _render(content: dict[str, Any]) -> str:
    scripts = [_read("page.js")]
    data = ""
    if content["charts"]:
        scripts += [_plotly(), _read("charts.js")]
        data = _data([{"key": c.key, "traces": c.traces, "layout": c.layout} for c in content["charts"]])
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    say = content.pop("say")
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        finalize=lambda value: say(value) if type(value) is str else value,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        **content, policy=policy, style=Markup(_read("style.css")), data=Markup(data),
        scripts=[Markup(script) for script in scripts],
    )  # fmt: skip


def _data(drawn: list[dict[str, Any]]) -> str:
    """JSON that ends no script element, whatever stands in a scenario's titles."""
    text = json.dumps({"charts": drawn}, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    plotly: str = get_plotlyjs().replace("\r\n", "\n").replace("\r", "\n")
    return plotly
