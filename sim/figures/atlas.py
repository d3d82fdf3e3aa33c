"""A plain map: which part of the world to show, how to lay flows on it, and land under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from sim.figures.places import Place, outlines

STRETCH = 1.22  # degrees north are drawn longer, as they are at the latitudes of most barley
PAD = 11.0  # degrees around the outermost places
NARROWEST = 60.0  # degrees
WIDEST = 440.0  # a strip shown twice lets arrows across the edge of the map stay whole
LAND, WATER, LAND_EDGE = "#E6E3DA", "#FFFFFF", "#BDB8A8"
CUTS = (-170, *range(-165, 185, 5))  # degrees east: through the Bering Strait first
MAP = "map"  # gid of axes that hold a map


@dataclass(frozen=True)
class Lane:
    """A way from an origin to a destination: their numbers, and both ends in degrees east and stretched north."""

    origin: int
    destination: int
    start: np.ndarray
    end: np.ndarray


@dataclass(frozen=True)
class Window:
    """Part of the world that is shown: degrees east (may pass 180), stretched degrees north."""

    west: float
    east: float
    south: float
    north: float

    @property
    def shape(self) -> float:
        """Height over width."""
        return (self.north - self.south) / (self.east - self.west)

    def shaped(self, height_over_width: float) -> Window:
        """The window, widened or heightened about its middle to a shape."""
        wide, high = self.east - self.west, self.north - self.south
        more_high = max(height_over_width * wide - high, 0.0) / 2
        more_wide = max(high / height_over_width - wide, 0.0) / 2
        return Window(self.west - more_wide, self.east + more_wide, self.south - more_high, self.north + more_high)


def lay(origins: list[Place], ends: list[Place], tonnes: np.ndarray, least: float = 0.0) -> list[Lane]:
    """Lay a lane for every flow, on a map with the Atlantic in the middle or else cut where no flow is.

    What would cross the cut goes to a second image of its destination beyond the edge, where that is not too far;
    flows smaller than ``least`` only to one that is on the map anyway.

    Parameters
    ----------
    tonnes : ndarray, shape (len(origins), len(ends))
        No lane where there are none. In the unit of ``least``.
    """
    east = np.array([place[0] for place in origins]), np.array([place[0] for place in ends])
    large = (tonnes > 0) & (tonnes >= least)
    whole = (cut for cut in CUTS if not (large & _crosses(cut, *east)).any())
    cut = next(whole, CUTS[0])
    start, end = _from(cut, east[0]), _from(cut, east[1])
    ends_at = np.broadcast_to(end, tonnes.shape).copy()
    west, east_most = min(start.min(), end.min()), max(start.max(), end.max())
    for origin, destination in sorted(np.ndindex(tonnes.shape), key=lambda pair: not large[pair]):
        image = end[destination] + 360 * np.sign(start[origin] - end[destination])
        wide = max(east_most, image) - min(west, image)
        room = WIDEST - 2 * PAD if large[origin, destination] else east_most - west  # small ones widen nothing
        if abs(start[origin] - end[destination]) > 180 and wide <= room:
            ends_at[origin, destination] = image
            west, east_most = min(west, image), max(east_most, image)
    return [
        Lane(
            int(origin), int(destination), np.array([start[origin], origins[origin][1] * STRETCH]),
            np.array([ends_at[origin, destination], ends[destination][1] * STRETCH]),
        )
        for origin, destination in zip(*np.nonzero(tonnes > 0), strict=True)
    ]  # fmt: skip


def _from(cut: float, east: np.ndarray) -> np.ndarray:
    return (east - cut) % 360 + cut


def _crosses(cut: float, origins: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Whether the shorter way of each pair leads across the cut, shape (origin, end)."""
    crosses: np.ndarray = np.abs(_from(cut, origins)[:, None] - _from(cut, ends)) > 180
    return crosses


def window_around(points: np.ndarray) -> Window:
    """Window with some room around points (point, 2) in degrees east and stretched north."""
    (west, south), (east, north) = points.min(axis=0) - PAD, points.max(axis=0) + PAD
    more = max(NARROWEST - (east - west), 0.0) / 2
    return Window(west - more, east + more, max(south, -60 * STRETCH), min(north, 84 * STRETCH))


def draw_land(axes: Axes, window: Window) -> None:
    """Draw land within a window, as often as it lies in it, and take the axes away."""
    for of, colour, edge in (("land", LAND, LAND_EDGE), ("water", WATER, LAND_EDGE)):
        shapes = []
        for kind, points in outlines():
            for turn in (-360, 0, 360):
                shape = (points + [turn, 0]) * [1, STRETCH]
                low, high = shape.min(axis=0), shape.max(axis=0)
                inside = low[0] < window.east and high[0] > window.west
                if kind == of and inside and low[1] < window.north and high[1] > window.south:
                    shapes.append(shape)
        axes.add_collection(
            PolyCollection(shapes, facecolors=colour, edgecolors=edge, linewidths=0.4, zorder=0.5), autolim=False
        )
    axes.set(xlim=(window.west, window.east), ylim=(window.south, window.north), xticks=[], yticks=[])
    axes.set_aspect("equal", adjustable="box", anchor="W")
    axes.grid(False)
    axes.set_gid(MAP)
    for spine in axes.spines.values():
        spine.set(visible=True, color="#CCCCCC", linewidth=0.6)
