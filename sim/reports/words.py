"""Numbers in words: amounts with their units, and changes whose direction follows the sign."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.screen import number

FORMS = {
    "C$/t": "C${}/t", "US$/t": "US${}/t", "ECU/t": "{} ECU/t",
    "million C$": "C${} million", "million US$": "US${} million", "million ECU": "{} million ECU", "kt": "{} kt",
    "million C$/crop year": "C${} million a crop year",
}  # fmt: skip
"""How an amount in a unit is written; other units follow the number."""
RISES = ("rises", "falls")


def digits_of(value: float) -> int:
    """Digits after the point: three figures of a small number, none of a large one."""
    size = abs(value) if math.isfinite(value) else 1.0
    return 0 if size >= 1000 or size == 0 else 1 if size >= 1 else 2


def amount(value: float, unit: str, digits: int | None = None) -> str:
    """``C$3.2/t``, ``C$64 million``, ``120 kt``; a minus stands in front of the currency."""
    if not math.isfinite(value):
        return "no value"
    text = number(abs(value), digits_of(value) if digits is None else digits)
    sign = "-" if value < 0 and text.strip("0.,") else ""
    return sign + FORMS.get(unit, "{} " + unit).format(text).strip()


def spread(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """``C$2.1/t to C$4.0/t``."""
    digits = digits_of(max(abs(low), abs(high))) if digits is None else digits
    return f"{amount(low, unit, digits)} to {amount(high, unit, digits)}"


def with_range(mean: float, low: float, high: float, unit: str, draws: int) -> str:
    """``C$47.5 million (44.4 to 49.9)``; the mean alone where a single draw has no range."""
    digits = digits_of(mean)
    text = amount(mean, unit, digits)
    if draws == 1 or not math.isfinite(low):
        return text
    return f"{text} ({number(low, digits)} to {number(high, digits)})"


def contains_zero(low: float, high: float) -> bool:
    """Whether an interval leaves the sign open."""
    return low < 0 < high


def change(mean: float, low: float, high: float, unit: str, draws: int, words: tuple[str, str] = RISES) -> str:
    """Say in which direction something goes, by how much, with its range, and whether the range contains zero."""
    if not math.isfinite(mean):
        return "has no value"
    digits = digits_of(mean)
    if not number(abs(mean), digits).strip("0.,"):
        return f"does not change (less than {amount(10**-digits, unit, digits)})"
    text = f"{words[mean < 0]} by {amount(abs(mean), unit, digits)}"
    if draws == 1 or not math.isfinite(low):
        return text
    if contains_zero(low, high):
        return f"{text} on average, but the 5-95 % range, {spread(low, high, unit, digits)}, contains zero"
    ends = sorted((abs(low), abs(high)))
    return f"{text} (5-95 % of draws: {number(ends[0], digits)} to {number(ends[1], digits)})"


def listing(texts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    texts = list(texts)
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""


def plural(count: int, noun: str) -> str:
    """``1 draw``, ``20 draws``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def capital(text: str) -> str:
    """Text with a capital at its start."""
    return text[:1].upper() + text[1:]
