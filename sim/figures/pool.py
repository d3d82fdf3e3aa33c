"""The pool through the year: what growers are told from its opening to its closing, and what it pays in the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.keys import draw_key, entries_of, key_inches
from sim.figures.pool_years import Pool, PoolYear, left_out, panels_of, pools_of
from sim.figures.returns import CASH, DEFICIT, INITIAL, LOOKS, OUTLOOK, PAID, UNPUBLISHED, amount, deficit_bar
from sim.figures.style import STYLE, band_line, colour, marker, plain, sheet

MOST_POOLS = 8
TELLING = 3  # pool years of one pool that are drawn by themselves
EARNED = "What the pool's sales brought"
KEY_COLUMNS = 3
FEWEST_YEARS = 2  # of which a mean is drawn
BAND_YEARS = 4  # of which bands are drawn
CLOSED_AT = 12.75  # where what was paid stands, in months since the opening
NOTE = (
    "Single years: median, 25-75 % and 5-95 % of draws; at the right what was paid. "
    "Means: of pool years, with 25-75 % and 5-95 % of them."
)


def pool(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Months of a pool year: the mean course less what sales brought, and telling years of the base origin's pools.

    Of each pool of the base origin's boards the mean of its years is drawn and up to three single ones: the one whose
    outlook was furthest from what sales brought, the one with the largest deficit, and the last. Of another board's
    first pool the mean is drawn, or its last year.
    """
    chosen, missing = panels_of(pools_of(frames, meta), MOST_POOLS)
    panels = [panel for each in chosen for panel in _panels_of(each)]
    if not panels:
        return None
    columns = 2 if len(panels) > 1 else 1
    rows = -(-len(panels) // columns)
    with mpl.rc_context(STYLE):
        title = "The pool through the year: payments, outlook, return and the off-board price"
        heights = [key_inches(len(LOOKS) + 2, KEY_COLUMNS), *[2.45] * rows]
        figure, axes = sheet(meta, title, heights, columns, note=NOTE + left_out(missing))
        for place, panel in enumerate(axes[1:].flat):
            if place >= len(panels):
                panel.remove()
                continue
            panels[place](panel)
        draw_key(axes[0], entries_of(figure.axes, (*LOOKS, EARNED, DEFICIT)), KEY_COLUMNS)
    return figure


def telling_years(pool: Pool) -> list[tuple[str, PoolYear]]:
    """Pool years worth a look, in order of time, each with the reasons; none where the run saw no whole one."""
    whole = [year for year in pool.years if year.is_whole and np.isfinite(pool.paid.loc[year.crop_year, "mean"])]
    if not whole:
        return []
    if len(whole) == 1:
        return [("", whole[0])]
    by_error = sorted(whole, key=lambda year: outlook_error_cad_t(pool, year), reverse=True)
    worst = max(whole, key=pool.deficit_cad_m)
    reasons = [("outlook furthest off", by_error[0]), ("last year", whole[-1]), ("outlook nearest", by_error[-1])]
    if pool.deficit_cad_m(worst):
        reasons.insert(1, (f"largest deficit, C${amount(pool.deficit_cad_m(worst))} million", worst))
    found: dict[PoolYear, list[str]] = {}
    for reason, year in reasons:
        if year in found or len(found) < TELLING:
            found.setdefault(year, []).append(reason)
    for year in by_error[: TELLING + 1]:  # where one year has several reasons
        if len(found) < TELLING:
            found.setdefault(year, ["outlook among the furthest off"])
    return sorted((("; ".join(why), year) for year, why in found.items()), key=lambda pair: pair[1].first)


def outlook_error_cad_t(pool: Pool, year: PoolYear) -> float:
    """Mean over a pool year's periods of the distance between the outlook and what sales brought in the end, C$/t.

    Of means of draws. The return is no measure of an outlook: an initial payment set too high is paid all the same.
    """
    return float((pool.outlook.loc[year.first : year.last, "mean"] - pool.earned_cad_t(year)).abs().mean())


def mean_course(pool: Pool, item: str) -> pd.DataFrame:
    """Mean and quantiles over whole pool years of a price less what the pool's sales brought, C$/t.

    By period since the opening. Each year is the mean of draws; ``item`` is ``initial``, ``outlook`` or ``cash``.
    """
    lines = []
    for year in pool.years:
        paid = pool.paid.loc[year.crop_year] if year.is_whole else None
        if paid is not None and paid["share_of_draws"] == 1:  # else the means are of other draws
            lines.append(getattr(pool, item).loc[year.first : year.last, "mean"].to_numpy() - pool.earned_cad_t(year))
    if len(lines) < FEWEST_YEARS:
        return pd.DataFrame()
    years = np.array(lines)
    shares = np.quantile(years, (0.05, 0.25, 0.75, 0.95), axis=0)
    columns = dict(zip(("p05", "p25", "p75", "p95"), shares, strict=True))
    # ``band_line`` draws the column p50
    return pd.DataFrame({"p50": years.mean(axis=0), **columns, "years": len(years)})


def _panels_of(pool: Pool) -> list[Callable[[Axes], None]]:
    telling = telling_years(pool)
    has_mean = not mean_course(pool, "outlook").empty
    found: list[Callable[[Axes], None]] = [partial(_mean_panel, pool)] if has_mean else []
    if pool.is_home or not has_mean:
        found += [partial(_year_panel, pool, why, year) for why, year in (telling if pool.is_home else telling[-1:])]
    return found


def _mean_panel(pool: Pool, axes: Axes) -> None:
    courses = {CASH: "cash", INITIAL: "initial"}
    whole = [year for year in pool.years if year.is_whole]
    published = sum(pool.is_published(year.first) for year in whole)
    courses[OUTLOOK if 2 * published > len(whole) else UNPUBLISHED] = "outlook"
    for label, item in courses.items():
        course = mean_course(pool, item)
        x = (np.arange(len(course)) + 0.5) * 12 / pool.per_year
        band_line(axes, course.assign(x=x), LOOKS[label], label, bands=int(course["years"].iloc[0]) >= BAND_YEARS)
    axes.plot([0, 12], [0, 0], color="#000000", linewidth=1.0, label=EARNED, zorder=1.8)
    axes.set_title(f"{pool.title}\nMean of {int(course['years'].iloc[0])} pool years", fontsize=9)
    axes.set_ylabel("Above what sales brought (C\\$/t)")
    _months(axes, pool, whole[0], ())


def _year_panel(pool: Pool, why: str, year: PoolYear, axes: Axes) -> None:
    for label, frame in ((CASH, pool.cash), (INITIAL, pool.initial)):
        _course(axes, pool, year, frame.loc[year.first : year.last], label)
    told = [pool.is_published(period) for period in range(year.first, year.last + 1)]
    outlook = pool.outlook.loc[year.first : year.last]
    hidden = [not each for each in told]
    if any(told) and any(hidden):  # up to the first published, so that the line does not break
        hidden[told.index(True)] = True
    _course(axes, pool, year, outlook[hidden], UNPUBLISHED)
    _course(axes, pool, year, outlook[told], OUTLOOK)
    paid, own = pool.paid.loc[year.crop_year], colour(LOOKS[PAID])
    for low, high, width in (("p05", "p95", 1.4), ("p25", "p75", 4.0)):
        axes.plot([CLOSED_AT] * 2, [paid[low], paid[high]], color=own, linewidth=width, solid_capstyle="butt")
    axes.plot(
        [CLOSED_AT], [paid["p50"]], color=own, marker=marker(LOOKS[PAID]), markersize=6, linestyle="none", label=PAID
    )
    if pool.deficit_cad_m(year):
        axes.use_sticky_edges = False  # the bar's foot would lie on the axis
        deficit_bar(axes, pool, year, CLOSED_AT - 0.45, CLOSED_AT + 0.45, labelled=True)
    axes.set_title(pool.title + plain(f"\n{year.title}{': ' * bool(why)}{why}"), fontsize=9)
    axes.set_ylabel("Price, port basis (C\\$/t)")
    _months(axes, pool, year, ("paid",))


def _course(axes: Axes, pool: Pool, year: PoolYear, part: pd.DataFrame, label: str) -> None:
    if len(part):
        x = (part.index.to_numpy(dtype=float) - year.first + 0.5) * 12 / pool.per_year
        band_line(axes, part.assign(x=x), LOOKS[label], label)


def _months(axes: Axes, pool: Pool, year: PoolYear, after: tuple[str, ...]) -> None:
    """Name every other month from the pool's opening, and what stands after the last."""
    opened = pd.Period(pool.initial["month"].loc[year.first], "M")
    names = [(opened + number).strftime("%b") for number in range(0, 12, 2)]
    axes.set_xlim(0, 12 + 1.5 * len(after))
    axes.set_xticks([*(np.arange(0, 12, 2) + 0.5), *[CLOSED_AT] * len(after)], [*names, *after])
    axes.tick_params(axis="x", length=0)
