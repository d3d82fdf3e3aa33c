"""``validate``, ``show``, ``new`` and ``schema``: everything about a scenario short of running it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.guard import plain
from sim.scenario import ScenarioError, explain, load, schema_json
from sim.scenario.experiment import kind_of_file
from sim.scenario.loader import Loaded
from sim.scenario.writer import schema_of
from sim.shipped import scenario_path, shipped_names, shipped_path, sweep_path

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
SCAFFOLD = """\
# A scenario of your own. It takes everything from its parent; write below only what differs.
#   singledesk validate {name}.yaml      check it
#   singledesk show {name}.yaml          every value in force, and the line it comes from
#   singledesk compare {parent} {name}.yaml --draws 5
extends: {parent}
title: "{name}"
description: >-
  Say here what question this scenario asks.
# Examples: take away the `#` and the space before what you want. docs/reference.md has every key.
# draws: 50  # runs, each with its own luck
# calendar: {{crop_years: 5}}  # only the first five
# shocks: {{yield_sd: 0.10}}  # harvests vary by 10 % (standard deviation)
{marketing}"""


def validate(names: Sequence[str], sets: Sequence[str], console: Console, errors: Console) -> bool:
    """Check files; ``ok`` lines and warnings on ``console``, reports on ``errors``. True when all are good."""
    good = True
    for name in names:
        try:
            loaded = _load(name, sets)
        except ScenarioError as error:
            good = False
            plain(errors, str(error))
            continue
        plain(console, f"ok {name}{_size(loaded)}")
        for warning in loaded.warnings:
            plain(console, f"  warning: {warning}")
    return good


def _load(name: str, sets: Sequence[str]) -> Any:
    """Load a scenario or, where the name or file is one of a sweep, that."""
    path = sweep_path(name) if shipped_path(name) is None else scenario_path(name)
    if kind_of_file(path) != "sweep":
        return load(scenario_path(name), list(sets))
    from sim.sweeps.loader import load_sweep

    return load_sweep(path, {"settings": list(sets)})


def _size(loaded: Any) -> str:
    """Of a sweep, how many worlds it takes."""
    if isinstance(loaded, Loaded):
        return ""
    from sim.verbs.sweep import size_of

    return f": {size_of(loaded)}"


def show(name: str, sets: Sequence[str], as_json: bool, console: Console) -> None:
    """Print a resolved scenario: as JSON, or with the file and line every value comes from."""
    loaded = load(scenario_path(name), list(sets))
    if as_json:
        print(json.dumps(loaded.resolved, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        plain(console, as_text(explain(loaded)))


def as_text(rows: Sequence[tuple[str, Any, str]]) -> str:
    """Lay out ``explain``'s rows: key, where its value is stated, and the value."""
    keys, places = (max((len(row[column]) for row in rows), default=0) for column in (0, 2))
    return "\n".join(
        f"{key:<{keys}}  {place:<{places}}  {json.dumps(value, ensure_ascii=False, default=str)}"
        for key, value, place in rows
    )


def _marketing(parent: Path) -> str:
    """A line of the scaffold that turns every pool of the parent's own base origin over to the other system."""
    resolved = load(parent).resolved
    home = str(resolved.get("base_price_origin"))
    now = (resolved.get("marketing") or {}).get(home) or {}
    if not now:
        return ""
    systems = ("single_desk", "multiple_sellers")
    other = ", ".join(f"{pool}: {systems[system == systems[0]]}" for pool, system in now.items())
    here = ", ".join(sorted({str(system).replace("_", " ") for system in now.values()}))
    return f"# marketing: {{{home}: {{{other}}}}}  # {here} in {parent.stem}\n"


def new(name: str, folder: Path, parent: str = "history") -> Path:
    """Write ``name.yaml`` in ``folder``, extending a shipped scenario; ValueError for a name or file that cannot be."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"'{name}' is not a name for a scenario: use letters, digits, - and _ (at most 80), no folders"
        )
    path = folder / f"{name}.yaml"
    source = shipped_path(parent)
    if source is None:
        raise ValueError(f"there is no shipped scenario '{parent}'; there are {', '.join(shipped_names())}")
    text = SCAFFOLD.format(name=name, parent=parent, marketing=_marketing(source))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ValueError(f"{path} exists already; it was not touched") from None
    return path


def schema(sweep: bool) -> None:
    """Print the JSON Schema of a scenario, or of a sweep."""
    from sim.sweeps.schema import SweepPlan

    print(json.dumps(schema_of(SweepPlan) if sweep else schema_json(), indent=1, ensure_ascii=False))
