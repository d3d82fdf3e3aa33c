"""Everything reported about a run, as pure functions of its ledger.

Arrays have the draw as their last axis, and a draw alone gives the same bits as the same draw in any ensemble.
"""

from sim.measures.bands import QUANTILES, bands
from sim.measures.bonus_programme import bonus_programme
from sim.measures.deliveries import deliveries, misallocation_cad_k
from sim.measures.measures import Measures
from sim.measures.pools import pool_accounts
from sim.measures.price_gaps import PriceGaps, paired_test, price_gaps, yearly_gaps
from sim.measures.price_movement import price_movement
from sim.measures.refund_programme import intervention, refund_programme
from sim.measures.regime_effect import ProducerAccount, break_even_cost, producer_account, regime_effect
from sim.measures.sales import market_prices, tabulate
from sim.measures.summary import UnknownTable, monthly_summary, summary
from sim.measures.table import AVERAGE, Table
from sim.measures.trade import (
    average_bonus,
    bonus_pass_through,
    concentration,
    exports_kt,
    market_shares,
    prices,
    subsidies,
    subsidy_cad_k,
    subsidy_per_additional_tonne,
    tonnes,
)
from sim.measures.volatility import volatility
from sim.measures.welfare import PARTS, Welfare, by_country, consumers_surplus, surplus_change, welfare

__all__ = [
    "AVERAGE",
    "PARTS",
    "QUANTILES",
    "Measures",
    "PriceGaps",
    "ProducerAccount",
    "Table",
    "UnknownTable",
    "Welfare",
    "average_bonus",
    "bands",
    "bonus_pass_through",
    "bonus_programme",
    "break_even_cost",
    "by_country",
    "concentration",
    "consumers_surplus",
    "deliveries",
    "exports_kt",
    "intervention",
    "market_prices",
    "market_shares",
    "misallocation_cad_k",
    "monthly_summary",
    "paired_test",
    "pool_accounts",
    "price_gaps",
    "price_movement",
    "prices",
    "producer_account",
    "refund_programme",
    "regime_effect",
    "subsidies",
    "subsidy_cad_k",
    "subsidy_per_additional_tonne",
    "summary",
    "surplus_change",
    "tabulate",
    "tonnes",
    "volatility",
    "welfare",
    "yearly_gaps",
]
