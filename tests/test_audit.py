"""Accounting identities: every run closes by all of them, and a ledger forged in any entry is found out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import run_market

from sim import audit as module
from sim.audit import IDENTITIES, audit
from sim.checks import IdentityError
from sim.ledger import Ledger
from sim.market import BarleyMarket
from sim.scenario import load

TESTS = Path(__file__).parent
TINY, REFUNDS = TESTS / "scenarios" / "tiny.yaml", TESTS / "scenarios" / "refunds.yaml"


@pytest.fixture(scope="module")
def honest():
    """The ledger of a run with refunds, an agency, a board and pools."""
    return run_market(REFUNDS, draws=2, sets=("calendar.crop_years=1",)).ledger


@pytest.fixture
def ledger(honest):
    """A copy to be forged."""
    sales = {name: values.copy() for name, values in honest.sales.items()}
    states = {name: replace(series, values=series.values.copy()) for name, series in honest.states.items()}
    return replace(honest, sales=sales, states=states)


def sale(ledger: Ledger, **conditions: object) -> int:
    """A sale row of the second draw with tonnes."""
    rows = ledger.index.select(**conditions)
    return int(rows[np.flatnonzero(ledger.sales["kt"][rows, 1] > 0)[0]])


def state(name, place=(2, 0, 1), by=1.0):
    def forge(ledger):
        ledger.states[name].values[place] += by

    return forge


def shift_between_origins(ledger):
    """Exports booked with the wrong origin, all else made to fit: tonnes of both origins still add up."""
    exports, closing = ledger.states["exports_kt"].values, ledger.states["closing_kt"].values
    exports[-1, 0] += 1.0
    closing[-1, 0] -= 1.0
    exports[-1, 1] -= 1.0
    closing[-1, 1] += 1.0


def home_and_abroad(ledger):
    """Home use that was stock."""
    ledger.states["home_use_kt"].values[-1, 0] += 1.0
    ledger.states["closing_kt"].values[-1, 0] -= 1.0


def imports_out_of_nothing(ledger):
    """Imports that nobody exported, used up at once."""
    for name in ("imports_kt", "own_use_kt"):
        ledger.states[name].values[3, 0] += 1.0


def opening_out_of_nothing(ledger):
    """A stock that grows over night."""
    for name in ("opening_kt", "own_use_kt"):
        ledger.states[name].values[3, 0] += 1.0


def sale_to(**conditions):
    def forge(ledger):
        ledger.sales["kt"][sale(ledger, **conditions), 1] += 0.5

    return forge


def subsidy_in_a_row(ledger):
    ledger.sales["subsidy_cad_t"][sale(ledger, origin="canada", home=False), 1] += 1.0


def negative_sale(ledger):
    ledger.sales["kt"][0, 1] = -1.0


def final_and_deficit(ledger):
    for name in ("pool_final_cad_k", "pool_deficit_cad_k"):
        ledger.states[name].values[0, 0, 1] += 5.0


FORGERIES = {
    "harvest": (state("harvest_kt"), module.STOCKS),
    "closing stock": (state("closing_kt", (-1, 0, 1)), module.STOCKS),
    "not a number": (state("own_use_kt", by=np.nan), module.TONNES),
    "stock over night": (opening_out_of_nothing, module.CARRIED),
    "wrong origin": (shift_between_origins, module.EXPORTS),
    "a sale abroad": (sale_to(home=False), module.EXPORTS),
    "a sale at home": (sale_to(home=True), module.HOME_USE),
    "home use": (home_and_abroad, module.HOME_USE),
    "imports": (imports_out_of_nothing, module.WORLD),
    "spending": (state("programme_spend_cad_k"), module.SUBSIDIES),
    "a subsidy": (subsidy_in_a_row, module.SUBSIDIES),
    "receipts": (state("pool_receipts_cad_k", (0, 0, 1)), module.POOL),
    "costs": (state("pool_costs_cad_k", (0, 1, 0)), module.POOL),
    "initial payments": (state("pool_initial_cad_k", (0, 0, 0)), module.POOL),
    "final and deficit": (final_and_deficit, module.EITHER),
    "deliveries": (state("delivered_kt"), module.DELIVERED),
    "pooled": (state("farm_pooled_kt"), module.DELIVERED),
    "bought": (state("intervention_bought_kt"), module.STORE),
    "stored": (state("intervention_stock_kt"), module.STORE),
    "negative sale": (negative_sale, module.TONNES),
    "negative stock": (state("farm_stock_kt", by=-1e9), module.TONNES),
    "negative payment": (state("pool_final_cad_k", (0, 0, 1), -1e12), module.TONNES),
}


def test_an_honest_ledger_passes(ledger):
    audit(ledger)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_ledger_is_found_out(ledger, name):
    forge, identity = FORGERIES[name]
    forge(ledger)
    with pytest.raises(IdentityError) as caught:
        audit(ledger)
    assert str(caught.value).startswith(f"identity broken: {identity}")


def test_every_identity_is_broken_by_some_forgery():
    assert {identity for _, identity in FORGERIES.values()} == set(IDENTITIES)


def test_every_finished_run_is_audited(monkeypatch):
    heard = []
    monkeypatch.setattr("sim.market.audit", heard.append)
    market = run_market(TINY, sets=("calendar.crop_years=1",), periods=11)
    assert not heard
    market.step()
    assert heard == [market.ledger] and not market.running


def test_a_run_whose_ledger_is_wrong_stops(monkeypatch):
    market = run_market(TINY, draws=2, sets=("calendar.crop_years=1",), periods=11)
    market.ledger.states["harvest_kt"].values[3, 0, 1] += 1.0
    with pytest.raises(IdentityError, match=r"identity broken: opening stock .*\(1980-11, canada, draw 1"):
        market.step()


def test_one_holder_does_not_make_up_for_another():
    market = run_market(TINY, draws=2, sets=("calendar.crop_years=1",), periods=3)
    near, far = market.growers["prairie_near"], market.growers["prairie_far"]
    lack = near.stock_kt + 1000.0
    settle = BarleyMarket.settle

    def settle_and_shift():
        settle(market)
        near.stock_kt, far.stock_kt = near.stock_kt - lack, far.stock_kt + lack

    market.settle = settle_and_shift
    with pytest.raises(IdentityError, match="stock is negative"):
        market.step()


def test_identities_hold_with_many_draws_and_in_every_system():
    for sets in (
        (),
        ("marketing.canada.feed=multiple_sellers", "marketing.canada.malting=multiple_sellers", "events=[]"),
    ):
        market = BarleyMarket(load(TINY, list(sets)), draws=40)
        while market.running:
            market.step()
        audit(market.ledger)


def test_the_documents_list_every_identity():
    text = " ".join((TESTS.parent / "docs" / "odd.md").read_text(encoding="utf-8").replace("*", "").split())
    for identity in IDENTITIES:
        assert identity in text, identity
