"""Accounting identities, checked every period of every run. A broken one stops the run with a message that names it."""

from __future__ import annotations

import numpy as np

from agents.arrays import Array

TOLERANCE = 1e-9  # relative to the size of the account


class IdentityError(RuntimeError):
    """An accounting identity does not hold."""


def _fail(name: str, where: str, gap: Array, detail: str) -> None:
    draw = int(np.argmax(np.abs(gap)))
    raise IdentityError(
        f"identity broken: {name} ({where}, draw {draw} of the chunk): off by {gap[draw]:.6g}; {detail}"
    )


def check_balance(name: str, where: str, left: Array, right: Array, scale: Array, unit: str) -> None:
    """Both sides of an account agree in every draw, to ``TOLERANCE`` of ``scale``; arrays (draw,)."""
    gap = left - right
    if not (np.abs(gap) <= TOLERANCE * np.maximum(scale, 1.0)).all():
        _fail(name, where, np.where(np.isfinite(gap), gap, np.inf), f"both sides in {unit}")


def check_nonnegative(name: str, where: str, values: Array) -> None:
    """No stock or quantity is below zero or not a number; array (..., draw)."""
    low = values.reshape(-1, values.shape[-1]).min(axis=0)
    if not (low >= -1e-9).all():
        _fail(
            f"{name} is negative or not a number",
            where,
            np.where(np.isfinite(low), low, -np.inf),
            "must be at least zero",
        )
