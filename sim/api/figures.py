"""Figures of results in a notebook: named, drawn, and shown without any set-up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from sim.store import StoreError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class HasTables(Protocol):
    """What figures are drawn of."""

    @property
    def meta(self) -> dict[str, Any]:
        """What ``run.json`` says."""

    @property
    def read(self) -> Callable[[str], pd.DataFrame]:
        """Gives a table by name."""


class WithFigures:
    """Results that figures can be drawn of: ``meta`` is their ``run.json`` and ``read`` gives a table by name."""

    @property
    def figures(self: HasTables) -> tuple[str, ...]:
        """Names of the figures of this kind of result, for :meth:`figure`.

        Raises
        ------
        StoreError
            For results of a kind that has none.
        """
        return tuple(_known(self.meta))

    def figure(self: HasTables, name: str) -> Figure | None:
        """Draw one of ``figures``, which a notebook shows; None where there is nothing to draw.

        Raises
        ------
        StoreError
            When there is no figure of that name, or what was saved does not hold what it needs.
        """
        return figure_of(self.meta, name, self.read)


def figure_of(meta: dict[str, Any], name: str, read: Callable[[str], pd.DataFrame]) -> Figure | None:
    """Draw a figure by its name from what ``run.json`` says and ``read`` gives; see :meth:`WithFigures.figure`."""
    from sim.figures import tables_kept
    from sim.figures.asked import check_figure, undrawable

    known = _known(meta)
    check_figure(name, known, f"this {_kind(meta)}")
    frames = {table: read(table) for table in tables_kept(_kind(meta), meta)}
    with undrawable(str(meta.get("stem")), name):
        figure = known[name](frames, {"run_id": "not saved", **meta})
    if figure is not None:
        # Made without pyplot, so that nobody has to close it; a notebook shows what has this method.
        figure._repr_png_ = partial(_png, figure)
    figure_of: Figure | None = figure
    return figure_of


def _png(figure: Figure) -> bytes:
    from sim.figures.files import save

    target = BytesIO()
    save(figure, target, "png")
    return target.getvalue()


def _kind(meta: dict[str, Any]) -> str:
    return str(meta.get("kind", "run"))


def _known(meta: dict[str, Any]) -> dict[str, Any]:
    from sim.figures import KINDS  # drawing is slow to import

    if _kind(meta) not in KINDS:
        raise StoreError(f"results of kind '{_kind(meta)[:40]}' have no figures to draw")
    return KINDS[_kind(meta)].figures
