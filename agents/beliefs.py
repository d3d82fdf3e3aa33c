"""What a seller believes about the residual demand of one buyer, and how it learns.

The seller keeps running averages of the landed price and its own tonnes and believes
``P(q) = P_mean - b (q - q_mean)``.
The rules differ in the slope b:

- ``elasticities``: ``1/b = 1/b_buyer + rho Q_rivals / P``: the slope of the buyer's published demand and the rivals'
  perceived supply elasticity rho on their tonnes. In elasticities this is (market elasticity + rivals' response x
  their share) / own share; with rho = 0 it is Cournot's conjecture.
- ``least_squares``: recursive least squares of price on own tonnes with forgetting, started from the slope above with a
  prior and kept within bounds, because smooth quantities identify the slope badly.
- ``last_price``: the price is taken as given. Such a seller perceives no slope; what keeps it from throwing everything
  at the best market is that the others see the same prices: it moves as if they moved with it.
"""

from __future__ import annotations

import numpy as np

from agents.arrays import Array

STEP = 0.7  # part of the sellers at a tender whose like move a seller allows for; below one half they overshoot
SLOPE_BOUND = 5.0  # least squares may not leave the prior slope by more than this factor
MEMORY = 0.5  # weight of the latest tender in the averages
PRIOR_WEIGHT = 4.0  # observations the prior slope counts for


class ResidualDemand:
    """Belief of one seller about one tender; all arrays are (draw,)."""

    def __init__(self, rule: str, rivals_response: float, forgetting: float, price_cad_t: Array, own_kt: Array) -> None:
        self.rule, self.rivals_response, self.forgetting = rule, rivals_response, forgetting
        self.price_cad_t = np.array(price_cad_t)
        self.own_kt = np.array(own_kt)
        self._mean_own = np.array(own_kt)
        self._mean_price = np.array(price_cad_t)
        self._cross = np.zeros_like(self.price_cad_t)
        self._spread = np.zeros_like(self.price_cad_t)

    @property
    def takes_price(self) -> bool:
        """Whether the seller reckons with no effect of its own tonnes on the price."""
        return self.rule == "last_price"

    def revenue_line(
        self, demand_slope_cad_t_kt: Array, total_kt: Array, sellers: int, offered_kt: Array
    ) -> tuple[Array, Array]:
        """Intercept A and slope b, each (draw,), of the line ``A - 2 b q`` on which marginal revenue is planned.

        For ``last_price`` marginal revenue is the price at the tonnes last offered and falls from there as the price
        would if ``STEP`` of the sellers at the tender moved alike; at rest the net prices are equal everywhere.
        """
        if self.takes_price:
            fall = STEP * sellers * demand_slope_cad_t_kt
            return self.price_cad_t + fall * offered_kt, 0.5 * fall
        b = self.slope(demand_slope_cad_t_kt, total_kt)
        return self.price_cad_t + b * self.own_kt, b

    def prior_slope(self, demand_slope_cad_t_kt: Array, total_kt: Array) -> Array:
        """Slope of the ``elasticities`` rule in C$/t per kt, shape (draw,)."""
        rivals = np.maximum(total_kt - self.own_kt, 0.0)
        return 1.0 / (1.0 / demand_slope_cad_t_kt + self.rivals_response * rivals / np.maximum(self.price_cad_t, 1.0))

    def slope(self, demand_slope_cad_t_kt: Array, total_kt: Array) -> Array:
        """Slope b of perceived residual demand in C$/t per kt, shape (draw,).

        Parameters
        ----------
        demand_slope_cad_t_kt : array (draw,)
            Slope of the demand the buyer publishes.
        total_kt : array (draw,)
            Tonnes the buyer took at its last tender, positive.
        """
        if self.takes_price:
            return np.zeros_like(self.price_cad_t)
        prior = self.prior_slope(demand_slope_cad_t_kt, total_kt)
        if self.rule == "elasticities":
            return prior
        # The prior counts as PRIOR_WEIGHT observations that spread over a tenth of the buyer's tonnes.
        weight = PRIOR_WEIGHT * (0.1 * total_kt) ** 2
        learned = (prior * weight - self._cross) / (weight + self._spread)
        return np.clip(learned, prior / SLOPE_BOUND, prior * SLOPE_BOUND)

    def update(self, price_cad_t: Array, own_kt: Array, sold_kt: Array) -> None:
        """Take in the result of a tender; where nothing was sold to anyone no price was learned."""
        happened = sold_kt > 0
        price, own = price_cad_t, own_kt
        if not happened.all():
            price, own = np.where(happened, price, self.price_cad_t), np.where(happened, own, self.own_kt)
        if self.rule == "least_squares":
            # No price is no observation: it neither enters the memory nor makes it fade.
            keep = np.where(happened, self.forgetting, 1.0)
            gap_own = np.where(happened, own - self._mean_own, 0.0)
            gap_price = np.where(happened, price - self._mean_price, 0.0)
            self._spread = keep * self._spread + gap_own**2
            self._cross = keep * self._cross + gap_own * gap_price
            self._mean_own = self._mean_own + (1.0 - self.forgetting) * gap_own
            self._mean_price = self._mean_price + (1.0 - self.forgetting) * gap_price
        # Price and tonnes are averaged with the same weight, so the point stays on a linear residual demand.
        self.price_cad_t = self.price_cad_t + MEMORY * (price - self.price_cad_t)
        self.own_kt = self.own_kt + MEMORY * (own - self.own_kt)
