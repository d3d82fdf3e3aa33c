"""The plain Mesa model of ``benchmarks/scalar`` and the model with a draw axis tell the same story, sale by sale."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import load

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # benchmarks are not installed

from benchmarks.scalar import run, seconds_per_draw  # noqa: E402
from benchmarks.scalar.docking import dock, ensemble_ledger, sale_gaps, state_gaps  # noqa: E402
from benchmarks.scalar.split import by_halving, by_kinks  # noqa: E402

ROUNDING = 1e-9
# The published outlook, both programmes, a suspension of the single desk: all of it lies in these years.
LATE = ("calendar.start=1992/93", "calendar.crop_years=3")
# Two grower groups whose asking prices differ by just their inertia tie, and whether floats see it is rounding.
NO_TIES = ("growers.northern_alberta.inertia_cad_t=3.17",)


def certain(states):
    """States that no rounding decides: who sold less than a gram of malting barley has heard a price, or has not."""
    is_certain = [not label.endswith(":malting") for _, label in states.index]
    return states[is_certain]


@pytest.mark.parametrize("draw", [0, 5])
def test_history_docks_sale_by_sale(shipped, draw):
    loaded = load(shipped("history"), sets=[*LATE, *NO_TIES])
    sales, states = dock(loaded, draw)
    assert len(sales) > 7000 and sales.to_numpy().max() < ROUNDING
    assert len(certain(states)) > 250 and certain(states).max() < ROUNDING


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from 3.12 on sum() corrects its rounding")
def test_with_the_solver_of_the_ensemble_the_bits_are_the_same(shipped):
    sales, states = dock(load(shipped("history"), sets=LATE), draw=5, split=by_halving)
    assert sales.to_numpy().max() == 0 and states.max() == 0


@pytest.mark.parametrize(
    ("scenario", "sets"),
    [
        ("steady", ()),
        ("multiple_sellers", ("calendar.start=1985/86",)),
        ("no_export_subsidies", ("tender.format=pay_as_bid",)),
        ("eu_goes_on_1995", ()),
    ],
)
def test_other_institutions_dock(shipped, scenario, sets):
    sales, states = dock(load(shipped(scenario), sets=["calendar.crop_years=2", *sets]), draw=3)
    assert sales.to_numpy().max() < ROUNDING and certain(states).max() < ROUNDING


def test_the_comparison_sees_another_draw(shipped):
    loaded = load(shipped("history"), sets=["calendar.start=1987/88", "calendar.crop_years=1"])
    ledger, scalar = ensemble_ledger(loaded, 0), run(loaded, 1)
    assert (state_gaps(ledger, scalar) > ROUNDING).mean() > 0.6
    gaps = sale_gaps(ledger, scalar)
    assert (gaps[["kt", "price_cad_t"]].max(axis=1) > ROUNDING).mean() > 0.2
    assert (gaps["subsidy_cad_t"] > ROUNDING).sum() > 50


def test_rules_it_leaves_out_are_refused():
    with pytest.raises(ValueError, match="no sellers by cost, demand stated by its line"):
        run(load(ROOT / "tests" / "docking" / "cournot.yaml"))


@pytest.mark.parametrize("quantity_kt", [0.0, 3.0, 40.0, 1e4])
def test_both_solvers_split_alike(quantity_kt):
    luck = random.Random(1997)
    for markets in range(1, 12):
        lines = [(luck.uniform(-20, 200), luck.uniform(0.01, 2), luck.uniform(0, 60)) for _ in range(markets)]
        (kinks, at_kink), (halves, at_half) = by_kinks(lines, quantity_kt), by_halving(lines, quantity_kt)
        np.testing.assert_allclose(kinks, halves, rtol=0, atol=1e-8)
        assert sum(kinks) <= quantity_kt + 1e-9
        if at_kink > 0:
            assert sum(kinks) == pytest.approx(quantity_kt, abs=1e-9)
            assert at_kink == pytest.approx(at_half, abs=1e-8) or quantity_kt == 0


def test_a_draw_is_timed(shipped):
    loaded = load(shipped("steady"), sets=["calendar.crop_years=1"])
    assert 0 < seconds_per_draw(loaded, draws=1) < 60
