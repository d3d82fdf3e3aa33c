"""What another scenario changes in prices and revenue, per crop year: the columns of the study's Table 2."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from sim.experiments.compare import REVENUE
from sim.figures.style import STYLE, colour, crop_year_axis, plain, sheet
from sim.incidence_names import effect_title


def effects(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw a panel per column of Table 2: other minus base by crop year, with bands.

    What was published of such a change stands in ``sim.figures.table2``.
    """
    table = frames["comparison"]
    table = table[table["mean"].notna()]
    columns = list(dict.fromkeys(table["column"]))
    if not columns:
        return None
    years = [row for row in dict.fromkeys(frames["comparison"]["row"]) if not row.startswith("average")]
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta,
            f"What changes by crop year: {meta['other']} less {meta['base']}".replace("_", " "),
            [2.0] * len(columns),
            note="Points: median; thick line: 25-75 %, thin line: 5-95 % of draws.",
        )
        for position, (panel, column) in enumerate(zip(axes[:, 0], columns, strict=True)):
            part = table[(table["column"] == column) & table["row"].isin(years)]
            x = part["row"].map(years.index) + 0.5
            panel.vlines(x, part["p05"], part["p95"], color=colour(0), linewidth=1.1)
            panel.vlines(x, part["p25"], part["p75"], color=colour(0), linewidth=3.6)
            panel.plot(
                x, part["p50"], linestyle="none", marker="o", markersize=4.5, color=colour(0), markeredgecolor="white"
            )
            panel.axhline(0, color="#333333", linewidth=0.8)
            unit = "million C$ per crop year" if column == REVENUE else "C$/t"
            panel.set(title=plain(effect_title(column, meta["scenario"])), ylabel=f"Change\n({unit})")
            crop_year_axis(panel, years, labelled=position == len(columns) - 1, inches=8.5)
    return figure
