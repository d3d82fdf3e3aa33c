"""Loading a scenario that is no file: a text somebody sent, which may name shipped scenarios and tables only."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from sim.scenario.chain import Document, Merged, document_of, merge_documents, read_chain
from sim.scenario.loader import Loaded, finish
from sim.scenario.overrides import SET_FILE
from sim.scenario.problems import Mark, Problem, Report, ScenarioError, nearest, printable, show
from sim.scenario.source import decode
from sim.scenario.tree import child, elements
from sim.shipped import shipped_folder, shipped_names, shipped_path, shipped_table, table_names

TEXT_BYTES = 256 * 2**10  # the shipped history is some 30 kB
NAME_LETTERS = 80


def load_text(name: str, raw: bytes, sets: Sequence[str] = (), tables_as_named: bool = False) -> Loaded:
    """Load a scenario from bytes, as :func:`sim.scenario.load` does from a file, without leaving the shipped folder.

    Parameters
    ----------
    name : str
        What the text is called in messages; folders in it are left out.
    raw : bytes
        YAML in UTF-8. ``extends`` and ``data`` may name what is shipped, and nothing else.
    sets : sequence of str
        Changes of single keys, applied last.
    tables_as_named : bool
        For texts of our own making: any data table may be named, by its path, and the text may have any length.

    Raises
    ------
    ScenarioError
        With every problem found; nothing else is raised for bad input.
    """
    report, file = Report(), text_name(name)
    merged = None
    if len(raw) > TEXT_BYTES and not tables_as_named:
        report.add(Mark(file), "", f"the text is longer than {TEXT_BYTES // 1024} KiB; a scenario is some 30 KiB")
    elif (text := decode(raw, file, report)) is not None:
        merged = _merged(text, file, sets, report)
        if merged is not None and not tables_as_named:
            _keep_to_shipped_tables(merged, file, report)
    try:
        return finish(merged, report, file)
    except ScenarioError as error:
        raise ScenarioError(_without_folder(each) for each in error.problems) from None


def _without_folder(problem: Problem) -> Problem:
    """Call shipped files by their names: where they are is nobody's business who sends a text."""
    folder = f"{shipped_folder()}{os.sep}"
    mark = replace(problem.mark, file=problem.mark.file.replace(folder, ""))
    return replace(problem, mark=mark, message=problem.message.replace(folder, ""))


def text_name(name: str) -> str:
    """Name that a text goes by: no folders, nothing that cannot be printed, never that of ``--set``."""
    last = printable(name.replace("\\", "/").rpartition("/")[2], NAME_LETTERS).strip()
    return last if last.strip(".") and last != SET_FILE else "scenario.yaml"


def _merged(text: str, file: str, sets: Sequence[str], report: Report) -> Merged | None:
    document = document_of(text, file, report)
    if document is None:
        return None
    parents = _parents(document, report)
    if parents is None:
        return None
    return merge_documents([*parents, document], sets, report)


def _parents(document: Document, report: Report) -> list[Document] | None:
    """Documents that the text extends, the oldest first; None and a problem when they are not shipped ones."""
    extends = document.own.get("extends")
    if extends is None or extends.bad or extends.value is None:
        return []
    name = extends.value
    if not isinstance(name, str) or not name:
        what = show([] if isinstance(name, list) else {} if isinstance(name, dict) else name)
        report.add(extends.mark, "extends", f"{what} is not allowed here; allowed: the name of a shipped scenario")
        return None
    path = shipped_path(name)
    if path is None:
        stem = name.removesuffix(".yaml")
        outside = "/" in name or "\\" in name or ":" in name
        why = "a file elsewhere is not read" if outside else "there is no shipped scenario of that name"
        message = f"{show(name)}: {why}; allowed: the name of a shipped scenario"
        report.add(extends.mark, "extends", message + ("" if outside else nearest(stem, shipped_names())))
        return None
    return read_chain(str(path), report) or None


def _keep_to_shipped_tables(merged: Merged, file: str, report: Report) -> None:
    """Let the text's data tables stand for the shipped ones of that name; report any other."""
    found: set[int] = set()  # nodes; an alias is the same one again
    for index, node in enumerate(elements(child(merged.tree, "data"))):
        if node.mark.file not in (file, SET_FILE) or not isinstance(node.value, str) or node.bad or id(node) in found:
            continue
        table = shipped_table(node.value)
        if table is not None:
            node.value = str(table)
            found.add(id(node))
            continue
        outside = os.path.isabs(node.value) or ".." in node.value or ":" in node.value
        why = "a file elsewhere is not read" if outside else "there is no shipped table of that name"
        known = "" if outside else nearest(os.path.basename(node.value), table_names())
        message = f"{show(node.value)}: {why}; allowed: data/NAME.csv, a table that is shipped{known}"
        report.add(node.mark, ("data", index), message)
        node.bad = True
