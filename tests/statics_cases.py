"""The cases of comparative statics; ``python -m tests.statics_cases`` prints their table for docs/validation.md."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.scenario import load
from sim.shipped import scenario_path

sys.path.insert(0, str(Path(__file__).parent))

from statics import (
    DOWN,
    MEAN,
    UP,
    WAR,
    Case,
    changes,
    exports,
    fob,
    gap,
    pool,
    sold,
    spending,
    state,
    summed,
)

HISTORY = load(scenario_path("history"), []).scenario


def importers(text: str) -> tuple[str, ...]:
    """One override for each importer's demand for feed."""
    return tuple(f"importers.{name}.demand.feed.{text}" for name in HISTORY.importers)


def prairie(text: str) -> tuple[str, ...]:
    """One override for each group of growers of the board."""
    return tuple(f"growers.{name}.{text}" for name in HISTORY.boards["cwb"].growers)


def dearer_freight(usd_t: float) -> tuple[str, ...]:
    """Dearer freight on every lane from Canada."""
    lanes = HISTORY.freight_usd_t["canada"].items()
    return tuple(f"freight_usd_t.canada.{region}={cost + usd_t}" for region, cost in lanes if cost > 0)


OFFSHORE = ("price offshore, C$/t", fob("offshore"))
JAPAN = ("price in Japan, C$/t", fob("japan"))
GAP = ("Japan over offshore, C$/t", gap("japan", "offshore"))
SIX_ROW = ("six-row price offshore, C$/t", fob("offshore", "six_row"))
US_CASH = ("US cash price, C$/t", state("cash_price_cad_t", "united_states"))
EU_CASH = ("EU cash price, C$/t", state("cash_price_cad_t", "eu"))
HOME = ("Canadian cash price, C$/t", state("cash_price_cad_t", "canada"))
RETURN = ("feed pool's return, C$/t", pool("return_cad_t"))
INITIAL = ("initial payment, C$/t", state("initial_payment_cad_t", "cwb"))
US_EXPORTS, EU_EXPORTS = ("US exports, kt", exports("united_states")), ("EU exports, kt", exports("eu"))
CA_EXPORTS = ("Canadian exports, kt", exports("canada"))
DELIVERED = ("deliveries to the pool, kt", summed("delivered_kt", "cwb"))
STORED = ("intervention purchases, kt", summed("intervention_bought_kt", "eu"))
REFUNDS = ("cost of refunds, million C$", spending("restitution"))
BONUSES = ("cost of bonuses, million C$", spending("eep"))
MARGINS = (
    "companies' margins, million C$",
    lambda ledger: summed("merchant_margin_cad_k", "canada:feed")(ledger) / 1000,
)
BUYERS = ("price to the buyer, C$/t", fob("third", origin=None))
OWN, RIVAL = ("own sales, kt", sold(seller="home_firm")), ("the rival's sales, kt", sold(seller="rival_firm"))
AT_NETBACK = ("state_importers.japan_food_agency.agreement.bargaining_weight=0",)
THREE_YEARS = ("calendar.crop_years=3",)
MALTSTERS = [(name, grade) for name, buyer in HISTORY.maltsters.items() for grade in buyer.demand]

CASES = (
    Case("no bonus", ("eep.max_bonus_usd_t=0",),
         ((*OFFSHORE, UP), (*US_CASH, DOWN), (*US_EXPORTS, DOWN), (*GAP, DOWN), (*CA_EXPORTS, UP))),
    Case("no bonus, Japan paying what others pay", ("eep.max_bonus_usd_t=0",),
         ((*RETURN, UP), (*JAPAN, UP)), base=(*WAR, *AT_NETBACK)),
    Case("half the bonus tonnage", ("eep.tonnage_kt.scale=0.5",),
         ((*OFFSHORE, UP), (*US_CASH, DOWN), (*US_EXPORTS, DOWN), (*BONUSES, DOWN))),
    Case("half the refund target", ("restitution.target_kt.scale=0.5",),
         ((*OFFSHORE, UP), (*EU_EXPORTS, DOWN), (*REFUNDS, DOWN), (*RETURN, UP), (*CA_EXPORTS, UP),
          (*STORED, UP, MEAN))),
    Case("refunds of at most 80 ECU/t", ("restitution.max_refund_ecu_t=80",),
         ((*OFFSHORE, UP), (*EU_EXPORTS, DOWN), (*REFUNDS, DOWN), (*STORED, UP))),
    Case("a larger Canadian crop (15 %)", ("origins.canada.production_kt.scale=1.15",),
         ((*OFFSHORE, DOWN), (*HOME, DOWN), (*RETURN, DOWN), (*CA_EXPORTS, UP), (*DELIVERED, UP))),
    Case("a larger US crop (15 %)", ("origins.united_states.production_kt.scale=1.15",),
         ((*US_CASH, DOWN), (*JAPAN, DOWN), (*BONUSES, DOWN), (*RETURN, DOWN))),
    Case("a larger EU crop (5 %)", ("origins.eu.production_kt.scale=1.05",),
         ((*STORED, UP, MEAN),)),
    Case("a lower support price in the EU (10 %)", ("origins.eu.support_price.scale=0.9",),
         ((*EU_CASH, DOWN, MEAN),)),
    Case("more in store at the start (1,000 kt)", ("origins.canada.opening_stock_kt.plus=1000",),
         ((*OFFSHORE, DOWN), (*HOME, DOWN), (*CA_EXPORTS, UP))),
    Case("more to be carried over (1,000 kt)", ("origins.canada.carryover_kt.plus=1000",),
         ((*HOME, UP), (*CA_EXPORTS, DOWN), (*RETURN, UP))),
    Case("more use on farm (500 kt)", ("origins.canada.own_use_kt.plus=500",),
         ((*HOME, UP), (*CA_EXPORTS, DOWN), (*DELIVERED, DOWN))),
    Case("a stronger Canadian dollar (10 %)", ("money.cad_per_usd.scale=0.9",),
         ((*RETURN, DOWN), (*OFFSHORE, DOWN), (*HOME, DOWN), (*CA_EXPORTS, DOWN))),
    Case("dearer freight from Canada (US$5/t)", dearer_freight(5.0),
         ((*RETURN, DOWN), (*HOME, DOWN), (*CA_EXPORTS, DOWN))),
    Case("dearer freight to port (C$5/t)", prairie("freight_to_port_cad_t.plus=11"),
         ((*DELIVERED, DOWN), (*CA_EXPORTS, DOWN), (*OFFSHORE, UP))),
    Case("dearer handling by the board (C$10/t)", ("boards.cwb.cost_cad_t=13",),
         ((*RETURN, DOWN), (*INITIAL, DOWN), (*HOME, DOWN), (*DELIVERED, DOWN), (*OFFSHORE, UP))),
    Case("larger demand offshore (10 %)", importers("quantity_kt.scale=1.1"),
         ((*OFFSHORE, UP), (*RETURN, UP), (*CA_EXPORTS, UP), (*GAP, DOWN))),
    Case("more elastic demand offshore (9 for 6), a crop 30 % larger in both", importers("elasticity=9"),
         ((*OFFSHORE, UP),), base=(*WAR, "origins.canada.production_kt.scale=1.3")),
    Case("more feeding in Canada (10 %)", ("feeders.canadian_feeders.demand.feed.quantity_kt.scale=1.1",),
         ((*HOME, UP), (*CA_EXPORTS, DOWN), (*DELIVERED, DOWN))),
    Case("less malting (10 %)",
         tuple(f"maltsters.{name}.demand.{grade}.quantity_kt.scale=0.9" for name, grade in MALTSTERS),
         ((*SIX_ROW, DOWN), (*HOME, DOWN))),
    Case("a higher initial payment (0.95 for 0.88)", ("boards.cwb.initial_share=0.95",),
         ((*INITIAL, UP), (*DELIVERED, UP), (*HOME, UP), (*OFFSHORE, DOWN))),
    Case("growers who fear risk more (C$10/t)", prairie("risk_premium_cad_t=10"), ((*DELIVERED, DOWN), (*HOME, DOWN))),
    Case("growers who discount more (30 %)", prairie("discount_rate=0.3"), ((*DELIVERED, DOWN), (*HOME, DOWN))),
    Case("a better bargain with Japan (0.9 for 0.67)",
         ("state_importers.japan_food_agency.agreement.bargaining_weight=0.9",),
         ((*JAPAN, UP), (*GAP, UP), (*RETURN, UP))),
    Case("dearer handling in the US (US$10/t)", ("origins.united_states.fob_cost_usd_t=35",),
         ((*JAPAN, UP), (*BONUSES, UP))),
    Case("no single desk", ("marketing.canada.feed=multiple_sellers", "marketing.canada.malting=multiple_sellers"),
         ((*GAP, DOWN), (*JAPAN, DOWN), (*SIX_ROW, DOWN), (*OFFSHORE, UP))),
    Case("two companies for eight", ("traders.number=2",),
         ((*MARGINS, UP), (*GAP, UP), (*HOME, DOWN)), "multiple_sellers"),
    Case("32 companies for eight", ("traders.number=32",), ((*MARGINS, DOWN), (*GAP, DOWN)), "multiple_sellers"),
    Case("a larger margin (C$4 for 1/t)", ("traders.margin_cad_t=4",),
         ((*MARGINS, UP), (*HOME, DOWN), (*CA_EXPORTS, DOWN)),
         "multiple_sellers"),
    Case("a dearer producer (C$50 for 40/t)", ("sellers.home_firm.cost_cad_t=50",),
         ((*BUYERS, UP), (*OWN, DOWN), (*RIVAL, UP)), "duel", THREE_YEARS),
    Case("a second rival", ("sellers.rival_firm.number=2",), ((*BUYERS, DOWN), (*OWN, DOWN)), "duel", THREE_YEARS),
    Case("a subsidy on one lane (C$10/t)", ("export_subsidies={home: {rate_cad_t: {third: 10}}}",),
         ((*BUYERS, DOWN), (*OWN, UP), (*RIVAL, DOWN)), "duel", THREE_YEARS),
)  # fmt: skip


def table() -> str:
    """The table of the documents: means over the draws, lowest and highest in brackets."""
    lines = ["| change | outcome | | mean | draws |", "|---|---|---|---|---|"]
    for case in CASES:
        name = case.title
        for outcome, values, way, of_mean in changes(case):
            word = ("up" if way == UP else "down") + (", mean" if of_mean else "")
            span = f"{digits(values.min())} to {digits(values.max())}"
            lines.append(f"| {name} | {outcome} | {word} | {digits(values.mean())} | {span} |")
            name = ""
    return "\n".join(lines) + "\n"


def digits(value: float) -> str:
    """Three digits of a number, with its sign."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:+,.0f}" if abs(rounded) >= 100 else f"{rounded:+.3g}" if rounded else "0"


if __name__ == "__main__":
    print(table(), end="")
