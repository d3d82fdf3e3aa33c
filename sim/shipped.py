"""The scenarios and tables that come with the package: where they are, and the published figures among them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from sim.kept import Inputs, exists, kept_content, kept_stems

AVERAGE = "average"
SIGNIFICANCE = "significant_95"
ROW_KEYS = {1: ("period", "pair"), 2: ("crop_year",), 3: ("crop_year",), 4: ("series",)}
"""Columns that name the rows of each published table."""


def shipped_folder() -> Path:
    """Folder of the shipped scenarios."""
    return Path(str(resources.files("scenarios")))


def shipped_names() -> list[str]:
    """Names of the shipped scenarios, without ``.yaml``."""
    return _stems("")


def game_names() -> list[str]:
    """Names of the shipped games, without ``.yaml``."""
    return _stems("games/")


def game_path(name: str) -> Path:
    """Find the game a user means: a path as it stands, or the bare name of a shipped game."""
    return _found(name, "games")


def game_market_names() -> list[str]:
    """Names of the scenarios that ship for games, without ``.yaml``."""
    return _stems("games/markets/")


def scenario_path(name: str) -> Path:
    """Find the file a user means: a path as it stands, or the bare name of a shipped scenario."""
    path = Path(name)
    return path if _exists(path) else shipped_path(name) or path


def shipped_path(name: str) -> Path | None:
    """File of the shipped scenario a bare name stands for, with or without ``.yaml``; None for any other text."""
    path = Path(name)
    if path.name == name and path.suffix in ("", ".yaml") and path.stem in shipped_names():
        return shipped_file(path.stem)
    return None


def shipped_file(name: str) -> Path:
    """File of one of ``shipped_names``."""
    return shipped_folder() / f"{name}.yaml"


def calibration_names() -> list[str]:
    """Names of the shipped calibrations."""
    return _stems("calibrations/")


def calibration_path(name: str) -> Path:
    """Find the calibration a user means: a path as it stands, or the bare name of a shipped one."""
    return _found(name, "calibrations")


def sweep_names() -> list[str]:
    """Names of the shipped sweeps."""
    return _stems("sweeps/")


def sweep_path(name: str) -> Path:
    """Find the sweep a user means: a path as it stands, or the bare name of a shipped one."""
    return _found(name, "sweeps")


def shipped_kind(name: str) -> str | None:
    """Kind of the shipped file a bare name stands for, with or without ``.yaml``; None for any other text."""
    known = {"scenario": shipped_names, "sweep": sweep_names, "game": game_names, "calibration": calibration_names}
    stem = name.removesuffix(".yaml")
    return next((kind for kind, names in known.items() if stem in names()), None)


def table_names() -> list[str]:
    """Names of the shipped data tables, without ``.csv``."""
    return _stems("data/", ".csv")


def shipped_table(name: str) -> Path | None:
    """Shipped data table that ``data/prices.csv`` or ``prices.csv`` stands for; None for any other text."""
    last = name.removeprefix("data/")
    known = last.endswith(".csv") and last.removesuffix(".csv") in table_names()
    return shipped_folder() / "data" / last if known else None


def _found(name: str, folder: str) -> Path:
    """A path as it stands, or the file in a folder of the shipped ones that a bare name stands for."""
    path = Path(name)
    shipped = shipped_folder() / folder / f"{path.stem}.yaml"
    bare = path.name == name and path.suffix in ("", ".yaml")
    return shipped if bare and not _exists(path) and _exists(shipped) else path


def _stems(folder: str, ending: str = ".yaml") -> list[str]:
    """Names, without their ending, of the shipped files of a folder, and of the kept ones while they are in use."""
    found = {path.stem for path in (shipped_folder() / folder).glob(f"*{ending}")}
    return sorted(found.union(kept_stems(folder, ending)))


def _exists(path: Path) -> bool:
    try:
        return exists(str(path))
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL in it
        return False


def home_origin(scenario: Mapping[str, Any]) -> str:
    """Origin whose producers are reported first: that of the base prices, or else the first (scenario as dict)."""
    home_origin: str = scenario.get("base_price_origin") or next(iter(scenario["origins"]))
    return home_origin


def market_pairs(scenario: dict[str, Any]) -> list[str]:
    """List the pairs of markets, ``a-b``, whose gap is reported: the published ones if all there, else every pair."""
    markets = list(scenario["markets"])
    beside = scenario.get("published")
    published = list(dict.fromkeys(row["pair"] for row in _read("study_table1"))) if beside else []
    if published and all(market in markets for pair in published for market in pair.split("-")):
        return published
    return [f"{first}-{second}" for i, first in enumerate(markets) for second in markets[i + 1 :]]


def published_gaps() -> dict[str, tuple[float, bool]]:
    """Read the study's Table 1: ``"period pair"`` -> (mean difference in C$/t, starred at 95 %)."""
    return {
        f"{row['period']} {row['pair']}": (float(row["mean_difference_cad_t"]), row[SIGNIFICANCE] == "true")
        for row in _read("study_table1")
    }


def published_periods() -> list[str]:
    """List the periods of the study's Table 1."""
    return list(dict.fromkeys(row["period"] for row in _read("study_table1")))


def published_effects() -> dict[tuple[str, str], float]:
    """Read the study's Table 2: (crop year or "average", column) -> multiple sellers minus single desk."""
    return {(row, column): value for table, row, column, value in published_figures() if table == 2}


def published_figures() -> list[tuple[int, str, str, float]]:
    """Read every figure of the study's Tables 1-4 in printed order: (table, row, column, value).

    A row of Table 1 is called ``period pair``. The basis of corn to itself, zero by definition, is left out.
    """
    return [
        (table, row, column, float(value))
        for table, keys in ROW_KEYS.items()
        for line in _read(f"study_table{table}")
        for row in [" ".join(line[key] for key in keys)]
        for column, value in line.items()
        if value and column not in (*keys, SIGNIFICANCE, f"{row}_basis_cad_t")
    ]


def published_seasons() -> tuple[str, ...]:
    """List the crop years of the study's Table 3."""
    return tuple(dict.fromkeys(row for table, row, _, _ in published_figures() if table == 3 and row != AVERAGE))


def _read(name: str) -> list[dict[str, str]]:
    text = table_text(name)
    return [] if text is None else list(csv.DictReader(io.StringIO(text, newline="")))


def table_text(name: str) -> str | None:
    """Text of a shipped data table, by its name without ``.csv``: the kept one, or else that on disk, None for none."""
    path = shipped_folder() / "data" / f"{name}.csv"
    kept = kept_content(str(path))
    if kept is None and not path.is_file():
        return None
    return (path.read_bytes() if kept is None else kept).decode("utf-8")


def table_inputs(*names: str) -> Inputs:
    """Content of the study's published tables, and of more shipped tables by name."""
    found = Inputs()
    for name in (*(f"study_table{number}" for number in ROW_KEYS), *names):
        text = table_text(name)
        if text is not None:
            found.add(str(shipped_folder() / "data" / f"{name}.csv"), text.encode("utf-8"))
    return found
