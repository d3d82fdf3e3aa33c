"""Trade in motion: arrows on the map, or bars where the run has no places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from sim.figures.arrows import arrow, edge
from sim.figures.atlas import draw_land
from sim.figures.chart import LEAST_ARROW, Chart, chart, missing_text
from sim.figures.map_labels import MapLabels
from sim.figures.style import colour, crop_years_of, shorten, title_of
from sim.figures.trade import destinations, round_down, tonnes_text, traded
from sim.figures.trade_map import WIDEST_ARROW
from sim.motion.script import Moment, month_numbers
from sim.wording import first_month

MOST_BARS = 12
BAR_INCHES, AXIS_INCHES = 0.24, 0.5
MAP_HEIGHTS = (2.3, 3.7)  # inches
VANISHES = 0.3  # of the least share that has an arrow on the map of means: single months scatter


@dataclass(frozen=True)
class Plan:
    """A board to come: its height in inches, and what makes it in axes of that height."""

    height: float
    build: Callable[[Axes], Any]


def flow_board(frames: dict[str, pd.DataFrame], meta: dict[str, Any], moments: list[Moment], wide: float) -> Plan:
    """Plan a map of the width (inches), or bars where nothing that crosses a border has places."""
    ledger, years = frames["ledger"], crop_years_of(frames["series"])
    drawn = chart(ledger, meta["scenario"])
    trade, exported = traded(ledger)
    trade = trade.assign(at=month_numbers(trade, years, first_month(meta["scenario"])))
    if drawn is None:
        bars = _pairs(trade, meta)
        return Plan(
            max(1.2, BAR_INCHES * len(set(bars)) + 0.3) + AXIS_INCHES,
            lambda axes: FlowBars(axes, trade, bars, exported, meta, moments),
        )
    height = float(np.clip(wide * drawn.window.shape, *MAP_HEIGHTS))
    return Plan(height, lambda axes: FlowMap(axes, drawn, trade, meta, moments, height / wide, len(years)))


def _sums(by_month: np.ndarray, moments: list[Moment]) -> np.ndarray:
    """Sums over the months of each moment, shape (moment, flow), of values by month, shape (flow, month)."""
    total = np.concatenate([np.zeros((len(by_month), 1)), by_month.cumsum(axis=1)], axis=1)
    last = total.shape[1] - 1
    return np.array([total[:, min(m.rows[1] + 1, last)] - total[:, min(m.rows[0], last)] for m in moments])


def _by_month(trade: pd.DataFrame, flow: np.ndarray, count: int) -> np.ndarray:
    """Tonnes (kt) by flow and month, shape (count, month); rows with flow -1 are left out."""
    months = trade["at"].to_numpy()
    table = np.zeros((count, int(months.max()) + 1 if len(months) else 1))
    known = flow >= 0
    np.add.at(table, (flow[known], months[known]), trade["kt"].to_numpy()[known])
    return table


class FlowMap:
    """Arrows that grow and shrink.

    Attributes
    ----------
    tonnes : ndarray, shape (moment, lane)
        What each moment's arrows stand for (kt).
    shipped : ndarray, shape (moment, origin)
        What each origin ships (kt), also to buyers without a place.
    arrows : list of Polygon
        By lane.
    """

    def __init__(
        self, axes: Axes, drawn: Chart, trade: pd.DataFrame, meta: dict[str, Any], moments: list[Moment], shape: float,
        years: int,
    ) -> None:  # fmt: skip
        self._drawn, self._moments = drawn, {moment: number for number, moment in enumerate(moments)}
        lane_of = {(lane.origin, lane.destination): number for number, lane in enumerate(drawn.lanes)}
        place = {buyer: number for number, each in enumerate(drawn.found) for buyer in each.buyers}
        origin = {name: number for number, name in enumerate(drawn.origins)}
        pairs = zip(trade["origin"].map(origin), trade["buyer"].map(place), strict=True)
        flow = np.array([lane_of.get(pair, -1) for pair in pairs], int)
        self.tonnes = _sums(_by_month(trade, flow, len(drawn.lanes)), moments)
        self.shipped = _sums(
            _by_month(trade, trade["origin"].map(origin).fillna(-1).to_numpy(int), len(origin)), moments
        )
        self.least = VANISHES * LEAST_ARROW * trade["kt"].sum() / years
        window = drawn.window.shaped(shape)
        self._wide = window.east - window.west
        most = max(float(self.tonnes.max()), 1e-9)
        self._per_kt = WIDEST_ARROW * self._wide / most
        draw_land(axes, window)
        lost = missing_text(drawn, years, 60)
        self._title = axes.set_title("")
        self._scale(axes, most, window)
        if lost:
            axes.set_title(f"Not on the map, per crop year: {lost}", loc="right", fontsize=8)
        order = np.argsort(-self.tonnes.max(axis=0), kind="stable")
        self.arrows = [
            Polygon(np.zeros((3, 2)), facecolor=colour(lane.origin), edgecolor="white", linewidth=0.4, zorder=3)
            for lane in drawn.lanes
        ]
        self._order = [self.arrows[number] for number in order]
        for each in self._order:
            axes.add_patch(each)
        self._labels = MapLabels(axes, drawn, meta, self.tonnes.max(axis=0), self.shipped.max(axis=0), self.least)

    def _scale(self, axes: Axes, most: float, window: Any) -> None:
        """One arrow of a round tonnage, at the lower left."""
        kt = round_down(most)
        x, y = window.west + 0.02 * self._wide, window.south + 0.035 * self._wide
        line = np.array([[x, y], [x + 0.045 * self._wide, y]])
        axes.add_patch(Polygon(arrow(line, kt * self._per_kt), facecolor="#777777", edgecolor="none", zorder=6))
        axes.text(x + 0.05 * self._wide, y, tonnes_text(kt), fontsize=8, va="center", zorder=6)

    def artists(self) -> list[Artist]:
        """Arrows, then what lies on them."""
        return [*self._order, *self._labels.fixed, *self._labels.texts, self._title]

    def show(self, moment: Moment) -> None:
        """Set widths and tonnages."""
        own = self.tonnes[self._moments[moment]]
        gap = 0.004 * self._wide
        for lane, line, shape, kt in zip(self._drawn.lanes, self._drawn.lines, self.arrows, own, strict=True):
            shape.set_visible(bool(kt >= self.least))
            if kt >= self.least:
                shape.set_xy(arrow(line, kt * self._per_kt, gap))
                shape.set_edgecolor(edge(kt * self._per_kt, colour(lane.origin)))
        self._labels.write(own, self.shipped[self._moments[moment]])
        self._title.set_text(f"Trade: tonnes of the {moment.since}")


class FlowBars:
    """Tonnes from origins to buyers as bars, for runs whose places are in no table.

    Attributes
    ----------
    tonnes : ndarray, shape (moment, bar)
    """

    def __init__(
        self, axes: Axes, trade: pd.DataFrame, names: list[str], exported: bool, meta: dict[str, Any],
        moments: list[Moment],
    ) -> None:  # fmt: skip
        self._moments = {moment: number for number, moment in enumerate(moments)}
        self._what = "Trade" if exported else "Sales"
        bars = list(dict.fromkeys(names))
        flow = np.array([bars.index(name) for name in names], int)
        self.tonnes = _sums(_by_month(trade, flow, len(bars)), moments)
        origins = list(meta["scenario"]["origins"])
        own = trade.assign(bar=names).groupby("bar")["origin"].first()
        looks = [colour(origins.index(own[bar])) if bar in own and " to " in bar else "#777777" for bar in bars]
        self.bars = axes.barh(range(len(bars)), np.zeros(len(bars)), color=looks, height=0.7)
        axes.set_yticks(range(len(bars)), [shorten(bar, 52) for bar in bars])
        axes.set(xlim=(0, 1.12 * max(float(self.tonnes.max()), 1e-9)), ylim=(len(bars) - 0.5, -0.5))
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
        page = axes.figure
        assert isinstance(page, Figure), "the panel is on a page of its own"
        box, wide = axes.get_position(), page.get_figwidth()
        axis = AXIS_INCHES / page.get_figheight()
        names_wide = 0.075 * max(len(shorten(bar, 52)) for bar in bars)  # inches
        axes.set_position((box.x0 + names_wide / wide, box.y0 + axis, box.width - names_wide / wide, box.height - axis))
        axes.set_xlabel("Tonnes (kt)")
        self._texts = [axes.text(0, row, "", va="center", fontsize=8) for row in range(len(bars))]
        self._title = axes.set_title("")

    def artists(self) -> list[Artist]:
        """Bars and their numbers."""
        return [*self.bars, *self._texts, self._title]

    def show(self, moment: Moment) -> None:
        """Set lengths and numbers."""
        for bar, text, kt in zip(self.bars, self._texts, self.tonnes[self._moments[moment]], strict=True):
            bar.set_width(kt)
            text.set(x=kt, text=f" {tonnes_text(kt)}" if kt > 0 else "")
        self._title.set_text(f"{self._what}: tonnes of the {moment.since}")


def _pairs(trade: pd.DataFrame, meta: dict[str, Any]) -> list[str]:
    """Bar of every row: its origin and buyer; what has the fewest tonnes together in one bar."""
    found = destinations(trade, meta["scenario"], 0.02, MOST_BARS)
    buyer = {name: each.title for each in found for name in each.buyers}
    origin = {name: title_of(meta, "origins", name, 24) for name in trade["origin"].unique()}
    names = trade["origin"].map(origin) + " to " + trade["buyer"].map(buyer)
    tonnes = trade.groupby(names)["kt"].sum().sort_values(ascending=False, kind="stable")
    kept = list(tonnes.index[: MOST_BARS - 1] if len(tonnes) > MOST_BARS else tonnes.index)
    rest = f"Other ({len(tonnes) - len(kept)})"
    order = {name: number for number, name in enumerate([*kept, rest])}
    shown = names.where(names.isin(kept), rest)
    trade["rank"] = shown.map(order)
    return list(shown)
