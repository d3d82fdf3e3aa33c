"""What a subsidy cost and who got it: the same figures as the incidence of a programme, and words that say them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.dashboard.answer import Gain, Range
from sim.dashboard.answers import subsidy_answer
from sim.dashboard.plans import Plan
from sim.dashboard.question import question_of
from sim.dashboard.side_by_side import SideBySide
from sim.dashboard.study_words import laid_out
from sim.dashboard.words import country, money, who_text
from sim.experiments.incidence import incidence
from sim.scenario import load

TINY = Path(__file__).parent / "scenarios" / "tiny.yaml"
DRAWS, SEED = 6, 3
# The bonus is worth more, and paid for longer, than in the scenario, so that every draw adds exports.
SETS = ["events[0].to=1982-07", "eep.max_bonus_usd_t=60", "money.cad_per_usd=1.25"]


@pytest.fixture(scope="module")
def loaded():
    return load(TINY, SETS)


def side_of(loaded, *values, periods=24):
    plans = [Plan(f"w{number}", f"World {number}", loaded, each) for number, each in enumerate(values)]
    side = SideBySide(plans=plans, draws=DRAWS, seed=SEED)
    while side.running and side.done_periods < periods:
        side.step()
    return side


@pytest.fixture(scope="module")
def side(loaded):
    with np.errstate(all="raise"):
        return side_of(loaded, {}, {"eep_on": False})


def test_the_figures_are_those_of_the_incidence(side, loaded):
    answer, wanted = subsidy_answer(side), incidence(loaded, DRAWS, SEED)
    table, gains = wanted.additional["eep"], wanted.gains["eep"]
    (cost,) = answer.costs
    years = len(loaded.timeline.crop_years)
    mean = {name: years * table.cell("average", name).mean() for name in table.columns}
    assert cost.spent_million_cad.mean == pytest.approx(mean["spending_million_cad"])
    assert cost.spent_million_own.mean == pytest.approx(mean["spending_million_cad"] / 1.25, rel=0.02)
    assert cost.subsidised_kt.mean == pytest.approx(mean["subsidised_kt"])
    assert cost.additional_kt.mean == pytest.approx(mean["additional_kt"])
    each = table.cell("average", "spending_per_additional_tonne_cad_t")
    assert cost.additional_range_cad_t.mean == pytest.approx(np.nanmean(each))
    assert cost.share_of_draws == np.isfinite(each).mean()
    assert cost.additional_cad_t == pytest.approx(1000 * mean["spending_million_cad"] / mean["additional_kt"])
    assert answer.crop_years == ("1980/81", "1981/82")
    found = {gain.key: gain for gain in answer.gains}
    for key, column in {
        "taxpayers": "united_states:taxpayers", "producers": "united_states:producers",
        "home_producers": "canada:producers", "deadweight": "world:deadweight_loss", "middlemen": "world:middlemen",
    }.items():  # fmt: skip
        assert found[key].million_cad.mean == pytest.approx(gains.cell("average", column).mean()), key


def test_gains_add_up_to_nothing_with_the_deadweight_loss(side):
    answer = subsidy_answer(side)
    assert sum(gain.million_cad.mean for gain in answer.gains) == pytest.approx(0, abs=1e-9)
    taxpayers = answer.gains[0]
    assert taxpayers.key == "taxpayers" and taxpayers.per_dollar == pytest.approx(-1, abs=0.01)
    assert answer.gains[-1].key == "deadweight"
    for gain in answer.gains:
        assert gain.million_usd == pytest.approx(gain.million_cad.mean / 1.25, rel=0.03)
        assert gain.total_million_cad == pytest.approx(2 * gain.million_cad.mean)


def test_the_words_say_the_figures(side):
    answer = subsidy_answer(side)
    (cost,) = answer.costs
    assert answer.headline.startswith(
        "Export Enhancement Program: in the whole run it cost taxpayers in the United States"
    )
    for text in (
        f"C${cost.spent_million_cad.mean:,.1f} million",
        f"US${cost.additional_own_t:,.0f} (5 to 95 % of draws",
    ):
        assert text in answer.headline
    assert answer.who.startswith("Per dollar spent: ") and "gained" in answer.who
    assert f"Each extra tonne cost taxpayers in the United States US${cost.additional_own_t:,.0f} (" in answer.short
    assert answer.finished and answer.with_it == "World 0" and answer.without_it == "World 1"


def test_the_order_of_the_worlds_does_not_matter(side, loaded):
    turned = subsidy_answer(side_of(loaded, {"eep_on": False}, {}))
    assert turned.costs == subsidy_answer(side).costs and turned.gains == subsidy_answer(side).gains
    assert turned.with_it == "World 1"


def test_less_of_a_programme_counts_only_what_differs(loaded):
    answer = subsidy_answer(side_of(loaded, {"eep_tonnage_scale": 0.5}, {}))
    whole = subsidy_answer(side_of(loaded, {}, {"eep_on": False}))
    assert answer.with_it == "World 1"
    assert answer.short.startswith("Each tonne more than in “World 0” cost taxpayers in the United States US$")
    assert 0 < answer.costs[0].spent_million_cad.mean < whole.costs[0].spent_million_cad.mean
    assert answer.notes and not any("more than export programmes" in note for note in answer.notes)


def test_what_does_not_bind_is_said_not_to_bind(loaded):
    answer = subsidy_answer(side_of(loaded, {"eep_tonnage_scale": 1.001}, {}))
    assert answer.costs[0].is_same and answer.gains == () and answer.who == ""
    assert answer.short.startswith("Both spend practically the same on Export Enhancement Program so far (US$")


def test_before_anything_is_paid_it_says_so(loaded):
    side = side_of(loaded, {}, {"eep_on": False}, periods=0)
    assert subsidy_answer(side) is None
    side.step()
    answer = subsidy_answer(side)
    assert answer.headline == "Nothing has been spent on Export Enhancement Program by August 1980."
    assert answer.gains == () and answer.who == "" and not answer.finished


def test_so_far_covers_the_months_that_have_passed(loaded):
    side = side_of(loaded, {}, {"eep_on": False}, periods=20)
    answer = subsidy_answer(side)
    spent = side.worlds[0].ledger.state("programme_spend_cad_k", "eep")[:20].sum(axis=0).mean() / 1000
    assert answer.costs[0].spent_million_cad.mean == pytest.approx(spent)
    assert answer.until == "1982-03" and answer.crop_years == ("1980/81",) and "by March 1982 it had" in answer.headline


def test_worlds_that_differ_in_no_programme_have_no_answer(loaded):
    assert subsidy_answer(side_of(loaded, {}, {"yield_sd": 0.1}, periods=2)) is None
    assert subsidy_answer(side_of(loaded, {}, periods=2)) is None


def test_what_else_differs_is_noted(loaded):
    side = side_of(loaded, {}, {"eep_on": False, "canada_crop_scale": 0.8}, periods=2)
    assert side.question.others_differ
    assert "more than export programmes" in subsidy_answer(side).notes[0]


@pytest.mark.parametrize(
    ("values", "others"),
    [({"eep_on": False}, False), ({"restitution_on": False}, False), ({"eep_undercut": 0.05}, False),
     ({"eep_on": False, "restitution_on": False}, False), ({"eep_on": False, "yield_sd": 0.1}, True)],
)  # fmt: skip
def test_the_question_is_what_differs(values, others):
    from sim.dashboard.levers import with_levers
    from sim.dashboard.plans import open_shipped

    history = open_shipped("history")
    question = question_of(history, with_levers(history, values))
    programmes = {name.partition("_")[0] for name in values} & {"eep", "restitution"}
    assert set(question.origins) == programmes and question.others_differ == others


def test_a_subsidy_by_lane_between_two_firms():
    duel = load(TINY.parent / "duel.yaml", ["export_subsidies={home: {rate_cad_t: {third: 15}}}"])
    answer = subsidy_answer(side_of(duel, {}, {"export_subsidy_home_on": False}, periods=36))
    (cost,) = answer.costs
    assert cost.subsidised_cad_t == pytest.approx(15) and cost.additional_cad_t > 15
    assert [gain.title for gain in answer.gains][0] == "Taxpayers, Home"
    assert {"Producers, Home", "Producers of other exporters"} <= {gain.title for gain in answer.gains}


def test_support_buying_that_goes_with_a_programme_is_noted():
    refunds = load(TINY.parent / "refunds.yaml", ["calendar.crop_years=1"])
    answer = subsidy_answer(side_of(refunds, {}, {"restitution_on": False}))
    assert any(note.startswith("Support buying in the United States goes with") for note in answer.notes)
    assert not any("more than export programmes" in note for note in answer.notes)


def test_several_countries_in_a_sentence():
    assert country("Canada") == "Canada" and country("European Union") == "the European Union"
    assert country("United States and Canada") == "the United States and Canada"


def gain(key, title, per_dollar):
    nothing = Range(0.0, 0.0, 0.0)
    return Gain(key, title, nothing, 0.0, 0.0, per_dollar)


def test_a_dollar_in_words():
    gains = [gain("taxpayers", "Taxpayers, A", -1.0), gain("producers", "Farmers, A", 1.2),
             gain("middlemen", "Traders", 0.01), gain("other_buyers", "All other buyers", -0.4),
             gain("deadweight", "Nobody", 0.19)]  # fmt: skip
    assert who_text(gains) == (
        "Per dollar spent: farmers in A gained 1.20. Others paid too: all other buyers lost 0.40. "
        "19 cents of each dollar bought nobody anything (deadweight loss)."
    )
    assert who_text(gains, "ECU").endswith("0.19 of each ECU bought nobody anything (deadweight loss).")
    assert who_text(gains[:1]) == ""
    assert money(52.4, "US$", 0) == "US$52" and money(156.2, "ECU", 0) == "156 ECU"


def test_a_programme_is_counted_in_its_own_currency(loaded):
    world = side_of(loaded, {}).worlds[0]
    cad, usd, own = world.book.spent("eep")
    np.testing.assert_allclose(own, usd)
    np.testing.assert_allclose(usd, cad / 1.25, rtol=0.05)
    if "restitution" in world.programmes:
        cad, usd, own = world.book.spent("restitution")
        rate = world.ledger.states["exchange"].values[:, 1]
        assert (usd / own >= rate.min() - 1e-9).all() and (usd / own <= rate.max() + 1e-9).all()


def test_the_studys_tables_have_a_line_a_crop_year():
    band = {"p05": 1.0, "p25": 1.5, "p50": 2.0, "p75": 2.5, "p95": 3.0, "missing": 0}
    rows = [{"row": row, "column": f"movement_long_town_{unit}", "unit": "x", "mean": 2.0, **band,
             "published": 4.0 if (row, unit) == ("average", "cad_t") else np.nan}
            for row in ("1980/81", "average") for unit in ("cad_t", "million_cad")]  # fmt: skip
    scenario = {"reference_prices": {"long_town_barley": {"feeders": "f"}}}
    head, lines = laid_out("table3", pd.DataFrame(rows), scenario)
    assert head == ["", "Movement Long Town (C$/t)", "published", "Movement Long Town (million C$)"]
    text = "2.00 (1.00 to 3.00)"
    assert lines == [["1980/81", text, "-", text], ["Average", text, "4.00", text]]
