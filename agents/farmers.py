"""Farmers: groups of growers at one distance from port and from the feeders."""

from __future__ import annotations

import mesa
import numpy as np

from agents.arrays import ratio
from agents.terms import Offer, Tender

Array = np.ndarray
# A cash origin's growers split what they sell at home: most at almost any price, the rest only near or above what they
# expect. The shares add up to more than one, so that at the expected price just the planned tonnes are sold.
CASH_TRANCHES = ((0.70, 0.80), (0.30, 1.00), (0.20, 1.15))  # (share of planned sales, reserve / expected price)
# Where an agency buys at the support price the planned sales are for sale at that price, and a little more beyond it.
SUPPORTED_TRANCHES = ((1.00, 0.00), (0.10, 1.00), (0.10, 1.15))
HOME_FLOOR = 0.5  # part of the planned release kept for home; beyond it exporters are served from store
EXPECTATION_WEIGHT = 0.15  # weight of this month's price in the expected price
CHANNEL_SPEED = 0.25  # most of its deliveries a group moves to the other channel in a month
AREA_LIMIT = 0.3  # no group changes its area by more than this share


class GrowerGroup(mesa.Agent):
    """Owns the crop; decides what to hold, what to sell at home and whether to deliver to the pool or to merchants."""

    role = "growers"

    def __init__(self, model: mesa.Model, name: str, origin: str, inertia_cad_t: float, draws: int) -> None:
        super().__init__(model)
        self.name, self.origin, self.inertia_cad_t = name, origin, inertia_cad_t
        self.haul_cad_t = 0.0  # freight to feeders less freight to port
        self.stock_kt = np.zeros(draws)
        self.release_kt = np.zeros(draws)
        self.contract_kt = np.zeros(draws)  # offered for delivery, waiting for the board's call or the merchant's truck
        self.contract_quality = np.zeros(draws)  # part of it that maltsters would select
        self.merchant_share = np.zeros(draws)  # share of deliveries that goes to merchants
        self.expected_cad_t = np.zeros(draws)
        self.normal_cad_t = np.zeros(draws)
        self.heard_cad_t: Array | None = None  # base price that the feeders at home last published
        self.malting_offered = np.ones(draws)
        self.seats: list[int] = []
        self.planned_kt = np.zeros(draws)  # for sale at the support price this period

    def harvest(self, crop_kt: Array, area_response: float) -> Array:
        """Bring in the crop, changed by the area that last year's price invited; returns tonnes."""
        change = area_response * (ratio(self.expected_cad_t, self.normal_cad_t, empty=1.0) - 1.0)
        crop = crop_kt * (1.0 + np.clip(change, -AREA_LIMIT, AREA_LIMIT))
        self.stock_kt = self.stock_kt + crop
        self.normal_cad_t = 0.8 * self.normal_cad_t + 0.2 * self.expected_cad_t
        return crop

    def use(self, own_use_kt: Array | float) -> Array:
        """Take seed, food and industrial use out of stock; returns tonnes."""
        used = np.minimum(self.stock_kt, own_use_kt)
        self.stock_kt = self.stock_kt - used
        return used

    def plan(self, carryover_kt: Array, storage_elasticity: float, own_use_ahead_kt: float, periods_left: int) -> None:
        """Plan this period's marketing: an even part of what exceeds own use and the carryover wanted by next harvest.

        The carryover target falls when the price is above normal: a grower stores when grain is cheap.
        """
        dearness = ratio(self.expected_cad_t, self.normal_cad_t, empty=1.0) - 1.0
        target = carryover_kt * np.clip(1.0 - storage_elasticity * dearness, 0.2, 2.0)
        free = np.maximum(self.stock_kt - self.contract_kt - target - own_use_ahead_kt, 0.0)
        self.release_kt = free / periods_left

    def deliver(self, called: Array, to_merchants: bool, to_board: bool) -> tuple[Array, Array]:
        """Deliver contracted grain: (to the board, to merchants), kt. The board calls a share of what it is offered."""
        if not to_merchants:  # who returns to the pool starts from there when merchants come again
            self.merchant_share = np.zeros_like(self.contract_kt)
        merchants = self.contract_kt * (self.merchant_share if to_board else float(to_merchants))
        board = (self.contract_kt - merchants) * called if to_board else np.zeros_like(self.contract_kt)
        # What was not called goes back to the farmer, who may sell it elsewhere next time.
        self.contract_kt = np.zeros_like(self.contract_kt)
        self.stock_kt = self.stock_kt - merchants - board
        return board, merchants

    def choose_channel(self, pool_cad_t: Array, merchants_cad_t: Array, months: float) -> None:
        """Move deliveries towards the better price; a gap of the inertia moves ``CHANNEL_SPEED`` of them in a month."""
        gap = (merchants_cad_t - pool_cad_t) / max(self.inertia_cad_t, 0.1)
        step = CHANNEL_SPEED * months * np.clip(gap, -1.0, 1.0)
        self.merchant_share = np.clip(self.merchant_share + step, 0.0, 1.0)

    def offer_malting(self, premium_cad_t: Array, cost_cad_t: float) -> None:
        """Offer malting quality for selection in so far as the premium pays for the trouble."""
        self.malting_offered = np.clip(premium_cad_t / max(cost_cad_t, 1e-9), 0.0, 1.0)

    def offer_off_board(
        self, tender: Tender, port_value_cad_t: Array, pooling: bool, selected_kt: Array, malting_share: float
    ) -> None:
        """Offer the release to feeders at what delivery would bring; what maltsters would select is kept for them.

        Half of those who deliver to a pool leave it only for the inertia on top; nobody is attached to a merchant.
        """
        kept = np.minimum(selected_kt, malting_share * self.malting_offered * self.release_kt)
        for seat, extra in zip(self.seats, (0.0, self.inertia_cad_t * pooling), strict=True):
            tender.offer(seat, Offer(0.5 * (self.release_kt - kept), port_value_cad_t + self.haul_cad_t + extra))

    def offer_cash(
        self, tender: Tender, exported_kt: Array, usual_exports_kt: Array, support_cad_t: Array | float
    ) -> None:
        """Offer at home what exporters usually leave, in tranches around the expected price; none below support."""
        left = np.maximum(self.release_kt - usual_exports_kt, HOME_FLOOR * self.release_kt)
        left = np.minimum(left, np.maximum(self.stock_kt - exported_kt, 0.0) / sum(share for share, _ in CASH_TRANCHES))
        for seat, (share, relative) in zip(self.seats, CASH_TRANCHES, strict=True):
            reserve = np.maximum(relative * self.expected_cad_t, support_cad_t) + self.haul_cad_t
            tender.offer(seat, Offer(share * left, reserve))

    def offer_supported(
        self, tender: Tender, usual_exports_kt: Array, exported_kt: Array, support_cad_t: Array
    ) -> None:
        """Offer at home where an agency buys at the support price: what is planned there, a little more above it.

        What exporters usually take is kept for them, so that a busy month abroad is served from store and not from what
        feeders live on.
        """
        left = np.maximum(self.release_kt - usual_exports_kt, HOME_FLOOR * self.release_kt)
        held = np.maximum(self.stock_kt - exported_kt, 0.0)
        self.planned_kt = np.minimum(left, held / sum(share for share, _ in SUPPORTED_TRANCHES))
        for seat, (share, relative) in zip(self.seats, SUPPORTED_TRANCHES, strict=True):
            reserve = np.maximum(relative * self.expected_cad_t, support_cad_t) + self.haul_cad_t
            tender.offer(seat, Offer(share * self.planned_kt, reserve))

    def sell_to_agency(self, sold_kt: Array) -> Array:
        """Hand to the agency what was planned and not sold at home; returns tonnes."""
        handed = np.minimum(np.maximum(self.planned_kt - sold_kt, 0.0), self.stock_kt)
        self.stock_kt = self.stock_kt - handed
        return handed

    def sell(self, sold_kt: Array, exported_kt: Array) -> None:
        """Ship what was sold at home and to exporters."""
        self.stock_kt = np.maximum(self.stock_kt - sold_kt - exported_kt, 0.0)

    def contract(self, sold_kt: Array, malting_share: float) -> None:
        """Offer what is left of the release for delivery.

        Nobody feeds malting quality that may be selected: of the release, what is fed at home is feed quality first.
        """
        self.contract_kt = np.minimum(np.maximum(self.release_kt - sold_kt, 0.0), self.stock_kt)
        quality = malting_share * self.malting_offered * self.release_kt
        self.contract_quality = np.minimum(ratio(quality, self.contract_kt), 1.0)

    def revalue(self, factor: Array) -> None:
        """Carry remembered prices along with the exchange rate: growers think in their own currency."""
        self.expected_cad_t = self.expected_cad_t * factor
        self.normal_cad_t = self.normal_cad_t * factor
        if self.heard_cad_t is not None:
            self.heard_cad_t = self.heard_cad_t * factor

    def hear_the_news(self, base_cad_t: Array) -> None:
        """Move the expected price with the feeders' published base price; what the crop did to it stays.

        Who waited for prices alone to tell would keep grain back at every seasonal low and have to sell it at the end
        of the year, whatever the season's demand was.
        """
        if self.heard_cad_t is not None:
            self.expected_cad_t = np.maximum(self.expected_cad_t + base_cad_t - self.heard_cad_t, 0.0)
        self.heard_cad_t = base_cad_t

    def learn(self, price_cad_t: Array, months: float) -> None:
        """Move the expected price towards this period's, which stood for ``months`` months."""
        weight = 1.0 - (1.0 - EXPECTATION_WEIGHT) ** months
        self.expected_cad_t = self.expected_cad_t + weight * (price_cad_t - self.expected_cad_t)
