"""Growers of the market that is written anew from docs/odd.md (numbers are its sections)."""

from rebuilt_inputs import PROMISING, clip, pos


class Growers:
    def harvest(self):  # 7.4
        for g in self.groups:
            since = (self.m - -(-(g.o["harvest_month"] - 1) * self.Y // 12)) % self.Y
            if since == 0:
                g.stock += g.theta * self.level(g.o["production_kt"])
                g.N = 0.8 * g.N + 0.2 * g.E
            own = g.theta * self.level(g.o["own_use_kt"]) / self.Y
            g.stock -= min(own, g.stock)
            target = g.theta * self.level(g.o["carryover_kt"]) * clip(1 - 0.5 * (g.E / g.N - 1), 0.2, 2)
            g.free = pos(g.stock - g.ready - target - own * (self.Y - since - 1))
            g.release = g.free / (self.Y - since)
        for x in self.spot:  # 7.11
            x.left = min(x.left + x.year * self.D / 12, x.year / 12)
            x.cap = 0.4 * sum(g.stock for g in self.at(x.origin)) / sum(z.origin == x.origin for z in self.spot)

    def deliver(self):  # 7.8
        B, series = self.B, self.m * self.B.b.get("contract_series", 3) // self.Y
        mine = self.at(B.origin)
        for g in mine:
            g.premium = self.premium()
            if not self.traders_take:
                g.merch = 0.0
        if self.board_takes and series != B.series:
            B.series = series
            offers = [
                self.willing(g, lambda w, g=g: g.chi + (1 - g.chi) * w) * (1 - g.merch) * g.pool_share * g.release
                for g in mine
            ]
            accepted = self.call(sum(offers))
            for g, q in zip(mine, offers, strict=True):
                g.signed = accepted * q
            promise = B.b.get("agreed_share", 0) if self.system["feed"] in PROMISING else 0
            agreement = sum(
                self.level(t.b["agreement"]["quantity_kt"]) / self.Y for t in self.tenders if "agreement" in t.b
            )
            B.agreed, B.agreed_price = pos(promise * accepted * sum(offers) - agreement), self.going(B)
        share = self.call(sum(g.ready for g in mine))
        for g in mine:
            traders = g.ready * (g.merch if self.board_takes else 1.0) if self.traders_take else 0.0
            asked = to = cash = 0.0
            if self.board_takes:
                hand = (g.ready - traders) * share
                asked = max(hand, min(share * min(g.signed, g.stock - traders), hand + 0.1 * self.D * g.free))
                to = self.willing(g, lambda w: w) * asked
            if self.system["feed"] == "cash_trading":
                bid = pos(self.worth(B) - B.cost - B.b.get("cash_margin_cad_t", 2))
                gap = self.feeders(g.origin).last - g.haul - bid
                cash = clip(1 - (gap - g.iota) / (2 * g.iota), 0, 1) * (asked - to)
                B.cash_kt, B.cash_cost = B.cash_kt + cash, B.cash_cost + cash * bid
            g.stock -= traders + to + cash
            B.stock += to + cash
            B.malt += to * g.malt
            for d in self.desks[1:]:
                d.stock += traders / len(self.desks[1:])
                d.malt += traders * g.malt / len(self.desks[1:])
            g.release = min(g.release, g.stock)

    def willing(self, g, of):
        w = [of(clip(1 - (gap - g.iota) / (2 * g.iota), 0, 1)) for gap in (g.gap, g.gap - g.premium)]
        y = min(g.kept / g.pool_share, 1)
        return (1 - y) * w[0] + y * w[1]

    def offer_board_origin(self, origin, groups, t):  # 7.4
        sold = sum(o.award for d in self.desks for o in d.offers if o.t.pool == "malting")
        total = sum(g.release for g in groups)
        bid = self.mean_bid()
        for g in groups:
            z = min(1.2 * sold / total, 1) if g.release > 0 else g.kept
            g.kept = z if g.kept == 0 else g.kept + self.part(0.2) * (z - g.kept)
            feed = (1 - min(g.kept, g.ms * g.quality)) * g.release
            merch = g.merch if self.board_takes else 1.0
            V = (1 - merch) * self.pool_value + merch * bid if self.traders_take else self.pool_value
            if self.system["feed"] == "cash_trading":
                quoted = pos(self.worth(self.B) - self.B.cost - self.B.b.get("cash_margin_cad_t", 2))
            else:
                quoted = self.B.pools["feed"].asking if self.published() else 0.0
            other = max(V + g.iota, quoted) if self.board_takes else V
            g.offers = [self.offer(t, g, s * feed, v + g.haul, g.haul) for s, v in ((g.chi, V), (1 - g.chi, other))]
            g.exported = 0.0

    def offer_cash_origin(self, origin, groups, t):
        stock = sum(g.stock for g in groups)
        most = 0.5 * sum(g.release for g in groups) / self.D
        self.usual_exports[origin] += self.D * (min(self.exports[origin], most) - self.usual_exports[origin])
        for g in groups:
            g.exported = self.exports[origin] * g.stock / stock
            usual = self.usual_exports[origin] * g.stock / stock
            planned = min(max(g.release - usual, 0.5 * g.release), pos(g.stock - g.exported) / 1.2)
            support = g.o.get("support_price", 0) * self.rate(g.o.get("support_price_currency", "cad"))
            g.offers = [
                self.offer(t, g, s * planned, max(k * g.E, support) + g.haul, g.haul)
                for s, k in ((0.7, 0.8), (0.3, 1.0), (0.2, 1.15))
            ]
