"""Numbers on axes: thousands grouped, and a minus that is one."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import ScalarFormatter


class Grouped(ScalarFormatter):
    """Matplotlib's own numbers with commas between thousands."""

    def __call__(self, value: float, place: Any = None) -> str:
        """Label of a tick."""
        text = super().__call__(value, place)
        sign, digits = ("\N{MINUS SIGN}", text[1:]) if text[:1] in ("\N{MINUS SIGN}", "-") else ("", text)
        whole, point, rest = digits.partition(".")
        return f"{sign}{int(whole):,}{point}{rest}" if whole.isdigit() else text


def group_thousands(panel: Axes, which: str) -> None:
    """Write the numbers of the ``x`` or ``y`` axis with commas between thousands, and without an offset."""
    axis = panel.xaxis if which == "x" else panel.yaxis
    grouped = Grouped(useOffset=False)
    axis.set_major_formatter(grouped)
    grouped.set_scientific(False)
