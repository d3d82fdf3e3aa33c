"""Where artists lie on a drawn figure, in pixels: boxes of texts (also slanted ones) and of what the panels show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.lines import Line2D
from matplotlib.text import Text


@dataclass(frozen=True)
class Box:
    """A rectangle: its middle, width and height before turning, and the turn in degrees."""

    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0

    @classmethod
    def of(cls, extent: Any) -> Box:
        """Box of a Matplotlib bounding box."""
        return cls((extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2, extent.width, extent.height)

    @property
    def corners(self) -> np.ndarray:
        """Corners, shape (4, 2)."""
        along = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [self.width / 2, self.height / 2]
        return along @ _turned(self.turn).T + [self.x, self.y]

    @property
    def x0(self) -> float:  # noqa: D102
        return float(self.corners[:, 0].min())

    @property
    def x1(self) -> float:  # noqa: D102
        return float(self.corners[:, 0].max())

    @property
    def y0(self) -> float:  # noqa: D102
        return float(self.corners[:, 1].min())

    @property
    def y1(self) -> float:  # noqa: D102
        return float(self.corners[:, 1].max())

    def smaller(self, by: float) -> Box:
        """The box less a margin of ``by`` pixels on each side."""
        return Box(self.x, self.y, max(self.width - 2 * by, 0), max(self.height - 2 * by, 0), self.turn)


def _turned(degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def text_box(text: Text, renderer: Any) -> Box:
    """Box of a text; of a slanted one the slanted box, not the larger upright one around it."""
    around = text.get_window_extent(renderer)
    turn = text.get_rotation() % 360
    if turn % 90 == 0:
        return Box.of(around)
    sine, cosine = abs(np.sin(np.deg2rad(turn))), abs(np.cos(np.deg2rad(turn)))
    height = 1.2 * text.get_fontsize() * renderer.points_to_pixels(1.0) * len(text.get_text().splitlines())
    width = (around.width - height * sine) / cosine if cosine > sine else (around.height - height * cosine) / sine
    middle = Box.of(around)
    return Box(middle.x, middle.y, max(width, 1.0), height, turn)


def within(box: Box, frame: Any, slack: float) -> bool:
    """Whether a box lies in a frame."""
    across = box.x0 >= frame.x0 - slack and box.x1 <= frame.x1 + slack
    return across and box.y0 >= frame.y0 - slack and box.y1 <= frame.y1 + slack


def clear_of(a: Box, b: Box, slack: float) -> bool:
    """Whether two boxes overlap by less than ``slack`` pixels in some direction (separating axes)."""
    for turn in {a.turn, b.turn}:
        for direction in _turned(turn).T:
            one, two = a.corners @ direction, b.corners @ direction
            if min(one.max(), two.max()) - max(one.min(), two.min()) < slack:
                return True
    return False


def has_data(axes: Axes) -> bool:
    """Whether a panel shows anything with a finite place, or words."""
    if axes.texts or axes.tables or axes.images:
        return True
    return any(len(boxes) for boxes in _places(axes))


def data_boxes(axes: Axes) -> Iterator[np.ndarray]:
    """Boxes (x0, y0, x1, y1 in rows) of the lines, points, bars and areas that a panel shows, cut at its frame."""
    frame = axes.bbox
    for boxes in _places(axes):
        low, high = boxes[:, :2], boxes[:, 2:]
        seen = (high >= [frame.x0, frame.y0]).all(axis=1) & (low <= [frame.x1, frame.y1]).all(axis=1)
        if seen.any():
            cut = np.hstack([np.maximum(low, [frame.x0, frame.y0]), np.minimum(high, [frame.x1, frame.y1])])
            yield cut[seen]


def _places(axes: Axes) -> Iterator[np.ndarray]:
    """Boxes of what stands at places in both data coordinates; guides across the whole panel do not."""
    for line in axes.lines:
        if line.get_visible() and _in_data(line.get_transform(), axes):
            yield _line(line)
    for patch in axes.patches:
        if patch.get_visible() and _in_data(patch.get_transform(), axes):
            ends = patch.get_window_extent()
            if np.isfinite(ends.extents).all() and max(ends.width, ends.height) > 0:
                yield np.array([ends.extents])
    for collection in axes.collections:
        transforms = (collection.get_transform(), collection.get_offset_transform())
        if collection.get_visible() and any(_in_data(each, axes) for each in transforms):
            yield _collection(collection)


def _in_data(transform: Any, axes: Axes) -> bool:
    return all(transform.contains_branch_seperately(axes.transData))


def _line(line: Line2D) -> np.ndarray:
    """Boxes of the pieces of a line as drawn; of its points where it has no line."""
    places = np.ma.filled(np.ma.asarray(line.get_xydata(), dtype=float), np.nan)
    points = _shown(line.get_transform().transform(places)) if len(places) else np.empty((0, 2))
    if line.get_linestyle() in ("None", "none", "", " "):
        points = points[np.isfinite(points).all(axis=1)]
        half = line.get_markersize() * line.get_figure().dpi / 72 / 2
        return np.hstack([points - half, points + half]) if line.get_marker() not in (None, "None", "") else points[:0]
    return _pieces(points)


def _pieces(points: np.ndarray, most: float = 6.0) -> np.ndarray:
    """Boxes along a line, each at most ``most`` pixels long, so that a slanting piece does not count as a big area."""
    boxes = []
    for a, b in zip(points[:-1], points[1:], strict=True):
        if np.isfinite(a).all() and np.isfinite(b).all():
            steps = min(int(np.ceil(np.abs(b - a).max() / most)) + 1, 2000)
            between = np.linspace(a, b, steps + 1)
            boxes.append(np.hstack([np.minimum(between[:-1], between[1:]), np.maximum(between[:-1], between[1:])]))
    single = points[np.isfinite(points).all(axis=1)]
    return np.vstack(boxes) if boxes else np.hstack([single, single])


def _collection(collection: Collection) -> np.ndarray:
    """Boxes of points by their places, of other shapes along their outlines."""
    offsets = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
    if len(offsets) and np.ptp(offsets[np.isfinite(offsets).all(axis=1)], axis=0).sum() + len(offsets) > 1:
        points = _shown(collection.get_offset_transform().transform(offsets))
        points = points[np.isfinite(points).all(axis=1)]
        return np.hstack([points - 2, points + 2])
    paths = [collection.get_transform().transform_path(path) for path in collection.get_paths()]
    found = [_pieces(_shown(np.asarray(path.vertices, dtype=float))) for path in paths if len(path.vertices)]
    found = [boxes for boxes in found if len(boxes)]
    return np.vstack(found) if found else np.empty((0, 4))


def _shown(points: np.ndarray) -> np.ndarray:
    return np.clip(points, -1e5, 1e5)
