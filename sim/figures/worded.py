"""Figures in the words of their scenario: its currencies and the months of its crop year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter

from sim.figures.style import plain
from sim.wording import words


def worded(function: Callable[..., Figure | None]) -> Callable[..., Figure | None]:
    """A figure function of (frames, meta), or of several such pairs, whose texts are in the words of the first meta."""

    @wraps(function)
    def draw(*given: Any) -> Figure | None:
        figure = function(*given)
        meta = given[1] if isinstance(given[1], Mapping) else given[0][1]
        if figure is not None:
            put_words(figure, meta)
        return figure

    return draw


def put_words(figure: Figure, meta: Mapping[str, Any]) -> None:
    """Put a scenario's words into all texts of a figure, marks on its axes included."""
    say = words(meta.get("scenario") or {}, plain)
    if say is str:
        return
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(marks := axis.get_major_formatter(), FixedFormatter):
                axis.set_major_formatter(FixedFormatter([say(str(each)) for each in marks.seq]))
    for text in figure.findobj(Text):
        if (new := say(text.get_text())) != text.get_text():
            text.set_text(new)
