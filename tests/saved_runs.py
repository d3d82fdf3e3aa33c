"""Runs of the made-up market, saved as the commands save them, for tests of what is made from a folder of results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import fake_ledger as made_up

from sim.api.runs import Run
from sim.experiments.compare import compare, with_published
from sim.experiments.ensemble import run_ensemble
from sim.store import MANIFEST, OWN_SUM, StoredRun, manifest_sum, open_run
from sim.verbs.compare import save as save_comparison

NO_FIGURES = lambda *_given: iter(())  # noqa: E731 - they take most of the time, and a report draws its own
PAIRS = ["japan-united_states", "united_states-offshore", "japan-offshore"]


def ensemble_of(loaded, draws: int, seed: int = 1):
    """The made-up market in some draws."""
    return run_ensemble(loaded, draws, seed, simulate=made_up.simulate)


def save_run(out: Path, stem: str = "made_up", draws: int = 3, seed: int = 1, **changes) -> StoredRun:
    """Save a run of the made-up market; ``changes`` are of its scenario."""
    loaded = made_up.fake_loaded(**changes)
    ensemble = ensemble_of(loaded, draws, seed)
    frames = {"summary": ensemble.measures.bands(), "series": ensemble.series, "ledger": ensemble.ledger}
    meta = {
        "stem": stem, "scenario_hash": loaded.hash, "scenario_file": f"/somewhere/{stem}.yaml", "seed": seed,
        "draws": draws, "command": ["singledesk", "run", f"/somewhere/{stem}.yaml"], "versions": {"python": "3.11"},
        "warnings": [], "pairs": PAIRS, "scenario": loaded.resolved,
    }  # fmt: skip
    with patch("sim.verbs.run.drawn", NO_FIGURES):
        return open_run(Run(stem, meta, frames.__getitem__).save(out))


def save_effects(out: Path, draws: int = 4, **changes) -> StoredRun:
    """Save a comparison: "Other" sells at C$5/t more, so prices rise."""
    base, other = made_up.fake_loaded(), made_up.fake_loaded(title="Other", **changes)
    measures = [ensemble_of(each, draws).measures for each in (base, other)]
    result = compare(*measures, "canada", ("made_up", "other"))
    with patch("sim.verbs.compare.drawn", NO_FIGURES):
        return open_run(save_comparison(out, result, with_published(result.effects, {}), base, other, 1))


def rewrite_manifest(folder: Path, **changes: Any) -> None:
    """Change what ``run.json`` says, its own checksum with it: by a hand that knows how, not by chance."""
    content = {**json.loads((folder / MANIFEST).read_text(encoding="utf-8")), **changes}
    text = json.dumps({**content, OWN_SUM: manifest_sum(content)}, ensure_ascii=False)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
