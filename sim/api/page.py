"""The page of the public API, made from what ``sim.api`` exports: ``python -m sim.api.page > docs/api.md``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from textwrap import indent
from typing import Any

import sim
from sim import api

HEAD = """\
# Public API

<!-- Made by `python -m sim.api.page > docs/api.md` from the docstrings of sim/api. Change it there. -->

What others may build on, and what a version number says about it. `import sim` gives the functions below; they take
and return the classes, pandas tables and xarray cubes with units. The [notebook](notebooks/first_results.ipynb) uses
most of them, [results.md](results.md) says what the tables hold.

## What is stable

Versions are numbered by [semantic versioning](https://semver.org): within a major version what is listed here is added
to but neither removed nor given another meaning. Before 1.0 a minor version may change it; the change log says what.

- Commands: `singledesk`, its verbs and options, exit codes (0 done, 2 for input that is refused), and the keys of what
  `--json` prints.
- Keys of scenarios, sweeps, games and calibrations, their units and meaning: [reference.md](reference.md). Defaults
  and the numbers of shipped scenarios may change with what is known about the market; the change log says so.
- Files of results: names of tables, their columns and units, and the keys of `run.json`: [results.md](results.md).
- What `sim.__all__` and `sim.api.__all__` name, with the signatures below.

Everything else in `sim` and `agents` is how it is done, and may change at any time. Results may change between
versions when the model does.

Errors are exceptions with the text that the command prints: `sim.scenario.ScenarioError` for files that are refused,
`sim.store.StoreError` for results that are missing or damaged.
"""


def page() -> str:
    """Markdown of the whole page."""
    names = [name for name in api.__all__ if not inspect.isclass(getattr(api, name))]
    classes = [name for name in api.__all__ if inspect.isclass(getattr(api, name))]
    parts = [HEAD, "## Functions"]
    for name in names:
        public = getattr(api, name)
        where = "sim" if name in sim.__all__ else "sim.api"
        parts += [f"### `{where}.{name}`", indent(_signature(name, public), " " * 4), _first(public)]
    parts.append("## Classes")
    for name in classes:
        public = getattr(api, name)
        rows = [f"| `{_cell(line)}` | {_cell(_first(member))} |" for line, member in _members(public)]
        table = "\n".join(["| member | |", "|---|---|", *rows])
        parts += [f"### `sim.api.{name}`", _first(public), table]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _signature(name: str, public: Any) -> str:
    """``name(one, *, other=None) -> Run``, one parameter a line where there are many."""
    signature = inspect.signature(public)
    parts = [_parameter(each) for each in signature.parameters.values() if each.name != "self"]
    kinds = [each.kind for each in signature.parameters.values() if each.name != "self"]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        parts.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    gives = "" if signature.return_annotation is signature.empty else f" -> {signature.return_annotation}"
    line = f"{name}({', '.join(parts)}){gives}"
    return line if len(line) <= 100 else f"{name}(\n    " + ",\n    ".join(parts) + f",\n){gives}"


def _parameter(parameter: inspect.Parameter) -> str:
    """``name: type = default``, the type as it stands in the source."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{stars}{parameter.name}: {parameter.annotation}{default}"


def _members(public: type) -> Iterator[tuple[str, Any]]:
    """What a class offers, in the order in which it says it: its own, then those of the classes it rests on."""
    seen: set[str] = set()
    for each in public.__mro__:
        if not each.__module__.startswith("sim."):
            continue
        for name in each.__dict__:
            member = inspect.getattr_static(public, name)
            if name.startswith("_") or name in seen:
                continue
            seen.add(name)
            if isinstance(member, (property, cached_property)):
                yield name, member
            elif inspect.isfunction(member):
                yield " ".join(_signature(name, member).split()).replace("( ", "(").replace(", )", ")"), member


def _first(documented: Any) -> str:
    """First paragraph of a docstring, as Markdown."""
    text = inspect.getdoc(documented) or ""
    return re.sub(r":\w+:(?=`)", "", " ".join(text.split("\n\n")[0].split()).replace("``", "`"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Print the page."""
    print(page(), end="")


if __name__ == "__main__":
    main()
