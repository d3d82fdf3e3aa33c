"""Table 4: how far monthly reference prices stray from the season's start and from the six months that follow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.ledger import Ledger
from sim.measures.arrays import deviation, group_mean, mean, total
from sim.measures.sales import year_codes
from sim.measures.table import Table

AHEAD = 6  # months that follow


def season_deviation(price: np.ndarray, year: np.ndarray, in_base: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Deviation of the crop-year average from the price of the base month, over crop years.

    Parameters
    ----------
    price : ndarray, shape (period, draw)
        C$/t.
    year : ndarray of int, shape (period,)
        Crop year of each period, 0 = first.
    in_base : ndarray of bool, shape (period,)
        Whether the period lies in the base month.

    Returns
    -------
    absolute, standard : ndarray, shape (draw,)
        Mean of the absolute deviations and sample standard deviation of the deviations (NaN with one year), C$/t.
    """
    years = int(year.max()) + 1
    average = group_mean(price, year, years)
    base = group_mean(price[in_base], year[in_base], years)
    return mean(np.abs(average - base)), deviation(average - base)


def subsequent_deviation(price: np.ndarray, ahead: int) -> np.ndarray:
    """Mean of ``|P_t - mean of the next periods|`` (draw,), over periods followed by ``ahead`` more; NaN when none is.

    Parameters
    ----------
    price : ndarray, shape (period, draw)
        C$/t.
    ahead : int
        Number of periods that follow.
    """
    usable = len(price) - ahead
    if usable <= 0:
        return np.full(price.shape[1:], np.nan)
    following = total(np.stack([price[step : step + usable] for step in range(1, ahead + 1)])) / ahead
    return mean(np.abs(price[:usable] - following))


def volatility(
    ledger: Ledger,
    series: Sequence[str],
    corn: str,
    base_month: int = 9,
    crop_years: Sequence[str] | None = None,
) -> Table:
    """Three measures of price volatility for each reference price, from monthly means of the periods' prices.

    Parameters
    ----------
    ledger : Ledger
    series : sequence of str
        Labels of the state ``reference_price_cad_t``.
    corn : str
        Label of the corn price the basis is taken to.
    base_month : int
        Calendar month whose price the crop-year average is compared with.
    crop_years : sequence of str, optional
        Crop years used; all when absent.

    Returns
    -------
    Table
        Rows ``series``; columns ``crop_year_cad_t`` (mean absolute deviation of the crop-year average from the base
        month), ``subsequent_six_months_cad_t`` (mean absolute deviation from the mean of the next six months),
        ``<corn>_basis_cad_t`` (the same of the price less corn), ``crop_year_sd_cad_t`` (standard deviation instead of
        mean absolute deviation in the first column).
    """
    keep = np.ones(len(ledger.periods), dtype=bool)
    if crop_years is not None:
        keep = ledger.periods["crop_year"].isin(list(crop_years)).to_numpy()
    month_of_period, months = pd.factorize(ledger.periods["month"].to_numpy()[keep])
    first = np.unique(month_of_period, return_index=True)[1]
    year = pd.factorize(year_codes(ledger)[keep])[0][first]
    in_base = np.array([month.endswith(f"-{base_month:02d}") for month in months])

    def monthly(name: str) -> np.ndarray:
        return group_mean(ledger.state("reference_price_cad_t", name)[keep], month_of_period, len(months))

    corn_price = monthly(corn)
    values = []
    for name in series:
        price = monthly(name)
        absolute, standard = season_deviation(price, year, in_base)
        after = [subsequent_deviation(p, AHEAD) for p in (price, price - corn_price)]
        values.append([absolute, *after, standard])
    columns = ("crop_year_cad_t", "subsequent_six_months_cad_t", f"{corn}_basis_cad_t", "crop_year_sd_cad_t")
    return Table("table4", tuple(series), columns, ("C$/t",) * 4, np.array(values))
