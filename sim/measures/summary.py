"""The summary of a run: every table reported about it, or those asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from sim.checks import computing
from sim.ledger import Ledger
from sim.measures.catalogue import TABLES, Accounts, origins_reported
from sim.measures.measures import Measures
from sim.measures.reading import Reading
from sim.measures.sales import labels, market_prices
from sim.measures.table import Table


class UnknownTable(ValueError):
    """A table that no run has; the message names it and the tables there are."""


def table_names() -> set[str]:
    """Tables that a summary can have."""
    return {name for names, _ in TABLES for name in names}


def check_names(tables: Collection[str]) -> None:
    """Raise ``UnknownTable`` for names that are not in the catalogue."""
    known = table_names()
    if missing := sorted(set(tables) - known):
        raise UnknownTable(f"no table {', '.join(missing)}; the tables are {', '.join(sorted(known))}")


def summary(
    ledger: Ledger,
    origins: Sequence[str] | None = None,
    extra: Sequence[Table] = (),
    tables: Collection[str] | None = None,
) -> Measures:
    """Everything reported about a run, by crop year.

    Parameters
    ----------
    ledger : Ledger
    origins : sequence of str, optional
        Origins whose prices by market and price gaps are reported; as in :func:`origins_reported` when absent.
    extra : sequence of Table, optional
        Tables to append, such as those of ``study_tables``.
    tables : collection of str, optional
        Names of the tables wanted, all when absent; what the others need is not computed. A run without boards or
        programmes does not have the tables about them.

    Returns
    -------
    Measures
        Rows are crop years. Columns join labels with colons: ``market:grade``, ``origin:market:grade``, ``board:pool``,
        ``origin:grade:market-market``.

    Raises
    ------
    UnknownTable
        For a name that is not in the catalogue.
    """
    if tables is not None:
        check_names(tables)
    if isinstance(ledger, Reading):
        return _summary(ledger, origins, extra, tables)
    read = partial(_summary, origins=origins, extra=(), tables=tables)
    own = Measures.concat([read(part) for part in Reading.of(ledger).parts(read)])
    if not extra:
        return own
    more = Measures.from_tables(extra, ledger.first_draw)
    values = np.concatenate([own.values, more.values]) if own.keys else more.values
    return Measures(own.keys + more.keys, values, more.draw_numbers)


@computing("a measure of the run")
def _summary(
    reading: Reading, origins: Sequence[str] | None, extra: Sequence[Table], tables: Collection[str] | None
) -> Measures:
    accounts = Accounts(reading, tuple(origins_reported(reading) if origins is None else origins))
    found = []
    for names, build in TABLES:
        if tables is None or set(tables) & set(names):
            found += [table for table in build(accounts) if tables is None or table.name in tables]
    return Measures.from_tables([*found, *extra], reading.first_draw)


@computing("a monthly price")
def monthly_summary(ledger: Ledger, origins: Sequence[str] | None = None) -> Measures:
    """Prices by period: of each grade by origin and market, in the cash markets and at the reference points.

    Rows are the periods' months (with the period's number where a month has several).
    """
    origins = origins_reported(ledger) if origins is None else list(origins)
    months = ledger.periods["month"]
    rows = tuple(months if months.is_unique else months + "#" + ledger.periods["period"].astype(str))
    tables = []
    for origin in origins:
        for grade in labels(ledger, "grade"):
            values, _, markets = market_prices(ledger, origin, grade)
            columns = tuple(f"{origin}:{market}:{grade}" for market in markets)
            tables.append(Table("monthly_price", rows, columns, ("C$/t",) * len(columns), values))
    for state, name in (
        ("cash_price_cad_t", "monthly_cash_price"),
        ("reference_price_cad_t", "monthly_reference_price"),
    ):
        if series := ledger.states.get(state):
            units = (series.unit,) * len(series.labels)
            tables.append(Table(name, rows, series.labels, units, series.values))
    return Measures.from_tables(tables, ledger.first_draw)
