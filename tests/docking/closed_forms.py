"""What economics says the agents must reach, worked out without them: formulas, and a solver that shares no code.

Demand is P = A - B Q; C$/t, kt a crop year, C$/t per kt. Several markets are the first axis.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, brentq, milp


def cournot(a, b, costs, capacities=()):
    """Price and quantities of Cournot sellers; those named with a finite capacity sell just that.

    n free sellers: P = (a' + sum of costs) / (n + 1), q = (P - c) / b, a' being what the others leave of a.
    """
    costs = np.asarray(costs, float)
    held = np.asarray(capacities if len(capacities) else np.full(len(costs), np.inf), float)
    free = np.isinf(held)
    left = a - b * held[~free].sum()
    price = (left + costs[free].sum()) / (free.sum() + 1)
    return price, np.where(free, (price - costs) / b, held)


def best_subsidy(a, c):
    """Best export subsidy against one rival without one (Brander and Spencer 1985)."""
    return (a - c) / 4


def war_subsidy(a, c):
    """Subsidy of each of two countries that both choose their best."""
    return (a - c) / 5


def best_initial_payment(a, c):
    """Initial payment that makes a seller do what the best subsidy would."""
    return c - (a - c) / 4


def country_gain(a, b, c, own, other):
    """What a country's exports bring it, thousand C$: profit less its subsidy, with subsidies ``own`` and ``other``."""
    price, (kt, _) = cournot(a, b, [c - own, c - other])
    return (price - c) * kt


def split(a, b, freight, total_kt, sellers=np.inf):
    """Net price w and tonnes by market when n sellers, alike, sell ``total_kt`` and all markets are served.

    Everybody equates perceived marginal revenue: A_i - t_i - B_i (1 + 1/n) Q_i = w with sum Q_i = Q, so that
    w = (sum (A_i - t_i) / B'_i - Q) / sum 1 / B'_i with B' = (1 + 1/n) B. One seller is the discriminating monopolist;
    infinitely many are the competitive spatial equilibrium, with the same net price everywhere.
    """
    a, b, freight = (np.asarray(x, float) for x in (a, b, freight))
    steep = b * (1 + 1 / sellers)
    w = (((a - freight) / steep).sum() - total_kt) / (1 / steep).sum()
    return w, (a - freight - w) / steep


def split_of_crop(a, b, freight, crop_kt, sellers, feeders_a, feeders_b, farmers_part):
    """Tonnes exported and their split when feeders buy at what a delivery brings.

    Growers get ``w + farmers_part (average net price - w)`` for a delivery; feeders' demand at that price stays home.
    """

    def home_price(exported_kt):
        w, kt = split(a, b, freight, exported_kt, sellers)
        average = ((np.asarray(a) - np.asarray(b) * kt - np.asarray(freight)) * kt).sum() / exported_kt
        return w + farmers_part * (average - w)

    exported = brentq(lambda x: x + (feeders_a - home_price(x)) / feeders_b - crop_kt, 0.5 * crop_kt, crop_kt)
    return exported, split(a, b, freight, exported, sellers)[1]


def spatial(a, b, freight, cost, cost_slope, capacity, grant, theta):
    """Flows (seller, market) and prices of price takers (theta 0) or Cournot sellers (theta 1), exactly.

    For every lane ``gap = c + slope X + mu + t - s - (A - B Q) + theta B x >= 0`` and ``x >= 0``, one of them zero; for
    every seller ``mu >= 0`` and ``K - X >= 0``, one of them zero (Samuelson 1952; Takayama and Judge 1964). An integer
    programme finds which; the equations that hold are then solved as they stand.
    """
    a, b, cost, rise, capacity = (np.asarray(x, float) for x in (a, b, cost, cost_slope, capacity))
    sellers, markets = len(cost), len(a)
    lanes = sellers * markets
    largest = (a / b).sum()
    room = np.minimum(capacity, 2 * largest)  # more than all markets can take: never full
    seller, market = np.divmod(np.arange(lanes), markets)
    b_lane = b[market]
    out = (np.arange(sellers)[:, None] == seller).astype(float)  # X = out @ x
    into = (np.arange(markets)[:, None] == market).astype(float)  # Q = into @ x
    steep = rise[seller][:, None] * out[seller] + b_lane[:, None] * into[market] + theta * np.diag(b_lane)
    constant = (cost[seller] + np.asarray(freight, float).ravel() - np.asarray(grant, float).ravel()) - a[market]

    big = 10 * a.max()
    zero, eye, seats = np.zeros((lanes, sellers)), np.eye(lanes), np.eye(sellers)
    small = np.zeros((sellers, lanes))
    gaps = np.hstack([steep, out.T])  # of x and mu
    none, free = np.inf, -np.inf
    rules = [  # columns: x, mu, lane is used, capacity is full
        LinearConstraint(np.hstack([gaps, 0 * eye, zero]), -constant, none),
        LinearConstraint(np.hstack([gaps, big * eye, zero]), free, big - constant),
        LinearConstraint(np.hstack([eye, zero, -largest * eye, zero]), free, 0),
        LinearConstraint(np.hstack([out, 0 * seats, small, 0 * seats]), free, room),
        LinearConstraint(np.hstack([out, 0 * seats, small, -2 * largest * seats]), room - 2 * largest, none),
        LinearConstraint(np.hstack([small, seats, small, -big * seats]), free, 0),
    ]
    size = 2 * (lanes + sellers)
    whole = np.repeat([0, 1], size // 2)
    top = np.where(whole, 1.0, np.inf)
    found = milp(np.zeros(size), integrality=whole, bounds=Bounds(0, top), constraints=rules)
    used, full = np.split(np.round(found.x[size // 2 :]).astype(bool), [lanes])

    n = lanes + sellers
    matrix, right = np.eye(n), np.zeros(n)  # x = 0 and mu = 0 where nothing else holds
    matrix[:lanes][used], right[:lanes][used] = gaps[used], -constant[used]
    matrix[lanes:][full], right[lanes:][full] = np.hstack([out, 0 * seats])[full], room[full]
    solution = np.linalg.lstsq(matrix, right)[0]
    x, mu = solution[:lanes], solution[lanes:]
    gap = steep @ x + mu[seller] + constant
    if min(x.min() / largest, (gap / a.max()).min(), mu.min() / a.max(), (room - out @ x).min() / largest) < -1e-6:
        raise RuntimeError("the optimality conditions do not hold at the solution")
    x = x.reshape(sellers, markets)
    return x, a - b * x.sum(axis=0)
