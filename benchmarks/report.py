"""What is printed of the figures, and what is written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path

from benchmarks.figures import Figure

HEADER = ("figure", "min", "median", "max", "unit", "target", "")


def line(figure: Figure) -> str:
    """One figure on one line of the screen."""
    low, high = (_number(value) for value in figure.spread)
    target = f"target {figure.target}: {figure.verdict}" if figure.target else ""
    return f"{figure.name:<66} {_number(figure.value):>9} ({low} to {high}) {figure.unit}  {target}".rstrip()


def write(figures: dict[str, list[Figure]], titles: dict[str, str], machine: str, folder: Path) -> None:
    """Write ``benchmarks.json``, a list of {name, value, unit, target}, and ``benchmarks.md`` with the spreads."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_row(figure) for found in figures.values() for figure in found]
    (folder / "benchmarks.json").write_text(json.dumps(rows, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    text = ["# Benchmarks", "", f"Machine: {machine}.", ""]
    for question, found in figures.items():
        text += [f"## {titles[question]}", "", _cells(HEADER), _cells("-" * len(name) or "-" for name in HEADER)]
        text += [_cells(_columns(figure)) for figure in found] + [""]
    (folder / "benchmarks.md").write_text("\n".join(text), encoding="utf-8")


def _row(figure: Figure) -> dict[str, object]:
    value = None if math.isnan(figure.value) else float(f"{figure.value:.6g}")
    target = "-" if figure.target is None else str(figure.target)
    return {"name": figure.name, "value": value, "unit": figure.unit, "target": target}


def _columns(figure: Figure) -> list[str]:
    low, high = figure.spread
    numbers = [_number(value) for value in (low, figure.value, high)]
    return [figure.name, *numbers, figure.unit, str(figure.target or ""), figure.verdict]


def _cells(texts: Iterable[str]) -> str:
    return "| " + " | ".join(texts) + " |"


def _number(value: float) -> str:
    if math.isnan(value):
        return "none"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
