"""Where the money of an export programme went: what every side gains of each dollar its treasury spends."""

from __future__ import annotations

import numpy as np

from sim.experiments.counterfactual import EEP, RESTITUTION
from sim.measures import AVERAGE, Measures, Table
from sim.measures.arrays import divide, total
from sim.measures.picking import pick
from sim.measures.welfare import UNIT

SPENDING, LOSS = "spending", "deadweight_loss"
SIDES = (
    "favoured_buyers", "other_buyers", "own_producers", "own_buyers", "own_taxpayers_otherwise", "middlemen",
    "other_producers", "other_taxpayers",
)  # fmt: skip
"""Who gains or loses: with the deadweight loss they add up to the spending."""
SHARE = "_per_dollar"
OWN_ACCOUNTS = {
    EEP: ("bonus", "spending", "usd", "US$"),
    RESTITUTION: ("refund_programme", f"{RESTITUTION}:spending_million_ecu", "ecu", "ECU"),
}
"""Table and column with a programme's spending in the currency it pays in, and that currency; others pay C$."""


def destination(
    with_it: Measures, without_it: Measures, gains: Table, programme: str, origin: str, favoured: str
) -> Table:
    """Where a programme's spending went, million C$ with it less without, and the same per dollar spent.

    ``spending = sum of SIDES + deadweight_loss``. A gain is above zero; what a side loses was taken from it and is
    spread with the treasury's money. Quotients of the row ``average`` are those of the means over crop years; they are
    NaN where nothing was spent.

    Parameters
    ----------
    with_it, without_it : Measures
        Both with the table ``groups`` (consumers' surplus of groups of importers).
    gains : Table
        ``sim.experiments.gains.who_gains`` of the two, with a row ``average``.
    programme, origin : str
        Name of the programme's account, and whose exports it subsidises.
    favoured : str
        Group of importers its sales may go to; a group that does not exist gains nothing.

    Returns
    -------
    Table
        Columns ``spending``, those of ``SIDES``, ``deadweight_loss``; then each again with ``SHARE``, C$ per C$.
    """
    rows = [row for row in gains.rows if row != AVERAGE]
    change = gains.only(rows)
    spent = pick(with_it, "programme_spend").only(rows).column(programme)
    pleased = pick(with_it, "groups").minus(pick(without_it, "groups")).only(rows)
    given = pleased.column(favoured) if favoured in pleased.columns else np.zeros_like(spent)

    def own(part: str) -> np.ndarray:
        return change.column(f"{origin}:{part}") if f"{origin}:{part}" in change.columns else np.zeros_like(spent)

    def world(part: str) -> np.ndarray:
        return change.column(f"world:{part}")

    amounts = {
        SPENDING: spent,
        "favoured_buyers": given,
        "other_buyers": world("buyers") - own("buyers") - given,
        "own_producers": own("producers"),
        "own_buyers": own("buyers"),
        "own_taxpayers_otherwise": own("taxpayers") + spent,
        "middlemen": world("middlemen"),
        "other_producers": world("producers") - own("producers"),
        "other_taxpayers": world("taxpayers") - own("taxpayers"),
        LOSS: world("deadweight_loss"),
    }
    values = np.stack(list(amounts.values()), axis=1)
    values = np.concatenate([values, (total(values) / len(rows))[None]])
    shares = np.where(values[:, :1] > 0, divide(values, values[:, :1]), np.nan)
    columns = (*amounts, *(f"{name}{SHARE}" for name in amounts))
    units = (UNIT,) * len(amounts) + ("C$ per C$",) * len(amounts)
    return Table("destination", (*rows, AVERAGE), columns, units, np.concatenate([values, shares], axis=1))


def own_spending(measures: Measures, programme: str) -> tuple[str, str, np.ndarray] | None:
    """A programme's spending in the currency it pays in, where that is not C$.

    Returns
    -------
    tuple of (str, str, ndarray) or None
        The currency as in names of columns and as in units, and millions of it, (crop year, draw).
    """
    if programme not in OWN_ACCOUNTS:
        return None
    table, column, suffix, unit = OWN_ACCOUNTS[programme]
    account = pick(measures, table)
    return (suffix, unit, account.column(column)) if column in account.columns else None
