"""Marketing boards: the wheat board and the barley boards. They pool deliveries and sell for all their farmers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import mesa
import numpy as np

from agents.arrays import Array, part_gone, ratio, stacked, total
from agents.cash_account import CashAccount
from agents.sales_programme import SalesProgramme
from agents.stock_desk import DUST_KT, StockDesk
from agents.terms import Sale, Tender

SALES_MEMORY = 0.2  # weight of a month in the usual sales
CALL_FLOOR = 0.2  # even a full board calls this share of offers
QUOTE_MEMORY = 0.3  # weight of a month's sales in the asking price
LOADED_SHARE = 0.5  # part of its store a board can load in a month; the rest is in the country, or of another grade
PAYMENT_MEMORY = 0.25  # weight of the latest pool in what farmers have usually been paid per dollar of initial payment


class PoolAccount:
    """One pool's year: tonnes sold, receipts and costs in thousand C$, and the prices it announces in C$/t."""

    def __init__(self, price_cad_t: Array, initial_share: float) -> None:
        self.outlook_cad_t = np.array(price_cad_t)
        self.current_cad_t = np.array(price_cad_t)
        self.asking_cad_t = np.array(price_cad_t)  # what sales lately brought, moved by the news: quoted daily
        self.initial_cad_t = initial_share * self.outlook_cad_t
        self.news_now_cad_t = np.zeros_like(self.outlook_cad_t)  # published this period
        self.news_cad_t = np.zeros_like(self.outlook_cad_t)  # published since the initial payment was set
        self.usual_multiple = np.full_like(self.outlook_cad_t, 1.0 / np.maximum(initial_share, 0.1))
        self.clear()

    def clear(self) -> None:
        """Open a new year's account."""
        zero = np.zeros_like(self.outlook_cad_t)
        self.kt, self.receipts_cad_k, self.costs_cad_k = zero, zero.copy(), zero.copy()

    def add(self, kt: Array, value_cad_k: Array, cost_cad_t: float) -> None:
        """Enter sales."""
        self.kt = self.kt + kt
        self.receipts_cad_k = self.receipts_cad_k + value_cad_k
        self.costs_cad_k = self.costs_cad_k + kt * cost_cad_t
        latest = ratio(value_cad_k, kt, empty=self.current_cad_t)
        self.current_cad_t = np.where(kt > DUST_KT, latest, self.current_cad_t)  # what rounding left over has no price

    def quote(self, months: float) -> None:
        """Move the asking price towards what the latest sales brought."""
        weight = part_gone(QUOTE_MEMORY, months)
        self.asking_cad_t = self.asking_cad_t + weight * (self.current_cad_t - self.asking_cad_t)

    def take_out(self, kt: Array, paid_cad_k: Array) -> None:
        """Sales of grain bought for cash: no tonnes of the pool, and what the grain cost is a cost of the pool."""
        self.kt = self.kt - kt
        self.costs_cad_k = self.costs_cad_k + paid_cad_k


class PoolRules(Protocol):
    """What a board asks of the rules of its pools; arrays (draw,)."""

    def initial_payment(self, current_cad_t: Array, expected_cad_t: Array, share: float, new_pool: bool) -> Array:
        """Initial payment, C$/t."""

    def pool_return_outlook(
        self, previous_cad_t: Array, realised_cad_t: Array, current_cad_t: Array, elapsed: float, lag: float
    ) -> Array:
        """Outlook, C$/t."""

    def close_pool(self, receipts_cad_k: Array, costs_cad_k: Array, initial_paid_cad_k: Array) -> tuple[Array, Array]:
        """Final payment and deficit, thousand C$."""


class MarketingBoard(mesa.Agent):
    """Owns the pools and the stock delivered to them.

    Decides the initial payment, the outlook, the share of farmers' offers it calls, and how much to offer in each
    market: perceived marginal revenue, net of freight, is equal everywhere.
    """

    role = "board"

    def __init__(
        self, model: mesa.Model, name: str, desk: StockDesk, pools: dict[str, PoolAccount], rules: PoolRules
    ) -> None:
        super().__init__(model)
        self.name, self.desk, self.pools, self.rules = name, desk, pools, rules
        self.outlook_published = False
        self.called = np.ones_like(desk.stock_kt)
        self.cost_cad_k = np.zeros_like(desk.stock_kt)
        self.usual_sales_kt = np.zeros_like(desk.stock_kt)
        self.programme = SalesProgramme(len(desk.stock_kt))
        self.cash = CashAccount(len(desk.stock_kt))

    def announce(
        self, initial_share: float, lag: float, elapsed: float, new_pool: bool, published: bool, cost_cad_t: float
    ) -> None:
        """Announce initial payments and (where published) the pool return outlook, both net of the cost of a tonne."""
        self.outlook_published = published
        self.cost_cad_k = np.zeros_like(self.cost_cad_k)
        self.programme.open_period()
        self.cash.open_period()
        for account in self.pools.values():
            current = np.maximum(account.current_cad_t - cost_cad_t, 0.0)
            realised = self.rules.realised_return(account.receipts_cad_k, account.costs_cad_k, account.kt, current)
            before, initial = account.outlook_cad_t, account.initial_cad_t
            # A board that publishes nothing starts a new pool from what sales should bring now. A published outlook is
            # late from the first: it was made before the crop year, in the light of the last pool, and moves with care.
            # The initial payment of a new pool was approved before the crop year and knows only the last outlook.
            late = 0.0 if new_pool and not published else lag
            account.outlook_cad_t = self.rules.pool_return_outlook(before, realised, current, elapsed, late)
            known = before if new_pool else account.outlook_cad_t
            account.initial_cad_t = self.rules.initial_payment(initial, known, initial_share, new_pool)
            raised = (account.initial_cad_t > initial) & (not new_pool)
            account.news_cad_t = np.where(raised, 0.0, account.news_now_cad_t if new_pool else account.news_cad_t)

    def hear_the_news(self) -> None:
        """Take the published demands into the worth of stock and into what the next sales of each pool should bring."""
        news = self.desk.news()
        self.desk.hear_the_news(news)
        for pool, account in self.pools.items():
            account.news_now_cad_t = news[pool]
            account.news_cad_t = account.news_cad_t + account.news_now_cad_t
            account.current_cad_t = np.maximum(account.current_cad_t + account.news_now_cad_t, 0.0)
            account.asking_cad_t = np.maximum(account.asking_cad_t + account.news_now_cad_t, 0.0)

    def pool_value_cad_t(self, discount: float, risk_premium_cad_t: float) -> Array:
        """What a farmer thinks a delivery to the feed pool is worth at port, C$/t, shape (draw,).

        The initial payment is certain and prompt; the rest is discounted and a premium is taken off for its risk.
        Before an outlook is published, farmers go by what they have usually been paid in all per dollar of initial, and
        by the news of demand since then.
        """
        feed = self.pools["feed"]
        expected = (
            feed.outlook_cad_t if self.outlook_published else feed.initial_cad_t * feed.usual_multiple + feed.news_cad_t
        )
        later = np.maximum(expected - feed.initial_cad_t, 0.0)
        return feed.initial_cad_t + np.maximum(later * discount - risk_premium_cad_t, 0.0)

    def malting_premium_cad_t(self) -> Array:
        """Expected malting return above the feed return, C$/t (draw,)."""
        return self.pools["malting"].outlook_cad_t - self.pools["feed"].outlook_cad_t

    def call(self, offered_kt: Array, cover_periods: float) -> None:
        """Set the contract call: accept all offers unless stocks would exceed twice the usual cover (in periods)."""
        room = 2.0 * cover_periods * np.maximum(self.usual_sales_kt, offered_kt) - self.desk.stock_kt
        self.called = np.clip(ratio(room, offered_kt, empty=1.0), CALL_FLOOR, 1.0)

    def offer(
        self, allowed: Callable[[Tender], bool], share: float, adjustment: float, probe: Sequence[Array] | None
    ) -> None:
        """Offer a share of stock, and no less than was agreed, so that perceived marginal revenue is equal."""
        desk = self.desk
        loaded = part_gone(LOADED_SHARE, desk.months)
        due = self.programme.promise(self.programme.agreed_kt, loaded * desk.stock_kt - desk.reserved_kt)
        desk.offer(allowed, share, adjustment, probe, due)

    def cash_bid_cad_t(self, cost_cad_t: float, margin_cad_t: float) -> Array:
        """Cash bid beside the pool, C$/t at port (draw,): what one more tonne is worth less cost and margin."""
        return np.maximum(self.desk.worth_cad_t - cost_cad_t - margin_cad_t, 0.0)

    def buy_for_cash(self, kt: Array, price_cad_t: Array) -> None:
        """Take feed into the desk that was bought for cash."""
        self.desk.receive(kt, np.zeros_like(kt), price_cad_t)
        self.cash.buy(kt, price_cad_t)

    def settle(self, sales: list[Sale], cost_cad_t: float) -> None:
        """Ship the sales and enter them in the pools."""
        stock = self.desk.stock_kt
        self.desk.ship(sales)
        kt, value = stacked(sale.kt for sale in sales), stacked(sale.received_cad_k for sale in sales)
        sold = total(kt)
        for pool, account in self.pools.items():
            mine = [sale.tender.pool == pool for sale in sales]
            sold_here, value_here = total(kt[mine]), total(value[mine])
            account.add(sold_here, value_here, cost_cad_t)
            account.quote(self.desk.months)
            if pool == "feed":
                other = total(kt[[not is_mine for is_mine in mine]])
                account.take_out(*self.cash.sell(sold_here, value_here, stock - other))
        self.cost_cad_k = sold * cost_cad_t
        weight = part_gone(SALES_MEMORY, self.desk.months)
        self.usual_sales_kt = self.usual_sales_kt + weight * (sold - self.usual_sales_kt)

    def compensate(self, default_cost_cad_t: float) -> None:
        """Pay buyers for the agreed tonnes that were missed; the feed pool bears it."""
        going = self.desk.going_cad_t if self.programme.missed_kt.any() else np.zeros_like(self.cost_cad_k)
        paid = self.programme.compensate(going, default_cost_cad_t)
        self.pools["feed"].costs_cad_k = self.pools["feed"].costs_cad_k + paid
        self.cost_cad_k = self.cost_cad_k + paid

    def close(self, pool: str) -> dict[str, Array]:
        """Close a pool's year: tonnes (kt), receipts, costs, payments and deficit (thousand C$), each (draw,)."""
        account = self.pools[pool]
        initial = account.initial_cad_t * account.kt
        final, deficit = self.rules.close_pool(account.receipts_cad_k, account.costs_cad_k, initial)
        closed = {
            "pool_kt": account.kt,
            "pool_receipts_cad_k": account.receipts_cad_k,
            "pool_costs_cad_k": account.costs_cad_k,
            "pool_initial_cad_k": initial,
            "pool_final_cad_k": final,
            "pool_deficit_cad_k": deficit,
        }
        multiple = ratio(initial + final, initial, empty=account.usual_multiple)
        account.usual_multiple = account.usual_multiple + PAYMENT_MEMORY * (multiple - account.usual_multiple)
        account.clear()
        return closed

    def learn(self) -> None:
        """Update beliefs from this period's tenders."""
        self.desk.learn()
