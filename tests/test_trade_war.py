"""Which way things move in the trade war: one side's subsidy less or more, an open border, dearer rail, answers."""

import numpy as np
import pytest

from sim.experiments.ensemble import run_chunk
from sim.measures import summary
from sim.scenario import load
from sim.shipped import scenario_path

WAR = ("calendar.start=1985/86", "calendar.crop_years=4")
LATE = ("calendar.start=1992/93", "calendar.crop_years=3")


class Years:
    """Measures of a short run: (table, column) -> mean over the last crop years, (draw,)."""

    def __init__(self, name, *sets, years=2):
        ledger = run_chunk(load(scenario_path(name), list(sets)), draws=2)
        found, rows = summary(ledger), ledger.crop_years[-years:]
        self.values = {}
        for (table, row, column, _), value in zip(found.keys, found.values, strict=True):
            if row in rows:
                self.values.setdefault((table, column), []).append(value)

    def __call__(self, table, column):
        return np.mean(self.values[table, column], axis=0)


@pytest.fixture(scope="module")
def history():
    return Years("history", *WAR, years=3)


def test_without_bonuses_us_prices_fall_and_offshore_prices_rise(history):
    none = Years("no_eep", *WAR, years=3)
    assert (none("cash_price", "united_states") < history("cash_price", "united_states") - 5).all()
    assert (none("market_price", "offshore:feed") > history("market_price", "offshore:feed")).all()
    assert (none("origin_price", "canada:japan:feed") < history("origin_price", "canada:japan:feed") - 3).all()
    gap = "canada:feed:japan-offshore"
    assert (none("price_gap", gap) < history("price_gap", gap) - 3).all()
    sold = "canada:united_states:feed"
    assert (none("origin_tonnes", sold) < history("origin_tonnes", sold)).all()
    assert (none("origin_tonnes", "canada:offshore:feed") > history("origin_tonnes", "canada:offshore:feed")).all()


def test_without_refunds_world_prices_rise_and_european_ones_fall(history):
    none = Years("no_restitution", *WAR, years=3)
    assert (none("cash_price", "eu") < history("cash_price", "eu") - 50).all()
    for column in ("canada:offshore:feed", "australia:offshore:feed", "canada:japan:feed"):
        assert (none("origin_price", column) > history("origin_price", column)).all(), column
    assert (none("cash_price", "united_states") > history("cash_price", "united_states")).all()
    assert (none("bonus", "mean") < history("bonus", "mean")).all()  # dearer markets need less help


def test_more_bonuses_lower_the_world_price_and_a_tighter_budget_raises_it(history):
    more = Years("history", *WAR, "eep.tonnage_kt.scale=2", years=3)
    assert (more("bonus", "tonnes") > 1.3 * history("bonus", "tonnes")).all()
    assert (more("cash_price", "united_states") > history("cash_price", "united_states") + 2).all()
    assert (more("market_price", "offshore:feed") < history("market_price", "offshore:feed")).all()
    poor = Years("history", *WAR, "eep.budget_usd_million=20", years=3)
    assert (poor("bonus", "spending") <= 20.001).all()
    assert (poor("market_price", "offshore:feed") > history("market_price", "offshore:feed")).all()


def test_a_war_of_answers_ships_and_spends_more(history):
    war = Years("trade_war_escalation", *WAR, years=3)
    assert (war("programme_tonnes", "eep") > history("programme_tonnes", "eep")).all()
    assert (war("programme_spend", "eep") > history("programme_spend", "eep")).all()
    assert (war("market_price", "offshore:feed") < history("market_price", "offshore:feed")).all()


def test_an_open_border_carries_feed_to_the_united_states():
    shut, lasting = Years("history", *LATE, years=2), Years("continental_barley_market_1993", *LATE, years=2)
    sold, price = "canada:united_states:feed", "canada:united_states:feed"
    assert (lasting("origin_tonnes", sold) > 1.2 * shut("origin_tonnes", sold)).all()
    assert (lasting("origin_price", price) < shut("origin_price", price)).all()


def test_dearer_rail_to_port_lowers_what_feeders_pay():
    sets = ("calendar.start=1994/95", "calendar.crop_years=2")
    groups = ("southern_alberta", "northern_alberta", "western_saskatchewan", "eastern_saskatchewan", "manitoba")
    before = load(scenario_path("history"), list(sets)).levels(lambda s: s.growers["manitoba"].freight_to_port_cad_t)
    assert before[-1] - before[0] > 10  # the freight subsidy ended in August 1995
    kept = [f"growers.{group}.freight_to_port_cad_t={before[0]:.2f}" for group in groups]
    reform, frozen = Years("history", *sets, years=1), Years("history", *sets, *kept, years=1)
    feeders = "lethbridge_barley"
    assert (reform("reference_price", feeders) < frozen("reference_price", feeders) - 5).all()
