"""Pool years of marketing boards: when each opens and closes, what growers are told meanwhile, and what it pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.board_records import PRICES, price_label
from sim.figures.style import crop_years_of, plain, title_of
from sim.pool import POOLS
from sim.shipped import home_origin
from sim.wording import pool_word

DUST_KT = 0.5  # a pool that sold less, mean of draws, is no pool to draw
LEAST_DEFICIT_CAD_M = 0.05  # less is nought as printed


@dataclass(frozen=True)
class PoolYear:
    """One year of a pool.

    Attributes
    ----------
    first, last : int
        Numbers of its first period and of the one in which it closes (or, not closed by the run's end, the last).
    crop_year : str or None
        Crop year in which it closes and its account stands; None while it is open.
    title : str
        ``1986/87``, or for a pool year that is not the crop year ``closed Nov 1987``.
    is_whole : bool
        Whether the run saw it from its opening to its closing.
    """

    first: int
    last: int
    crop_year: str | None
    title: str
    is_whole: bool


@dataclass(frozen=True)
class Pool:
    """What a run says of one pool of one board.

    Attributes
    ----------
    initial, outlook, cash : pandas.DataFrame
        Bands by period, C$/t at port: initial payment, the board's outlook, and the off-board price at home.
    paid, deficit, kt : pandas.DataFrame
        Bands by crop year of closing: initial and final payment (C$/t), deficit (thousand C$), tonnes sold (kt).
    short : pandas.DataFrame
        Bands by crop year of closing of the deficit per tonne, C$/t.
    years : list of PoolYear
        Those in which it sold anything.
    per_year : int
        Periods in a year.
    published_from : int or None
        Period from which the outlook is published; None when it never is.
    """

    board: str
    pool: str
    title: str
    is_home: bool
    initial: pd.DataFrame
    outlook: pd.DataFrame
    cash: pd.DataFrame
    paid: pd.DataFrame
    deficit: pd.DataFrame
    kt: pd.DataFrame
    short: pd.DataFrame
    years: list[PoolYear]
    per_year: int
    published_from: int | None

    def deficit_cad_m(self, year: PoolYear) -> float:
        """Deficit of a pool year, mean of draws, million C$; zero while it is open or too small to print."""
        if year.crop_year is None or year.crop_year not in self.deficit.index:
            return 0.0
        deficit = float(self.deficit.loc[year.crop_year, "mean"]) / 1000
        return deficit if deficit >= LEAST_DEFICIT_CAD_M else 0.0

    def earned_cad_t(self, year: PoolYear) -> float:
        """What a closed pool's sales brought less costs, C$/t, mean of draws: the return less the deficit."""
        return float(self.paid.loc[year.crop_year, "mean"] - self.short.loc[year.crop_year, "mean"])

    def is_published(self, period: int) -> bool:
        """Whether growers see the outlook in a period."""
        return self.published_from is not None and period >= self.published_from


def pools_of(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> list[Pool]:
    """Pools that sold anything: those of the base origin's boards first, the others in the scenario's order."""
    scenario = meta["scenario"]
    boards = scenario.get("boards") or {}
    home = home_origin(scenario)
    order = sorted(boards, key=lambda board: boards[board]["origin"] != home)
    found = [_pool(frames, meta, board, pool) for board in order for pool in POOLS]
    return [pool for pool in found if pool is not None]


def panels_of(pools: list[Pool], most: int) -> tuple[list[Pool], list[Pool]]:
    """Choose pools to draw: every pool of the base origin's boards, of the others the first; and those left out."""
    first_of = {pool.board: pool for pool in reversed(pools)}
    wanted = [pool for pool in pools if pool.is_home or first_of[pool.board] is pool]
    drawn = wanted[:most]
    return drawn, [pool for pool in pools if pool not in drawn]


def left_out(pools: list[Pool]) -> str:
    """Say in a note how many pools are not drawn."""
    return f" Not drawn: {len(pools)} other pool{'s' if len(pools) > 1 else ''}." if pools else ""


def _pool(frames: dict[str, pd.DataFrame], meta: dict[str, Any], board: str, pool: str) -> Pool | None:
    series, summary = frames["series"], frames["summary"]
    section = meta["scenario"]["boards"][board]
    states = {item: state for state, (where, item) in PRICES.items() if where == pool}
    own = price_label(board, pool)
    initial, outlook = (_bands(series, states[item], own, "period") for item in ("initial_cad_t", "outlook_cad_t"))
    paid, deficit, kt = (
        _bands(series, name, f"{board}:{pool}", "crop_year")
        for name in ("pool_return_cad_t", "pool_deficit_cad_k", "pool_kt")
    )
    short = summary[(summary["table"] == "pool_deficit_cad_t") & (summary["column"] == f"{board}:{pool}")]
    if initial.empty or kt.empty or not (kt["mean"] > DUST_KT).any():
        return None
    periods = series[series["time"] == "period"].drop_duplicates("period").sort_values("period")
    per_year = len(periods) // len(crop_years_of(series))
    start = section.get("outlook_from")
    seen = periods.loc[periods["month"] >= start, "period"] if start else periods["period"].head(0)
    return Pool(
        board=board,
        pool=pool,
        title=f"{title_of(meta, 'boards', board, 44)}, {plain(pool_word(meta['scenario'], pool))} pool",
        is_home=section["origin"] == home_origin(meta["scenario"]),
        initial=initial,
        outlook=outlook,
        cash=_bands(series, "cash_price_cad_t", section["origin"], "period"),
        paid=paid,
        deficit=deficit,
        kt=kt,
        short=short.set_index("row"),
        years=[
            year for year in _years(periods, per_year, section["pool_year_end_month"]) if _sold(series, board, kt, year)
        ],
        per_year=per_year,
        published_from=int(seen.iloc[0]) if len(seen) else None,
    )


def _bands(series: pd.DataFrame, name: str, label: str, time: str) -> pd.DataFrame:
    chosen = (series["series"] == name) & (series["label"] == label) & (series["time"] == time)
    return series[chosen].set_index(time).sort_index()


def _years(periods: pd.DataFrame, per_year: int, end_month: int) -> list[PoolYear]:
    """Cut the run's periods into pool years, which close at the end of the crop year's ``end_month``-th month."""
    closing = end_month * per_year // 12 - 1
    lasts = list(range(closing, len(periods), per_year))
    ends = lasts if lasts and lasts[-1] == len(periods) - 1 else [*lasts, len(periods) - 1]
    found, first = [], 0
    for last in ends:
        row = periods.iloc[last]
        closed, month = last in lasts, pd.Period(row["month"], "M")
        title = str(row["crop_year"]) if closing == per_year - 1 else f"closed {month.strftime('%b %Y')}"
        found.append(
            PoolYear(
                first=first,
                last=last,
                crop_year=str(row["crop_year"]) if closed else None,
                title=title if closed else f"open in {month.strftime('%b %Y')}",
                is_whole=closed and last - first + 1 == per_year,
            )
        )
        first = last + 1
    return found


def _sold(series: pd.DataFrame, board: str, kt: pd.DataFrame, year: PoolYear) -> bool:
    """Whether a closed pool sold anything, or growers delivered to an open one."""
    if year.crop_year is not None:
        return year.crop_year in kt.index and float(kt.loc[year.crop_year, "mean"]) > DUST_KT
    brought = _bands(series, "delivered_kt", board, "period")
    return not brought.empty and float(brought.loc[year.first : year.last, "mean"].sum()) > DUST_KT
