"""The docking cases: what the closed form says beside what the agents of the last crop year did."""

from __future__ import annotations

from dataclasses import dataclass

import closed_forms as forms
import numpy as np
from play import play

A, B, C = 200.0, 0.1, 60.0  # demand and cost in cournot.yaml and duopoly.yaml
MARKETS = ("near", "middle", "far")
THREE = ([190, 220, 260], [0.05, 0.12, 0.03], [5, 20, 35])  # A, B, freight in fixed_quantity.yaml
CROP_KT, FEEDERS = 3000, (200, 50)
TRADERS = (1, 2, 4, 8, 32)
ORIGINS, PLACES = ("plains", "coast", "islands"), ("north", "east", "south", "west")
GRANTS = {("coast", "north"): 20, ("coast", "south"): 5, ("islands", "east"): 15}  # spatial_subsidised.yaml


@dataclass(frozen=True)
class Line:
    """One line of the table in docs/docking.md."""

    scenario: str
    what: str
    unit: str
    closed: float
    agents: float

    @property
    def error(self):
        """Distance from the closed form as a share of it; in its unit where it is zero."""
        return abs(self.agents - self.closed) / (abs(self.closed) if self.closed else 1.0)


def cournot(n):
    price, kt = forms.cournot(A, B, [C] * n)
    run = play("cournot", f"sellers.firm.number={n}")
    label = f"n = {n}, "
    return [
        Line("cournot", f"{label}price", "C$/t", price, run.get("landed_price", "world:feed")),
        Line("cournot", f"{label}sales of each", "kt", kt[0], run.get("seller_tonnes", "firm")),
    ]


def cournot_unequal():
    price, kt = forms.cournot(A, B, [20, 40, 70], [300, np.inf, np.inf])
    run = play("cournot_unequal")
    lines = [Line("cournot_unequal", "price", "C$/t", price, run.get("landed_price", "world:feed"))]
    return lines + [
        Line("cournot_unequal", f"sales of {name}", "kt", own, run.get("seller_tonnes", name))
        for name, own in zip(("small", "middle", "dear"), kt, strict=True)
    ]


def gain(run, origin):
    """A country's gain from exports, million C$: producers' profit less taxpayers' cost."""
    return run.get("producers", origin) - run.get("taxpayers", origin)


def subsidy(name, own, other):
    """Rates and what each country gains, with the subsidies ``own`` at home and ``other`` abroad."""
    run, rates = play(name), {"home": (own, other), "abroad": (other, own)}
    lines = [
        Line(name, f"subsidy, {origin}", "C$/t", rate, run.get("programme_rate", f"export_subsidy_{origin}"))
        for origin, (rate, _) in rates.items()
        if rate
    ]
    known = {origin: forms.country_gain(A, B, C, *pair) / 1000 for origin, pair in rates.items()}
    return lines + [
        Line(name, f"gain of the country, {origin}", "million C$", known[origin], gain(run, origin)) for origin in rates
    ]


def initial_payment():
    run, subsidised = play("initial_payment"), play("export_subsidy")
    price, kt = forms.cournot(A, B, [forms.best_initial_payment(A, C), C])
    # What the sales desk takes for cost shows in what it sells: q = (P - w) / b.
    sold, paid = run.get("seller_tonnes", "home_firm"), run.get("landed_price", "world:feed")
    lines = [
        Line("initial_payment", "initial payment", "C$/t", forms.best_initial_payment(A, C), paid - B * sold),
        Line("initial_payment", "price", "C$/t", price, paid),
        Line("initial_payment", "sales, home", "kt", kt[0], sold),
        Line("initial_payment", "sales, abroad", "kt", kt[1], run.get("seller_tonnes", "foreign_firm")),
    ]
    same = subsidised.get("seller_tonnes", "home_firm")
    return [*lines, Line("initial_payment", "sales, home, as under `export_subsidy`", "kt", same, sold)]


def split(name, sellers):
    w, kt = forms.split(*THREE, CROP_KT, sellers)
    run = play(name)
    price = run.row("landed_price", MARKETS)
    if sellers == 1:
        got = price - np.array(THREE[1]) * run.row("market_tonnes", MARKETS) - THREE[2]
        what = "marginal revenue"
    else:
        got, what = price - THREE[2], "net price"
    lines = [Line(name, f"{what}, {m}", "C$/t", w, own) for m, own in zip(MARKETS, got, strict=True)]
    sold = run.row("market_tonnes", MARKETS)
    return lines + [Line(name, f"sales, {m}", "kt", k, own) for m, k, own in zip(MARKETS, kt, sold, strict=True)]


def board():
    exported, kt = forms.split_of_crop(*THREE, CROP_KT, 1, *FEEDERS, 1.0)
    run = play("board")
    price, sold = run.row("landed_price", MARKETS), run.row("market_tonnes", MARKETS)
    w, _ = forms.split(*THREE, exported, 1)
    revenue = price - np.array(THREE[1]) * sold - THREE[2]
    lines = [Line("board", f"marginal revenue, {m}", "C$/t", w, own) for m, own in zip(MARKETS, revenue, strict=True)]
    lines += [Line("board", f"sales, {m}", "kt", k, own) for m, k, own in zip(MARKETS, kt, sold, strict=True)]
    home = FEEDERS[0] - FEEDERS[1] * (CROP_KT - exported)
    paid = run.get("landed_price", "home:feed")
    return [*lines, Line("board", "price to feeders, the pool's return", "C$/t", home, paid)]


def gap(net):
    """Net price of the best-paying market less that of the worst."""
    return float(np.max(net) - np.min(net))


def traders(n):
    a, b, freight = (np.array(x) for x in THREE)
    exported, kt = forms.split_of_crop(a, b, freight, CROP_KT, n, *FEEDERS, 1 - 1 / n)
    run = play("many_traders", f"traders.number={n}")
    price, sold = run.row("landed_price", MARKETS), run.row("market_tonnes", MARKETS)
    lines = [Line("many_traders", "gap of net prices", "C$/t", gap(a - b * kt - freight), gap(price - freight))]
    lines += [
        Line("many_traders", f"price, {m}", "C$/t", p, own)
        for m, p, own in zip(MARKETS, a - b * kt, price, strict=True)
    ]
    return [*lines, Line("many_traders", "tonnes exported", "kt", exported, sold.sum())]


def price_taking_traders(n):
    rule = "traders.beliefs.rule=last_price"
    run = play("many_traders", f"traders.number={n}", rule)
    net = run.row("landed_price", MARKETS) - THREE[2]
    return [Line("many_traders", "gap of net prices", "C$/t", 0.0, gap(net))]


def spatial_problem(run, grant):
    """The problem's numbers, read from the scenario, and its independent solution."""
    scenario = run.scenario
    demands = [scenario.importers[place].demand["feed"] for place in PLACES]
    # Through (P, Q) with elasticity e: B = P / (e Q), A = P + B Q.
    b = np.array([d.slope or d.price / (d.elasticity * d.quantity_kt) for d in demands])
    a = np.array([d.intercept or d.price + s * d.quantity_kt for d, s in zip(demands, b, strict=True)])
    freight = np.array([[scenario.freight_usd_t[o][p] for p in PLACES] for o in ORIGINS])
    sellers = [scenario.sellers[o] for o in ORIGINS]
    cost = np.array([s.cost_cad_t for s in sellers])
    rise = np.array([s.cost_slope_cad_t_kt for s in sellers])
    capacity = np.array([np.inf if s.capacity_kt is None else s.capacity_kt for s in sellers])
    theta = float(sellers[0].conduct == "cournot")
    grants = np.array([[float(grant.get((o, p), 0)) for p in PLACES] for o in ORIGINS])
    return (a, b, freight, cost, rise, capacity, grants), forms.spatial(
        a, b, freight, cost, rise, capacity, grants, theta
    )


def flows(run):
    """Tonnes (origin, market)."""
    return np.array([run.list("origin_tonnes", [f"{o}:{p}:feed" for p in PLACES]) for o in ORIGINS])


def spatial(name, grant):
    run = play(name)
    _, (known, price) = spatial_problem(run, grant)
    got, sold = run.row("landed_price", PLACES), flows(run)
    lines = [Line(name, f"price, {p}", "C$/t", one, own) for p, one, own in zip(PLACES, price, got, strict=True)]
    served = [(i, j) for i in range(len(ORIGINS)) for j in range(len(PLACES)) if known[i, j] > 1]
    return lines + [Line(name, f"{ORIGINS[i]} to {PLACES[j]}", "kt", known[i, j], sold[i, j]) for i, j in served]


CASES = {
    **{f"cournot {n}": (lambda n=n: cournot(n)) for n in (1, 2, 4, 50)},
    "cournot_unequal": cournot_unequal,
    "duopoly": lambda: subsidy("duopoly", 0, 0),
    "export_subsidy": lambda: subsidy("export_subsidy", forms.best_subsidy(A, C), 0),
    "subsidy_war": lambda: subsidy("subsidy_war", forms.war_subsidy(A, C), forms.war_subsidy(A, C)),
    "subsidy_war_by_rule": lambda: subsidy("subsidy_war_by_rule", forms.war_subsidy(A, C), forms.war_subsidy(A, C)),
    "initial_payment": initial_payment,
    "spatial": lambda: spatial("spatial", {}),
    "spatial_subsidised": lambda: spatial("spatial_subsidised", GRANTS),
    "fixed_quantity": lambda: split("fixed_quantity", np.inf),
    "discriminating": lambda: split("discriminating", 1),
    "board": board,
    **{f"traders {n}": (lambda n=n: traders(n)) for n in TRADERS},
    **{f"price-taking traders {n}": (lambda n=n: price_taking_traders(n)) for n in TRADERS},
}
