"""A whole market in plain Python, written anew from docs/odd.md alone (numbers are its sections).

One board, companies, growers, tenders, an agreement, a cash market and spot sellers; no programmes and no shocks. What
``tests/scenarios/tiny.yaml`` does not state stands here as the default that docs/odd_parameters.md gives.
"""

from types import SimpleNamespace as Box

from rebuilt_desks import Desks
from rebuilt_growers import Growers
from rebuilt_inputs import POOLS, Inputs, clip, mean, pos
from rebuilt_opening import Opening


class Market(Inputs, Opening, Desks, Growers):
    def step(self):
        self.advance()
        self.harvest()
        self.announce()
        self.deliver()
        self.agreement()
        for desk in self.desks:
            self.place(desk)
        self.spot_offers()
        self.clear_all()
        self.settle()
        self.learn()
        self.close()
        self.p += 1

    def advance(self):
        before = {o: self.rate(k.get("support_price_currency", "cad")) for o, k in self.s["origins"].items()}
        self.clock()
        self.rights()
        for g in self.groups:
            change = self.rate(g.o.get("support_price_currency", "cad")) / before[g.origin]
            g.E, g.N, g.heard = g.E * change, g.N * change, g.heard * change
        for t in self.tenders:
            a, slope, P0, Q0 = self.base(t)
            t.usual = pos(t.usual + (a - slope * t.bought * Q0 / t.Q0) - (t.a - t.slope * t.bought))
            t.a, t.slope, t.P0, t.Q0, t.put_out, t.out, t.offers = a, slope, P0, Q0, a, Q0, []
            t.today = self.tenders_today(t)
        for desk in self.desks:  # 7.6, news
            for pool in POOLS:
                seats = [k for k in desk.seats if k.t.pool == pool and k.t.bought > 0]
                move = mean([k.t.usual - k.known for k in seats], [self.size(k.t) for k in seats])
                if pool == "feed":
                    desk.m = pos(desk.m + move)
                desk.netback[pool] = pos(desk.netback[pool] + move)
                if desk.board:
                    q = desk.pools[pool]
                    q.latest, q.asking, q.news, q.move = pos(q.latest + move), pos(q.asking + move), q.news + move, move
            if desk.stock <= 1e-6:
                desk.m = self.going(desk)
                desk.netback = dict.fromkeys(POOLS, desk.m)
        for g in self.groups:
            if not g.board:
                P0 = self.feeders(g.origin).P0
                g.E, g.heard = pos(g.E + P0 - g.heard), P0
        self.exports = dict.fromkeys(self.s["origins"], 0.0)

    def offer(self, t, who, kt, reserve, freight):
        o = Box(who=who, kt=kt, reserve=pos(reserve), freight=freight, award=0.0, t=t)
        t.offers.append(o)
        return o

    def clear(self, t):
        offers = sorted((o for o in t.offers if o.kt > 0), key=lambda o: o.reserve)
        cum, steps = 0.0, []
        for o in offers:
            steps.append(min(o.reserve, t.put_out - t.slope * cum))
            cum += o.kt
        price = max([t.put_out - t.slope * cum, *steps])
        for o in offers:
            o.award = o.kt if o.reserve < price * (1 - 1e-11) and price < t.put_out else 0.0
        tied = [o for o in offers if abs(o.reserve - price) <= 1e-11 * price]
        rest = pos(pos(t.put_out - price) / t.slope - sum(o.award for o in offers))
        for o in tied:
            o.award = o.kt * min(1.0, rest / sum(o.kt for o in tied))
        t.bought = sum(o.award for o in offers)
        if t.bought > 0:
            t.last = price
        elif t.a > t.last:
            t.last += 0.1 * (t.a - t.last)
        t.usual += 0.5 * (t.last - t.usual)
        self.sales += [(self.p, t.id, o.who.name, o.award, price - o.freight) for o in offers if o.award > 0]

    def clear_all(self):
        for t in self.tenders:
            if t.today and not t.home:
                self.clear(t)
        for x in self.spot:
            q = sum(o.award for o in x.offers)
            x.left -= q
            self.exports[x.origin] += q
        for o in self.s["origins"]:
            (self.offer_board_origin if o == self.B.origin else self.offer_cash_origin)(o, self.at(o), self.feeders(o))
        for t in self.tenders:
            if t.home:
                self.clear(t)

    def spot_offers(self):  # 7.11
        tenders = [t for t in self.tenders if t.today and not t.home and t.pool == "feed"]
        for x in self.spot:
            x.offers = []
            cost = self.cash[x.origin] + self.fob(x.origin) + self.s["traders"]["margin_cad_t"]
            if not tenders:
                continue
            net = [pos(t.usual - self.freight(x.origin, t)) for t in tenders]
            usual = mean(net, [t.out for t in tenders])
            weight = [
                t.out * clip(1 + 5 * (n / (usual if usual > 1 else 1.0) - 1), 0, 3)
                for t, n in zip(tenders, net, strict=True)
            ]
            x.offers = [
                self.offer(t, x, min(x.left, x.cap) * w / sum(weight), cost + fr, fr)
                for t, w in zip(tenders, weight, strict=True)
                for fr in [self.freight(x.origin, t)]
            ]

    def settle(self):
        for desk in self.desks:
            self.ship(desk)
        for o in self.cash:
            self.cash[o] = self.at_port(o, self.feeders(o).last)
        for g in self.groups:
            sold = sum(o.award for o in g.offers)
            g.stock -= sold + g.exported
            if g.board:
                g.ready = min(pos(g.release - sold), g.stock)
                g.malt = min(g.ms * g.quality * g.release / g.ready, 1) if g.ready > 0 else 0.0
                if g.release > 0:
                    g.pool_share += self.part(0.2) * (g.ready / g.release - g.pool_share)

    def learn(self):
        for desk in self.desks:
            for k in desk.seats:
                k.known = k.t.usual
                if k.t.today and k.t.bought > 0:
                    k.q += 0.5 * (sum(o.award for o in desk.offers if o.t is k.t) - k.q)
        bid, top = self.mean_bid(), max(k.get("cost_cad_t", 0) for k in self.s["grades"].values())
        for g in self.groups:
            g.E += self.part(0.15) * (self.cash[g.origin] - g.E)
            if g.board:
                g.quality = clip(self.premium() / top, 0, 1)
                if self.board_takes:
                    g.gap = self.feeders(g.origin).last - g.haul - self.pool_value
                if self.board_takes and self.traders_take:
                    g.merch = clip(g.merch + 0.25 * self.D * clip((bid - self.pool_value) / g.iota, -1, 1), 0, 1)

    def close(self):
        if self.m == self.Y - 1:
            for q in self.B.pools.values():
                initial = q.initial * q.kt
                if initial > 0:
                    q.multiple += 0.25 * ((initial + pos(q.receipts - q.costs - initial)) / initial - q.multiple)
                q.kt = q.receipts = q.costs = 0.0
