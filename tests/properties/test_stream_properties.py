"""Random streams: whoever asks, in whatever order and company, gets the same luck; and shocks made of it."""

import numpy as np
import pytest
from conftest import run_market
from drawn import SCENARIOS, examples, numbers, same_bits
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import Timeline
from sim.market import BarleyMarket
from sim.scenario import load
from sim.shocks import persistent_factor, yearly_factors
from sim.streams import Streams

NAME = st.sampled_from(["yield", "demand", "canada", "eu", "a", "b", ""]) | st.text("aé: ", max_size=4)
WISH = st.tuples(NAME, NAME, st.sampled_from(["1980/81", "1981/82", "1980-08"]), st.integers(1, 9))
SEED = st.integers(0, 2**63 - 1)


@examples(30)
@given(SEED, st.lists(WISH, min_size=1, max_size=6), st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_order_of_asking_moves_nothing(seed, wishes, random, draws):
    streams = Streams(seed, draws)
    first = [streams.uniform(*wish) for wish in wishes]
    order = list(range(len(wishes)))
    random.shuffle(order)
    again = {n: streams.uniform(*wishes[n]) for n in order}
    assert same_bits([again[n] for n in range(len(wishes))], first)
    assert all(
        ((values > 0) & (values < 1)).all() and values.shape == (w[3], draws)
        for values, w in zip(first, wishes, strict=True)
    )


@examples(40)
@given(SEED, WISH, st.integers(0, 40), st.integers(1, 12), st.data())
def test_a_draw_has_its_luck_in_any_chunk_and_any_list_of_draws(seed, wish, first, draws, data):
    whole = Streams(seed, first + draws).normal(*wish)
    assert same_bits(Streams(seed, draws, first).normal(*wish), whole[:, first:])
    numbers = data.draw(st.lists(st.integers(0, first + draws - 1), min_size=1, max_size=8))
    assert same_bits(Streams(seed, len(numbers), numbers=np.array(numbers)).normal(*wish), whole[:, numbers])


@examples(40)
@given(SEED, WISH, SEED, WISH)
def test_other_names_and_other_seeds_have_other_luck(seed, wish, other_seed, other):
    one, two = Streams(seed, 3).uniform(*wish), Streams(other_seed, 3).uniform(*other)
    if (seed, *wish[:3]) == (other_seed, *other[:3]):
        count = min(wish[3], other[3])
        assert same_bits(one[:count, 0], two[:count, 0])  # the first draw's numbers go on where fewer would have ended
    elif "\x1f" not in "".join((*wish[:3], *other[:3])):
        assert not np.intersect1d(one, two).size


@examples(30)
@given(SEED, WISH)
def test_no_two_draws_share_a_number(seed, wish):
    assert np.unique(Streams(seed, 50).uniform(*wish)).size == 50 * wish[3]


@pytest.mark.parametrize("numbers", [[0, 1], [0, -1, 2]])
def test_numbers_of_draws_must_fit(numbers):
    with pytest.raises(ValueError, match="3 numbers of draws wanted, none below 0"):
        Streams(1, 3, numbers=np.array(numbers))


# shocks -------------------------------------------------------------------------------------------------------------

NAMES = ["canada", "eu", "australia", "home"]
YEARS = ["1980/81", "1981/82", "1982/83"]


@examples(40)
@given(SEED, st.permutations(NAMES), st.integers(1, 4), numbers(0.01, 0.5), st.integers(1, 3))
def test_a_new_agent_or_year_moves_nobodys_yearly_shock(seed, order, count, sd, years):
    streams = Streams(seed, 4)
    everybody = yearly_factors(streams, "yield", NAMES, YEARS, sd)
    some = yearly_factors(streams, "yield", order[:count], YEARS[:years], sd)
    for name in order[:count]:
        assert same_bits(some[name], everybody[name][:years])
        by_hand = [np.maximum(1 + sd * streams.normal("yield", name, year, 1)[0], 0.2) for year in YEARS[:years]]
        assert same_bits(some[name], np.array(by_hand))
    assert all((values == 1).all() for values in yearly_factors(streams, "yield", NAMES, YEARS, 0.0).values())


@examples(30)
@given(SEED, numbers(0.01, 0.5), numbers(0.0, 0.95), st.sampled_from([12, 52]))
def test_a_persistent_shock_is_the_one_of_the_model_page(seed, sd, persistence, periods_per_year):
    streams = Streams(seed, 3)
    periods, longer = (Timeline.build("1980/81", years, periods_per_year).periods() for years in (1, 2))
    factor = persistent_factor(streams, "corn", periods, sd, persistence)
    step = persistence ** (12 / periods_per_year)
    level = sd / np.sqrt(1 - persistence**2) * streams.normal("corn", "opening", "1980/81", 1)[0]
    noise = sd * np.sqrt((1 - step**2) / (1 - persistence**2))
    for period, luck in enumerate(streams.normal("corn", "market", "1980/81", periods_per_year)):
        level = step * level + noise * luck
        np.testing.assert_allclose(factor[period], np.maximum(1 + level, 0.2), rtol=1e-9)
    assert same_bits(persistent_factor(streams, "corn", longer, sd, persistence)[:periods_per_year], factor)
    assert (persistent_factor(streams, "corn", periods, 0.0, persistence) == 1).all()


# a market's luck ----------------------------------------------------------------------------------------------------

TINY = SCENARIOS / "tiny.yaml"
SHORT = ("calendar.crop_years=1", "shocks.yield_sd=0.1", "shocks.demand_sd=0.1", "shocks.corn_sd=0.05",
         "shocks.exchange_sd=0.02", "shocks.freight_sd=0.1", "eep.enabled=true", "traders.rule=roth_erev")  # fmt: skip
LEARNING = ("boards.wheat_board.beliefs.rule=least_squares", "traders.beliefs.rule=least_squares")
NEWCOMERS = {
    "a buyer": "importers: {atoll: {title: Atoll, market: offshore, region: desert, demand: {feed: "
    "{price: 90, quantity_kt: 300, elasticity: 0.8}}}}",
    "a trader": "traders: {companies: {trader_0: {title: Trader 0, origins: [canada, united_states]}}}",
    "an exporter": "exporters: {other: {title: Other, origin: united_states, commercial_kt: 100}}",
    "growers": "growers: {us_growers: {share: 0.7}, us_more: {origin: united_states, share: 0.3}}",
    "a policy": "overrides: {eep.enabled: false, boards.wheat_board.initial_share: 0.6}",
}


def asked_of(market):
    """Every stream a run asks for, with the numbers it got."""
    asked, uniform = {}, market.streams.uniform

    def listening(*wish):
        asked[wish] = values = uniform(*wish)
        return values

    market.streams.uniform = listening
    while market.running:
        market.step()
    return asked


@pytest.mark.parametrize("newcomer", NEWCOMERS)
def test_an_agent_more_or_another_policy_moves_nobodys_luck(newcomer, tmp_path):
    child = tmp_path / "child.yaml"
    child.write_text(f"extends: {TINY}\ntitle: Child\n{NEWCOMERS[newcomer]}\n", encoding="utf-8")
    sets = [*SHORT, *LEARNING]
    base, other = (BarleyMarket(load(path, sets=sets), draws=3) for path in (TINY, child))
    for kind in ("crop", "demand"):
        before, after = getattr(base.shocks, kind), getattr(other.shocks, kind)
        assert set(before) <= set(after) and same_bits([after[name] for name in before], list(before.values()))
        assert all((values != 1).any() for values in after.values())
    for kind in ("corn", "exchange", "freight"):
        assert same_bits(getattr(other.shocks, kind), getattr(base.shocks, kind))
    before, after = asked_of(base), asked_of(other)
    assert before and {wish[0] for wish in before} >= {"margin", "probe"}
    kept = [wish for wish in before if wish in after]
    # The bonus programme asks no luck for bidders where it is off; nobody else falls silent.
    assert {wish[0] for wish in set(before) - set(kept)} <= {"bonus_bid"}
    assert same_bits([after[wish] for wish in kept], [before[wish] for wish in kept])


def test_another_seed_is_another_world_and_the_same_one_the_same():
    runs = [run_market(TINY, draws=2, sets=SHORT, periods=3, seed=seed).ledger.sales["kt"] for seed in (5, 5, 6)]
    assert same_bits(runs[0], runs[1]) and not same_bits(runs[0], runs[2])
