"""The first day of the market that is written anew from docs/odd.md (numbers are its sections)."""

import csv
from types import SimpleNamespace as Box

import yaml
from rebuilt_inputs import POOLS, mean, pos


class Opening:
    def __init__(self, scenario):
        self.s = s = yaml.safe_load(scenario.read_text())
        self.Y = s["calendar"]["periods_per_year"]
        self.D = 12 / self.Y
        (self.board_origin,) = s["marketing"]
        self.series = {}
        for row in csv.DictReader((scenario.parent / s["data"][0]).read_text().splitlines()):
            self.series.setdefault(row["series"], {})[row["period"]] = float(row["value"])
        self.p, self.sales = 0, []
        self.clock()
        self.tenders = [
            Box(
                id=f"{name}:{grade}",
                buyer=name,
                b=b,
                d=d,
                grade=grade,
                home=b.get("origin"),
                region=b["region"],
                pool=s["grades"][grade]["pool"],
                extra=s["grades"][grade].get("cost_cad_t", 0),
                n=self.Y if "agreement" in b or "origin" in b else 12,
            )
            for kind in ("state_importers", "importers", "maltsters", "feeders")
            for name, b in s[kind].items()
            for grade, d in b["demand"].items()
        ]
        for t in self.tenders:
            t.a, t.slope, t.P0, t.Q0 = self.base(t)
            t.last = t.usual = t.P0
            t.bought = t.out = t.Q0
            t.usd = self.usd
        self.groups = [
            Box(
                name=n,
                origin=g["origin"],
                theta=g["share"],
                o=(o := s["origins"][g["origin"]]),
                board=None,
                ready=0.0,
                stock=g["share"] * self.level(o["opening_stock_kt"]),
                malt=0.0,
                signed=0.0,
                kept=0.0,
                merch=0.0,
                quality=1.0,
                gap=0.0,
                haul=g.get("freight_to_feeders_cad_t", 0) - g.get("freight_to_port_cad_t", 0),
                iota=g.get("inertia_cad_t", 3),
                chi=g.get("captive_share", 0.5),
                ms=g.get("malting_share", 0.4),
            )
            for n, g in s["growers"].items()
        ]
        self.cash, self.usual_exports = {}, dict.fromkeys(s["origins"], 0.0)
        for o in s["origins"]:
            f = self.feeders(o)
            self.cash[o] = self.at_port(o, f.P0)
            for g in self.at(o):
                g.E = g.N = self.cash[o]
                g.heard = f.P0
        self.open_desks()
        self.spot = [
            Box(name=n, origin=o, year=s["traders"].get("commercial_kt", 600), left=0.0)
            for n, c in s["traders"]["companies"].items()
            for o in c["origins"]
            if o not in s["marketing"]
        ]
        self.spot += [
            Box(name=n, origin=e["origin"], year=e["commercial_kt"], left=0.0) for n, e in s["exporters"].items()
        ]

    def open_desks(self):
        s = self.s
        ((name, b),) = s["boards"].items()
        origin = b["origin"]
        names = [n for n, c in s["traders"]["companies"].items() if origin in c["origins"]]
        self.B = self.desk(name, origin, b, board=True)
        self.desks = [self.B] + [self.desk(n, origin, s["traders"], board=False) for n in names]
        B, n = self.B, len(names)
        B.cost, B.sigma = b.get("cost_cad_t", 0), b.get("initial_share", 0.8)
        for desk in self.desks:
            for k in desk.seats:
                k.q = k.x = (
                    0 if k.t.home else b["starting_shares"].get(k.t.b["market"], 0) * k.t.Q0 / (1 if desk.board else n)
                )
            p = {
                pool: mean(
                    [k.t.P0 - self.freight(origin, k.t) for k in desk.seats if k.t.pool == pool],
                    [k.t.Q0 for k in desk.seats if k.t.pool == pool],
                )
                for pool in POOLS
            }
            if desk.board:
                desk.m, desk.netback = 0.0, {"feed": p["feed"], "malting": 0.0}
                desk.pools = {
                    pool: Box(
                        kt=0.0,
                        receipts=0.0,
                        costs=0.0,
                        latest=p[pool],
                        asking=p[pool],
                        initial=0.0,
                        news=0.0,
                        outlook=pos(p[pool] - desk.cost),
                        multiple=1 / max(desk.sigma, 0.1),
                    )
                    for pool in POOLS
                }
            else:
                desk.m, desk.netback = p["feed"], {pool: p["feed"] for pool in POOLS}
        B.usual_sales = B.agreed = B.agreed_price = B.cash_kt = B.cash_cost = 0.0
        B.series = None
        self.rights()
        share = b.get("opening_stock_share", 0.4)
        takers = [d for d in self.desks if (d.board and self.board_takes) or (not d.board and not self.board_takes)]
        for g in self.at(origin):
            g.board, g.pool_share = B, share
            for d in takers:
                d.stock += share * g.stock / len(takers)
                d.malt += share * g.stock * g.ms / len(takers)
            g.stock -= share * g.stock

    def desk(self, name, origin, keys, board):
        beliefs = keys.get("beliefs", {})
        d = Box(
            name=name,
            origin=origin,
            board=board,
            stock=0.0,
            malt=0.0,
            unsold=0.0,
            busy=None,
            reserved=0.0,
            due=0.0,
            kappa=keys.get("cover_periods", 3),
            eta=keys.get("adjustment", 0.5 if board else 0.3),
            rho=beliefs.get("rivals_response", 1.0 if board else 5.0),
            lag=keys.get("outlook_lag", 0.5),
            b=keys,
        )
        if not board:
            d.eta = min(d.eta, 2 / (len(keys["companies"]) + 1))
        d.seats = [
            Box(t=t, known=t.usual, waited=0)
            for t in self.tenders
            if t.home != origin and t.region in self.s["freight_usd_t"][origin]
        ]
        return d
