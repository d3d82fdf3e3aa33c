"""What a reader would stumble over in a figure, found on its artists: not on its pixels.

``check(figure)`` fails with every fault of a figure; ``RULES`` holds the rules by name, each a function of what was
drawn that yields the faults in words. Overlaps are measured in pixels of the drawn figure.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import matplotlib.text
import numpy as np
from figure_geometry import Box, clear_of, data_boxes, has_data, text_box, within
from figure_series import alike, series_of
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure

LEAST_POINTS = 7
SLACK_PIXELS = 1.0
STRIP = "policy-dates"  # names dates by bars: it has no axes to read
UNIT = re.compile(
    r"C\\?\$|US\\?\$|\bECU|%|\b(kt|Mt|t|km|tonnes|months?|weeks?|days?|years?|share|shares|percent|degrees|number|index|"
    r"ratio|rate|elasticity|factor|scales|squared|points|no unit|own unit|dimensionless|\d+ to \d+)\b|°"
)
CROP_YEAR = re.compile(r"(1[5-9]|20|21)\d\d(/\d\d)?$")
FOOTER = re.compile(r"Scenario: .+ · run \S+")


@dataclass
class Drawn:
    """A figure after drawing, and its visible texts with their boxes in pixels."""

    figure: Figure
    renderer: Any
    texts: list[tuple[matplotlib.text.Text, Box]]
    run_id: str | None

    @property
    def panels(self) -> list[Axes]:
        """Axes that are shown; those switched off count when something is written or drawn in them."""
        shown = [axes for axes in self.figure.axes if axes.get_visible()]
        return [axes for axes in shown if axes.axison or axes.texts or has_data(axes)]

    @property
    def axes_to_read(self) -> list[tuple[Axes, Axis]]:
        """The x and y axes of the panels but the strip of policy dates."""
        panels = [axes for axes in self.panels if axes.get_gid() != STRIP and axes.axison]
        return [(axes, axis) for axes in panels for axis in (axes.xaxis, axes.yaxis)]

    def tick_labels(self, axis: Axis) -> list[str]:
        """Words on an axis as drawn."""
        own = {id(text) for text in _labels(axis)}
        return [read(text.get_text()) for text, _box in self.texts if id(text) in own]


def draw(figure: Figure, run_id: str | None = None) -> Drawn:
    """Draw a figure and measure its texts; of tick labels, those whose tick lies within the axis."""
    if not isinstance(figure.canvas, FigureCanvasAgg):
        FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    hidden = {id(text) for axes in figure.axes for text in _not_shown(axes)}
    texts = [
        (text, text_box(text, renderer))
        for text in dict.fromkeys(figure.findobj(matplotlib.text.Text))
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]
    return Drawn(figure, renderer, [(text, box) for text, box in texts if box.width > 0], run_id)


def _labels(axis: Axis) -> list[matplotlib.text.Text]:
    return [each for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()] for each in (tick.label1, tick.label2)]


def _not_shown(axes: Axes) -> Iterator[matplotlib.text.Text]:
    """Texts of hidden axes, and tick labels beyond the ends of an axis."""
    if not axes.get_visible():
        yield from axes.findobj(matplotlib.text.Text)
        return
    for axis in (axes.xaxis, axes.yaxis):
        kept = {id(each) for tick in axis._update_ticks() for each in (tick.label1, tick.label2)}
        off = not axes.axison or not axis.get_visible()
        yield from (text for text in _labels(axis) if off or id(text) not in kept)
        if off:
            yield from (axis.label, axis.offsetText)


def read(text: str) -> str:
    """Words as printed: without the marks of formulas, minus signs as hyphens."""
    return re.sub(r"\\mathdefault|[${}]", "", text).replace("\N{MINUS SIGN}", "-").strip()


def number(word: str) -> bool:
    """Whether a tick label is a number, also one like 1,000 or 10^{3} or 5 %."""
    return bool(re.fullmatch(r"[-+]?[\d.,\s]+([eE][-+]?\d+|\\times 10\^?-?\d+|\^-?\d+)?\s?%?", word))


# --- rules


def title(drawn: Drawn) -> Iterator[str]:
    """A figure says what it shows."""
    if not drawn.figure.get_suptitle():
        yield "the figure has no title"


def footer(drawn: Drawn) -> Iterator[str]:
    """A figure names its scenario and run at its foot."""
    feet = [text.get_text() for text in drawn.figure.texts if FOOTER.search(text.get_text())]
    if not feet:
        yield "no footer with scenario and run"
    elif drawn.run_id and not any(drawn.run_id in foot for foot in feet):
        yield f"the footer does not name run {drawn.run_id}"


def empty(drawn: Drawn) -> Iterator[str]:
    """Every panel shows something."""
    if not drawn.panels:
        yield "no panels"
    for axes in drawn.panels:
        if not has_data(axes):
            yield f"an empty panel: {name_of(axes)}"


def labels(drawn: Drawn) -> Iterator[str]:
    """An axis with numbers or crop years says what they are; names speak for themselves."""
    for axes, axis in drawn.axes_to_read:
        words = drawn.tick_labels(axis)
        counted = any(CROP_YEAR.match(word) for word in words) or (words and all(number(word) for word in words))
        if counted and not _label(drawn, axes, axis):
            yield f"{name_of(axes)}: the {axis.axis_name} axis ({words[0]} ...) has no label"


def units(drawn: Drawn) -> Iterator[str]:
    """An axis with numbers names its unit, in brackets in its label or else in the panel's title."""
    for axes, axis in drawn.axes_to_read:
        words = drawn.tick_labels(axis)
        if not words or not all(number(word) for word in words) or all(CROP_YEAR.match(word) for word in words):
            continue  # names and crop years
        inside = " ".join(re.findall(r"\(([^()]*)\)", _label(drawn, axes, axis)))
        if not UNIT.search(inside) and not UNIT.search(titles(axes)):
            yield f"{name_of(axes)}: no unit on the {axis.axis_name} axis, labelled '{_label(drawn, axes, axis)}'"


def small(drawn: Drawn) -> Iterator[str]:
    """Nothing is printed smaller than 7 points."""
    for text, _box in drawn.texts:
        if text.get_fontsize() < LEAST_POINTS:
            yield f"{text.get_fontsize():g} points: {text.get_text()!r}"


def clipped(drawn: Drawn) -> Iterator[str]:
    """Texts, legends and tables lie on the figure, and what is clipped by its panel within that."""
    frame = drawn.figure.bbox
    for text, box in drawn.texts:
        if not within(box, frame, 0.5):
            yield f"cut off: {text.get_text()!r}"
        if text.get_clip_on() and text.get_clip_box() is not None and not within(box, text.get_clip_box(), 2.0):
            yield f"cut off by its panel: {text.get_text()!r}"
    for what in _boxes(drawn):
        if not within(Box.of(what.get_window_extent(drawn.renderer)), frame, 0.5):
            yield f"a {type(what).__name__.lower()} reaches beyond the figure"


def overlap(drawn: Drawn) -> Iterator[str]:
    """No text lies on another."""
    ends = np.array([[box.x0, box.y0, box.x1, box.y1] for _text, box in drawn.texts]).reshape(-1, 4)
    for place, (low, high) in enumerate(zip(ends[:, :2], ends[:, 2:], strict=True)):
        shared = np.minimum(high, ends[place + 1 :, 2:]) - np.maximum(low, ends[place + 1 :, :2])
        for other in place + 1 + np.flatnonzero((shared >= SLACK_PIXELS).all(axis=1)):
            (one, a), (two, b) = drawn.texts[place], drawn.texts[other]
            if not clear_of(a, b, SLACK_PIXELS):
                yield f"{one.get_text()!r} lies on {two.get_text()!r}"


def covered(drawn: Drawn) -> Iterator[str]:
    """No legend lies on the lines, points or bars of a panel, or on another panel's axis."""
    for what in drawn.figure.findobj(matplotlib.legend.Legend):
        if not what.get_visible():
            continue
        box = Box.of(what.get_window_extent(drawn.renderer)).smaller(4.0)
        for axes in drawn.panels:
            frame = np.array([axes.bbox.extents])
            if _meets(box, frame) and any(_meets(box, data) for data in data_boxes(axes)):
                yield f"a legend lies on what is drawn in {name_of(axes)}"


def formulas(drawn: Drawn) -> Iterator[str]:
    r"""Dollar signs are escaped (``\$``): two bare ones set what is between them as a formula."""
    ticks = {id(text) for axes in drawn.figure.axes for axis in (axes.xaxis, axes.yaxis) for text in _labels(axis)}
    for text, _box in drawn.texts:
        words = text.get_text()
        made_by_formatter = id(text) in ticks and "\\mathdefault" in words
        if is_math_text(words) and not made_by_formatter:
            yield f"dollar signs read as a formula: {words!r}"


def greyscale(drawn: Drawn) -> Iterator[str]:
    """Series of one legend or panel differ in greyscale, in dash, in marker or in hatch."""
    for where, group in series_of(drawn.figure):
        for one, two in itertools.combinations(group, 2):
            if one.label != two.label and alike(one, two):
                yield f"{where}: '{one.label}' and '{two.label}' look the same in greyscale"


RULES: dict[str, Callable[[Drawn], Iterator[str]]] = {
    rule.__name__: rule
    for rule in (title, footer, empty, labels, units, small, clipped, overlap, covered, formulas, greyscale)
}


def faults(figure: Figure, run_id: str | None = None, leave_out: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Faults of a figure by rule; only rules with a fault."""
    unknown = set(leave_out) - set(RULES)
    assert not unknown, f"no such rules: {unknown}"
    drawn = draw(figure, run_id)
    found = {name: list(rule(drawn)) for name, rule in RULES.items() if name not in leave_out}
    return {name: each for name, each in found.items() if each}


def check(figure: Figure, run_id: str | None = None, leave_out: tuple[str, ...] = ()) -> None:
    """Fail with all faults of a figure.

    ``run_id`` must stand in the footer when given; ``leave_out`` names rules that do not hold for a figure, each with a
    reason beside the call.
    """
    found = faults(figure, run_id, leave_out)
    lines = [f"{name}: {each}" for name, every in found.items() for each in every]
    assert not lines, "\n".join([f"{figure.get_suptitle()!r} has {len(lines)} faults", *lines[:30]])


# --- what the rules ask


def titles(axes: Axes) -> str:
    """The panel's titles at all three places."""
    return " ".join(filter(None, (axes.get_title(loc=place) for place in ("left", "center", "right"))))


def name_of(axes: Axes) -> str:
    """A panel as a fault names it."""
    return repr(titles(axes) or axes.get_ylabel() or axes.get_label() or "a panel without a title")


def _label(drawn: Drawn, axes: Axes, axis: Axis) -> str:
    """Label of an axis, of the figure, or of a panel above, below or beside it with the very same ticks."""
    name = axis.axis_name
    whole = drawn.figure.get_supxlabel() if name == "x" else drawn.figure.get_supylabel()
    if axis.get_label_text() or whole:
        return axis.get_label_text() or whole
    words, own = drawn.tick_labels(axis), axes.bbox
    for other, each in drawn.axes_to_read:
        box = other.bbox
        aligned = abs(box.x0 - own.x0) < 2 if name == "x" else abs(box.y0 - own.y0) < 2
        if each.axis_name == name and aligned and each.get_label_text() and drawn.tick_labels(each) == words:
            return each.get_label_text()
    return ""


def _boxes(drawn: Drawn) -> list[Any]:
    kinds = (matplotlib.legend.Legend, matplotlib.table.Table)
    return [what for kind in kinds for what in drawn.figure.findobj(kind) if what.get_visible()]


def _meets(box: Box, data: np.ndarray) -> bool:
    """Whether boxes (x0, y0, x1, y1 in rows) meet a box."""
    x0, y0, x1, y1 = data.T
    return bool(((x0 < box.x1) & (x1 > box.x0) & (y0 < box.y1) & (y1 > box.y0)).any())
