"""Reading a YAML file that is no scenario but speaks of some, an experiment, with the scenarios' reports."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from sim.scenario.chain import read_document
from sim.scenario.check import Kind, conform
from sim.scenario.fields import Slot
from sim.scenario.kinds import kind_of
from sim.scenario.overrides import SET_FILE
from sim.scenario.problems import Path, Problem, Report, ScenarioError
from sim.scenario.reader import Node, parse
from sim.scenario.source import YAML_BYTES, read_text
from sim.scenario.tree import mark_of


def read_experiment(
    file: str, model: type[Kind], wanted: str, known: Callable[[], list[str]], report: Report
) -> tuple[Node, Kind | None]:
    """Tree of an experiment's file, and the experiment itself where the file fits its schema.

    Parameters
    ----------
    file : str
        Path as it is to be shown in the report.
    model : type
        Schema of the file.
    wanted : str
        What the file is, for messages: ``a calibration is a mapping of keys such as ...``.
    known : callable
        Names of the shipped files of the kind, for a hint where the file is missing.
    report : Report
        Where problems go.

    Raises
    ------
    ScenarioError
        When the file holds no mapping at all.
    """
    document = report.needed(read_document(file, report, wanted=wanted, known=known))
    kind = wanted.partition(" is ")[0]
    for key in document.own:
        report.add(document.body.keys[key], key, f"belongs to a scenario; {kind} only names scenarios")
    return document.body, conform(model, Slot.of(model), document.body, report)


def kind_of_file(path: str | os.PathLike[str]) -> str | None:
    """Kind of a file by the keys at its top; None when it cannot be read or told."""
    file, report = os.fspath(path), Report()
    try:
        text = read_text(file, report, YAML_BYTES)
        root = None if text is None else parse(text, file, report)
    except ScenarioError:  # more problems than a report holds
        return None
    return kind_of(root.value) if root is not None and isinstance(root.value, dict) else None


def retell(problem: Problem, places: Sequence[Path], otherwise: Path, tree: Node, report: Report) -> None:
    """Report a problem of a scenario where the experiment causes it.

    ``places`` are the paths, in the experiment, of the settings the scenario was loaded with, in order; what no setting
    causes is reported at ``otherwise``, with the place it comes from.
    """
    own = problem.mark.file == SET_FILE and 0 < problem.mark.line <= len(places)
    here = places[problem.mark.line - 1] if own else otherwise
    origin = "" if own else f"{problem.mark.file}:{max(problem.mark.line, 1)}:{max(problem.mark.column, 1)}: "
    text = ": ".join(part for part in (problem.path, problem.message) if part)
    report.add(mark_of(tree, here), here, f"{origin}{text}")
