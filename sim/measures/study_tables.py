"""Tables 1, 3 and 4 of the study for one run. Table 2 compares two runs: see ``regime_effect``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.ledger import Ledger
from sim.measures.price_gaps import crop_years_between, price_gaps
from sim.measures.price_movement import price_movement
from sim.measures.table import Table
from sim.measures.volatility import volatility

STUDY_TABLES = ("table1", "table3", "table4")


@dataclass(frozen=True)
class StudyPoints:
    """What the study's tables are taken from.

    Attributes
    ----------
    origin, grade : str
        Whose sales of what (Table 1), and where home demand is (Table 3).
    pairs, periods : tuple of str
        Rows of Table 1: ``japan-offshore``, ``1980/81-1985/86``.
    home, outside, corn : tuple of str
        Reference prices: at home, at points outside, and of the substitute. Empty where the scenario quotes none.
    elasticity : float
        Home demand elasticity of Table 3, as a positive number.
    seasons : tuple of str
        Crop years of Tables 3 and 4; all of the run when empty.
    """

    origin: str
    grade: str
    pairs: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    corn: tuple[str, ...] = ()
    elasticity: float = 0.0
    seasons: tuple[str, ...] = ()


def years(period: str) -> int:
    """Crop years in a period written ``1980/81-1985/86``."""
    first, _, last = period.partition("-")
    return int((last or first)[:4]) - int(first[:4]) + 1


def study_tables(ledger: Ledger, points: StudyPoints) -> list[Table]:
    """Tables 1, 3 and 4 where the scenario has the markets and reference prices they need.

    Periods of Table 1 that the run does not cover in full are left out. Table 3 is weekly in the study and takes the
    periods of the run.
    """
    tables: list[Table] = []
    seasons = points.seasons or None
    periods: Sequence[str] = [
        period for period in points.periods if len(crop_years_between(ledger, period)) == years(period)
    ]
    if points.pairs and periods:
        tables.append(price_gaps(ledger, points.origin, points.grade, points.pairs, periods).table())
    if points.home and points.outside:
        where = (points.home[0], points.outside, points.origin, points.grade)
        tables.append(price_movement(ledger, *where, points.elasticity, crop_years=seasons))
    if points.corn:
        series = [*points.home, *points.outside, *points.corn]
        tables.append(volatility(ledger, series, points.corn[0], crop_years=seasons))
    return tables
