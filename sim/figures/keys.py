"""One legend for several panels, in a row of its own above them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

LINE_INCHES = 0.21


def key_inches(entries: int, columns: int) -> float:
    """Height of the row that a legend of so many entries needs, inches."""
    return 0.14 + LINE_INCHES * -(-entries // columns)


def entries_of(panels: Iterable[Axes], order: Iterable[str] = ()) -> dict[str, Any]:
    """What the panels' lines and bars are called: handles by label, those of ``order`` first; doubles count once."""
    found: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    known = [label for label in order if label in found]
    return {label: found[label] for label in (*known, *(each for each in found if each not in known))}


def draw_key(row: np.ndarray, entries: dict[str, Any], columns: int) -> None:
    """Draw a legend in the first of a row of axes and take the others away."""
    for axes in row[1:]:
        axes.remove()
    row[0].set_axis_off()
    legend = row[0].legend(
        list(entries.values()),
        list(entries),
        ncols=columns,
        loc="upper left",
        bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0.0,
        columnspacing=1.6,
    )
    legend.set_in_layout(False)
