"""Comparative statics: every outcome goes the way economics says, on the same luck (``statics_cases.CASES``)."""

from pathlib import Path

import numpy as np
import pytest
from conftest import QUIET
from statics import DOWN, DRAWS, MEAN, UP, WAR, changes, fob, interval, path_of, run
from statics_cases import CASES, digits, table

from sim.market import BarleyMarket
from sim.scenario import load

VALIDATION = Path(__file__).parent.parent / "docs" / "validation.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_outcomes_go_their_way(case):
    for title, values, way, of_mean in changes(case):
        assert values.shape == (DRAWS,)
        if of_mean:
            low, high = interval(values)
            assert low > 0 if way == UP else high < 0, f"{title}: {low:.4g} to {high:.4g}"
        else:
            assert (way * values > 0).all(), f"{title}: {values}"


def test_there_are_enough_and_none_comes_twice():
    assert len(CASES) >= 25 and len({case.title for case in CASES}) == len(CASES)
    ways = [way for case in CASES for _, _, way, *_ in case.outcomes]
    assert min(ways.count(UP), ways.count(DOWN)) > 30
    assert sum(MEAN in outcome for case in CASES for outcome in case.outcomes) <= 5


def test_dear_corn_lifts_feed_barley():
    """Buyers turn to barley when corn is dear: with luck in corn alone, a draw's prices follow its corn."""
    sets = (*WAR, *(each for each in QUIET if "corn" not in each), "shocks.corn_sd=0.2")
    market = BarleyMarket(load(path_of("history"), list(sets)), draws=12)
    corn = np.mean(market.shocks.corn, axis=0)
    while market.running:
        market.step()
    assert np.corrcoef(corn, fob("offshore")(market.ledger))[0, 1] > 0.9
    assert np.corrcoef(corn, market.ledger.state("cash_price_cad_t", "canada").mean(axis=0))[0, 1] > 0.5


def test_the_level_of_corn_alone_moves_nothing():
    """Base prices are those of their crop year, so only corn above or below the year's mean is news."""
    base, dearer = run("history", WAR), run("history", (*WAR, "corn_usd_t.scale=1.2"))
    for market in ("offshore", "japan", "canada"):
        assert fob(market)(dearer) == pytest.approx(fob(market)(base), rel=1e-9)


def test_interval_is_students():
    low, high = interval(np.array([1.0, 2.0, 3.0]))
    assert (low, high) == pytest.approx((2 - 4.302653 / np.sqrt(3), 2 + 4.302653 / np.sqrt(3)), rel=1e-6)


def test_numbers_have_three_digits():
    assert [digits(value) for value in (1234.4, -0.01234, 12.34, 0.0)] == ["+1,230", "-0.0123", "+12.3", "0"]


def test_the_documents_have_this_table():
    """``python -m tests.statics_cases`` prints it."""
    assert table() in VALIDATION.read_text(encoding="utf-8")
