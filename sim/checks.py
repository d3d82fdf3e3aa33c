"""Accounting identities, and arithmetic itself, checked every period of every run.

A broken one stops the run with a message that names it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import numpy as np

from agents.arrays import Array

TOLERANCE = 1e-9  # relative to the size of the account


class IdentityError(RuntimeError):
    """An accounting identity does not hold."""


class NotComputable(RuntimeError):
    """Numbers left the range that can be computed with: what comes after would be infinite, or no number."""


def computable(work: Callable[..., None]) -> Callable[..., None]:
    """Stop a market at the first result that is infinite or no number, and say in which period and whose it is.

    Raises
    ------
    NotComputable
        Of numbers that the schema allows one by one but that cannot be multiplied or divided.
    """

    @functools.wraps(work)
    def stopping(market: Any, *args: Any, **kwargs: Any) -> None:
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):  # underflow is as the caller has it
                work(market, *args, **kwargs)
        except ArithmeticError as error:  # of NumPy and of Python's own numbers
            when = getattr(market, "period_name", "") or "before the first period"
            raise NotComputable(
                f"the market cannot be computed ({', '.join([when, *_whereabouts(error.__traceback__, market)])}): "
                f"{error}; a number of the scenario is too large, or too small, for what it meets there"
            ) from error

    return stopping


@contextmanager
def computing(what: str) -> Iterator[None]:
    """Stop at the first result that is infinite or no number, in a block or a function; ``what`` cannot be computed.

    Raises
    ------
    NotComputable
        Of numbers that are finite one by one but that cannot be added, multiplied or divided.
    """
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            yield
    except ArithmeticError as error:
        raise NotComputable(
            f"{what} cannot be computed: {error}; a number of the scenario is too large, or too small"
        ) from error


def _whereabouts(place: TracebackType | None, market: Any) -> list[str]:
    """What the market was doing, and the agents and tenders at work, the innermost last."""
    doing, names = "", []
    while place is not None:
        frame, place = place.tb_frame, place.tb_next
        here = frame.f_locals.get("self")
        if here is market and frame.f_code.co_name not in ("step", "__init__"):
            doing = doing or frame.f_code.co_name.strip("_").replace("_", " ")
        names += [getattr(each, "name", None) for each in (here, frame.f_locals.get("tender")) if each is not market]
    return [part for part in dict.fromkeys([doing, *names]) if isinstance(part, str) and part]


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
