"""Treasuries: searches, answers to a rival, bonuses, refunds, rates by lane and intervention, beside plain numbers."""

from types import SimpleNamespace

import mesa
import numpy as np
import pytest
from drawn import DRAWS, POWERS, arrays, column, draws_of, examples, numbers, same_bits
from hypothesis import given
from hypothesis import strategies as st

from agents.bonus_treasury import BonusBid, BonusTreasury
from agents.intervention import InterventionAgency
from agents.reaction import Funds, Reaction, Seen, Terms
from agents.refund_committee import RefundCommittee, stock_factor
from agents.subsidy_treasury import SubsidyTreasury
from agents.trial import Trial

RATE = st.sampled_from([0.0, 12.0]) | numbers(-40.0, 90.0)
KT = st.sampled_from([0.0, 20.0]) | numbers(0.01, 500.0)


# searches -----------------------------------------------------------------------------------------------------------


def review(search, payoff):
    """One review: three phases, each with the payoff of the value in force."""
    for phase in range(3):
        search.begin(phase)
        search.take_in(payoff(search.value))
    return search


@examples(50)
@given(draws_of(numbers(-60.0, 60.0)), draws_of(numbers(0.05, 20.0)), numbers(0.5, 8.0))
def test_one_review_finds_the_top_of_a_parabola_within_ten_trials(best, bend, step):
    search = review(Trial(step, DRAWS), lambda v: 500.0 - bend * (v - best) ** 2)
    np.testing.assert_allclose(search.settled_cad_t, np.clip(best, -10 * step, 10 * step), rtol=1e-6, atol=1e-6)
    assert same_bits(search.value, search.settled_cad_t)
    assert search.awake.tolist() == (np.abs(search.settled_cad_t) >= 0.01 * step).tolist()


@examples(30)
@given(draws_of(st.sampled_from([-3.0, 0.0, 2.0])), draws_of(numbers(0.0, 1.0)), numbers(0.5, 8.0))
def test_a_payoff_that_does_not_bend_down_is_followed_by_one_trial(rise, bend, step):
    search = review(Trial(step, DRAWS), lambda v: rise * v + bend * v * v)
    np.testing.assert_allclose(search.settled_cad_t, step * np.sign(rise))


def test_phases_try_less_then_more_then_as_it_was():
    search = review(Trial(4.0, 1), lambda v: -((v - 6.0) ** 2))
    tried = []
    for phase in range(3):
        search.earned_cad_k = search.earned_cad_k + 1.0
        search.begin(phase)
        assert not search.earned_cad_k.any()
        tried.append(search.value[0])
        search.take_in(np.zeros(1))
    assert tried == [2.0, 10.0, 6.0]


def test_a_search_rests_at_its_best_and_wakes_by_news():
    search = review(review(Trial(4.0, 1), lambda v: 1000.0 - (v - 6.0) ** 2), lambda v: 1000.0 - (v - 6.0) ** 2)
    assert not search.awake[0] and search.settled_cad_t[0] == 6
    tried = []
    review(search, lambda v: tried.append(v[0]) or np.array([1000.9]))  # less than a thousandth
    assert tried == [6.0, 6.0, 6.0] and not search.awake[0]
    review(search, lambda v: np.array([1002.0]))
    assert search.awake[0] and search.settled_cad_t[0] == 6
    review(search, lambda v: 1000.0 - (v - 9.0) ** 2)
    assert search.settled_cad_t[0] == pytest.approx(9)


@pytest.mark.parametrize("gap, awake", [(0.0099, False), (0.0101, True)])
def test_a_search_is_at_rest_within_a_hundredth_of_a_trial(gap, awake):
    search = review(Trial(4.0, 1), lambda v: -((v - 4.0 * gap) ** 2))
    assert search.awake[0] == awake


def test_a_review_begun_anew_forgets_the_one_broken_off():
    search = Trial(1.0, 1)
    search.begin(0)
    search.take_in(np.array([900.0]))
    review(search, lambda v: -((v - 2.0) ** 2))
    assert search.settled_cad_t[0] == pytest.approx(2)


# answers to a rival -------------------------------------------------------------------------------------------------

FIELDS = ("own_kt", "rival_kt", "own_sales_kt", "market_kt", "own_rate_cad_t", "rival_rate_cad_t", "gap_cad_t")


def sights(most=4):
    """What a treasury saw in some periods: zeros, ties and numbers between, from a seed (lists of floats are slow)."""

    def made(periods, seed):
        luck = np.random.default_rng(seed)
        kinds = [(0, 500)] * 4 + [(1, 50)] + [(-40, 90)] * 2
        plain = [luck.uniform(low, high, DRAWS) for _ in range(periods) for low, high in kinds]
        seen = [np.where(luck.random(DRAWS) < 0.2, luck.choice([0.0, 20.0]), values) for values in plain]
        return [Seen(*seen[at : at + len(kinds)]) for at in range(0, len(seen), len(kinds))]

    return st.builds(made, st.integers(1, most), st.integers(0, 10**6))


TERMS = st.builds(
    Terms,
    rule=st.sampled_from(["hold", "linear", "match_landed_price", "defend_share", "spend_budget", "retaliate"]),
    intercept_cad_t=numbers(0, 30),
    slope=numbers(-1, 1),
    undercut_cad_t=numbers(0, 5),
    share=numbers(0, 1),
    gain_cad_t=numbers(0, 20),
    tonnes_per_tonne=numbers(0, 2),
    speed=st.sampled_from([0.0, 0.5, 1.0]),
    lowest_cad_t=st.sampled_from([0.0, -30.0]),
    highest_cad_t=st.sampled_from([np.inf, 25.0]),
)


def remembered(seen, draw, months, weeks, normal_weeks):
    """Means of the last weeks and running normals of one draw: means by name, own normal, rival normal."""
    weeks_a_period = months * 52.0 / 12.0
    last = seen[-max(1, round(weeks / weeks_a_period)) :]
    lately = {name: sum(getattr(s, name)[draw] for s in last) / len(last) for name in FIELDS}
    keep = np.exp(-weeks_a_period / normal_weeks)
    normals = [seen[0].own_kt[draw], seen[0].rival_kt[draw]]
    for each in seen:
        normals = [keep * n + (1 - keep) * x[draw] for n, x in zip(normals, (each.own_kt, each.rival_kt), strict=True)]
    return SimpleNamespace(**lately), *normals


def made_reaction(seen, months=1.0, weeks=9.0, normal_weeks=52.0):
    reaction = Reaction(months, weeks, normal_weeks, DRAWS)
    for each in seen:
        reaction.see(each)
    return reaction


def divided(top, bottom, empty=0.0):
    return top / bottom if bottom > 0 else empty


@examples(70)
@given(
    sights(), TERMS, draws_of(RATE), st.sampled_from([1.0, 0.25]), st.sampled_from([4.0, 9.0]),
    draws_of(st.sampled_from([0.0, 3000.0])), draws_of(KT), draws_of(KT),
)  # fmt: skip
def test_rates_answer_as_the_model_page_says(seen, terms, now, months, weeks, money, to_come, today):
    reaction = made_reaction(seen, months, weeks)
    reaction.answer_rate(terms, now, Funds(money, to_come, today))
    if terms.rule == "hold":
        assert reaction.rate_cad_t is None
        return
    k = 1 - (1 - terms.speed) ** months
    for draw in range(DRAWS):
        lately, own_normal, rival_normal = remembered(seen, draw, months, weeks, 52.0)
        r = now[draw]
        if terms.rule == "linear":
            r += k * (terms.intercept_cad_t + terms.slope * lately.rival_rate_cad_t - r)
        elif terms.rule == "match_landed_price":
            r += k * (lately.gap_cad_t + terms.undercut_cad_t - r)
        elif terms.rule == "defend_share":
            missing = terms.share - divided(lately.own_sales_kt, lately.market_kt, terms.share)
            r += terms.gain_cad_t * months * missing
        elif terms.rule == "spend_budget":
            r += k * (divided(money[draw], to_come[draw], r) - r)
            r = min(r, divided(money[draw], today[draw], r))
        else:
            provoked = max(lately.rival_kt - rival_normal, 0.0)
            behind = terms.tonnes_per_tonne * provoked - (lately.own_kt - own_normal)
            r += terms.gain_cad_t * months * divided(behind, max(lately.own_kt, own_normal))
        expected = min(max(r, terms.lowest_cad_t), terms.highest_cad_t)
        assert reaction.rate_cad_t[draw] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@examples(70)
@given(
    sights(),
    TERMS,
    draws_of(KT),
    draws_of(st.sampled_from([0.0, 3000.0])),
    st.integers(1, 12),
    st.sampled_from([1.0, 0.25]),
)
def test_tonnes_answer_as_the_model_page_says(seen, terms, stated, money, periods_left, months):
    reaction = made_reaction(seen, months)
    start = np.full(DRAWS, 6.0)
    reaction.extra_kt = start
    reaction.answer_tonnes(terms, stated, money, periods_left)
    named = terms.rule in ("linear", "match_landed_price")
    k = 1 - (1 - terms.speed) ** months
    for draw in range(DRAWS):
        lately, _, rival_normal = remembered(seen, draw, months, 9.0, 52.0)
        x = 0.0
        if terms.rule == "defend_share":
            x = 6.0 + k * (terms.share - divided(lately.own_sales_kt, lately.market_kt, terms.share)) * lately.market_kt
        elif terms.rule == "spend_budget":
            bought = divided(money[draw], periods_left * lately.own_rate_cad_t, stated[draw])
            x = 6.0 + k * (bought - stated[draw] - 6.0)
        elif terms.rule == "retaliate":
            x = terms.tonnes_per_tonne * max(lately.rival_kt - rival_normal, 0.0)
        assert reaction.extra_kt[draw] == pytest.approx(max(x, -stated[draw]), rel=1e-9, abs=1e-9)
        if named:
            rate = lately.gap_cad_t + terms.undercut_cad_t
            if terms.rule == "linear":
                rate = terms.intercept_cad_t + terms.slope * lately.rival_rate_cad_t
            expected = min(max(rate, terms.lowest_cad_t), terms.highest_cad_t)
            assert reaction.rate_cad_t[draw] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert named or reaction.rate_cad_t is None


@examples(40)
@given(sights())
def test_a_named_rate_is_approached_from_the_last_one_and_dropped_when_held(seen):
    reaction = made_reaction(seen)
    none = np.zeros(DRAWS)
    terms = [Terms("linear", intercept_cad_t=at, speed=0.25) for at in (10.0, 30.0)]
    reaction.answer_tonnes(terms[0], none, none, 1)
    reaction.answer_tonnes(terms[1], none, none, 1)
    np.testing.assert_allclose(reaction.rate_cad_t, 15.0)
    reaction.answer_tonnes(Terms("hold"), none, none, 1)
    assert reaction.rate_cad_t is None and not reaction.extra_kt.any()


def test_who_has_seen_nothing_answers_nothing():
    reaction = Reaction(1.0, 9.0, 52.0, DRAWS)
    none = np.zeros(DRAWS)
    reaction.answer_rate(Terms("linear", intercept_cad_t=9.0), none)
    reaction.answer_tonnes(Terms("defend_share", share=1.0), none + 5, none, 1)
    assert reaction.lately is None and reaction.rate_cad_t is None and not reaction.extra_kt.any()


# bonuses ------------------------------------------------------------------------------------------------------------


@st.composite
def bonus_days(draw):
    """A treasury with quotas and up to six bids for two buyers."""
    size = draw(st.integers(1, 6))
    rate = st.sampled_from([0.0, 10.0]) | numbers(0.01, 60.0)
    price = st.sampled_from([95.0, 100.0]) | numbers(60.0, 140.0)
    bids = [
        BonusBid(draw(st.sampled_from("abc")), *(draw(draws_of(k)) for k in (KT, rate, price, price, rate)))
        for _ in range(size)
    ]
    return (
        bids,
        draw(draws_of(KT)),
        draw(draws_of(numbers(0, 5000))),
        draw(draws_of(KT)),
        draw(draws_of(numbers(5, 60))),
    )


def bonus_treasury(draws=DRAWS):
    return BonusTreasury(mesa.Model(), "home", {"a": "a", "b": "b"}, draws)


@examples(40)
@given(bonus_days())
def test_bonuses_are_in_order_and_within_every_quota(day):
    bids, quota, money, buyer_quota, ceiling = day
    treasury = bonus_treasury()
    treasury.quota_kt, treasury.money_usd_k, treasury.max_bonus_cad_t = quota, money, ceiling
    treasury.buyer_quota_kt = {"a": np.minimum(buyer_quota, quota), "b": quota}
    treasury.cad_per_usd = np.full(DRAWS, 1.25)
    treasury.price_tolerance, treasury.bonus_tolerance = 0.05, 0.2
    treasury.decide(bids)
    accepted = np.array([bid.accepted_kt for bid in bids])
    for bid in bids:
        fair = bid.sale_cad_t >= 0.95 * bid.going_cad_t
        cheap = (bid.bonus_cad_t <= ceiling) & (bid.bonus_cad_t <= 1.2 * bid.estimate_cad_t)
        passes = fair & cheap & (bid.bonus_cad_t > 0) & (bid.buyer != "c")
        assert (bid.accepted_kt <= np.where(passes, bid.kt, 0.0) * (1 + 1e-12)).all()
    rounding = 1e-9
    assert (accepted.sum(axis=0) <= quota + rounding).all()
    own = [bid.accepted_kt for bid in bids if bid.buyer == "a"]
    assert (sum(own, np.zeros(DRAWS)) <= treasury.buyer_quota_kt["a"] + rounding).all()
    spent = sum(bid.accepted_kt * bid.bonus_cad_t for bid in bids)
    assert (spent <= money * 1.25 * (1 + 1e-12) + rounding).all()


def test_nothing_is_refused_where_nothing_limits():
    bids = [BonusBid("a", *(np.full(1, x) for x in (kt, 10.0, 95.0, 100.0, 10.0))) for kt in (5.0, 7.0)]
    treasury = bonus_treasury(1)
    treasury.quota_kt, treasury.money_usd_k, treasury.max_bonus_cad_t = (np.full(1, x) for x in (99.0, 1e6, 10.0))
    treasury.buyer_quota_kt, treasury.price_tolerance = {"a": np.full(1, 99.0)}, 0.05
    treasury.decide(bids)
    assert [bid.accepted_kt[0] for bid in bids] == [5, 7]
    treasury.decide([])
    assert treasury.bids == []


@examples(40)
@given(st.lists(st.tuples(st.sampled_from("ab"), draws_of(KT), draws_of(numbers(0, 50))), max_size=5), numbers(0, 600))
def test_what_is_paid_is_bonus_times_tonnes_and_is_charged_once(paid, allotted):
    treasury = bonus_treasury()
    treasury.cad_per_usd = np.full(DRAWS, 1.25)
    treasury.initiatives["a"].review(True, allotted)
    treasury.initiatives["b"].review(True, None)
    treasury.fund(900.0, 7000.0)
    for buyer, kt, bonus in paid:
        treasury.pay(buyer, kt, bonus)
    kt = sum((kt for _, kt, _ in paid), np.zeros(DRAWS))
    money = sum((kt * bonus for _, kt, bonus in paid), np.zeros(DRAWS))
    np.testing.assert_allclose(treasury.spent_cad_k, money, rtol=1e-12)
    np.testing.assert_allclose(treasury.used_usd_k, money / 1.25, rtol=1e-12)
    np.testing.assert_allclose(treasury.shipped_kt, kt, rtol=1e-12)
    np.testing.assert_allclose(treasury.used_kt, kt, rtol=1e-12)
    np.testing.assert_allclose(treasury.tonnage_left_kt, np.maximum(900.0 - kt, 0.0), atol=1e-9)
    np.testing.assert_allclose(treasury.money_left_usd_k, np.maximum(7000.0 - money / 1.25, 0.0), atol=1e-6)
    to_a = sum((kt for buyer, kt, _ in paid if buyer == "a"), np.zeros(DRAWS))
    np.testing.assert_allclose(treasury.initiatives["a"].used_kt, np.minimum(to_a, allotted), rtol=1e-12)
    np.testing.assert_allclose(treasury.initiatives["a"].left_kt, np.maximum(allotted - to_a, 0.0), atol=1e-9)


@examples(40)
@given(draws_of(KT), draws_of(KT), numbers(0, 1), numbers(0, 1), numbers(0, 1), numbers(0, 1), numbers(0, 2))
def test_quotas_are_todays_share_of_what_is_left(used, answer, share, year_share, money_share, part, pace):
    treasury = bonus_treasury()
    treasury.initiatives["a"].review(True, 300.0)
    treasury.used_kt, treasury.used_usd_k = used, used * 9.0
    treasury.fund(400.0, 2500.0)
    treasury.answer_kt = answer - 100.0
    treasury.share_out(share, year_share, money_share, {"a": [part], "b": []}, pace)
    left = np.maximum(400.0 - used, 0.0)
    due = np.minimum(left * share, 2.0 * 400.0 * year_share)
    np.testing.assert_allclose(treasury.quota_kt, np.maximum(due + pace * (answer - 100.0), 0.0), atol=1e-9)
    np.testing.assert_allclose(treasury.money_usd_k, np.maximum(2500.0 - used * 9.0, 0.0) * money_share, atol=1e-9)
    np.testing.assert_allclose(treasury.buyer_quota_kt["a"], np.minimum(300.0 * part, treasury.quota_kt))


# refunds ------------------------------------------------------------------------------------------------------------


def decided(rates, tonnes, wanted, money, last, ceiling, step):
    """Awards and new maximum of one draw, bid by bid in plain numbers."""
    ranked = sorted(range(len(rates)), key=lambda n: rates[n])
    reached, asked = 0.0, rates[ranked[-1]]
    for n in ranked:
        reached += tonnes[n]
        if reached >= wanted:
            asked = rates[n]
            break
    refund, cost, limit = min(asked, last + step, ceiling), 0.0, np.inf
    for n in ranked:
        cost += tonnes[n] * rates[n]
        if cost > money:
            limit = rates[n]
            break
    won = [wanted > 0 and r <= refund and r < limit for r in rates]
    highest = max((r for r, w in zip(rates, won, strict=True) if w), default=None)
    paid = last if highest is None else min(highest, last)
    published = paid if refund >= limit else refund
    return [t if w else 0.0 for t, w in zip(tonnes, won, strict=True)], published if wanted > 0 else last


@examples(70)
@given(
    st.integers(1, 6).flatmap(lambda n: st.tuples(arrays(RATE, n, DRAWS), arrays(numbers(0.1, 90.0), n, DRAWS))),
    draws_of(KT), draws_of(st.sampled_from([np.inf, 0.0]) | numbers(0, 9000)), draws_of(numbers(0, 60)),
    numbers(0, 80), numbers(0, 20),
)  # fmt: skip
def test_refunds_are_decided_as_the_model_page_says(bids, wanted, money, last, ceiling, step):
    rates, tonnes = bids
    committee = RefundCommittee(mesa.Model(), "home", last)
    lots = [SimpleNamespace(rate_ecu_t=rate, kt=kt) for rate, kt in zip(rates, tonnes, strict=True)]
    awards = np.array(committee.decide(lots, wanted, money, ceiling, step))
    for draw in range(DRAWS):
        by_hand, maximum = decided(
            rates[:, draw].tolist(), tonnes[:, draw].tolist(), wanted[draw], money[draw], last[draw], ceiling, step
        )
        assert awards[:, draw].tolist() == by_hand
        assert committee.max_refund_ecu_t[draw] == pytest.approx(maximum, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(committee.accepted_kt, awards.sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(committee.accepted_ecu_k, (awards * rates).sum(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(committee.bid_kt, tonnes.sum(axis=0), rtol=1e-12)
    assert committee.rejected_rounds.tolist() == (awards.sum(axis=0) <= 0).tolist()
    committee.open_period()
    for draw in range(DRAWS):
        alone = RefundCommittee(mesa.Model(), "home", last[[draw]])
        mine = [SimpleNamespace(rate_ecu_t=lot.rate_ecu_t[[draw]], kt=lot.kt[[draw]]) for lot in lots]
        found = alone.decide(mine, wanted[[draw]], money[[draw]], ceiling, step)
        assert same_bits(np.array(found), awards[:, [draw]])


@examples(30)
@given(draws_of(KT), draws_of(KT), draws_of(numbers(-50, 50)), numbers(0, 2000), st.integers(1, 52), numbers(0.3, 2))
def test_a_rounds_tonnes_and_money_are_an_even_part_of_what_is_left(used, out, answer, target, rounds, factor):
    committee = RefundCommittee(mesa.Model(), "home", np.zeros(DRAWS))
    committee.open_year(np.full(DRAWS, factor))
    committee.used_kt, committee.spent_ecu_k, committee.answer_kt = used, used * 30, answer
    wanted = committee.wanted_kt(target, out, rounds)
    np.testing.assert_allclose(
        wanted, np.maximum(np.maximum(target * factor - used - out, 0) / rounds + answer, 0), atol=1e-9
    )
    assert same_bits(committee.answers_kt, answer)
    money = committee.money_ecu_k(target / 50, out * 30, rounds)
    np.testing.assert_allclose(money, np.maximum(20 * target - used * 30 - out * 30, 0) / rounds, rtol=1e-9, atol=1e-6)
    assert np.isinf(committee.money_ecu_k(None, out, rounds)).all()


@examples(30)
@given(draws_of(KT), numbers(1, 900), numbers(0, 3))
def test_stocks_move_the_years_target_within_bounds(stock, normal, response):
    factor = stock_factor(stock, normal, response)
    np.testing.assert_allclose(factor, np.clip(1 + response * (stock - normal) / normal, 0.25, 2.0))
    assert (stock_factor(stock, None, response) == 1).all()


@examples(30)
@given(st.lists(st.tuples(draws_of(KT), draws_of(RATE)), max_size=4))
def test_refunds_paid_less_taxes_taken_are_the_spending(paid):
    committee = RefundCommittee(mesa.Model(), "home", np.zeros(DRAWS))
    for kt, rate in paid:
        committee.pay(kt, rate, np.full(DRAWS, 1.6))
    spent = sum((kt * rate for kt, rate in paid), np.zeros(DRAWS))
    np.testing.assert_allclose(committee.spent_cad_k, spent, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(committee.paid_ecu_k - committee.tax_ecu_k, spent / 1.6, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(committee.spent_ecu_k, spent / 1.6, rtol=1e-9, atol=1e-6)
    assert (committee.paid_ecu_k >= 0).all() and (committee.tax_ecu_k >= 0).all()
    shipped = sum((kt for kt, _ in paid), np.zeros(DRAWS))
    np.testing.assert_allclose(committee.shipped_kt, shipped)
    np.testing.assert_allclose(committee.used_kt, shipped)


# rates by lane, intervention ------------------------------------------------------------------------------------------


@examples(30)
@given(st.lists(st.tuples(draws_of(KT), draws_of(RATE)), max_size=4), POWERS)
def test_a_rate_times_its_tonnes_is_what_a_treasury_spends(paid, money):
    treasury, other = (SubsidyTreasury(mesa.Model(), "home", DRAWS) for _ in range(2))
    for kt, rate in paid:
        treasury.pay(kt, rate)
        other.pay(kt, rate * money)
    spent = sum((kt * rate for kt, rate in paid), np.zeros(DRAWS))
    subsidised = sum((np.where(rate == 0, 0.0, kt) for kt, rate in paid), np.zeros(DRAWS))
    np.testing.assert_allclose(treasury.spent_cad_k, spent, rtol=1e-12, atol=1e-9)
    assert same_bits(treasury.spent_year_cad_k, treasury.spent_cad_k)
    np.testing.assert_allclose(treasury.paid_kt, subsidised)
    assert same_bits((other.spent_cad_k, other.paid_kt), (treasury.spent_cad_k * money, treasury.paid_kt))
    treasury.announce({"near": 4.0, "far": 10.0})
    assert not treasury.spent_cad_k.any() and not treasury.paid_kt.any()
    treasury.shift_cad_t = np.full(DRAWS, 1.5)
    assert treasury.mean_rate_cad_t.tolist() == [8.5] * DRAWS
    assert treasury.grant_cad_t("near").tolist() == [5.5] * DRAWS and treasury.grant_cad_t("moon") == 0


@examples(40)
@given(
    st.lists(st.tuples(*(draws_of(k) for k in (KT, numbers(0, 150), KT, KT, numbers(0, 150)))), max_size=4),
    numbers(0, 1), numbers(50, 150),
)  # fmt: skip
def test_an_agencys_tonnes_and_books_close(months, share, cash):
    market = SimpleNamespace(price_cad_t=np.full(DRAWS, cash))
    agency = InterventionAgency(mesa.Model(), "agency", market, DRAWS)
    for kt, price, exported, home, paid in months:
        agency.open_period()
        agency.serve_exporters(exported, share)
        np.testing.assert_allclose(agency.exported_kt, np.minimum(share * exported, agency.opening_kt))
        home = np.minimum(home, agency.stock_kt - agency.exported_kt)
        agency.sell(home, home * paid)
        agency.buy(kt, price)
        np.testing.assert_allclose(agency.proceeds_cad_k, home * paid + agency.exported_kt * cash, rtol=1e-9, atol=1e-9)
        tonnes = agency.opening_kt + kt - home - agency.exported_kt
        np.testing.assert_allclose(agency.stock_kt, tonnes, rtol=1e-9, atol=1e-9)
        books = agency.opening_book_cad_k + kt * price - agency.proceeds_cad_k - agency.loss_cad_k
        np.testing.assert_allclose(agency.book_cad_k, books, rtol=1e-9, atol=1e-6)
        left = np.where(agency.opening_kt > 0, agency.opening_kt - home - agency.exported_kt, 0.0)
        unit = agency.opening_book_cad_k / np.where(agency.opening_kt > 0, agency.opening_kt, 1.0)
        np.testing.assert_allclose(agency.book_cad_k - kt * price, left * unit, rtol=1e-9, atol=1e-6)
        assert same_bits((agency.bought_kt, agency.paid_cad_k), (kt, kt * price))


def test_draws_of_a_search_are_reviewed_each_by_itself():
    best, bend = np.array([5.0, -90.0, 0.0]), np.array([1.0, 0.5, 2.0])
    together = review(Trial(3.0, 3), lambda v: -bend * (v - best) ** 2)
    for draw in range(3):
        b, c = best[[draw]], bend[[draw]]
        alone = review(Trial(3.0, 1), lambda v, b=b, c=c: -c * (v - b) ** 2)
        state = alone.settled_cad_t, alone.value, alone.awake
        assert same_bits(state, tuple(column((together.settled_cad_t, together.value, together.awake), draw)))
