"""How the series of a figure look in greyscale: shade, dash, marker and hatch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.collections import Collection, LineCollection
from matplotlib.colors import to_rgba
from matplotlib.container import BarContainer, Container, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

SHADE_APART = 0.12  # of black to white
WIDTH_APART = 1.6  # times as thick


@dataclass(frozen=True)
class Look:
    """A series: its name, what it is drawn as, its shade (0 black to 1 white), and what else tells it apart."""

    label: str
    kind: str
    shade: float
    marks: tuple[Any, ...]
    width: float = 1.0


def alike(one: Look, two: Look) -> bool:
    """Whether two series cannot be told apart without colour."""
    same = one.kind == two.kind and one.marks == two.marks
    wide = max(one.width, two.width) > WIDTH_APART * min(one.width, two.width)
    return same and not wide and abs(one.shade - two.shade) < SHADE_APART


def series_of(figure: Figure) -> Iterator[tuple[str, list[Look]]]:
    """The named series of each panel and of each legend of the whole figure."""
    for axes in figure.axes:
        if not axes.get_visible():
            continue
        handles, names = axes.get_legend_handles_labels()
        pairs = list(zip(handles, names, strict=True))
        legend = axes.get_legend()
        if legend is not None:
            shown = [
                (text.get_text(), handle) for text, handle in zip(legend.texts, legend.legend_handles, strict=True)
            ]
            pairs += [(handle, name) for name, handle in shown if name not in names]
        yield f"'{axes.get_title(loc='left') or axes.get_ylabel()}'", _looks(pairs)
    drawn = {
        name: handle for axes in figure.axes for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    for legend in figure.legends:
        shown = zip(legend.legend_handles, [text.get_text() for text in legend.texts], strict=True)
        yield "legend of the figure", _looks([(drawn.get(name, handle), name) for handle, name in shown])


def _looks(pairs: list[tuple[Any, str]]) -> list[Look]:
    return [look for handle, name in pairs if (look := look_of(handle, name)) is not None]


def look_of(handle: Any, name: str) -> Look | None:
    """Look of an artist or container; None for what is not known."""
    if isinstance(handle, ErrorbarContainer):
        handle = handle[0] if handle[0] is not None else handle[2][0]
    elif isinstance(handle, BarContainer | Container):
        handle = next((part for part in handle if part is not None), None)
    if isinstance(handle, Line2D):
        return _line(handle, name)
    if isinstance(handle, Patch):
        face, edge = handle.get_facecolor(), handle.get_edgecolor()
        filled = face[3] > 0 and handle.get_fill()
        return Look(name, "area", shade(face if filled else edge), (handle.get_hatch() or "", filled))
    if isinstance(handle, LineCollection):
        return _strokes(handle, name)
    if isinstance(handle, Collection):
        face, edge = handle.get_facecolor(), handle.get_edgecolor()
        own = face if len(face) else edge
        if not len(own):
            return None
        paths = handle.get_paths()
        form = paths[0].vertices.round(3).tobytes() if len(paths) and len(paths[0].vertices) < 60 else b""
        kind = "points" if len(handle.get_offsets()) else "area"
        return Look(name, kind, shade(own[0]), (handle.get_hatch() or "", len(face) > 0, form * (kind == "points")))
    return None


def _line(line: Line2D, name: str) -> Look:
    drawn = line.get_linestyle() not in ("None", "none", "", " ")
    marker = line.get_marker() if line.get_marker() not in ("None", "", " ", None) else ""
    hollow = bool(marker) and _hollow(line.get_markerfacecolor())
    dash = _pattern(line._unscaled_dash_pattern) if drawn else "none"
    alpha = 1.0 if line.get_alpha() is None else line.get_alpha()
    own = line.get_color() if drawn or hollow or marker in "x+|_1234" else line.get_markerfacecolor()
    kind = "line" if drawn else "points"
    return Look(
        name, kind, shade(to_rgba(own, alpha)), (dash, str(marker), hollow), line.get_linewidth() if drawn else 1
    )


def _strokes(lines: LineCollection, name: str) -> Look | None:
    colours, patterns, widths = lines.get_colors(), lines.get_linestyle(), lines.get_linewidth()
    if not len(colours):
        return None
    return Look(name, "line", shade(colours[0]), (_pattern(patterns[0]), "", False), float(widths[0]))


def _pattern(pattern: tuple[float, Any]) -> str:
    dashes = pattern[1]
    return "solid" if dashes is None else " ".join(f"{each:.1f}" for each in dashes)


def _hollow(face: Any) -> bool:
    return isinstance(face, str) and face == "none" or to_rgba(face)[:3] == (1.0, 1.0, 1.0)


def shade(colour: Any) -> float:
    """Grey of a colour on white paper, 0 black to 1 white, as a printer without colour gives it."""
    red, green, blue, alpha = to_rgba(tuple(colour) if isinstance(colour, np.ndarray) else colour)
    return 1 - alpha + alpha * (0.299 * red + 0.587 * green + 0.114 * blue)
