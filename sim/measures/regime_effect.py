"""Table 2: what producers of an origin get, and how it differs between two marketing systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.ledger import Ledger
from sim.measures.arrays import divide, total
from sim.measures.sales import board_origins, grades_of, select, state_by_year, tabulate, year_codes
from sim.measures.table import Table

REVENUE = "producer_revenue_million_cad"
MERCHANTS = ("trader", "exporter")  # roles whose margin stands between the buyer's price and the producers'


@dataclass(frozen=True)
class ProducerAccount:
    """Producers' account of one origin; every array has the shape (crop year, ..., draw).

    Attributes
    ----------
    origin : str
    crop_years, grades, malting : tuple of str
        Labels; ``malting`` are the grades of the malting pool.
    export_kt, home_kt : ndarray, shape (crop year, grade, draw)
        Tonnage sold abroad and to buyers in the origin.
    feed_price_cad_t : ndarray, shape (crop year, draw)
        Producers' price of feed exports (margin taken off, bonus added); NaN without exports.
    home_feed_price_cad_t : ndarray, shape (crop year, draw)
        The same of feed sold at home.
    malting_price_cad_t : ndarray, shape (crop year, malting grade, draw)
        Producers' price of each malting grade, home and abroad.
    receipts_cad_k, board_cost_cad_k, margin_cad_k : ndarray, shape (crop year, draw)
        Producers' receipts from sales (margin and board costs taken off) and from an intervention agency, and what was
        taken off.
    stock_change_kt, stock_change_cad_k : ndarray, shape (crop year, draw)
        Closing minus opening stock of the origin, an intervention agency's left out, and its value at the year's feed
        price.
    stock_price_cad_t : ndarray, shape (crop year, draw)
        That price: producers' average of feed, home and abroad; zero in a year without sales.
    """

    origin: str
    crop_years: tuple[str, ...]
    grades: tuple[str, ...]
    malting: tuple[str, ...]
    export_kt: np.ndarray
    home_kt: np.ndarray
    feed_price_cad_t: np.ndarray
    home_feed_price_cad_t: np.ndarray
    malting_price_cad_t: np.ndarray
    receipts_cad_k: np.ndarray
    board_cost_cad_k: np.ndarray
    margin_cad_k: np.ndarray
    stock_change_kt: np.ndarray
    stock_change_cad_k: np.ndarray
    stock_price_cad_t: np.ndarray

    @property
    def revenue_million_cad(self) -> np.ndarray:
        """Receipts plus the value of the change in stocks, million C$ (crop year, draw)."""
        revenue_million_cad: np.ndarray = (self.receipts_cad_k + self.stock_change_cad_k) / 1000
        return revenue_million_cad

    @property
    def marketed_kt(self) -> np.ndarray:
        """Tonnage sold, all grades, home and abroad (crop year, draw)."""
        return total(np.moveaxis(self.export_kt + self.home_kt, 1, 0))

    def table(self) -> Table:
        """Return the columns of Table 2, in levels."""
        columns = ("feed_price_cad_t", *(f"{grade}_price_cad_t" for grade in self.malting), REVENUE)
        parts = [self.feed_price_cad_t, *np.moveaxis(self.malting_price_cad_t, 1, 0), self.revenue_million_cad]
        units = ("C$/t",) * (len(columns) - 1) + ("million C$",)
        return Table("producer_account", self.crop_years, columns, units, np.stack(parts, axis=1))


def stock_change(ledger: Ledger, origin: str) -> np.ndarray:
    """Stock at the end less stock at the start of each crop year (crop year, draw), kt."""
    codes = year_codes(ledger)
    years = len(ledger.crop_years)
    if "closing_kt" not in ledger.states:
        return np.zeros((years, ledger.draws))
    first = [int(np.flatnonzero(codes == year)[0]) for year in range(years)]
    last = [int(np.flatnonzero(codes == year)[-1]) for year in range(years)]
    stock_change: np.ndarray = ledger.state("closing_kt", origin)[last] - ledger.state("opening_kt", origin)[first]
    return stock_change


def intervention_account(ledger: Ledger, origin: str) -> tuple[np.ndarray, np.ndarray]:
    """What an agency paid producers less what its own sales at home brought, thousand C$, and its change of stock, kt.

    Both have the shape (crop year, draw): added to an origin's sales and taken off its change of stock they leave what
    producers received and hold. What the agency sold to exporters is in the sales too, and is the agency's.
    """
    if "intervention_stock_kt" not in ledger.states or origin not in ledger.states["intervention_stock_kt"].labels:
        return np.zeros((len(ledger.crop_years), ledger.draws)), np.zeros((len(ledger.crop_years), ledger.draws))
    paid, brought = (state_by_year(ledger, f"intervention_{name}_cad_k", origin) for name in ("paid", "proceeds"))
    flows = ("bought", "home", "exported")
    bought, home, abroad = (state_by_year(ledger, f"intervention_{name}_kt", origin) for name in flows)
    return paid - brought, bought - home - abroad


def producer_account(ledger: Ledger, origin: str) -> ProducerAccount:
    """Prices, tonnage, receipts and revenue of an origin's producers, by crop year.

    The merchants' margin on a grade is spread over the tonnes of that grade that merchants sold in the crop year, at
    home and abroad alike; what growers and boards sold carries none. A stock carried over is valued at the
    producers' average price of feed that year (home and abroad), so the timing of stocks is not counted as revenue.

    Parameters
    ----------
    ledger : Ledger
    origin : str
        Origin whose producers are asked about.
    """
    feed, malting = grades_of(ledger, "feed"), grades_of(ledger, "malting")
    grades = feed + malting
    sums = {
        home: tabulate(
            ledger, select(ledger, origin=origin, home=home), ("received_cad_k", "kt"), ("grade", "crop_year"),
            {"grade": grades},
        )
        for home in (False, True)
    }  # fmt: skip
    export_kt, home_kt = sums[False]["kt"], sums[True]["kt"]
    kt = export_kt + home_kt
    margin = np.stack([state_by_year(ledger, "merchant_margin_cad_k", f"{origin}:{grade}") for grade in grades])
    merchant_kt = {
        home: tabulate(
            ledger, select(ledger, origin=origin, home=home, role=MERCHANTS), ("kt",), ("grade", "crop_year"),
            {"grade": grades},
        )["kt"]
        for home in (False, True)
    }  # fmt: skip
    margin_cad_t = divide(margin, merchant_kt[False] + merchant_kt[True], empty=0.0)
    export_cad_k = sums[False]["received_cad_k"] - margin_cad_t * merchant_kt[False]
    home_cad_k = sums[True]["received_cad_k"] - margin_cad_t * merchant_kt[True]
    cost = np.zeros((len(ledger.crop_years), ledger.draws))
    for board, place in board_origins(ledger).items():
        if place == origin:
            cost = cost + state_by_year(ledger, "board_cost_cad_k", board)
    gross = total(sums[False]["received_cad_k"] + sums[True]["received_cad_k"])
    f = slice(0, len(feed))
    feed_average = divide(total(export_cad_k[f] + home_cad_k[f]), total(kt[f]), empty=0.0)
    from_agency_cad_k, agency_change_kt = intervention_account(ledger, origin)
    change_kt = stock_change(ledger, origin) - agency_change_kt
    malting_price = divide((export_cad_k + home_cad_k)[len(feed) :], kt[len(feed) :])
    return ProducerAccount(
        origin=origin,
        crop_years=tuple(ledger.crop_years),
        grades=tuple(grades),
        malting=tuple(malting),
        export_kt=np.moveaxis(export_kt, 0, 1),
        home_kt=np.moveaxis(home_kt, 0, 1),
        feed_price_cad_t=divide(total(export_cad_k[f]), total(export_kt[f])),
        home_feed_price_cad_t=divide(total(home_cad_k[f]), total(home_kt[f])),
        malting_price_cad_t=np.moveaxis(malting_price, 0, 1),
        receipts_cad_k=gross - total(margin) - cost + from_agency_cad_k,
        board_cost_cad_k=cost,
        margin_cad_k=total(margin),
        stock_change_kt=change_kt,
        stock_change_cad_k=change_kt * feed_average,
        stock_price_cad_t=feed_average,
    )


def regime_effect(base: Ledger, other: Ledger, origin: str, crop_years: Sequence[str] | None = None) -> Table:
    """Table 2: ``other`` minus ``base`` for an origin's producers, per crop year, with the average of the rows.

    Both runs must have been made with the same draws (common random numbers).

    Parameters
    ----------
    base, other : Ledger
        Usually the single desk and multiple sellers.
    origin : str
        Origin whose producers are asked about.
    crop_years : sequence of str, optional
        Rows wanted; all crop years the two share when absent.

    Returns
    -------
    Table
        Rows crop years and ``average``; columns ``feed_price_cad_t``, ``<grade>_price_cad_t`` for each malting grade,
        ``producer_revenue_million_cad``. A price difference is NaN when one of the two sold nothing.
    """
    table = producer_account(other, origin).table().minus(producer_account(base, origin).table(), "table2", np.nan)
    if crop_years is not None:
        table = table.only([year for year in crop_years if year in table.rows])
    return table.with_average()


def break_even_cost(revenue_change_million_cad: np.ndarray, marketed_kt: np.ndarray) -> np.ndarray:
    """Extra marketing cost per tonne that would erase the single desk's gain, C$/t.

    Parameters
    ----------
    revenue_change_million_cad : ndarray, shape (..., draw)
        Producers' revenue under the other system minus the single desk (the last column of Table 2).
    marketed_kt : ndarray, shape (..., draw)
        Tonnage the producers market under the single desk.
    """
    return divide(-1000 * np.asarray(revenue_change_million_cad, float), marketed_kt)
