"""A state importer: a yearly supply agreement with one board first, regular tenders for the rest."""

from __future__ import annotations

import numpy as np

from agents.arrays import Amount, Array
from agents.buyer import Buyer
from agents.terms import Tender


class FoodAgency(Buyer):
    """Bargains with the board: the price lies between the board's netback and the outside option."""

    role = "state_importer"
    agreement: Tender | None = None
    wanted_kt: Amount = 0.0  # the period's tonnes under the agreement, shipped or not

    @property
    def _supply(self) -> Tender:
        """The agreement of an agency that has one; nobody bargains with another."""
        assert self.agreement is not None, self.name
        return self.agreement

    def bargain(
        self, netback_cad_t: Array, outside_cad_t: Array, weight: float, kt: Amount, flexibility: float,
        full_gap_cad_t: float, stock_kt: Array,
    ) -> None:  # fmt: skip
        """Fix this period's price and tonnes under the agreement.

        ``landed = netback + weight (outside - netback)`` (Nash bargaining, transferable surplus). The agreement binds
        both sides also when the outside option is the cheaper one.

        Parameters
        ----------
        netback_cad_t, outside_cad_t : array (draw,)
            Landed prices: what the board gets elsewhere plus freight, and what the agency would pay elsewhere.
        weight : float
            The board's bargaining weight.
        kt : float
            The period's part of the agreement.
        flexibility : float
            Share by which tonnes may move.
        full_gap_cad_t : float
            Price advantage at which the board ships all that the flexibility allows.
        stock_kt : array (draw,)
            What the board can ship.
        """
        tender = self._supply
        price = np.maximum(netback_cad_t + weight * (outside_cad_t - netback_cad_t), 0.0)
        advantage = np.clip((price - netback_cad_t) / full_gap_cad_t, -1.0, 1.0)
        self.wanted_kt = kt * (1.0 + flexibility * advantage)
        shipped = np.minimum(self.wanted_kt, stock_kt)
        tender.is_open = True
        tender.base_kt = np.full_like(shipped, kt)
        tender.quantity_kt[0], tender.reserve_cad_t[0], tender.subsidy_cad_t[0] = shipped, price, 0.0
        tender.announce(price, shipped[None], price[None])

    def tender_the_rest(self, grade: str) -> None:
        """Take the agreement's tonnes off the demand put out to tender."""
        rest = self.tenders[grade]
        bought = self._supply.award_kt[0]
        rest.choke_cad_t = np.maximum(rest.choke_cad_t - rest.slope_cad_t_kt * bought, 0.0)
        rest.base_kt = np.maximum(rest.base_kt - bought, 0.0)
