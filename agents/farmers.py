"""Farmers: groups of growers at one distance from port and from the feeders."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np

from agents.arrays import Amount, Array, part_gone, ratio
from agents.delivery import SMALLEST_INERTIA_CAD_T, signed_share, willing_share
from agents.terms import Offer, Tender

# A cash origin's growers split what they sell at home: most at almost any price, the rest only near or above what they
# expect. The shares add up to more than one, so that at the expected price just the planned tonnes are sold.
CASH_TRANCHES = ((0.70, 0.80), (0.30, 1.00), (0.20, 1.15))  # (share of planned sales, reserve / expected price)
# Where an agency buys at the support price the planned sales are for sale at that price, and a little more beyond it.
SUPPORTED_TRANCHES = ((1.00, 0.00), (0.10, 1.00), (0.10, 1.15))
HOME_FLOOR = 0.5  # part of the planned release kept for home; beyond it exporters are served from store
EXPECTATION_WEIGHT = 0.15  # weight of this month's price in the expected price
MAKE_UP_SHARE = 0.1  # part of what is still to be marketed that growers bring in a month to make up for a call
USUAL_MEMORY = 0.2  # weight of this month in the part of the release that feeders usually leave
CHANNEL_SPEED = 0.25  # most of its deliveries a group moves to the other channel in a month
AREA_LIMIT = 0.3  # no group changes its area by more than this share


class GrowerGroup(mesa.Agent):
    """Owns the crop; decides what to hold, what to sell at home and whether to deliver to the pool or to merchants."""

    role = "growers"

    def __init__(
        self,
        model: mesa.Model,
        name: str,
        origin: str,
        inertia_cad_t: float,
        draws: int,
        captive_share: float = 0.5,
    ) -> None:
        super().__init__(model)
        self.name, self.origin, self.inertia_cad_t = name, origin, inertia_cad_t
        self.captive_share = captive_share  # part of the group that needs the pool's initial payment
        self.haul_cad_t: Amount = 0.0  # freight to feeders less freight to port
        self.stock_kt = np.zeros(draws)
        self.free_kt = np.zeros(draws)  # to be marketed before the next harvest
        self.release_kt = np.zeros(draws)
        self.contract_kt = np.zeros(draws)  # offered for delivery, waiting for the board's call or the merchant's truck
        self.contract_quality = np.zeros(draws)  # part of it that maltsters would select
        self.signed_kt = np.zeros(draws)  # under contract with the board, to be called each period
        self.pool_share = np.zeros(draws)  # usual part of the release that feeders leave
        self.kept_share = np.zeros(draws)  # usual part of the release that is kept for maltsters
        self.refused_kt = np.zeros(draws)  # what the board called and did not get this period
        self.pooled_kt = np.zeros(draws)  # delivered to the board this period
        self.to_merchants_kt = np.zeros(draws)  # delivered to merchants this period
        self.gap_cad_t = np.zeros(draws)  # what a tonne of feed brings at home above the pool, at port
        self.malting_gap_cad_t = np.zeros(draws)  # the same against the malting pool
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

    def plan(
        self, carryover_kt: Amount, storage_elasticity: float, own_use_ahead_kt: Amount, periods_left: int
    ) -> None:
        """Plan this period's marketing: an even part of what exceeds own use and the carryover wanted by next harvest.

        The carryover target falls when the price is above normal: a grower stores when grain is cheap.
        """
        dearness = ratio(self.expected_cad_t, self.normal_cad_t, empty=1.0) - 1.0
        target = carryover_kt * np.clip(1.0 - storage_elasticity * dearness, 0.2, 2.0)
        self.free_kt = np.maximum(self.stock_kt - self.contract_kt - target - own_use_ahead_kt, 0.0)
        self.release_kt = self.free_kt / periods_left

    def compare(self, cash_cad_t: Array, pool_cad_t: Array, malting_premium_cad_t: Array) -> None:
        """Set the price at home beside what the pools are worth, all at port."""
        self.gap_cad_t = cash_cad_t - pool_cad_t
        self.malting_gap_cad_t = self.gap_cad_t - malting_premium_cad_t

    def _by_quality(self, rule: Callable[[Array, float], Array]) -> Array:
        """A rule's share of deliveries, (draw,): malting quality kept for selection goes by the malting pool."""
        malting = np.minimum(ratio(self.kept_share, self.pool_share), 1.0)
        feed, selected = (rule(gap, self.inertia_cad_t) for gap in (self.gap_cad_t, self.malting_gap_cad_t))
        return (1.0 - malting) * feed + malting * selected

    def offer_contract(self) -> Array:
        """Tonnes a period offered under contract: the usual part of the release, as far as it is for the pool."""
        signed = self._by_quality(lambda gap, inertia: signed_share(gap, inertia, self.captive_share))
        return signed * (1.0 - self.merchant_share) * self.pool_share * self.release_kt

    def deliver(
        self, called: Amount, to_merchants: bool, to_board: bool, months: float = 1.0
    ) -> tuple[Array, Array, Array]:
        """Deliver contracted grain: (called under contract, delivered to the board, sold to merchants), kt.

        The board calls a share of what it is offered. Growers bring it, and make up what a contract asks beyond it from
        store, as far as the pool is worth it.
        """
        zero = np.zeros_like(self.contract_kt)
        if not to_merchants:  # who returns to the pool starts from there when merchants come again
            self.merchant_share = zero
        merchants = self.contract_kt * (self.merchant_share if to_board else float(to_merchants))
        called_kt = called * np.minimum(self.signed_kt, self.stock_kt - merchants) if to_board else zero
        spare = MAKE_UP_SHARE * months * self.free_kt  # feeders are not left without a release for the board's sake
        at_hand = (self.contract_kt - merchants) * called
        for_board = np.maximum(at_hand, np.minimum(called_kt, at_hand + spare)) if to_board else zero
        board = self._by_quality(willing_share) * for_board
        # What was not called or not brought stays with the farmer, who may sell it elsewhere next time.
        self.refused_kt = for_board - board
        self.pooled_kt, self.to_merchants_kt = board, merchants
        self.contract_kt = zero
        self.stock_kt = self.stock_kt - merchants - board
        self.release_kt = np.minimum(self.release_kt, self.stock_kt)  # not sold at home too
        return called_kt, board, merchants

    def sell_for_cash(self, bid_cad_t: Array, cash_cad_t: Array) -> Array:
        """Sell to the board's cash bid what was not brought to the pool, unless feeders pay more; returns tonnes."""
        sold = self.refused_kt * willing_share(cash_cad_t - bid_cad_t, self.inertia_cad_t)
        self.stock_kt = self.stock_kt - sold
        return sold

    def choose_channel(self, pool_cad_t: Array, merchants_cad_t: Array, months: float) -> None:
        """Move deliveries towards the better price; a gap of the inertia moves ``CHANNEL_SPEED`` of them in a month."""
        gap = (merchants_cad_t - pool_cad_t) / np.maximum(self.inertia_cad_t, SMALLEST_INERTIA_CAD_T)
        step = CHANNEL_SPEED * months * np.clip(gap, -1.0, 1.0)
        self.merchant_share = np.clip(self.merchant_share + step, 0.0, 1.0)

    def offer_malting(self, premium_cad_t: Array, cost_cad_t: float) -> None:
        """Offer malting quality for selection in so far as the premium pays for the trouble."""
        self.malting_offered = np.clip(premium_cad_t / np.maximum(cost_cad_t, 1e-9), 0.0, 1.0)

    def offer_off_board(
        self,
        tender: Tender,
        port_value_cad_t: Array,
        pooling: bool,
        selected_kt: Array,
        malting_share: float,
        quoted_cad_t: Array | float = 0.0,
        months: float = 1.0,
    ) -> None:
        """Offer the release to feeders; what maltsters would select is kept for them.

        Those who need the money ask what delivery would bring. The others leave a pool only for the inertia on top, and
        hold out for the price that is quoted at port, when that is more; nobody is attached to a merchant.
        """
        selected = np.minimum(ratio(selected_kt, self.release_kt, empty=self.kept_share), 1.0)
        first = self.kept_share == 0
        self.kept_share = np.where(first, selected, self._moved(self.kept_share, selected, months))
        quality = malting_share * self.malting_offered
        for_feed = (1.0 - np.minimum(self.kept_share, quality)) * self.release_kt
        others = np.maximum(port_value_cad_t + self.inertia_cad_t, quoted_cad_t) if pooling else port_value_cad_t
        parts = ((self.captive_share, port_value_cad_t), (1.0 - self.captive_share, others))
        for seat, (share, asked) in zip(self.seats, parts, strict=True):
            tender.offer(seat, Offer(share * for_feed, asked + self.haul_cad_t))

    def offer_cash(
        self, tender: Tender, exported_kt: Array, usual_exports_kt: Array, support_cad_t: Array | float
    ) -> None:
        """Offer at home what exporters usually leave, in tranches around the expected price; none below support."""
        self._offer_tranches(tender, CASH_TRANCHES, usual_exports_kt, exported_kt, support_cad_t)

    def offer_supported(
        self, tender: Tender, usual_exports_kt: Array, exported_kt: Array, support_cad_t: Array
    ) -> None:
        """Offer at home where an agency buys at the support price: what is planned there, a little more above it.

        What exporters usually take is kept for them, so that a busy month abroad is served from store and not from what
        feeders live on.
        """
        self.planned_kt = self._offer_tranches(tender, SUPPORTED_TRANCHES, usual_exports_kt, exported_kt, support_cad_t)

    def _offer_tranches(
        self,
        tender: Tender,
        tranches: tuple[tuple[float, float], ...],
        usual_exports_kt: Array,
        exported_kt: Array,
        support_cad_t: Array | float,
    ) -> Array:
        """Split what exporters usually leave into tranches, as far as the stock goes; returns what is split, kt."""
        left = np.maximum(self.release_kt - usual_exports_kt, HOME_FLOOR * self.release_kt)
        held = np.maximum(self.stock_kt - exported_kt, 0.0)
        planned = np.minimum(left, held / sum(share for share, _ in tranches))
        for seat, (share, relative) in zip(self.seats, tranches, strict=True):
            reserve = np.maximum(relative * self.expected_cad_t, support_cad_t) + self.haul_cad_t
            tender.offer(seat, Offer(share * planned, reserve))
        return planned

    def sell_to_agency(self, sold_kt: Array) -> Array:
        """Hand to the agency what was planned and not sold at home; returns tonnes."""
        handed = np.minimum(np.maximum(self.planned_kt - sold_kt, 0.0), self.stock_kt)
        self.stock_kt = self.stock_kt - handed
        return handed

    def sell(self, sold_kt: Array, exported_kt: Array) -> None:
        """Ship what was sold at home and to exporters."""
        self.stock_kt = np.maximum(self.stock_kt - sold_kt - exported_kt, 0.0)

    def contract(self, sold_kt: Array, malting_share: float, months: float = 1.0) -> None:
        """Offer what is left of the release for delivery.

        Nobody feeds malting quality that may be selected: of the release, what is fed at home is feed quality first.
        """
        self.contract_kt = np.minimum(np.maximum(self.release_kt - sold_kt, 0.0), self.stock_kt)
        quality = malting_share * self.malting_offered * self.release_kt
        self.contract_quality = np.minimum(ratio(quality, self.contract_kt), 1.0)
        latest = ratio(self.contract_kt, self.release_kt, empty=self.pool_share)
        self.pool_share = self._moved(self.pool_share, latest, months)

    @staticmethod
    def _moved(usual: Array, latest: Array, months: float) -> Array:
        return usual + part_gone(USUAL_MEMORY, months) * (latest - usual)

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
        weight = part_gone(EXPECTATION_WEIGHT, months)
        self.expected_cad_t = self.expected_cad_t + weight * (price_cad_t - self.expected_cad_t)
