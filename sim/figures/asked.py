"""Figures that are asked for: by a name there is none of, or of a result that does not hold what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sim.scenario.problems import nearest
from sim.store import StoreError


def check_figure(name: str, known: Collection[str], which: str) -> None:
    """Raise ``StoreError`` for a figure that there is none of, with the nearest name and those that there are."""
    if name not in known:
        near = nearest(str(name), known)
        hint = near if "did you mean" in near else ";"
        raise StoreError(f"no figure called '{name}'{hint} figures of {which}: {', '.join(known)}")


@contextmanager
def undrawable(place: str, name: str) -> Iterator[None]:
    """Say which figure of which result cannot be drawn, also when that shows only while it is laid out."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        message = f"{place}: figure `{name}` cannot be drawn from what run.json and its tables hold ({what})"
        raise StoreError(f"{message}; run the scenario again") from error
