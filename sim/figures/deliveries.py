"""Where farmers' grain goes: to the pool, to merchants, to feeders at home, and what stays on farm."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.farm_account import DUST_KT, boards_of, delivered_share, farm_account, fed
from sim.figures.policy import dated_sheet
from sim.figures.style import (
    STYLE,
    band_line,
    bar_look,
    crop_year_axis,
    crop_years_of,
    legend,
    line_look,
    lines_of,
    marker,
    plain,
    title_of,
)
from sim.frames import REVERSED
from sim.headings import sentence
from sim.shipped import home_origin
from sim.wording import commodity, word

OUTLETS = {  # column of the account: what it is called, and its place in the palette
    "pool": ("To the pool", 0),
    "cash": ("To the board for cash", 5),
    "merchants": ("To merchants", 1),
    "feeders": ("To {feeders}, off-board", 2),
    "own": ("{own}", 4),
    "kept": ("On farm at year's end", 7),
}
STAYS = {"color": "#BDBDBD"}  # what is not marketed, in grey
BOARD_PLACES = (0, 4, 6)  # places in the palette of an origin's largest boards
CALLED = 3
LINE_YEARS = 4  # fewer are drawn as bars
NOTE = "Bars, shares and lines without bands: mean of draws. Lines with bands: median, 25-75 % and 5-95 % of draws."


def deliveries(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Farm account by crop year of every origin with a marketing system; months, calls and groups of the first.

    The first is the origin of the base prices where it has one. None where nobody delivers anything.
    """
    series, scenario = frames["series"], meta["scenario"]
    years, home = crop_years_of(series), home_origin(scenario)
    groups = {name: section["origin"] for name, section in (scenario.get("growers") or {}).items()}
    origins = sorted(set(groups.values()) & set(scenario.get("marketing") or {}), key=list(scenario["origins"]).index)
    accounts = {origin: farm_account(frames, meta, origin) for origin in sorted(origins, key=lambda o: o != home)}
    accounts = {
        origin: account
        for origin, account in accounts.items()
        if account["pool"].sum() + account["merchants"].sum() > DUST_KT
    }
    if not accounts:
        return None
    lead = next(iter(accounts))
    boards = boards_of(series, scenario, lead)[: len(BOARD_PLACES)]
    own = [group for group, origin in groups.items() if origin == lead]
    kinds = ["account", "months", *["calls"] * bool(boards), *["groups"] * (len(own) > 1)]
    kinds += ["account"] * (len(accounts) - 1)
    with mpl.rc_context(STYLE):
        heights = [2.5 if kind == "account" else 2.1 for kind in kinds]
        figure, panels = dated_sheet(meta, "Farmers' deliveries and sales", years, heights, note=NOTE)
        origins_left = iter(accounts)
        for panel, kind in zip(panels, kinds, strict=True):
            if kind == "account":
                origin = next(origins_left)
                _account_panel(panel, accounts[origin], meta)
                panel.set_title(
                    f"What became of farmers' {plain(commodity(scenario))}, {title_of(meta, 'origins', origin, 40)}"
                )
            elif kind == "months":
                _months_panel(panel, frames, boards, own, meta)
            elif kind == "calls":
                _calls_panel(panel, frames, boards, meta)
            else:
                _groups_panel(panel, frames, own, years, meta)
            crop_year_axis(panel, years, labelled=panel is panels[-1])
            legend(panel)
    return figure


def _outlets(meta: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """``OUTLETS`` in the words of the scenario."""
    said = {
        "feeders": plain(word(meta["scenario"], "feeders")),
        "own": plain(sentence(word(meta["scenario"], "own_use"))),
    }
    return {name: (label.format(**said), place) for name, (label, place) in OUTLETS.items()}


def _account_panel(axes: Axes, account: pd.DataFrame, meta: dict[str, Any]) -> None:
    x, base = np.arange(len(account)) + 0.5, np.zeros(len(account))
    for column, (label, place) in _outlets(meta).items():
        height = account[column].to_numpy() / 1000
        if 1000 * height.sum() > DUST_KT:
            look = bar_look(place) | (STAYS if column == "kept" else {})
            axes.bar(x, height, 0.78, base, label=label, **look)
            base = base + height
    axes.set_ylabel(plain(sentence(f"{commodity(meta['scenario'])} (Mt per crop year)")))


def _months_panel(
    axes: Axes, frames: dict[str, pd.DataFrame], boards: list[str], groups: list[str], meta: dict[str, Any]
) -> None:
    series = frames["series"]
    called, delivered = lines_of(series, "called_kt"), lines_of(series, "delivered_kt")
    for place, board in zip(BOARD_PLACES, boards, strict=False):
        whose = f", {title_of(meta, 'boards', board, 20)}" if len(boards) > 1 else ""
        band_line(axes, delivered[board], place, f"Delivered to the pool{whose}")
    if len(boards) == 1:
        band_line(axes, called[boards[0]], CALLED, "Called under contract")
    periods = series[series["time"] == "period"].drop_duplicates("period").sort_values("period")
    x = (periods["period"].to_numpy(dtype=float) + 0.5) * len(crop_years_of(series)) / len(periods)
    merchants = series[(series["series"] == "farm_to_merchants_kt") & series["label"].isin(groups)]
    others = {
        "merchants": merchants.groupby("period")["mean"].sum(),
        "feeders": fed(frames["ledger"], groups).groupby("period")["kt"].sum(),
    }
    for column, kt in others.items():
        label, place = _outlets(meta)[column]
        if kt.sum() > DUST_KT:
            axes.plot(x, kt.reindex(periods["period"], fill_value=0.0), label=label, **line_look(place))
    length = {12: "month", 52: "week"}.get(len(periods) // len(crop_years_of(series)), "period")
    axes.set_title(f"By {length}: deliveries and off-board sales")
    axes.set_ylabel(f"Tonnes (kt per {length})")
    axes.set_ylim(bottom=0)


def _calls_panel(axes: Axes, frames: dict[str, pd.DataFrame], boards: list[str], meta: dict[str, Any]) -> None:
    """What boards call of the offers, and what growers bring of what is called."""
    called, years = lines_of(frames["series"], "called_share"), crop_years_of(frames["series"])
    failed = frames["summary"][frames["summary"]["table"] == "deliveries"]
    for place, board in zip(BOARD_PLACES, boards, strict=False):
        whose = f", {title_of(meta, 'boards', board, 20)}" if len(boards) > 1 else ""
        if len(boards) == 1:
            share = _percent(called[board])
            in_force = lines_of(frames["series"], "called_kt")[board]["mean"] > 0
            numbers = list(REVERSED)
            share[numbers] = share[numbers].where(in_force, axis=0)  # a share that was, while nothing is called
            band_line(axes, share, CALLED, "Called, of growers' offers")
        kept = failed[failed["column"] == f"{board}:delivery_failure_share"].set_index("row").reindex(years)
        turned = {name: 100 * (1 - kept[REVERSED[name]]) for name in REVERSED}
        x = np.arange(len(years)) + 0.5
        band_line(axes, kept.assign(**turned, x=x), place, f"Delivered, of the call{whose}")
    axes.set_title("What the board calls, and how far growers keep the call")
    axes.set_ylabel("Share of tonnes (%)")
    axes.set_ylim(0, 105)


def _percent(part: pd.DataFrame) -> pd.DataFrame:
    return part.assign(**{name: 100 * part[name] for name in REVERSED})


def _groups_panel(
    axes: Axes, frames: dict[str, pd.DataFrame], groups: list[str], years: list[str], meta: dict[str, Any]
) -> None:
    x, width = np.arange(len(years)) + 0.5, 0.78 / len(groups)
    for number, group in enumerate(groups):
        share, name = 100 * delivered_share(frames, group, years).to_numpy(), _name(meta, group)
        if len(years) < LINE_YEARS:  # points would lie on each other
            axes.bar(x - 0.39 + (number + 0.5) * width, share, width, label=name, **bar_look(number))
        else:
            axes.plot(x, share, marker=marker(number), markersize=4, label=name, **line_look(number))
    axes.set_title(
        "By group of growers: delivered to pool or merchants, the rest is sold to "
        + plain(word(meta["scenario"], "feeders"))
    )
    axes.set_ylabel("Share of marketings (%)")
    axes.set_ylim(0, 105)


def _name(meta: dict[str, Any], group: str) -> str:
    title = title_of(meta, "growers", group)
    return title if meta["scenario"]["growers"][group].get("title") else title.title()
