"""Two factors of a sweep against a measure: the mean as coloured cells, and how wide the band over draws is."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from sim.figures.cells import coloured, digits_for, ink
from sim.figures.style import STYLE, WIDTH_INCHES, plain, sheet, shorten
from sim.headings import WHEN
from sim.measure_titles import measure_title
from sim.measures.names import in_order

MOST_MEASURES = 3  # of a sweep of two factors; with three, one measure fills the sheet
MOST_VALUES = 12  # of a factor on an axis
MOST_PANELS = 6  # values of a third factor


def heat_map(frames: dict[str, pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw a measure over two factors: means in the cells, and the width of the 5-95 % band in a panel beside them.

    Across goes the numeric factor with the most values (as in ``responses``), down the one with the most values of the
    others; a third factor makes a row of panels for each of its values. None for designs that are no grid of two or
    three factors: points drawn at random, more factors, or too many values to be read.
    """
    design = frames["design"].set_index("point")
    across, down, third = _factors(design, meta["factors"])
    if not across:
        return None
    bands = frames["bands"]
    bands = bands[bands["crop_year"].isin(list(WHEN)) & bands["mean"].notna()]
    keys = in_order(meta["sweep"].get("measures"), bands[["table", "column", "unit", "crop_year"]].drop_duplicates())
    if not keys:
        return None
    shown = keys[: 1 if third else MOST_MEASURES]
    titles = {each["name"]: plain(_named(each)) for each in meta["factors"]}
    values = list(dict.fromkeys(design[third])) if third else [None]
    several = meta["draws"] > 1
    left = f" First {len(shown)} of {len(keys)} measures; --measure chooses others." if len(keys) > len(shown) else ""
    rows = design[down].nunique()
    with mpl.rc_context(STYLE):
        figure, axes = sheet(
            meta, f"{_title(meta, across)} and {_within(_title(meta, down))}: what they do",
            [1.05 + max(0.32 * rows, 0.7)] * (len(shown) * len(values)), columns=1 + several,
            note="Cells: mean over draws" + ("; right: width of the 5-95 % band of draws." if several else ".") + left,
        )  # fmt: skip
        for number, key in enumerate(shown):
            own = bands[(bands["table"] == key[0]) & (bands["column"] == key[1]) & (bands["crop_year"] == key[3])]
            panels = axes[number * len(values) : (number + 1) * len(values)]
            factor = plain(shorten(_title(meta, third), 24)) if third else ""
            words = shorten(measure_title(key[0], key[1], meta.get("titles")), 58)
            said = (words, *key[2:])
            _measure(panels, own.set_index("point"), design, (across, down, third), factor, values, said, several)
        for panel in axes.flat:
            panel.set(xlabel=titles[across], ylabel=titles[down])
    return figure


def _factors(design: pd.DataFrame, factors: list[dict[str, Any]]) -> tuple[str, str, str]:
    """Factors across, down and of the rows of panels (empty without one); empty where cells would be missing."""
    counts = {name: int(design[name].nunique()) for name in design if design[name].nunique() > 1}
    if len(counts) not in (2, 3) or len(design.drop_duplicates(list(counts))) != np.prod(list(counts.values())):
        return "", "", ""
    numeric = [each["name"] for each in factors if each["numeric"] and each["name"] in counts]
    across = max(numeric or counts, key=lambda name: counts[name])
    others = sorted((name for name in counts if name != across), key=lambda name: -counts[name])
    third = others[1] if len(others) > 1 else ""
    fits = max(counts[across], counts[others[0]]) <= MOST_VALUES and counts.get(third, 1) <= MOST_PANELS
    return (across, others[0], third) if fits else ("", "", "")


def _measure(
    panels: np.ndarray, own: pd.DataFrame, design: pd.DataFrame, names: tuple[str, str, str], factor: str,
    values: list[Any], key: tuple[str, ...], several: bool,
) -> None:  # fmt: skip
    """The panels of a measure share their colours, so that the same shade is the same number in all of them."""
    words, unit, year = key
    across, down, third = names
    lines = design.join(own, how="left").assign(width=lambda frame: frame["p95"] - frame["p05"])
    norms = {what: Normalize(lines[what].min(), _above(lines[what])) for what in ("mean", "width")}
    for row, value in zip(panels, values, strict=True):
        part = lines if value is None else lines[lines[third] == value]
        where = "" if value is None else f", {factor}: {_value(value)}"
        for panel, what in zip(row, ("mean", "width")[: 1 + several], strict=True):
            cells = part.pivot(index=down, columns=across, values=what)
            if not pd.api.types.is_numeric_dtype(design[down]):
                cells = cells.reindex(list(dict.fromkeys(design[down])))  # as the sweep has them
            else:
                cells = cells.iloc[::-1]  # more of it is higher up
            _cells(panel, cells, norms[what], digits_for(lines[what].to_numpy()), several)
            name = words if what == "mean" else "Width of its 5-95 % band"
            panel.set_title(f"{plain(name)}\n{plain(unit or 'dimensionless')}, {WHEN[year]}{where}")


def _above(values: pd.Series) -> float:
    return float(values.max()) if values.max() > values.min() else float(values.min()) + 1.0


def _cells(panel: Axes, cells: pd.DataFrame, norm: Normalize, digits: int, several: bool) -> None:
    values = cells.to_numpy(dtype=float)
    image = coloured(panel, values, [_value(v) for v in cells.index], [_value(v) for v in cells.columns], norm)
    inches = WIDTH_INCHES / (2.6 if several else 1.3) / values.shape[1]
    size = 8.5 if inches > 0.55 else 7
    for (i, j), value in np.ndenumerate(values):
        text = f"{value:,.{digits}f}" if np.isfinite(value) else "-"
        panel.text(j, i, text, ha="center", va="center", fontsize=size, color=ink(image, value))


def _title(meta: dict[str, Any], name: str) -> str:
    title: str = next(each["title"] for each in meta["factors"] if each["name"] == name)
    return title


def _within(title: str) -> str:
    """A title within a sentence: a capital stays where another follows, as in US or EEP."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _named(factor: dict[str, Any]) -> str:
    unit = factor["unit"]
    return f"{factor['title']} ({unit})" if unit and unit != "dimensionless" else factor["title"]


def _value(value: Any) -> str:
    return plain(shorten(f"{value:g}" if isinstance(value, float) else str(value).replace("_", " "), 20))
