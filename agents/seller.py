"""A seller by cost, capacity and conduct: the firm of the textbook, on the same tenders as everybody else."""

from __future__ import annotations

from dataclasses import dataclass

import mesa
import numpy as np

from agents.allocation import equalise_marginal_revenue
from agents.arrays import Array, total
from agents.beliefs import STEP
from agents.terms import Offer, Sale, Tender
from agents.trial import Trial

CONDUCT = {"price_taker": 0.0, "cournot": 1.0}  # share of the price fall on its own tonnes that it reckons with
MOMENTUM = 0.93  # part of its last move that a price taker repeats


@dataclass
class Place:
    """A seat at a tender, what was sold there last, and by how much more than the time before, both kt a period."""

    tender: Tender
    seat: int
    sold_kt: Array
    change_kt: Array

    @property
    def pace_kt(self) -> Array:
        """Tonnes a period that today's result amounts to, or the last one where there is none today."""
        if not self.tender.is_open:
            return self.sold_kt
        today: Array = self.tender.award_kt[self.seat] / self.tender.spacing
        return today


class Seller(mesa.Agent):
    """Owns capacity; decides what to offer at each tender, equating perceived marginal revenue with marginal cost.

    At tender i the price falls by ``B_i`` a kt. With ``theta`` one for Cournot's conjecture and zero for a price taker,
    the seller wants ``P_i - t_i + s_i - theta B_i q_i = m`` wherever it sells, ``m`` being marginal cost, or more where
    capacity binds. It moves there from its last sale ``x_i`` in steps:

        ``q_i = x_i + (P_i - t_i + s_i - theta B_i x_i - m) / d_i,   d_i = max(2 theta, STEP n_i + theta) B_i``

    where ``n_i`` counts the sellers at the tender. They all move at the same time, so each takes only a part of its own
    best response; at rest ``q_i = x_i`` and the condition above holds exactly. Alone, a seller is there in one step.
    Price takers also repeat the share MOMENTUM of their last move: two of them who swap lanes move no price, and would
    otherwise come to an end of it only slowly.

    Source: Cournot (1838); for price takers on many lanes, Samuelson (1952), Takayama and Judge (1964).
    """

    role = "seller"

    def __init__(
        self, model: mesa.Model, name: str, origin: str, conduct: str, cost_slope_cad_t_kt: float, draws: int
    ) -> None:
        super().__init__(model)
        self.name, self.origin, self.theta = name, origin, CONDUCT[conduct]
        self.momentum = MOMENTUM if self.theta == 0 else 0.0
        self.cost_slope_cad_t_kt = cost_slope_cad_t_kt  # rise of marginal cost per kt of a period
        self.cost_cad_t = np.zeros(draws)
        self.capacity_kt = np.zeros(draws)  # of the period
        self.initial_payment_cad_t: Array | None = None
        self.search: Trial | None = None
        self.places: list[Place] = []
        self.produced_kt, self.received_cad_k, self.cost_cad_k = np.zeros((3, draws))  # of the period

    def take_seat(self, tender: Tender, seat: int) -> None:
        """Join a tender, starting from an equal part of its base tonnes."""
        start = tender.base_kt / (tender.spacing * max(tender.sellers, 1))
        self.places.append(Place(tender, seat, start, np.zeros_like(start)))

    @property
    def perceived_cost_cad_t(self) -> Array:
        """Marginal cost at nothing produced as the selling desk sees it: the initial payment where farmers get one."""
        if self.initial_payment_cad_t is None:
            return self.cost_cad_t
        shift = 0.0 if self.search is None else self.search.value
        return self.initial_payment_cad_t + shift

    def offer(self) -> None:
        """Plan the tonnes of an average period for all buyers; offer those who tender today what has come together."""
        if not self.places:
            return
        cost, rise = self.perceived_cost_cad_t, self.cost_slope_cad_t_kt
        lines = [self._line(place) for place in self.places]
        intercept, slope, limit = (np.array(part) for part in zip(*lines, strict=True))
        # Selling everything everywhere is the most anybody can place; a capacity beyond it never binds.
        capacity = np.minimum(self.capacity_kt, total(limit))
        if np.any(rise > 0):  # idle capacity is one more use of it, worth the cost it saves: c + rise x produced
            intercept = np.concatenate([intercept - cost, (rise * capacity)[None]])
            slope = np.concatenate([slope, np.full_like(capacity, np.where(rise > 0, 0.5 * rise, 1.0))[None]])
            limit = np.concatenate([limit, np.where(rise > 0, capacity, 0.0)[None]])
        else:
            intercept = intercept - cost
        planned, _ = equalise_marginal_revenue(intercept, slope, limit, capacity)
        for place, kt in zip(self.places, planned, strict=False):  # the idle capacity at the end is no offer
            tender, seat = place.tender, place.seat
            if tender.is_open:
                grant = tender.grant_cad_t[seat]
                tender.offer(seat, Offer(kt * tender.spacing, cost + tender.freight_cad_t[seat] - grant, grant))

    def _line(self, place: Place) -> tuple[Array, Array, Array]:
        """Intercept and half slope of perceived marginal revenue by tonnes a period, and the most the buyer takes."""
        tender, seat = place.tender, place.seat
        b = tender.slope_cad_t_kt * tender.spacing
        # Today's published demand at the tonnes last bought: the price if everybody sold what they sold last.
        price = np.maximum(tender.choke_cad_t - tender.slope_cad_t_kt * tender.last_total_kt, 0.0)
        d = max(2.0 * self.theta, STEP * tender.sellers + self.theta) * b
        net = price - tender.freight_cad_t[seat] + tender.grant_cad_t[seat]
        carried = self.momentum * place.change_kt if tender.sellers > 1 else 0.0
        intercept = net - self.theta * b * place.sold_kt + d * (place.sold_kt + carried)
        return intercept, 0.5 * d, tender.choke_cad_t / b

    def settle(self, sales: list[Sale]) -> None:
        """Produce what was sold, and enter tonnes, receipts and cost of the period."""
        nothing = np.zeros_like(self.cost_cad_t)
        received = [sale.received_cad_k for sale in sales]
        self.produced_kt = total(np.array([nothing, *(sale.kt for sale in sales)]))
        self.received_cad_k = total(np.array([nothing, *received]))
        # Production runs evenly between tenders, so its cost is that of the average period.
        pace = total(np.array([place.pace_kt for place in self.places]))
        self.cost_cad_k = self.produced_kt * (self.cost_cad_t + 0.5 * self.cost_slope_cad_t_kt * pace)

    def learn(self) -> None:
        """Remember what was sold where."""
        for place in self.places:
            if place.tender.is_open:
                sold = place.pace_kt
                place.sold_kt, place.change_kt = sold, sold - place.sold_kt
