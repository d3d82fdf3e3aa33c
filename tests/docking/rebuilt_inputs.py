"""Inputs, places and who may sell of the market that is written anew from docs/odd.md (numbers are its sections).

Nothing of the model is imported here or in the other files ``rebuilt_*``; only the text was at hand.
"""

import hashlib

POOLS = ("feed", "malting")
PROMISING = ("single_desk", "continental", "cash_trading")  # systems of feed under which agreements hold


def pos(x):
    return max(x, 0.0)


def clip(x, low, high):
    return min(max(x, low), high)


def mean(values, weights):
    total = sum(weights)
    return sum(v * w for v, w in zip(values, weights, strict=True)) / total if total > 0 else 0.0


class Inputs:
    def part(self, k):  # how equations are written
        return 1 - (1 - k) ** self.D

    def tenders_today(self, t):  # 3, the calendar
        o = int.from_bytes(hashlib.sha256(t.buyer.encode()).digest()[:4], "big") % self.Y
        return (self.m + 1 + o) * t.n // self.Y > (self.m + o) * t.n // self.Y

    def clock(self):
        first = int(self.s["calendar"]["start"][:4]) + self.p // self.Y
        self.m = self.p % self.Y
        self.year = f"{first}/{(first + 1) % 100:02d}"
        months = [f"{first + (c > 12)}-{(c - 1) % 12 + 1:02d}" for c in range(8, 20)]
        self.month = months[12 * self.m // self.Y]
        self.usd = self.level(self.s["money"]["cad_per_usd"])
        corn = self.series[self.s["corn_usd_t"]["series"]]
        self.corn = corn[self.month] / (sum(corn[months[12 * p // self.Y]] for p in range(self.Y)) / self.Y)
        self.system = dict(self.s["marketing"][self.board_origin])
        for e in self.s.get("events", []):
            if e["from"] <= self.month <= e["to"]:
                self.system |= e["marketing"][self.board_origin]

    def level(self, stated):
        if not isinstance(stated, dict):
            return stated
        series = self.series[stated["series"]]
        return series.get(self.month, series.get(self.year)) + stated.get("plus", 0)

    def rate(self, currency):
        return {"cad": 1.0, "usd": self.usd}[currency]

    def freight(self, origin, t):
        return self.s["freight_usd_t"][origin][t.region] * self.usd

    def at(self, origin):
        return [g for g in self.groups if g.origin == origin]

    def feeders(self, origin):
        return next(t for t in self.tenders if t.home == origin)

    def at_port(self, origin, price):
        return price - sum(g.theta * g.haul for g in self.at(origin))

    def base(self, t):  # 7.1
        e = t.d["elasticity"]
        P0 = self.level(t.d["price"]) * self.rate(t.d.get("currency", "usd"))
        P0 *= 1 + t.d.get("corn_response", 0) * (self.corn - 1)
        if not t.home:
            P0 += self.freight(self.s["base_price_origin"], t)
        Q0 = self.level(t.d["quantity_kt"]) / t.n
        return P0 * (1 + 1 / e), P0 / (e * Q0), P0, Q0

    def fob(self, origin):
        return self.s["origins"][origin].get("fob_cost_usd_t", 0) * self.usd

    def rights(self):
        feed, malting = (self.system[pool] for pool in POOLS)
        self.board_takes = not feed == malting == "multiple_sellers"
        self.traders_take = not {feed, malting} <= {"single_desk", "cash_trading"}

    def may(self, desk, t):
        system = self.system[t.pool]
        if desk.board:
            return system != "multiple_sellers" or not self.board_takes
        return (
            system in ("multiple_sellers", "open_feed")
            or not self.traders_take
            or (system == "continental" and t.b["market"] == self.system["continental_market"])
        )

    def published(self):
        start = self.B.b.get("outlook_from")
        return start is not None and self.month >= start

    def size(self, t):
        return max(t.bought, t.out / 2, 0.001)

    def going(self, desk):
        seats = [k for k in desk.seats if k.t.pool == "feed"]
        opened = self.s["freight_usd_t"][desk.origin]
        return mean([k.t.usual - opened[k.t.region] * k.t.usd for k in seats], [self.size(k.t) for k in seats])
