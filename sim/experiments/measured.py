"""What a run of a scenario would report, found without simulating a period of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.measures import summary
from sim.measures.study_tables import study_tables
from sim.study_points import study_points


def measured(loaded: Any) -> pd.DataFrame:
    """List every table and column that a run of a scenario has.

    They depend on who may sell to whom and when tenders are held, which the market knows before its first period.

    Parameters
    ----------
    loaded : Loaded
        A loaded scenario.

    Returns
    -------
    pandas.DataFrame
        One line per table and column, in order of presentation: table, column, unit, and ``yearly``, whether the rows
        of the table are crop years (those of Tables 1, 3 and 4 and of ``bonus_fiscal_year`` are not, or not only).
    """
    from sim.market import BarleyMarket

    ledger = BarleyMarket(loaded, draws=1).release()
    keys = summary(ledger, extra=study_tables(ledger, study_points(loaded))).keys
    frame = pd.DataFrame(list(keys), columns=["table", "row", "column", "unit"])
    other = set(frame["table"][~frame["row"].isin(ledger.crop_years)])
    frame["yearly"] = ~frame["table"].isin(other)
    return frame.drop(columns="row").drop_duplicates(["table", "column"], ignore_index=True)
