"""The few lines of arithmetic that every agent uses, on plain floats."""

from __future__ import annotations


def clip(value: float, low: float, high: float) -> float:
    """``value`` kept within bounds."""
    return min(max(value, low), high)


def ratio(numerator: float, denominator: float, empty: float = 0.0) -> float:
    """``numerator / denominator``, and ``empty`` where the denominator is not positive."""
    return numerator / denominator if denominator > 0 else empty


def part_gone(share_a_month: float, months: float) -> float:
    """Part of a way that is gone in ``months`` months by who goes ``share_a_month`` of what is left in each."""
    return 1.0 - (1.0 - share_a_month) ** months
