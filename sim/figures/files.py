"""Figures as files: the same figure gives the same bytes, whenever and in whatever format it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.figures.style import STYLE

FORMATS = ("png", "svg", "pdf")
# Dates and versions would make two files of one figure differ.
_UNDATED: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def save(figure: Figure, target: Path | IO[bytes], image_format: str | None = None) -> None:
    """Write a figure as PNG (120 dots per inch), SVG (letters as text) or PDF, its title among the file's properties.

    ``image_format`` is one of ``FORMATS``; the ending of ``target`` says it when absent.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    kind = image_format or Path(str(target)).suffix[1:]
    title = figure.get_suptitle().replace("\\$", "$")
    with mpl.rc_context(STYLE), _settled(figure):
        figure.savefig(target, format=kind, metadata={"Title": title, **_UNDATED[kind]})


@contextmanager
def _settled(figure: Figure) -> Iterator[None]:
    """Lay a figure out once, to a millionth of its size: the last digits of a layout differ from process to process.

    In SVG the names of clipping frames are made from those digits.
    """
    engine = figure.get_layout_engine()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(float(each), 6) for each in axes.get_position(original=True).bounds)
        axes.set_position((left, bottom, width, height))
    try:
        yield
    finally:
        figure.set_layout_engine(engine)
