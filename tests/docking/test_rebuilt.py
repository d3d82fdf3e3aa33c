"""A market written anew from docs/odd.md alone, in plain Python, beside the model: sale by sale, to rounding."""

import shutil
from pathlib import Path

import pytest
import yaml
from conftest import QUIET, run_market
from rebuilt_market import Market

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
DUST_KT = 1e-6
TWO_BUY_IN_CANADA = {"trader_a": ["canada", "united_states"], "trader_b": ["united_states", "canada"]}


def market(tmp_path, per_year=12, years=2, system="single_desk", events=(), companies=None, growers=None, **board):
    """Write ``tiny.yaml`` without shocks and programmes, otherwise changed as asked; return its path."""
    tiny = yaml.safe_load((SCENARIOS / "tiny.yaml").read_text())
    tiny["calendar"] |= {"crop_years": years, "periods_per_year": per_year}
    tiny["shocks"] = {key.split(".")[1].split("=")[0]: 0 for key in QUIET}
    tiny["marketing"]["canada"]["feed"] = system
    tiny["events"] = [{"from": a, "to": b, "marketing": {"canada": change}} for a, b, change in events]
    tiny["boards"]["wheat_board"] |= board
    for group in tiny["growers"].values():
        group |= growers or {}
    for name, origins in (companies or {}).items():
        tiny["traders"]["companies"][name]["origins"] = origins
    shutil.copy(SCENARIOS / "tiny_data.csv", tmp_path)
    path = tmp_path / "market.yaml"
    path.write_text(yaml.safe_dump(tiny))
    return path


def sales_of_both(path):
    """Tonnes and value by period, tender and seller, of the model and of the market written anew."""
    ledger = run_market(path).ledger
    rows = ledger.rows[["period", "tender", "seller"]].itertuples(index=False, name=None)
    model, anew = {}, {}
    for key, kt, price in zip(rows, ledger.sales["kt"][:, 0], ledger.sales["price_cad_t"][:, 0], strict=True):
        add(model, key, kt, price)
    rebuilt = Market(path)
    for _ in range(len(ledger.periods)):
        rebuilt.step()
    for *key, kt, price in rebuilt.sales:
        add(anew, tuple(key), kt, price)
    return model, anew


def add(sales, key, kt, price):
    had = sales.get(key, (0.0, 0.0))
    sales[key] = (had[0] + kt, had[1] + kt * price)


OPEN = ("1981-08", "1982-03", {"feed": "multiple_sellers", "malting": "multiple_sellers"})
BORDER = ("1982-04", "1982-10", {"feed": "continental", "continental_market": "united_states"})
HOLD_OUT = {"captive_share": 0.1, "inertia_cad_t": 2}
PUBLISHED = {"outlook_from": "1980-09", "published_lag": 0.95, "agreed_share": 1, "cover_periods": 2}
CASH = ("1981-02", "1981-10", {"feed": "cash_trading"})


@pytest.mark.parametrize(
    ("least", "changes"),
    [
        (280, {}),
        (430, {"years": 3, "system": "open_feed", "events": [OPEN, BORDER], "companies": TWO_BUY_IN_CANADA}),
        (410, {"years": 3, "events": [CASH], "growers": HOLD_OUT} | PUBLISHED),
        (400, {"per_year": 52, "years": 1}),
    ],
    ids=["single desk", "companies too", "published outlook and cash", "weekly"],
)
def test_the_text_alone_gives_the_same_sales(tmp_path, least, changes):
    model, anew = sales_of_both(market(tmp_path, **changes))
    gaps = {}
    for key in model.keys() | anew.keys():
        (kt, value), (kt_anew, value_anew) = model.get(key, (0.0, 0.0)), anew.get(key, (0.0, 0.0))
        if max(kt, kt_anew) > DUST_KT:
            gaps[key] = max(abs(kt - kt_anew) / max(kt, kt_anew), abs(value - value_anew) / max(value, value_anew))
    assert len(gaps) >= least
    assert max(gaps.values()) < 1e-9, sorted(gaps, key=gaps.get)[-5:]
