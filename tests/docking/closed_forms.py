"""What economics says the agents must reach, worked out without them: formulas, and a solver that shares no code.

Demand is P = A - B Q; C$/t, kt a crop year, C$/t per kt. Several markets are the first axis.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, minimize


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
    """Flows (seller, market) and prices of price takers (theta 0) or Cournot sellers (theta 1), by quadratic programme.

    Both are the maximum of sum A Q - B/2 (Q^2 + theta sum x^2) - (t - s + c) x - slope/2 X^2 (Samuelson 1952; Monderer
    and Shapley 1996 for the game's potential), here by SLSQP.
    """
    a, b, cost, rise = (np.asarray(x, float) for x in (a, b, cost, cost_slope))
    sellers, markets = len(cost), len(a)
    charge = np.asarray(freight, float) - grant + cost[:, None]
    scale = (a / b).sum() / sellers / markets / 2  # tonnes near one, money per tonne untouched

    def parts(flat):
        x = flat.reshape(sellers, markets) * scale
        return x, x.sum(axis=0), x.sum(axis=1)

    def loss(flat):
        x, at, out = parts(flat)
        gross = (a * at - 0.5 * b * (at**2 + theta * (x**2).sum(axis=0))).sum()
        return ((charge * x).sum() + 0.5 * (rise * out**2).sum() - gross) / scale

    def slope(flat):
        x, at, out = parts(flat)
        return (charge + (rise * out)[:, None] - a + b * at + theta * b * x).ravel()

    rows = [np.repeat(np.arange(sellers) == i, markets).astype(float) for i in range(sellers)]
    limits = [
        {"type": "ineq", "fun": lambda flat, row=row, k=k: k / scale - row @ flat, "jac": lambda flat, row=row: -row}
        for row, k in zip(rows, capacity, strict=True)
        if np.isfinite(k)
    ]
    start = np.full(sellers * markets, 0.2)
    done = minimize(
        loss, start, jac=slope, method="SLSQP", bounds=[(0, None)] * len(start), constraints=limits,
        options={"maxiter": 2000, "ftol": 1e-14},
    )  # fmt: skip
    x, at, _ = parts(done.x)
    return x, a - b * at
