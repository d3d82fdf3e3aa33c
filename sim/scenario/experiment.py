"""Reading a YAML file that is no scenario but speaks of some, an experiment, with the scenarios' reports."""

from __future__ import annotations

from pydantic import BaseModel

from sim.scenario.chain import refuse_blanks, show_node
from sim.scenario.check import Kind, conform
from sim.scenario.fields import Slot
from sim.scenario.problems import Mark, Report
from sim.scenario.reader import Node, parse
from sim.scenario.source import YAML_BYTES, read_text


def read_experiment(file: str, model: type[Kind], about: str, report: Report) -> tuple[Node, Kind | None]:
    """Tree of an experiment's file, and the experiment itself where the file fits its schema.

    Parameters
    ----------
    file : str
        Path as it is to be shown in the report.
    model : type
        Schema of the file.
    about : str
        What the file is, for messages: ``a calibration is a mapping of keys such as ...``.
    report : Report
        Where problems go.

    Raises
    ------
    ScenarioError
        When the file holds no mapping at all.
    """
    text = read_text(file, report, YAML_BYTES)
    root = parse(text, file, report) if text is not None else None
    if text is not None and (root is None or root.blank):
        report.add(Mark(file), "", f"nothing in the file; {about}")
    elif root is not None and not isinstance(root.value, dict):
        report.add(root.mark, "", f"{show_node(root)} is not allowed here; {about}")
    if root is None or not isinstance(root.value, dict):
        report.stop()
    refuse_blanks(root, report)
    return root, conform(model, root_slot(model), root, report)


def root_slot(model: type[BaseModel]) -> Slot:
    """Slot of a schema's top level."""
    return Slot.of(model)
