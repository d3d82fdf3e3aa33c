"""What may be asked of stored results."""

from __future__ import annotations

from dataclasses import dataclass

from sim.store import StoreError
from sim.stored.layout import STATISTICS


@dataclass(frozen=True)
class Question:
    """What is asked of stored results.

    Attributes
    ----------
    measures : tuple of str
        Patterns ``table`` or ``table:column`` with ``*`` and ``?``; all measures when empty.
    crop_years : tuple of str
        Crop years (``1985/86``, ``1985/86-1994/95``, or ``mean``); all when empty.
    where : str
        Condition on the columns of the result (see ``sim.stored.conditions``); none when empty.
    statistics : tuple of str
        ``mean``, ``p05``, ``p25``, ``p50``, ``p75``, ``p95``; all when empty.
    draws : bool
        The value in every draw instead of statistics (sweeps only).
    beside : bool
        Runs side by side, one column each, joined on crop year, measure and shared factors.
    difference : bool
        Beside that, each run less the first; of means only.
    """

    measures: tuple[str, ...] = ()
    crop_years: tuple[str, ...] = ()
    where: str = ""
    statistics: tuple[str, ...] = ()
    draws: bool = False
    beside: bool = False
    difference: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be answered, or not together."""
        for text in (*self.measures, *self.crop_years, self.where, *self.statistics):
            if not isinstance(text, str):
                raise TypeError(f"{text!r} is no text; measures, crop years, conditions and statistics are")
        for name in self.statistics:
            if name not in STATISTICS:
                raise StoreError(f"--stat {name[:40]}: choose of {', '.join(STATISTICS)}")
        if self.draws and (self.statistics or self.beside):
            raise StoreError("--draws gives every draw by itself: leave out --stat, --beside and --difference")
        if self.beside and len(self.statistics) > 1:
            raise StoreError("--beside shows one statistic: give one --stat")
        if self.difference and self.statistics not in ((), ("mean",)):
            raise StoreError(
                "--difference is of means: a difference of quantiles is no quantile of the difference; "
                "singledesk compare gives those"
            )
