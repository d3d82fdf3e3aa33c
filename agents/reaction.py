"""Rules by which a treasury answers its rival's export subsidies.

A treasury sees, in the markets where both sell, what each side shipped with a subsidy, at which rates, and at which
landed price the rival offered. It remembers the mean of the last ``weeks``, its lag of information. From that a rule
makes a rate wanted, or tonnes wanted beyond those stated, and the treasury goes the part ``1 - (1 - speed)^months`` of
the way there in a period.

- ``hold``: the stated rates and tonnes.
- ``linear``: ``rate = intercept + slope x rival's rate``. With linear demand ``P = a - b Q``, one seller a side and
  Cournot's conjecture the best answer is ``(a - c) / 4 - rival's rate / 4``; two treasuries that give it meet at
  ``(a - c) / 5`` each (Brander and Spencer, 1985).
- ``match_landed_price``: ``rate = own landed cost - rival's landed offer + undercut``: own sellers can land at the
  rival's price, no lower. Limit: a rival that is dearer than own cost is not answered.
- ``defend_share``: the rate rises by ``gain`` C$/t a month for every share of the contested markets that is missing; at
  rest own share is the wanted one. A treasury that grants tonnes moves these by the missing share times the market.
- ``spend_budget``: ``rate = money left / tonnes to come in the year``, and at once no more than ``money left / tonnes
  today``; with tonnes granted, the tonnes that the money left pays for at the going rate.
- ``retaliate``: for every tonne the rival ships above its normal tonnes (a running mean over ``normal_weeks``), as many
  tonnes of its own beyond its own normal: tonne for tonne when ``tonnes_per_tonne`` is one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import astuple, dataclass

import numpy as np

from agents.arrays import Array, part_gone, ratio

WEEKS_A_MONTH = 52.0 / 12.0  # for memories stated in weeks


@dataclass(frozen=True)
class Seen:
    """What a treasury saw in the contested markets in a period; every entry is (draw,), tonnes are kt.

    ``own_rate``, ``rival_rate`` and ``gap`` are means over tonnes offered, C$/t; ``gap`` is own landed cost without a
    subsidy less the rival's landed offer.
    """

    own_kt: Array
    rival_kt: Array
    own_sales_kt: Array
    market_kt: Array
    own_rate_cad_t: Array
    rival_rate_cad_t: Array
    gap_cad_t: Array


@dataclass(frozen=True)
class Terms:
    """How a treasury answers; amounts in C$/t."""

    rule: str
    intercept_cad_t: float = 0.0
    slope: float = 0.0
    undercut_cad_t: float = 0.0
    share: float = 0.0
    gain_cad_t: float = 0.0
    tonnes_per_tonne: float = 1.0
    speed: float = 0.5
    lowest_cad_t: float = 0.0
    highest_cad_t: float = np.inf


@dataclass(frozen=True)
class Funds:
    """Money left of a year, thousand C$, and the tonnes it is for until the year ends and today, kt, each (draw,)."""

    left_cad_k: Array
    kt_to_come: Array
    kt_today: Array


class Reaction:
    """Memory of one treasury and its answer; arrays are (draw,).

    Attributes
    ----------
    rate_cad_t : array or None
        Rate wanted, C$/t; None before anything was seen or where the rule does not set one.
    extra_kt : array
        Tonnes a period wanted beyond those stated.
    """

    def __init__(self, months: float, weeks: float, normal_weeks: float, draws: int) -> None:
        self.months = months
        self._recent: deque[Seen] = deque(maxlen=max(1, round(weeks / (months * WEEKS_A_MONTH))))
        self._keep = np.exp(-months * WEEKS_A_MONTH / normal_weeks)
        self._normal_kt: tuple[Array, Array] | None = None  # own tonnes a period and the rival's, before the first none
        self.rate_cad_t: Array | None = None
        self.extra_kt = np.zeros(draws)

    def see(self, seen: Seen) -> None:
        """Remember a period."""
        self._recent.append(seen)
        own, rival = self._normal_kt or (seen.own_kt, seen.rival_kt)
        part = 1.0 - self._keep
        self._normal_kt = own + part * (seen.own_kt - own), rival + part * (seen.rival_kt - rival)

    @property
    def lately(self) -> Seen | None:
        """Means over the periods remembered; None before the first."""
        if not self._recent:
            return None
        parts = zip(*(astuple(seen) for seen in self._recent), strict=True)
        return Seen(*(np.add.reduce(np.array(part), axis=0) / len(self._recent) for part in parts))

    @property
    def provoked_kt(self) -> Array:
        """Tonnes a period the rival shipped lately above its normal, not below zero."""
        seen = self.lately
        if seen is None or self._normal_kt is None:
            return np.zeros_like(self.extra_kt)
        provoked: Array = np.maximum(seen.rival_kt - self._normal_kt[1], 0.0)
        return provoked

    def answer_rate(self, terms: Terms, now_cad_t: Array, funds: Funds | None = None) -> None:
        """Set the rate wanted by a treasury whose instrument is a rate, from the rate ``now_cad_t`` in force.

        ``funds`` are asked for by ``spend_budget`` alone.
        """
        seen = self.lately
        if seen is None or self._normal_kt is None or terms.rule == "hold":
            return
        step = part_gone(terms.speed, self.months)
        if terms.rule == "defend_share":
            missing = _missing_share(terms, seen)
            wanted = now_cad_t + terms.gain_cad_t * self.months * missing
            step = 1.0
        elif terms.rule == "retaliate":
            own_normal_kt, _ = self._normal_kt
            behind = terms.tonnes_per_tonne * self.provoked_kt - (seen.own_kt - own_normal_kt)
            size = np.maximum(own_normal_kt, seen.own_kt)
            wanted = now_cad_t + terms.gain_cad_t * self.months * ratio(behind, size)
            step = 1.0
        elif terms.rule == "spend_budget":
            assert funds is not None, "spend_budget asks for the money left"
            wanted = ratio(funds.left_cad_k, funds.kt_to_come, empty=now_cad_t)
        else:
            wanted = _named_rate(terms, seen)
        rate = now_cad_t + step * (wanted - now_cad_t)
        # However slowly it moves, it does not promise what it does not have.
        if funds is not None and terms.rule == "spend_budget":
            rate = np.minimum(rate, ratio(funds.left_cad_k, funds.kt_today, empty=rate))
        self.rate_cad_t = np.clip(rate, terms.lowest_cad_t, terms.highest_cad_t)

    def answer_tonnes(self, terms: Terms, stated_kt: Array, money_left_cad_k: Array, periods_left: int) -> None:
        """Set the tonnes wanted beyond ``stated_kt`` a period, and the rate where the rule names one.

        For a treasury that grants tonnes bid by bid: the rate is then the most it pays.
        """
        seen = self.lately
        if terms.rule == "hold":
            self.extra_kt, self.rate_cad_t = np.zeros_like(self.extra_kt), None
        if seen is None or terms.rule == "hold":
            return
        step = part_gone(terms.speed, self.months)
        extra = np.zeros_like(self.extra_kt)
        if terms.rule == "defend_share":
            missing = _missing_share(terms, seen)
            extra = self.extra_kt + step * missing * seen.market_kt
        elif terms.rule == "retaliate":
            extra = terms.tonnes_per_tonne * self.provoked_kt
        elif terms.rule == "spend_budget":
            paid = ratio(money_left_cad_k, periods_left * seen.own_rate_cad_t, empty=stated_kt)
            extra = self.extra_kt + step * (paid - stated_kt - self.extra_kt)
        else:
            rate = _named_rate(terms, seen)
            before = rate if self.rate_cad_t is None else self.rate_cad_t
            self.rate_cad_t = np.clip(before + step * (rate - before), terms.lowest_cad_t, terms.highest_cad_t)
        self.extra_kt = np.maximum(extra, -stated_kt)


def _missing_share(terms: Terms, seen: Seen) -> Array:
    """Share of the contested markets that is wanted and not held; none where nothing was bought."""
    return terms.share - ratio(seen.own_sales_kt, seen.market_kt, empty=terms.share)


def _named_rate(terms: Terms, seen: Seen) -> Array:
    """Rate that ``linear`` or ``match_landed_price`` names."""
    if terms.rule == "linear":
        return terms.intercept_cad_t + terms.slope * seen.rival_rate_cad_t
    return seen.gap_cad_t + terms.undercut_cad_t
