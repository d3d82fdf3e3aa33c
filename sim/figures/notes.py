"""Footnotes of more than one line: room for them under the panels of a sheet."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path

from sim.figures.style import FOOTER_POINTS, WIDTH_INCHES

LINE_INCHES = 0.126  # at the size of the footer
LINE_POINTS = 0.92 * 72 * WIDTH_INCHES  # of a sheet; hinting at 72 to 120 dots per inch makes letters 5-9 % wider
FOOTER_FONT = FontProperties(size=FOOTER_POINTS)
SPARE_LINES = 1  # a sheet has room for this many under its panels, and for the source


def wrapped(sentences: list[str]) -> str:
    """Sentences of a note, each on lines of its own that fit the width of a sheet."""
    return "\n".join(line for each in sentences for line in _lines(each.split()))


def _lines(words: list[str]) -> list[str]:
    """Words on as few lines as fit by the width of their letters: a count of letters cuts off wide ones."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _points(longer) <= LINE_POINTS:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _points(text: str) -> float:
    return float(text_to_path.get_text_width_height_descent(text, FOOTER_FONT, ismath=False)[0])


def note_inches(note: str) -> float:
    """Height that a note takes beyond what a sheet has for it anyway."""
    return LINE_INCHES * max(len(note.splitlines()) - SPARE_LINES, 0)


def make_room(figure: Figure, note: str) -> None:
    """Lift the panels above a note; the sheet must have been made higher by ``note_inches``."""
    height = figure.get_figheight()
    layout = figure.get_layout_engine()
    assert isinstance(layout, ConstrainedLayoutEngine), "sheets are laid out by constraints"
    left, bottom, width, top = layout.get()["rect"]
    more = note_inches(note) / height
    layout.set(rect=(left, bottom + more, width, top - more))
