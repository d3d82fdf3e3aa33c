"""The page that an animation is drawn on: what stands still is drawn once, the rest for every moment."""

from __future__ import annotations

from typing import Any, Protocol

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.figures.style import GREY, STYLE, crop_years_of, plain, shorten, source
from sim.figures.worded import put_words
from sim.motion.flows import FlowBars, FlowMap, flow_board
from sim.motion.lines import LineBoard, price_board, return_board
from sim.motion.script import Moment, news

DPI = 100
WIDE = 9.6  # inches
TITLE, DATE, NEWS_LINE, PANELS, AXIS, FOOT = 0.45, 0.66, 0.19, 1.75, 0.46, 0.4  # inches, from the top
HEAD = 0.27  # inches of a panel's title


class Board(Protocol):
    """A part of the page that moves."""

    def artists(self) -> list[Artist]:
        """What changes, in the order it is drawn."""

    def show(self, moment: Moment) -> None:
        """Change it."""


class Stage:
    """A page for the moments of one run.

    Attributes
    ----------
    figure : Figure
    flows : FlowMap or FlowBars
    lines : list of LineBoard
    """

    def __init__(self, frames: dict[str, pd.DataFrame], meta: dict[str, Any], moments: list[Moment]) -> None:
        self._meta, self._years = meta, crop_years_of(frames["series"])
        self._length = moments[1].end - moments[0].end if len(moments) > 1 else 1.0
        self._told = {moment: news(meta, self._years, moment, self._length) for moment in moments}
        self._lines = max((len(told.lines) for told in self._told.values()), default=0)
        shown = list(dict.fromkeys(moment.crop_year for moment in moments))
        with mpl.rc_context(STYLE):
            plan = flow_board(frames, meta, moments, WIDE - 0.2)
            top = TITLE + max(NEWS_LINE * self._lines, DATE - TITLE)
            high = top + HEAD + plan.height + HEAD + 0.08 + PANELS + AXIS + FOOT
            high = 2 * np.ceil(high * DPI / 2) / DPI  # films want even numbers of pixels
            self.figure = Figure(figsize=(WIDE, high), dpi=DPI)
            self._canvas = FigureCanvasAgg(self.figure)
            self._words(top, high)

            def panel(left: float, down: float, wide: float, tall: float) -> Any:
                return self.figure.add_axes((left / WIDE, 1 - (down + tall) / high, wide / WIDE, tall / high))

            self.flows: FlowMap | FlowBars = plan.build(panel(0.1, top + HEAD, WIDE - 0.2, plan.height))
            down = top + HEAD + plan.height + HEAD + 0.08
            self.lines: list[LineBoard] = []
            for number, make in enumerate((price_board, return_board)):
                board = make(frames, meta, shown, panel(0.76 + 4.6 * number, down, 2.5, PANELS))
                self.lines.append(board)
        put_words(self.figure, self._meta)
        self._boards: list[Board] = [self.flows, *self.lines]
        self._moving = [artist for board in self._boards for artist in board.artists()]
        self._moving += [self._date, self._year, *self._news]
        for artist in self._moving:
            artist.set_animated(True)
        self._canvas.draw()
        self._still = self._canvas.copy_from_bbox(self.figure.bbox)

    def _words(self, top: float, high: float) -> None:
        """Title, footer, and the texts for the date and the policies."""
        title = plain(shorten(self._meta["scenario"]["title"], 62))
        self.figure.suptitle(title, x=0.1 / WIDE, y=1 - 0.1 / high, ha="left", va="top", fontsize=13, fontweight="bold")
        note = "Mean of draws; lines: median of draws. The last value stands beside each line."
        self.figure.text(
            0.1 / WIDE, 0.06 / high, plain(f"{note}\n{source(self._meta)}"), fontsize=7.5, color=GREY, va="bottom"
        )
        right, up = 1 - 0.1 / WIDE, 1 - 0.08 / high
        self._date = self.figure.text(right, up, "", ha="right", va="top", fontsize=21, fontweight="bold")
        self._year = self.figure.text(right, up - 0.42 / high, "", ha="right", va="top", fontsize=10, color=GREY)
        self._news = [
            self.figure.text(0.1 / WIDE, 1 - (TITLE + NEWS_LINE * line) / high, "", va="top", fontsize=9.5)
            for line in range(self._lines)
        ]

    def show(self, moment: Moment) -> np.ndarray:
        """Draw a moment and return its pixels, shape (height, width, 3), 0 to 255."""
        with mpl.rc_context(STYLE):
            self._tell(moment)
            for board in self._boards:
                board.show(moment)
            canvas = self._canvas
            canvas.restore_region(self._still)
            for artist in self._moving:
                self.figure.draw_artist(artist)
            return np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def _tell(self, moment: Moment) -> None:
        self._date.set_text(moment.title)
        self._year.set_text(f"crop year {moment.crop_year}" if moment.title != moment.crop_year else "crop year")
        told = self._told[moment]
        for number, text in enumerate(self._news):
            line = told.lines[number] if number < len(told.lines) else ""
            text.set_text(plain(shorten(line, 118)))
            fresh = number < told.fresh
            text.set(fontweight="bold" if fresh else "normal", color="#B00000" if fresh else "#222222")

    def still(self, moment: Moment) -> Figure:
        """The page as an ordinary figure at a moment, to look at or to save."""
        self.show(moment)
        for artist in self._moving:
            artist.set_animated(False)
        return self.figure
