"""Figures of a result as pictures that the page holds, with a text for each."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from sim.figures import KINDS, TOGETHER, TOGETHER_FIGURES, tables_kept
from sim.figures.asked import undrawable
from sim.figures.style import STYLE
from sim.reports.gather import Shown

DPI = 144


@dataclass(frozen=True)
class Picture:
    """A figure in the page: ``source`` is a data URI, ``alt`` says what is drawn for who does not see it."""

    name: str
    title: str
    source: str
    alt: str
    caption: str


def pictures(shown: Shown) -> Iterator[Picture]:
    """Draw every figure of a result; an older one lacks those that need a table it was saved without.

    Raises
    ------
    StoreError
        When its tables do not hold what a figure needs.
    """
    older = len(tables_kept(shown.kind, shown.meta)) < len(KINDS[shown.kind].tables)
    for name, function in KINDS[shown.kind].figures.items():
        with undrawable(str(shown.stored.path), name):
            try:
                figure = function(shown.frames, shown.meta)
            except KeyError:
                if not older:
                    raise
                continue
            drawn = picture(name, figure, shown) if figure is not None else None
        if drawn is not None:
            yield drawn


def together(shown: Sequence[Shown]) -> Iterator[tuple[Shown, Picture]]:
    """Draw the figures of several kinds of result together, where there is one of each of the same scenario."""
    found = [next((each for each in shown if each.kind == kind), None) for kind in TOGETHER]
    if None in found or len({each.meta.get("scenario_hash") for each in found if each}) > 1:
        return
    results = [each for each in found if each is not None]
    for name, function in TOGETHER_FIGURES.items():
        with undrawable(str(results[0].stored.path), name):
            figure = function(*((each.frames, each.meta) for each in results))
            drawn = picture(name, figure, results[0]) if figure is not None else None
        if drawn is not None:
            yield results[0], drawn


def picture(name: str, figure: Figure, shown: Shown) -> Picture:
    """Put a figure into a data URI; the same bytes for the same figure."""
    title = _text(figure.get_suptitle()) or name.replace("_", " ")
    panels = [_panel(axes) for axes in figure.axes if axes.get_visible() and axes.get_gid() != "policy-dates"]
    alt = f"{title}. {shown.label}. " + " ".join(dict.fromkeys(filter(None, panels)))
    notes = [_text(line) for text in figure.texts for line in text.get_text().split("\n")]
    caption = " ".join(note for note in notes if note and not note.startswith("Scenario:") and note != title)
    return Picture(name, title, _source(figure), alt.strip(), caption)


def _source(figure: Figure) -> str:
    """A figure as a PNG of few colours: as SVG, bands and letters as outlines take two to ten times the room."""
    large = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(large, format="png", dpi=DPI, pil_kwargs={"compress_level": 1})
    with Image.open(large) as image:
        few = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small = io.BytesIO()
    few.save(small, format="png", compress_level=6)
    return f"data:image/png;base64,{base64.b64encode(small.getvalue()).decode('ascii')}"


def _panel(axes: Axes) -> str:
    """What one panel shows: its title and what its axes measure."""
    name = _text(axes.get_title("left") or axes.get_title())
    over = [_text(label).replace("\n", " ") for label in (axes.get_ylabel(), axes.get_xlabel()) if label]
    return f"{name or 'Panel'}: {' over '.join(over)}." if over else f"{name}." if name else ""


def _text(text: str) -> str:
    return text.replace("\\$", "$").strip()
