"""Figures of results in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.figures import KINDS, tables_kept
from sim.scenario.problems import nearest
from sim.store import StoreError


def figure_of(kind: str, name: str, read: Callable[[str], pd.DataFrame], meta: dict[str, Any]) -> Figure | None:
    """Draw one of the figures that are saved with a kind of result; None where there is nothing to draw.

    Raises
    ------
    StoreError
        When there is no figure of that name.
    """
    known = KINDS[kind].figures
    if name not in known:
        raise StoreError(f"no figure called '{name}'{nearest(name, known)}")
    return known[name]({table: read(table) for table in tables_kept(kind, meta)}, {"run_id": "not saved", **meta})
