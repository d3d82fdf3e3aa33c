"""Values as coloured cells with the numbers in them: one look for heat maps of sweeps and pay-offs of games."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

MAP = "YlGnBu"  # told apart by colour-blind readers, and evenly darker in greyscale


def coloured(
    panel: Axes, values: np.ndarray, rows: Sequence[str], columns: Sequence[str], norm: Normalize | None = None
) -> Any:
    """Colour a table of values (row, column), darker for more; a cell without a value stays white.

    Returns
    -------
    AxesImage
        For :func:`ink` and a colour bar.
    """
    image = panel.imshow(np.ma.masked_invalid(values), cmap=MAP, norm=norm, aspect="auto")
    panel.set_xticks(range(len(columns)), columns)
    panel.set_yticks(range(len(rows)), rows)
    panel.grid(visible=False)
    panel.tick_params(length=0)
    for spine in panel.spines.values():
        spine.set_visible(False)
    return image


def ink(image: Any, value: float) -> str:
    """Black or white, whichever is easier to read on the cell of a value."""
    if not np.isfinite(value):
        return "black"
    red, green, blue, _ = image.cmap(image.norm(value))
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return "black" if luminance > 0.179 else "white"  # where contrast with black and with white is the same (WCAG)


def digits_for(values: np.ndarray) -> int:
    """Decimals that tell cells apart without crowding them."""
    finite = np.abs(values[np.isfinite(values)])
    largest = finite.max() if finite.size else 0.0
    return 0 if largest >= 100 else 1 if largest >= 1 else 3
