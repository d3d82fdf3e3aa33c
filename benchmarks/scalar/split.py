"""How a quantity is split so that marginal revenue is the same wherever something is sold: two ways to solve it.

Market i has the line ``A_i - 2 b_i q_i`` and takes ``L_i`` at most; the desk wants ``clip((A_i - m) / 2 b_i, 0, L_i)``
of it, with one ``m``, not below zero, at which these add up to ``Q``. Both solvers take the (A, b, L) of every market
and Q, and return the tonnes and m. They agree to rounding. ``by_kinks`` is what a list of floats calls for;
``by_halving`` closes in on the marginal revenue from both sides, and is there to check the other.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.scalar.arithmetic import clip, ratio

BISECTIONS = 40
Lines = list[tuple[float, float, float]]
Split = Callable[[Lines, float], tuple[list[float], float]]


def wanted(lines: Lines, marginal: float) -> list[float]:
    """Tonnes of each market at a marginal revenue."""
    return [clip((a - marginal) / (2.0 * b), 0.0, most) for a, b, most in lines]


def by_kinks(lines: Lines, quantity_kt: float) -> tuple[list[float], float]:
    """Walk down from one marginal revenue at which a market comes in, or is full, to the next.

    Between these the tonnes wanted are linear in ``m``.
    """
    kinks = [(a, 0.5 / b) for a, b, _ in lines] + [(a - 2.0 * b * most, -0.5 / b) for a, b, most in lines]
    sold_kt = rate = above = 0.0
    for kink, change in sorted(kinks, reverse=True):
        if kink <= 0 or sold_kt + rate * (above - kink) > quantity_kt:
            break
        sold_kt += rate * (above - kink)
        above, rate = kink, rate + change
    marginal = max(above - ratio(quantity_kt - sold_kt, rate, empty=above), 0.0)
    return wanted(lines, marginal), marginal


def by_halving(lines: Lines, quantity_kt: float) -> tuple[list[float], float]:
    """Halve the bracket of ``m`` until it is narrow, then solve for ``m`` with the markets inside their limits."""
    low, high = 0.0, max(0.0, *(a for a, _, _ in lines))
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if sum(wanted(lines, middle)) > quantity_kt:
            low = middle
        else:
            high = middle
    desired = [(a - high) / (2.0 * b) for a, b, _ in lines]
    interior = [(a, b) for (a, b, most), kt in zip(lines, desired, strict=True) if 0 < kt < most]
    weight = sum(0.5 / b for _, b in interior)
    if low == 0 or weight == 0:
        return wanted(lines, high), high
    full_kt = sum(most for (_, _, most), kt in zip(lines, desired, strict=True) if kt >= most)
    exact = (sum(0.5 * a / b for a, b in interior) + full_kt - quantity_kt) / weight
    marginal = clip(exact, low, high)
    return wanted(lines, marginal), marginal
