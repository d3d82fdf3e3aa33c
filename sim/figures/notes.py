"""Footnotes of more than one line: room for them under the panels of a sheet."""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure

LINE_INCHES = 0.126  # at the size of the footer
LINE_LENGTH = 190  # characters of the footer's size that fit a sheet
SPARE_LINES = 1  # a sheet has room for this many under its panels, and for the source


def wrapped(sentences: list[str]) -> str:
    """Sentences of a note, each on lines of its own that fit the width of a sheet."""
    return "\n".join(line for each in sentences for line in textwrap.wrap(each, LINE_LENGTH))


def note_inches(note: str) -> float:
    """Height that a note takes beyond what a sheet has for it anyway."""
    return LINE_INCHES * max(len(note.splitlines()) - SPARE_LINES, 0)


def make_room(figure: Figure, note: str) -> None:
    """Lift the panels above a note; the sheet must have been made higher by ``note_inches``."""
    height = figure.get_figheight()
    left, bottom, width, top = figure.get_layout_engine().get()["rect"]
    more = note_inches(note) / height
    figure.get_layout_engine().set(rect=(left, bottom + more, width, top - more))
