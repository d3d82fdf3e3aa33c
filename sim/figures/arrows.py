"""Arrows whose width is to scale: bent bands with a head, as outlines in data coordinates."""

from __future__ import annotations

import numpy as np

STEPS = 40
HEAD_LONG, HEAD_WIDE = 1.1, 2.1  # of the width
LEAST_RIM = 0.8
LEAST_HEAD = 2.2  # in the unit of the axes: a thin arrow still points


def bend(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """Centre line from one point to another that bulges poleward (up in the north) by a share of its length.

    Returns
    -------
    ndarray, shape (STEPS, 2)
    """
    way = end - start
    across = np.array([-way[1], way[0]]) * (1 if way[0] >= 0 else -1)  # always points up
    if start[1] + end[1] < 0:
        across = -across
    knee = (start + end) / 2 + 2 * share * across
    t = np.linspace(0, 1, STEPS)[:, None]
    bend: np.ndarray = (1 - t) ** 2 * start + 2 * t * (1 - t) * knee + t**2 * end
    return bend


def arrow(line: np.ndarray, width: float, gap: float = 0.0) -> np.ndarray:
    """Outline of an arrow along a centre line.

    Parameters
    ----------
    line : ndarray, shape (n, 2)
    width : float
        Of its shaft, in the unit of the axes.
    gap : float
        Length left free before the end of the line.

    Returns
    -------
    ndarray, shape (m, 2)
    """
    along = np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
    head = max(HEAD_LONG * width, LEAST_HEAD)
    tip = max(along[-1] - gap, 0.5 * along[-1])
    neck = max(tip - head, 0.4 * tip)
    at = np.concatenate([along[along < neck], [neck]])
    shaft = np.stack([np.interp(at, along, line[:, i]) for i in (0, 1)], axis=1)
    point = np.array([np.interp(tip, along, line[:, i]) for i in (0, 1)])
    ahead = np.gradient(shaft, axis=0) if len(shaft) > 1 else (point - shaft)
    ahead[-1] = point - shaft[-1]
    normal = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    wings = normal[-1] * max(HEAD_WIDE * width, 0.8 * LEAST_HEAD) / 2
    left, right = shaft + normal * width / 2, shaft - normal * width / 2
    return np.concatenate([left, [shaft[-1] + wings, point, shaft[-1] - wings], right[::-1]])


def edge(width: float, colour: str) -> str:
    """Colour of an arrow's rim: white parts wide arrows, but would hide thin ones."""
    return "white" if width > LEAST_RIM else colour
