"""What growers are offered: initial payment, pool return outlook, realised pool return and the off-board price."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from sim.figures.policy import dated_sheet
from sim.figures.style import BAND_NOTE, STYLE, band_line, colour, crop_years_of, legend, lines_of, title_of


def returns(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """One panel per board: feed pool return against the off-board price and the initial payment."""
    series, scenario = frames["series"], meta["scenario"]
    years = crop_years_of(series)
    initial, outlook = lines_of(series, "initial_payment_cad_t"), lines_of(series, "pool_return_outlook_cad_t")
    cash, pool = lines_of(series, "cash_price_cad_t"), lines_of(series, "pool_return_cad_t")
    boards = [board for board in scenario.get("boards") or {} if f"{board}:feed" in pool]
    if not boards:
        return None
    with mpl.rc_context(STYLE):
        heights = [2.6] * len(boards)
        figure, panels = dated_sheet(
            meta, "Feed pool return, off-board price and initial payment", years, heights, note=BAND_NOTE
        )
        for panel, board in zip(panels, boards, strict=True):
            for position, (parts, key, label) in enumerate(
                (
                    (cash, scenario["boards"][board]["origin"], "Off-board (cash) price"),
                    (initial, board, "Initial payment"),
                    (outlook, board, "Pool return outlook"),
                )
            ):
                part = parts.get(key)
                if part is not None and (part["p95"] > 0).any():
                    band_line(panel, part[part["p95"].isna() | (part["p95"] > 0)], position, label)
            _yearly(panel, pool[f"{board}:feed"])
            panel.set_title(title_of(meta, "boards", board, 60))
            panel.set_ylabel("Price, port basis (C$/t)")
        legend(panels[0])
    return figure


def _yearly(panel: Any, part: pd.DataFrame) -> None:
    """Realised return as a step over each crop year, with its 5-95 band as a box."""
    own = colour(3)
    for row in part.dropna(subset=["p50"]).itertuples():
        panel.fill_between([row.x - 0.5, row.x + 0.5], row.p05, row.p95, color=own, alpha=0.15, linewidth=0)
        panel.fill_between([row.x - 0.5, row.x + 0.5], row.p25, row.p75, color=own, alpha=0.22, linewidth=0)
    present = part.dropna(subset=["p50"])
    panel.hlines(
        present["p50"],
        present["x"] - 0.5,
        present["x"] + 0.5,
        color=own,
        linewidth=2.0,
        label="Pool return (initial + final)",
    )
