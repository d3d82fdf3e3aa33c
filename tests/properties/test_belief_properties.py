"""Beliefs and learning, beside the same rules written again in plain numbers from docs/odd.md."""

import numpy as np
import pytest
from drawn import DRAWS, POWERS, arrays, column, draws_of, examples, numbers, same_bits
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import part_gone, ratio
from agents.beliefs import ResidualDemand
from agents.learning import RothErev

PRICE = numbers(1.5, 300.0)
KT = st.sampled_from([0.0, 10.0]) | numbers(0.0, 500.0)
SLOPE = numbers(0.01, 5.0)
RULES = ("elasticities", "least_squares", "last_price")


@st.composite
def histories(draw, least=0):
    """A first price and tonnes, and tenders: price, own tonnes, tonnes sold by all."""
    tenders = draw(st.integers(least, 5))
    first = draw(draws_of(PRICE)), draw(draws_of(KT))
    held = [
        (draw(draws_of(PRICE)), draw(draws_of(KT)), draw(draws_of(st.sampled_from([0.0, 1e-9, 700.0]))))
        for _ in range(tenders)
    ]
    return first, held


def belief_after(rule, history, rho=0.0, forgetting=0.9):
    first, held = history
    belief = ResidualDemand(rule, rho, forgetting, *first)
    for tender in held:
        belief.update(*tender)
    return belief


def by_hand(rule, history, draw, b_buyer, total, rho, forgetting):
    """Price, own tonnes and slope of one draw after the tenders, as the model page tells it."""
    (price, own), held = [[float(x[draw]) for x in history[0]], [[float(x[draw]) for x in t] for t in history[1]]]
    usual, mean = price, own
    gaps, mean_own, mean_price = [], own, price
    for paid, sold, by_all in held:
        if by_all <= 0:  # nothing was sold, nothing was learned
            continue
        gaps.append((sold - mean_own, paid - mean_price))
        mean_own = forgetting * mean_own + (1 - forgetting) * sold
        mean_price = forgetting * mean_price + (1 - forgetting) * paid
        usual, mean = 0.5 * usual + 0.5 * paid, 0.5 * mean + 0.5 * sold
    slope = 1 / (1 / b_buyer + rho * max(total - mean, 0) / max(usual, 1.0))
    if rule == "last_price":
        slope = 0.0
    if rule == "least_squares":
        ages = [forgetting ** (len(gaps) - 1 - n) for n in range(len(gaps))]
        spread = 4.0 * (0.1 * total) ** 2
        cross = slope * spread - sum(age * x * y for age, (x, y) in zip(ages, gaps, strict=True))
        spread_all = spread + sum(age * x * x for age, (x, _) in zip(ages, gaps, strict=True))
        slope = min(max(cross / spread_all, slope / 5.0), slope * 5.0)
    return usual, mean, slope


@examples(70)
@given(
    st.sampled_from(RULES),
    histories(),
    SLOPE,
    numbers(1.0, 900.0),
    numbers(0.0, 4.0),
    st.sampled_from([0.0, 0.5, 0.95, 1.0]),
)
def test_a_belief_is_the_one_of_the_model_page(rule, history, b_buyer, total, rho, forgetting):
    belief = belief_after(rule, history, rho, forgetting)
    slope = belief.slope(np.full(DRAWS, b_buyer), np.full(DRAWS, total))
    for draw in range(DRAWS):
        usual, mean, expected = by_hand(rule, history, draw, b_buyer, total, rho, forgetting)
        assert belief.price_cad_t[draw] == pytest.approx(usual, rel=1e-12)
        assert belief.own_kt[draw] == pytest.approx(mean, rel=1e-12, abs=1e-12)
        assert slope[draw] == pytest.approx(expected, rel=1e-7)
    assert belief.takes_price == (rule == "last_price")


@examples(50)
@given(st.sampled_from(RULES), histories(), SLOPE, st.integers(1, 9), draws_of(KT), numbers(0.0, 4.0))
def test_the_line_planned_on_goes_through_the_believed_point(rule, history, b_buyer, sellers, offered, rho):
    belief = belief_after(rule, history, rho)
    b, total = np.full(DRAWS, b_buyer), np.full(DRAWS, 600.0)
    intercept, slope = belief.revenue_line(b, total, sellers, offered)
    if rule == "last_price":  # marginal revenue is the price at the tonnes last offered; 0.7 of the sellers move alike
        np.testing.assert_allclose(intercept - 2 * slope * offered, belief.price_cad_t, rtol=1e-9, atol=1e-9 * 4e4)
        np.testing.assert_allclose(2 * slope, 0.7 * sellers * b)
    else:
        np.testing.assert_allclose(slope, belief.slope(b, total))
        np.testing.assert_allclose(intercept - slope * belief.own_kt, belief.price_cad_t, rtol=1e-9, atol=1e-6)


@examples(50)
@given(st.sampled_from(RULES), histories(least=1))
def test_the_belief_moves_half_way_to_the_tender_and_never_past_it(rule, history):
    first, held = history
    before = belief_after(rule, (first, held[:-1]))
    after = belief_after(rule, history)
    paid, own, sold = held[-1]
    for old, new, seen in ((before.price_cad_t, after.price_cad_t, paid), (before.own_kt, after.own_kt, own)):
        low, high = np.minimum(old, seen), np.maximum(old, seen)
        assert (new >= low * (1 - 1e-12)).all() and (new <= high * (1 + 1e-12)).all()
        np.testing.assert_allclose(new, np.where(sold > 0, 0.5 * (old + seen), old), rtol=1e-12)
    before.update(paid + 7.0, own, sold)
    np.testing.assert_allclose(before.price_cad_t - after.price_cad_t, np.where(sold > 0, 3.5, 0.0), rtol=1e-9)


@examples(30)
@given(st.sampled_from(RULES), histories(1), SLOPE, numbers(0.0, 4.0), PRICE, KT)
def test_a_tender_where_nobody_sold_teaches_nothing(rule, history, b_buyer, rho, paid, own):
    belief = belief_after(rule, history, rho)
    b, total = np.full(DRAWS, b_buyer), np.full(DRAWS, 600.0)
    before = belief.price_cad_t, belief.own_kt, belief.slope(b, total)
    belief.update(np.full(DRAWS, paid), np.full(DRAWS, own), np.zeros(DRAWS))
    assert same_bits((belief.price_cad_t, belief.own_kt, belief.slope(b, total)), before)


@examples(30)
@given(st.sampled_from(RULES), histories(), SLOPE, numbers(0.0, 4.0))
def test_a_tender_as_believed_changes_no_price_no_tonnes_and_no_slope_of_two_rules(rule, history, b_buyer, rho):
    belief = belief_after(rule, history, rho)
    b, total = np.full(DRAWS, b_buyer), np.full(DRAWS, 600.0)
    before = belief.price_cad_t, belief.own_kt, belief.slope(b, total)
    belief.update(before[0], before[1], np.ones(DRAWS))
    assert same_bits((belief.price_cad_t, belief.own_kt), before[:2])
    if rule != "least_squares":
        assert same_bits(belief.slope(b, total), before[2])


@examples(40)
@given(histories(), SLOPE, numbers(1.0, 900.0), numbers(0.0, 4.0), st.sampled_from(["elasticities", "least_squares"]))
def test_rivals_response_flattens_and_the_learned_slope_keeps_its_bounds(history, b_buyer, total, rho, rule):
    b, all_kt = np.full(DRAWS, b_buyer), np.full(DRAWS, total)
    belief = belief_after(rule, history, rho)
    prior = belief.prior_slope(b, all_kt)
    assert (prior <= b * (1 + 1e-12)).all() and (prior > 0).all()
    assert (belief_after(rule, history, rho + 1.0).prior_slope(b, all_kt) <= prior).all()
    np.testing.assert_allclose(belief_after(rule, history, 0.0).prior_slope(b, all_kt), b)
    slope = belief.slope(b, all_kt)
    assert (slope >= prior / 5 * (1 - 1e-12)).all() and (slope <= prior * 5 * (1 + 1e-12)).all()


def test_least_squares_stops_at_either_bound():
    for truth, expected in ((-50.0, 0.2), (50.0, 5.0)):
        belief = ResidualDemand("least_squares", 0.0, 0.95, np.array([100.0]), np.array([10.0]))
        for kt in (5.0, 15.0, 2.0, 19.0, 8.0):
            belief.update(np.array([100.0 - truth * (kt - 10.0)]), np.array([kt]), np.array([1.0]))
        assert belief.slope(np.array([1.0]), np.array([10.0]))[0] == pytest.approx(expected)


def test_a_price_below_one_dollar_does_not_blow_up_the_rivals_response():
    belief = ResidualDemand("elasticities", 2.0, 0.95, np.array([0.1]), np.array([10.0]))
    assert belief.slope(np.array([0.5]), np.array([40.0]))[0] == pytest.approx(1 / (2 + 2.0 * 30 / 1.0))
    # Rivals sell nothing where one's own usual tonnes are more than all that was sold.
    assert belief.slope(np.array([0.5]), np.array([4.0]))[0] == 0.5


@examples(30)
@given(histories(), SLOPE, numbers(50.0, 900.0), numbers(0.0, 4.0), POWERS)
def test_units_of_tonnes_do_not_matter(history, b_buyer, total, rho, tonnes):
    (price, own), held = history
    scaled = (price, own * tonnes), [(p, q * tonnes, sold) for p, q, sold in held]
    for rule in RULES:
        b = np.full(DRAWS, b_buyer)
        slope = belief_after(rule, history, rho).slope(b, np.full(DRAWS, total))
        other = belief_after(rule, scaled, rho).slope(b / tonnes, np.full(DRAWS, total * tonnes))
        assert same_bits(other, slope / tonnes)


@examples(30)
@given(histories(), SLOPE, st.sampled_from([0.0, 1.5]))
def test_each_draw_believes_by_itself(history, b_buyer, rho):
    first, held = history
    for rule in RULES:
        b, total = np.full(DRAWS, b_buyer), np.full(DRAWS, 300.0)
        belief = belief_after(rule, history, rho)
        together = belief.price_cad_t, belief.own_kt, belief.slope(b, total)
        for draw in range(DRAWS):
            alone = belief_after(rule, (column(first, draw), [column(tender, draw) for tender in held]), rho)
            found = alone.price_cad_t, alone.own_kt, alone.slope(b[:1], total[:1])
            assert same_bits(found, tuple(column(together, draw)))


def test_a_belief_does_not_write_into_what_it_was_given():
    price, own = np.array([60.0]), np.array([10.0])
    belief = ResidualDemand("elasticities", 0.0, 0.95, price, own)
    belief.price_cad_t += 1.0
    belief.own_kt += 1.0
    assert price[0] == 60 and own[0] == 10


# Roth and Erev ------------------------------------------------------------------------------------------------------

REWARD = st.sampled_from([0.0, 1.0]) | numbers(0.0, 1.0)
LUCK = numbers(1e-9, 1.0 - 1e-9)


@st.composite
def lessons(draw):
    """Number of choices, forgetting, experiment, and rounds of luck and reward."""
    choices = draw(st.integers(2, 5))
    rounds = draw(st.integers(1, 5))
    rates = st.sampled_from([0.0, 0.1, 0.5, 1.0])
    held = [(draw(draws_of(LUCK)), draw(draws_of(REWARD))) for _ in range(rounds)]
    return choices, draw(rates), draw(rates), held


@examples(50)
@given(lessons())
def test_learning_is_the_one_of_the_model_page(lesson):
    count, forgetting, experiment, held = lesson
    learner = RothErev(np.arange(count) * 2.0, DRAWS, forgetting, experiment)
    expected = [[1.0] * count for _ in range(DRAWS)]
    for luck, reward in held:
        chosen = learner.choose(luck)
        learner.reinforce(reward)
        for draw in range(DRAWS):
            weights = expected[draw]
            ladder = np.cumsum(weights)
            place = next(n for n in range(count) if ladder[n] >= luck[draw] * ladder[-1])
            assert chosen[draw] == 2.0 * place
            gain = [reward[draw] * (1 - experiment if n == place else experiment / (count - 1)) for n in range(count)]
            expected[draw] = [max((1 - forgetting) * w + g, 0.001) for w, g in zip(weights, gain, strict=True)]
            np.testing.assert_allclose(learner.propensity[:, draw], expected[draw], rtol=1e-12)


def test_a_learner_starts_even_in_the_middle_and_forgets_a_tenth():
    learner = RothErev(np.array([0, 0.5, 1, 2, 4]), 2)
    assert learner.chosen.tolist() == [2, 2] and (learner.propensity == 1).all()
    learner.reinforce(np.array([0.0, 1.0]))
    np.testing.assert_allclose(learner.propensity[:, 0], 0.9)
    np.testing.assert_allclose(learner.propensity[:, 1], [0.95, 0.95, 1.7, 0.95, 0.95])
    assert RothErev(np.arange(4), 1).chosen[0] == 2 and RothErev(np.arange(2), 1).chosen[0] == 1


def test_choices_come_in_proportion_to_their_propensity():
    learner = RothErev(np.array([1.0, 2.0, 3.0]), 1000)
    learner.propensity = np.array([[1.0], [2.0], [5.0]]) * np.ones(1000)
    chosen = learner.choose((np.arange(1000) + 0.5) / 1000)
    assert [(chosen == value).sum() for value in (1, 2, 3)] == [125, 250, 625]
    learner = RothErev(np.array([1.0, 2.0]), 1)
    assert learner.choose(np.array([0.5]))[0] == 1.0 and learner.choose(np.array([np.nextafter(1.0, 0)]))[0] == 2.0


# averages -----------------------------------------------------------------------------------------------------------


@examples(50)
@given(numbers(0.0, 1.0), numbers(0.1, 3.0), st.integers(1, 5))
def test_weeks_forget_as_much_as_their_month(share, months, parts):
    left = (1.0 - part_gone(share, months / parts)) ** parts
    assert 1.0 - left == pytest.approx(part_gone(share, months), abs=1e-12)
    assert part_gone(share, 1.0) == pytest.approx(share, abs=1e-15)
    assert part_gone(0.0, months) == 0 and part_gone(1.0, months) == 1


@examples(30)
@given(arrays(numbers(-5, 5), DRAWS), arrays(st.sampled_from([-1.0, 0.0, 2.0]), DRAWS), numbers(-9, 9))
def test_a_quotient_is_empty_where_nothing_stands_below(top, bottom, empty):
    expected = [t / b if b > 0 else empty for t, b in zip(top, bottom, strict=True)]
    assert ratio(top, bottom, empty).tolist() == expected
    assert ratio(top, bottom).tolist() == [t / b if b > 0 else 0.0 for t, b in zip(top, bottom, strict=True)]
