"""Labels beside points where there is room: not on each other, and off the lines where that can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

RADII = (5.0, 10.0, 17.0, 26.0, 38.0, 52.0, 70.0)  # points from the mark
TURNS = 16
LEADER_FROM = 15.0  # points: a label farther away gets a line to its mark
ON_LABEL, OUTSIDE, ON_LINE, PER_POINT = 60.0, 200.0, 1.0, 0.35  # costs


@dataclass
class Label:
    """A text for a point (degrees or other data coordinates) and how it is written."""

    at: np.ndarray
    text: str
    style: dict[str, Any] = field(default_factory=dict)


def write_labels(axes: Axes, labels: list[Label], lines: list[np.ndarray]) -> tuple[list[Text], list[Line2D]]:
    """Write labels, the first ones first, each at the free place nearest to its point: the texts, and lines to them.

    Parameters
    ----------
    lines : list of ndarray, shape (n, 2)
        What labels should keep off, in data coordinates.

    The axes must have their final place on the figure.
    """
    canvas, pixel = axes.figure.canvas, axes.figure.dpi / 72
    assert isinstance(canvas, FigureCanvasAgg), "figures are drawn by Agg"
    renderer = canvas.get_renderer()
    marks = axes.transData.transform([label.at for label in labels]) if labels else np.empty((0, 2))
    busy = np.concatenate([axes.transData.transform(line) for line in lines]) if lines else np.empty((0, 2))
    taken = [(*mark - 3 * pixel, *mark + 3 * pixel) for mark in marks]
    frame, texts, leaders = axes.bbox, [], []
    for label, mark in zip(labels, marks, strict=True):
        east, north = label.at
        text = axes.text(east, north, label.text, ha="center", va="center", zorder=8, **label.style)
        text.set_in_layout(False)
        box = text.get_window_extent(renderer)
        half = np.array([box.width, box.height]) / 2 + pixel
        best = min(_candidates(mark, half, pixel), key=lambda each: _cost(each, mark, half, taken, busy, frame, pixel))
        low, high = best - half, best + half
        taken.append((*low, *high))
        text.set_position(tuple(axes.transData.inverted().transform(best)))
        if np.hypot(*(np.clip(mark, low, high) - mark)) > LEADER_FROM * pixel:
            ends = axes.transData.inverted().transform([np.clip(mark, low, high), mark])
            leaders += axes.plot(*ends.T, "-", color="#444444", linewidth=0.6, zorder=7, scalex=False, scaley=False)
        texts.append(text)
    return texts, leaders


def _candidates(mark: np.ndarray, half: np.ndarray, pixel: float) -> list[np.ndarray]:
    """Middles of a label around its mark: its edge at each radius, in each direction."""
    angles = 2 * np.pi * np.arange(TURNS) / TURNS
    found = []
    for radius in RADII:
        for angle in angles:
            way = np.array([np.cos(angle), np.sin(angle)])
            found.append(
                mark + way * radius * pixel + np.sign(np.round(way, 6)) * half * np.minimum(1, 2 * np.abs(way))
            )
    return found


def _cost(
    middle: np.ndarray, mark: np.ndarray, half: np.ndarray, taken: list[Any], busy: np.ndarray, frame: Any, pixel: float
) -> float:
    low, high = middle - half, middle + half
    boxes = np.array(taken)
    across = np.minimum(boxes[:, 2], high[0]) - np.maximum(boxes[:, 0], low[0])
    along = np.minimum(boxes[:, 3], high[1]) - np.maximum(boxes[:, 1], low[1])
    hits = ((across > 0) & (along > 0)).sum()
    out = low[0] < frame.x0 or low[1] < frame.y0 or high[0] > frame.x1 or high[1] > frame.y1
    crossed = ((busy > low) & (busy < high)).all(axis=1).sum() if len(busy) else 0
    away = np.hypot(*(np.clip(mark, low, high) - mark)) / pixel
    return float(ON_LABEL * hits + OUTSIDE * out + ON_LINE * crossed + PER_POINT * away)


def spread(heights: np.ndarray, step: float, low: float, high: float) -> np.ndarray:
    """Move sorted heights apart to at least ``step``, as little as it takes, within ``low`` and ``high``."""
    placed = np.array(heights, float)
    for _ in range(200):
        gaps = step - np.diff(placed)
        if not len(gaps) or gaps.max() <= 1e-6 * step:
            break
        push = np.maximum(gaps, 0) / 2
        placed[:-1] -= push
        placed[1:] += push
        placed += max(low - placed[0], 0.0) - max(placed[-1] - high, 0.0)
    return placed
