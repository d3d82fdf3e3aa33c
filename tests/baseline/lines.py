"""Results as lines of a table: what is kept of a run, how it is written, and what has moved."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measures import Measures, Table
from sim.measures.bands import bands

KEYS = ["table", "row", "column", "unit"]
NUMBERS = ["value", "low", "high"]
DIGITS = 13
# The same machine gives the same bits. Another build of NumPy rounds exp, log and long sums differently in the last
# bits, which the periods of a run carry on; 1e-9 is far above that and far below what any change of the model does.
RELATIVE, ABSOLUTE = 1e-9, 1e-9
# An iteration ends when it is near enough by its own rule, so rounding moves its result by more than itself.
ITERATED = 1e-6


def of_measures(measures: Measures) -> pd.DataFrame:
    """One line per measure: its mean over the draws, and the 5 and 95 % points."""
    keys = pd.DataFrame(list(measures.keys), columns=KEYS)
    found = bands(measures.values, (0.05, 0.95))
    return keys.assign(value=found["mean"], low=found["p05"], high=found["p95"])


def of_tables(tables: Iterable[Table]) -> pd.DataFrame:
    """Lines of tables with draws."""
    return of_measures(Measures.from_tables(list(tables), 0))


def of_array(name: str, values: np.ndarray) -> pd.DataFrame:
    """One line per element of an array without draws; the row is its place."""
    flat = np.ravel(np.asarray(values, dtype=float))
    places = ["/".join(map(str, place)) for place in np.ndindex(*np.shape(values))]
    return pd.DataFrame({"table": name, "row": places, "column": "", "unit": "", "value": flat})


def of_frame(name: str, frame: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Lines of a frame with one number per cell; ``labels`` are the columns that name its rows."""
    rows = frame[labels].astype(str).agg("/".join, axis=1)
    numbers = frame.drop(columns=labels).apply(pd.to_numeric, errors="coerce").astype(float)
    parts = [
        pd.DataFrame({"table": name, "row": rows, "column": column, "unit": "", "value": numbers[column]})
        for column in numbers
    ]
    return pd.concat(parts, ignore_index=True)


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """All lines of a run, every line under a key of its own."""
    lines = pd.concat(list(parts), ignore_index=True).reindex(columns=KEYS + NUMBERS)
    again = lines.duplicated(KEYS)
    if again.any():
        raise ValueError(f"two lines for {lines.loc[again, KEYS].iloc[0].tolist()}")
    return lines


def write(lines: pd.DataFrame, path: Path) -> None:
    """Write lines as text, numbers to ``DIGITS`` digits."""
    lines.to_csv(path, index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")


def read(path: Path) -> pd.DataFrame:
    """Read lines as written; no lines where there is no file."""
    if not path.exists():
        return pd.DataFrame(columns=KEYS + NUMBERS)
    return pd.read_csv(
        path, dtype=dict.fromkeys(KEYS, str), keep_default_na=False, na_values={name: [""] for name in NUMBERS}
    )


def moved(old: pd.DataFrame, new: pd.DataFrame, relative: float = RELATIVE) -> list[str]:
    """One sentence for each line that has moved, is gone or is new; the largest relative moves first."""
    sides = [each.set_index(KEYS)[NUMBERS].astype(float) for each in (old, new)]
    both = sides[0].index.intersection(sides[1].index, sort=False)
    before, after = (side.loc[both].to_numpy() for side in sides)
    close = np.isclose(after, before, rtol=relative, atol=ABSOLUTE, equal_nan=True)
    found = []
    for place in np.flatnonzero(~close.all(axis=1)):
        column = int(np.flatnonzero(~close[place])[0])
        one, other = before[place, column], after[place, column]
        size = abs(other - one) / max(abs(one), ABSOLUTE) if np.isfinite([one, other]).all() else np.inf
        found.append(
            (size, f"{words(both[place])} {NUMBERS[column]}: {one:.{DIGITS}g} -> {other:.{DIGITS}g} ({size:.3g})")
        )
    found.sort(key=lambda each: -each[0])
    gone = [f"{words(key)}: gone" for key in sides[0].index.difference(sides[1].index, sort=False)]
    more = [f"{words(key)}: new" for key in sides[1].index.difference(sides[0].index, sort=False)]
    return [change for _, change in found] + gone + more


def text(value: float) -> str:
    """Write a number as the file has it."""
    return f"{value:.{DIGITS}g}"


def words(key: tuple[str, ...]) -> str:
    """Name of a line."""
    return " | ".join(part for part in key[:-1] if part)
