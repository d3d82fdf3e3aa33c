"""A board's pool: its account of a year and the prices it announces."""

from __future__ import annotations

from benchmarks.scalar.arithmetic import part_gone, ratio

QUOTE_MEMORY, PAYMENT_MEMORY = 0.3, 0.25
DUST_KT = 1e-6


class Pool:
    """One pool's year, and the prices it announces."""

    def __init__(self, initial_share: float) -> None:
        self.outlook_cad_t = self.current_cad_t = self.asking_cad_t = 0.0
        self.initial_cad_t = initial_share  # of a price of one, until something is announced
        self.news_today_cad_t = self.news_cad_t = 0.0  # published today; published since the initial payment was set
        self.usual_multiple = 1.0 / max(initial_share, 0.1)  # paid in all per dollar of initial payment
        self.kt = self.receipts_cad_k = self.costs_cad_k = 0.0

    def hear(self, news_cad_t: float) -> None:
        """Expect of the next sales what the news makes of the last."""
        self.news_today_cad_t = news_cad_t
        self.news_cad_t += news_cad_t
        self.current_cad_t = max(self.current_cad_t + news_cad_t, 0.0)
        self.asking_cad_t = max(self.asking_cad_t + news_cad_t, 0.0)

    def announce(self, rules, elapsed: float, lag: float, is_new: bool, is_published: bool) -> None:
        """Publish the outlook and the initial payment."""
        current = max(self.current_cad_t - rules.cost_cad_t, 0.0)
        realised = ratio(self.receipts_cad_k - self.costs_cad_k, self.kt, empty=current)
        before, initial = self.outlook_cad_t, self.initial_cad_t
        forecast = elapsed * realised + (1.0 - elapsed) * current
        lag = 0.0 if is_new and not is_published else lag
        self.outlook_cad_t = lag * before + (1.0 - lag) * forecast
        # The payment of a new pool was approved before the crop year and knows only the last outlook.
        if is_new:
            self.initial_cad_t = rules.initial_share * before
            self.news_cad_t = self.news_today_cad_t
        elif rules.initial_share * self.outlook_cad_t > initial:
            self.initial_cad_t = rules.initial_share * self.outlook_cad_t
            self.news_cad_t = 0.0

    def enter(self, kt: float, value_cad_k: float, cost_cad_t: float, months: float) -> None:
        """Enter the sales of a period and move the asking price towards them."""
        self.kt += kt
        self.receipts_cad_k += value_cad_k
        self.costs_cad_k += kt * cost_cad_t
        if kt > DUST_KT:
            self.current_cad_t = value_cad_k / kt
        self.asking_cad_t += part_gone(QUOTE_MEMORY, months) * (self.current_cad_t - self.asking_cad_t)

    def close(self) -> dict[str, float]:
        """Pay out the year's surplus or find its deficit, and open the next account."""
        initial = self.initial_cad_t * self.kt
        surplus = self.receipts_cad_k - self.costs_cad_k - initial
        closed = {
            "pool_kt": self.kt,
            "pool_receipts_cad_k": self.receipts_cad_k,
            "pool_costs_cad_k": self.costs_cad_k,
            "pool_initial_cad_k": initial,
            "pool_final_cad_k": max(surplus, 0.0),
            "pool_deficit_cad_k": max(-surplus, 0.0),
        }
        multiple = ratio(initial + max(surplus, 0.0), initial, empty=self.usual_multiple)
        self.usual_multiple += PAYMENT_MEMORY * (multiple - self.usual_multiple)
        self.kt = self.receipts_cad_k = self.costs_cad_k = 0.0
        return closed
