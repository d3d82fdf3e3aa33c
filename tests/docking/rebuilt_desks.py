"""Boards and trading companies of the market that is written anew from docs/odd.md (numbers are its sections)."""

from rebuilt_inputs import POOLS, PROMISING, clip, mean, pos


class Desks:
    def place(self, desk):  # 7.5, 7.6
        for k in desk.seats:
            k.waited += 1
        seats = [
            k for k in desk.seats if k.t.today and self.may(desk, k.t) and not (desk.board and k.t is desk.kept_for)
        ]
        desk.offers = []
        if not seats:
            return
        today = sum(k.t.Q0 for k in seats)
        desk.busy = desk.busy or today
        busy = clip(today / desk.busy, 0.4 * self.D, 2.5 / self.D)
        desk.busy += self.part(0.15) * (today - desk.busy)
        free = pos(desk.stock - desk.reserved)
        usual = min(1, self.D / desk.kappa) * busy * free
        desk.due = min(desk.agreed, pos(self.part(0.5) * desk.stock - desk.reserved)) if desk.board else 0.0
        Q = min(max(usual, desk.due), desk.stock - desk.reserved)
        lines = []
        for k in seats:
            t, fr = k.t, self.freight(desk.origin, k.t)
            beta = 1 / (1 / t.slope + desk.rho * pos(self.size(t) - k.q) / max(t.usual, 1))
            lines.append((t.usual + beta * k.q - fr - t.extra, 2 * beta, t.a / t.slope))

        def split(m):
            return [clip((a - m) / b, 0, top) for a, b, top in lines]

        lo, hi = 0.0, max(a for a, _, _ in lines)
        if sum(split(0.0)) > Q:
            for _ in range(200):
                mid = (lo + hi) / 2
                lo, hi = (mid, hi) if sum(split(mid)) > Q else (lo, mid)
        else:
            hi = 0.0
        desk.m = (lo + hi) / 2 if Q > 0 else pos(max(a for a, _, _ in lines))
        q = split(desk.m) if Q > 0 else [0.0] * len(seats)
        plan = [k.x + (1 - (1 - desk.eta) ** (k.waited * self.D)) * (v - k.x) for k, v in zip(seats, q, strict=True)]
        scale = sum(q) / sum(plan) if sum(plan) > 0 else 0.0
        plan = [min(v * scale, top) for v, (_, _, top) in zip(plan, lines, strict=True)]
        malt = sum(v for k, v in zip(seats, plan, strict=True) if k.t.pool == "malting")
        worth = 0.98 * self.worth(desk)
        for k, v in zip(seats, plan, strict=True):
            k.x = v * min(1.0, desk.malt / malt) if k.t.pool == "malting" and malt > 0 else v
            k.waited = 0
            fr = self.freight(desk.origin, k.t)
            reserve = 0.0 if desk.due > usual else worth + fr + k.t.extra
            desk.offers.append(self.offer(k.t, desk, k.x, reserve, fr))

    def ship(self, desk):
        rows = [(o.t.pool, o.award, o.t.last - o.freight, o.t.extra) for o in desk.offers if o.award > 0]
        agreed = [("feed", desk.reserved, desk.agreement_price, 0.0)] if desk.reserved > 0 else []
        sold = sum(r[1] for r in rows + agreed)
        offered = sum(k.x for k in desk.seats if k.t.today)
        malting = sum(r[1] for r in rows if r[0] == "malting")
        feed_stock, feed_sold = desk.stock - malting, sold - malting
        desk.stock -= sold
        desk.malt = min(desk.malt - malting, desk.stock)
        desk.unsold += self.part(0.2) * ((pos(1 - sold / offered) if offered > 1e-6 else 0.0) - desk.unsold)
        for pool in POOLS:
            mine = [r for r in rows if r[0] == pool]
            if mine:
                net = mean([r[2] - r[3] for r in mine], [r[1] for r in mine])
                desk.netback[pool] += self.part(0.5) * (net - desk.netback[pool])
        if not desk.board:
            return
        for pool, q in desk.pools.items():
            mine = [r for r in rows + agreed if r[0] == pool]
            kt, receipts = sum(r[1] for r in mine), sum(r[1] * r[2] for r in mine)
            q.kt, q.receipts, q.costs = q.kt + kt, q.receipts + receipts, q.costs + desk.cost * kt
            if kt > 1e-6:
                q.latest = receipts / kt
            q.asking += self.part(0.3) * (q.latest - q.asking)
        if desk.cash_kt > 0:
            cash = min(desk.cash_kt / feed_stock, 1) * feed_sold
            cost = desk.cash_cost * cash / desk.cash_kt
            q = desk.pools["feed"]
            q.kt, q.costs = q.kt - cash, q.costs + cost
            desk.cash_kt, desk.cash_cost = desk.cash_kt - cash, desk.cash_cost - cost
        missed = pos(desk.agreed - desk.due) + pos(desk.wanted - desk.reserved)
        desk.pools["feed"].costs += missed * (5 + pos(self.going(desk) - desk.agreed_price))
        if any(k.t.today for k in desk.seats):
            desk.usual_sales += self.part(0.2) * (sold - desk.usual_sales)

    def announce(self):  # 7.7
        B = self.B
        lag = B.b.get("published_lag", B.lag) ** self.D if self.published() else B.lag**self.D * (self.m > 0)
        for q in B.pools.values():
            current = pos(q.latest - B.cost)
            realised = pos(q.receipts - q.costs) / q.kt if q.kt > 0.001 else current
            last, q.outlook = (
                q.outlook,
                lag * q.outlook + (1 - lag) * (self.m / self.Y * realised + (1 - self.m / self.Y) * current),
            )
            if self.m == 0:
                q.initial, q.news = B.sigma * last, q.move
            elif B.sigma * q.outlook > q.initial:
                q.initial, q.news = B.sigma * q.outlook, 0.0
        f = B.pools["feed"]
        expected = f.outlook if self.published() else f.initial * f.multiple + f.news
        self.pool_value = f.initial + pos(pos(expected - f.initial) * 1.08**-0.5 - 1)

    def agreement(self):  # 7.9
        B = self.B
        B.reserved = B.wanted = 0.0
        for t in self.tenders:  # they open with the freight of the day
            t.usd = self.usd if t.today or t.home else t.usd
        B.kept_for = None
        for t in self.tenders:
            if "agreement" not in t.b or self.system["feed"] not in PROMISING:
                continue
            k, o = t.b["agreement"], t.b["agreement"]["outside_origin"]
            here = B.netback["feed"] + self.freight(B.origin, t)
            there = self.cash[o] + self.fob(o) + self.freight(o, t)
            price = pos(here + k.get("bargaining_weight", 0.5) * (there - here))
            B.wanted = self.level(k["quantity_kt"]) / self.Y * (1 + 0.1 * clip((price - here) / 20, -1, 1))
            B.reserved, B.kept_for = min(B.wanted, 0.8 * B.stock), t
            t.put_out, t.out = pos(t.a - t.slope * B.reserved), pos(t.Q0 - B.reserved)
            B.agreement_price = price - self.freight(B.origin, t)
            self.sales.append((self.p, t.id + ":agreement", B.name, B.reserved, B.agreement_price))

    def worth(self, desk):
        return min(desk.m, desk.netback["feed"]) * (1 - 0.1 * desk.unsold)

    def mean_bid(self):  # 7.10
        firms = self.desks[1:]
        n = len(firms)
        bids = [
            pos(w + (1 - 1 / n) * pos(d.netback["feed"] - w) - self.s["traders"]["margin_cad_t"])
            for d in firms
            for w in [self.worth(d)]
        ]
        return sum(bids) / n if n else 0.0

    def call(self, offered):
        B = self.B
        return (
            clip((2 * B.kappa / self.D * max(B.usual_sales, offered) - B.stock) / offered, 0.2, 1)
            if offered > 0
            else 1.0
        )

    def premium(self):
        if self.system["malting"] == "multiple_sellers":
            return float("inf")
        return self.B.pools["malting"].outlook - self.B.pools["feed"].outlook
