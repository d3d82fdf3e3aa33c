"""Names on a map of trade: origins with what they ship, destinations with what they take."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from sim.figures.chart import Chart
from sim.figures.labels import Label, write_labels
from sim.figures.style import colour, title_of
from sim.figures.trade import tonnes_text

STILL: dict[str, Any] = {"zorder": 6, "scalex": False, "scaley": False, "linestyle": "none", "markeredgecolor": "white"}


class MapLabels:
    """Names beside their marks, where there is room; ``write`` gives them other tonnages.

    Attributes
    ----------
    fixed : list of Artist
        Marks and the lines from labels to them.
    texts : list of Text
    """

    def __init__(
        self, axes: Axes, drawn: Chart, meta: dict[str, Any], tonnes: np.ndarray, shipped: np.ndarray, least: float
    ) -> None:
        """Name who ships or takes any of the tonnes (kt) by lane; arrows under ``least`` (kt) are not in the way.

        ``shipped``, shape (len(drawn.origins),), is what each origin ships (kt), with what has no place on the map.
        """
        self._words: list[tuple[str, np.ndarray]] = []  # text, and what of lanes and then origins it adds up
        self.fixed: list[Artist] = []
        labels = [*self._origins(axes, drawn, meta, shipped), *self._destinations(axes, drawn, tonnes, least)]
        shown = tonnes >= least
        lines = [line[4:] for line, each in zip(drawn.lines, shown, strict=True) if each]
        for label, (words, own) in zip(labels, self._words, strict=True):
            label.text = _text(words, own, tonnes, shipped)
        self.texts, leaders = write_labels(axes, labels, lines)
        self.fixed += leaders

    def _origins(self, axes: Axes, drawn: Chart, meta: dict[str, Any], shipped: np.ndarray) -> list[Label]:
        labels = []
        for number, name in enumerate(drawn.origins):
            start = next((lane.start for lane in drawn.lanes if lane.origin == number), None)
            if start is None or not shipped[number]:
                continue
            self.fixed += axes.plot(*start, marker="s", markersize=6, color=colour(number), **STILL)
            own = np.arange(len(drawn.lanes) + len(drawn.origins)) == len(drawn.lanes) + number
            self._words.append((f"{title_of(meta, 'origins', name, 24)} ships {{}}", own))
            style = {"fontsize": 8.5, "fontweight": "bold", "color": colour(number), "bbox": _paper(0.85)}
            labels.append(Label(start, "", style))
        return labels

    def _destinations(self, axes: Axes, drawn: Chart, tonnes: np.ndarray, least: float) -> list[Label]:
        """A destination at every end that an arrow leads to; at a second one its name without tonnes."""
        labels = []
        for number, each in enumerate(drawn.found):
            own = np.array([*(lane.destination == number for lane in drawn.lanes), *[False] * len(drawn.origins)])
            at: dict[tuple[float, ...], float] = {}
            for lane, kt in zip(drawn.lanes, tonnes, strict=True):
                if lane.destination == number and kt >= least:
                    at[tuple(lane.end)] = at.get(tuple(lane.end), 0.0) + kt
            for place, end in enumerate(sorted(at, key=lambda end: -at[end])):
                self.fixed += axes.plot(*end, marker="o", markersize=3.8, color="#222222", **STILL)
                self._words.append((f"{each.title}\n(shown twice)" if place else f"{each.title}\n{{}}", own))
                style = {"fontsize": 7.5, "linespacing": 1.05, "bbox": _paper(0.6)}
                labels.append(Label(np.array(end), "", style))
        return labels

    def write(self, tonnes: np.ndarray, shipped: np.ndarray) -> None:
        """Write other tonnes (kt), by lane and by origin, into the labels."""
        for text, (words, own) in zip(self.texts, self._words, strict=True):
            text.set_text(_text(words, own, tonnes, shipped))


def _text(words: str, own: np.ndarray, tonnes: np.ndarray, shipped: np.ndarray) -> str:
    return words.replace("{}", tonnes_text(float(np.concatenate([tonnes, shipped])[own].sum())))


def _paper(alpha: float) -> dict[str, Any]:
    return {"facecolor": "white", "edgecolor": "none", "alpha": alpha, "pad": 0.8}
