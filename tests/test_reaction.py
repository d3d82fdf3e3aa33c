"""Rules by which treasuries answer each other: their limits, and what they do on a market of two exporters."""

from pathlib import Path

import numpy as np
import pytest

from agents.reaction import Funds, Reaction, Seen, Terms
from sim.experiments.ensemble import run_chunk
from sim.measures.sales import state_by_year
from sim.scenario import load

DUOPOLY = Path(__file__).parent / "docking" / "duopoly.yaml"
A, C, B = 200.0, 60.0, 0.1


def seen(own=10.0, rival=10.0, sales=10.0, market=40.0, own_rate=20.0, rival_rate=20.0, gap=0.0):
    return Seen(*(np.array([value]) for value in (own, rival, sales, market, own_rate, rival_rate, gap)))


def rate_after(terms, *periods, now=20.0, money=0.0, left=4, weeks=4.0):
    reaction = Reaction(1.0, weeks, 52.0, 1)
    for each in periods:
        reaction.see(each)
    today = periods[-1].own_sales_kt if periods else np.zeros(1)
    reaction.answer_rate(terms, np.array([now]), Funds(np.array([money]), left * today, today))
    return None if reaction.rate_cad_t is None else float(reaction.rate_cad_t[0])


def tonnes_after(terms, *periods, stated=5.0, money=0.0, left=4):
    reaction = Reaction(1.0, 4.0, 52.0, 1)
    for each in periods:
        reaction.see(each)
    reaction.answer_tonnes(terms, np.array([stated]), np.array([money]), left)
    return float(reaction.extra_kt[0]), None if reaction.rate_cad_t is None else float(reaction.rate_cad_t[0])


def test_who_holds_or_saw_nothing_changes_nothing():
    assert rate_after(Terms("hold"), seen()) is None
    assert rate_after(Terms("linear", 35, -0.25)) is None
    assert tonnes_after(Terms("hold"), seen(rival=99)) == (0.0, None)


def test_linear_goes_the_stated_part_of_the_way():
    terms = Terms("linear", intercept_cad_t=35, slope=-0.25, speed=0.5)
    assert rate_after(terms, seen(rival_rate=28), now=20) == pytest.approx(20 + 0.5 * (28 - 20))
    assert rate_after(Terms("linear", 35, -0.25, speed=1), seen(rival_rate=0)) == 35
    assert tonnes_after(terms, seen(rival_rate=28)) == (0.0, 28.0)  # the most it pays


def test_matching_lets_own_sellers_land_at_the_rivals_price():
    terms = Terms("match_landed_price", speed=1, undercut_cad_t=2)
    assert rate_after(terms, seen(gap=31)) == 33
    assert rate_after(terms, seen(gap=-31)) == 0  # a rival dearer than own cost is not answered
    assert rate_after(Terms("match_landed_price", speed=1, highest_cad_t=25), seen(gap=31)) == 25


def test_defending_a_share_rests_where_it_is_held():
    terms = Terms("defend_share", share=0.25, gain_cad_t=40, speed=1)
    assert rate_after(terms, seen(sales=10, market=40)) == 20
    assert rate_after(terms, seen(sales=4, market=40)) == pytest.approx(20 + 40 * 0.15)
    assert tonnes_after(terms, seen(sales=4, market=40))[0] == pytest.approx(0.15 * 40)
    assert tonnes_after(terms, seen(sales=38, market=40))[0] == -5.0  # no less than nothing is granted


def test_the_budget_is_spread_over_what_is_left_of_the_year():
    terms = Terms("spend_budget", speed=1)
    assert rate_after(terms, seen(sales=10), money=600, left=4) == 15
    assert rate_after(terms, seen(sales=0), money=600, left=4) == 20
    assert tonnes_after(terms, seen(own_rate=30), money=1200, left=4)[0] == pytest.approx(10 - 5)
    assert tonnes_after(terms, seen(own_rate=30), money=0, left=4)[0] == -5
    slow = Terms("spend_budget", speed=0.1)
    assert rate_after(slow, seen(sales=10), money=100, left=4) == 10  # slow to spend, at once when money runs out


def test_who_holds_again_takes_its_answer_back():
    reaction = Reaction(1.0, 4.0, 52.0, 1)
    reaction.see(seen(rival=10))
    reaction.see(seen(rival=30))
    stated, money = np.array([5.0]), np.zeros(1)
    reaction.answer_tonnes(Terms("retaliate"), stated, money, 4)
    assert reaction.extra_kt[0] > 0
    reaction.answer_tonnes(Terms("hold"), stated, money, 4)
    assert reaction.extra_kt[0] == 0


def test_retaliation_is_tonne_for_tonne_and_needs_a_provocation():
    calm, raid = seen(rival=10), seen(rival=22)
    assert tonnes_after(Terms("retaliate"), calm, calm)[0] == 0
    provoked = tonnes_after(Terms("retaliate"), calm, raid)[0]
    assert 0.9 * 12 < provoked < 12  # the raid itself enters what is normal
    assert tonnes_after(Terms("retaliate", tonnes_per_tonne=2), calm, raid)[0] == pytest.approx(2 * provoked)
    assert tonnes_after(Terms("retaliate"), raid, calm)[0] == 0
    assert rate_after(Terms("retaliate", gain_cad_t=30), calm, raid) > 20


def test_what_is_known_is_the_mean_of_the_weeks_looked_back_on():
    terms = Terms("linear", 0, 1, speed=1)
    history = [seen(rival_rate=rate) for rate in (90, 10, 20, 30)]
    assert rate_after(terms, *history, weeks=4) == 30
    assert rate_after(terms, *history, weeks=13) == 20


def play(tmp_path, home, abroad, *sets):
    file = tmp_path / "war.yaml"
    file.write_text(
        f"extends: {DUOPOLY}\ntitle: A war\nexport_subsidies:\n  home: {home}\n  abroad: {abroad}\n", encoding="utf-8"
    )
    ledger = run_chunk(load(file, ["calendar.crop_years=6", *sets]), draws=1)
    last = {}
    for state in ("programme_kt", "programme_spend_cad_k"):
        last[state] = [float(state_by_year(ledger, state, f"export_subsidy_{o}")[-1, 0]) for o in ("home", "abroad")]
    return last["programme_kt"], last["programme_spend_cad_k"]


@pytest.mark.parametrize("weekly", [12, 52])
def test_a_share_is_defended_with_the_rate_that_it_takes(tmp_path, weekly):
    abroad = "{rate_cad_t: {world: 0}, reaction: {rule: defend_share, rival: home, share: 0.5}}"
    kt, money = play(tmp_path, "{rate_cad_t: {world: 10}}", abroad, f"calendar.periods_per_year={weekly}")
    assert kt[0] == pytest.approx((A - C + 10) / (3 * B), rel=0.002)  # equal rates split the market
    assert kt[1] == pytest.approx(kt[0], rel=0.01) and money[1] == pytest.approx(money[0], rel=0.02)


def test_a_budget_is_spent_to_the_dollar(tmp_path):
    abroad = "{rate_cad_t: {world: 0}, reaction: {rule: spend_budget, rival: home, budget_cad_million: 5}}"
    _, money = play(tmp_path, "{rate_cad_t: {world: 10}}", abroad)
    assert money[1] == pytest.approx(5000, rel=0.005)


@pytest.mark.parametrize(
    "sets",
    [
        ["calendar.periods_per_year=52"],
        ["importers.world.tenders_per_year=4", "importers.world.first_tender_month=3"],
        ["calendar.periods_per_year=52", "importers.world.tenders_per_year=4", "importers.world.first_tender_month=2"],
    ],
)
def test_a_budget_holds_however_seldom_the_buyer_comes(tmp_path, sets):
    abroad = "{rate_cad_t: {world: 0}, reaction: {rule: spend_budget, rival: home, budget_cad_million: 5}}"
    _, money = play(tmp_path, "{rate_cad_t: {world: 10}}", abroad, *sets)
    assert money[1] == pytest.approx(5000, rel=0.002)


def test_a_budget_holds_where_lanes_without_the_rival_are_paid_too(tmp_path):
    file = tmp_path / "lanes.yaml"
    rule = "reaction: {rule: spend_budget, rival: home, budget_cad_million: 5}"
    file.write_text(
        f"extends: {DUOPOLY}\ntitle: Two lanes\nmarkets: {{far: {{title: Far}}}}\n"
        "freight_usd_t: {abroad: {far: 5}}\n"
        "importers: {far: {title: Far, market: far, region: far, tenders_per_year: 2,\n"
        "  demand: {feed: {currency: cad, intercept: 150, slope: 0.2}}}}\n"
        f"export_subsidies: {{abroad: {{rate_cad_t: {{world: 5, far: 20}}, {rule}}}}}\n",
        encoding="utf-8",
    )
    ledger = run_chunk(load(file, ["calendar.crop_years=5"]), draws=1)
    spent = state_by_year(ledger, "programme_spend_cad_k", "export_subsidy_abroad")
    assert float(spent[-1, 0]) == pytest.approx(5000, rel=0.01)


def test_rates_are_as_stated_again_when_an_event_lets_them_hold(tmp_path):
    file = tmp_path / "truce.yaml"
    rule = "reaction: {rule: hold, rival: home, intercept_cad_t: 40}"
    file.write_text(
        f"extends: {DUOPOLY}\ntitle: A truce\nexport_subsidies:\n  home: {{rate_cad_t: {{world: 10}}}}\n"
        f"  abroad: {{rate_cad_t: {{world: 10}}, {rule}}}\n"
        "events: [{from: 2000-08, to: 2001-07, export_subsidies: {abroad: {reaction: {rule: linear}}}}]\n",
        encoding="utf-8",
    )
    sales = run_chunk(load(file, ["calendar.crop_years=2"]), draws=1).to_pandas(draw=0)
    rates = sales[sales["seller"] == "foreign_firm"].groupby("crop_year")["subsidy_cad_t"].last()
    assert rates.to_list() == [pytest.approx(40, abs=0.1), 10]


def test_a_raid_is_answered_within_weeks_and_lowers_the_price(tmp_path):
    file = tmp_path / "raid.yaml"
    event = "events: [{from: 2001-08, to: 2003-07, export_subsidies: {home: {rate_cad_t: {world: 40}}}}]\n"
    answers = "{rate_cad_t: {world: 10}, reaction: {rule: retaliate, rival: home}}"
    found = {}
    for name, abroad in (("holds", "{rate_cad_t: {world: 10}}"), ("answers", answers)):
        text = f"extends: {DUOPOLY}\ntitle: A raid\nexport_subsidies:\n  home: {{rate_cad_t: {{world: 10}}}}\n"
        file.write_text(f"{text}  abroad: {abroad}\n{event}", encoding="utf-8")
        ledger = run_chunk(load(file, ["calendar.crop_years=3", "calendar.periods_per_year=52"]), draws=1)
        sales = ledger.to_pandas(draw=0)
        second = sales[(sales["crop_year"] == "2001/02") & (sales["kt"] > 0)]
        found[name] = second.groupby("seller")["kt"].sum(), second["price_cad_t"].mean(), second
    assert found["answers"][0]["foreign_firm"] > found["holds"][0]["foreign_firm"] + 20
    assert found["answers"][1] < found["holds"][1] - 2
    rate = found["answers"][2].query("seller == 'foreign_firm'").set_index("period")["subsidy_cad_t"]
    assert rate.iloc[0] == pytest.approx(10, abs=0.5) and rate.iloc[3] > 12  # the fourth tender is a quarter later


def test_a_suspended_bonus_programme_grants_no_answer(tmp_path):
    file = tmp_path / "suspended.yaml"
    rule = "{rule: retaliate, rival: eu, tonnes_per_tonne: 5}"
    file.write_text(f"extends: history\ntitle: Suspended\neep: {{reaction: {rule}}}\n", encoding="utf-8")
    ledger = run_chunk(load(file, ["calendar.start=1988/89", "calendar.crop_years=1"]), draws=1)
    left = ledger.states["bonus_tonnage_left_kt"].values[:, 0, 0]
    assert left[6] > 1500  # the stated tonnage and what was granted against the rival
    assert np.ptp(left[7:11]) < 1e-9  # suspended from March to June
