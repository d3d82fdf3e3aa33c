"""A small ledger written by hand, draw by draw, for tests of everything that comes after the market.

It has two origins, a board with two pools, a foreign exporter, two programmes, a home market and two grades. Every
number of draw k depends on k only, as in the real market.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim.ledger import SALE_COLUMNS, Ledger
from sim.scenario.schema import Scenario

YEARS = ("1984/85", "1985/86", "1986/87")
SELLERS = (("cwb", "board", "canada"), ("trader_a", "trader", "canada"), ("us_exporters", "exporter", "united_states"))
BUYERS = (
    # tender, buyer, market, grade, pool, country, mean price
    ("feed_japan", "japan", "japan", "feed", "feed", "japan", 125.0),
    ("feed_us", "us_feeders", "united_states", "feed", "feed", "united_states", 110.0),
    ("feed_off", "saudi_arabia", "offshore", "feed", "feed", "offshore", 100.0),
    ("feed_home", "feeders", "canada", "feed", "feed", "canada", 95.0),
    ("malt_off", "brewers_abroad", "offshore", "six_row", "malting", "offshore", 140.0),
    ("malt_home", "maltsters", "canada", "six_row", "malting", "canada", 150.0),
)


def fake_scenario(**changes: object) -> Scenario:
    """A valid scenario that fits ``fake_ledger``."""
    origin = {
        "production_kt": 12000,
        "opening_stock_kt": 2500,
        "carryover_kt": 2000,
        "own_use_kt": 800,
        "harvest_month": 1,
    }
    demand = {"price": 100, "quantity_kt": 800, "elasticity": 2.0}
    content: dict = {
        "title": "A small made-up market",
        "calendar": {"start": YEARS[0], "crop_years": len(YEARS)},
        "draws": 6,
        "data": [],
        "money": {"cad_per_usd": 1.3, "usd_per_ecu": 1.1},
        "corn_usd_t": 105,
        "base_price_origin": "canada",
        "wording": {"commodity": "barley", "feed": "feed", "malting": "malting"},
        "published": "study",
        "grades": {
            "feed": {"title": "Feed barley", "pool": "feed"},
            "six_row": {"title": "Six-row malting barley", "pool": "malting", "cost_cad_t": 15},
        },
        "markets": {
            "japan": {"title": "Japan"},
            "united_states": {"title": "United States"},
            "offshore": {"title": "Other offshore"},
            "canada": {"title": "Canada"},
        },
        "origins": {
            "canada": {"title": "Western Canada", **origin},
            "united_states": {"title": "United States", **origin},
        },
        "freight_usd_t": {"canada": {"pacific": 15}, "united_states": {"pacific": 17}},
        "growers": {
            "prairies": {"origin": "canada", "share": 1.0},
            "plains": {"origin": "united_states", "share": 1.0},
        },
        "boards": {"cwb": {"title": "Canadian Wheat Board", "origin": "canada", "growers": ["prairies"]}},
        "importers": {
            "saudi_arabia": {
                "title": "Saudi Arabia",
                "market": "offshore",
                "region": "pacific",
                "demand": {"feed": demand},
            }
        },
        "events": [
            {
                "from": "1985-05",
                "to": "1987-07",
                "name": "Export Enhancement Program",
                "tender": {"format": "pay_as_bid"},
            },
            {"from": "1986-10", "to": "1986-11", "name": "Border open", "traders": {"margin_cad_t": 2}},
        ],
    }
    return Scenario.model_validate(content | changes)


def fake_loaded(tmp_path: object = "made_up.yaml", **changes: object) -> SimpleNamespace:
    """What ``sim.scenario.load`` would return for the made-up scenario."""
    scenario = fake_scenario(**changes)
    resolved = scenario.model_dump(mode="json", by_alias=True)
    return SimpleNamespace(
        scenario=scenario,
        resolved=resolved,
        hash="0123456789abcdef",
        warnings=[],
        changes=[],
        path=tmp_path,
        regimes=[],
        series={},
        inputs={},
        sets=(),
    )


def fake_ledger(draws: int = 6, first_draw: int = 0, seed: int = 0, premium_cad_t: float = 0.0) -> Ledger:
    """A ledger of ``draws`` draws from number ``first_draw``; ``premium_cad_t`` is added to what the board sells at."""
    periods, rows = _periods(), _rows()
    ledger = Ledger(rows=rows, periods=periods, draws=draws, first_draw=first_draw)
    for name, labels, unit, time in _states():
        ledger.add_state(name, labels, unit, time)
    for column in range(draws):
        _fill(ledger, column, np.random.default_rng([seed, first_draw + column]), premium_cad_t)
    return ledger


def simulate(loaded: object, draws: int, first_draw: int = 0, progress=None, seed: int = 0) -> Ledger:
    """Stand in for ``sim.experiments.ensemble.run_chunk``; a scenario titled "Other" sells at C$5/t more."""
    if progress is not None:
        progress(12 * len(YEARS))
    return fake_ledger(draws, first_draw, seed, 5.0 if loaded.scenario.title == "Other" else 0.0)


def _periods() -> pd.DataFrame:
    months = pd.period_range(f"{YEARS[0][:4]}-08", periods=12 * len(YEARS), freq="M").astype(str)
    years = np.repeat(np.arange(len(YEARS)), 12)
    return pd.DataFrame(
        {
            "period": range(len(months)),
            "crop_year": [YEARS[y] for y in years],
            "year": years,
            "month": months,
            "weight": 1 / 12,
        }
    )


def _rows() -> pd.DataFrame:
    lines = []
    for time in _periods().itertuples():
        for tender, buyer, market, grade, pool, country, _price in BUYERS:
            for seller, role, origin in SELLERS:
                lines.append(
                    (time.period, time.crop_year, time.year, time.month, tender, seller, role, buyer, market, grade,
                     pool, origin, country, tender == "feed_japan" and seller == "cwb")
                )  # fmt: skip
    names = ["period", "crop_year", "year", "month", "tender", "seller", "role", "buyer", "market", "grade", "pool",
             "origin", "country", "agreement"]  # fmt: skip
    return pd.DataFrame(lines, columns=names)


def _states() -> list[tuple[str, tuple[str, ...], str, str]]:
    origins, boards, programmes = ("canada", "united_states"), ("cwb",), ("eep", "restitution")
    pairs, pools = tuple(f"{b[1]}:{b[3]}" for b in BUYERS), ("cwb:feed", "cwb:malting")
    flows = ("opening_kt", "harvest_kt", "own_use_kt", "home_use_kt", "imports_kt", "exports_kt", "closing_kt")
    return [
        *[(name, origins, "kt", "period") for name in flows],
        ("cash_price_cad_t", origins, "C$/t", "period"),
        ("choke_cad_t", pairs, "C$/t", "period"),
        ("slope_cad_t_kt", pairs, "C$/t per kt", "period"),
        ("initial_payment_cad_t", boards, "C$/t", "period"),
        ("pool_return_outlook_cad_t", boards, "C$/t", "period"),
        ("merchant_margin_cad_k", tuple(f"{o}:{g}" for o in origins for g in ("feed", "six_row")), "kC$", "period"),
        ("programme_rate_cad_t", programmes, "C$/t", "period"),
        ("programme_kt", programmes, "kt", "period"),
        ("programme_spend_cad_k", programmes, "thousand C$", "period"),
        ("exchange", ("cad_per_usd", "usd_per_ecu"), "currency per currency", "period"),
        ("reference_price_cad_t", ("lethbridge", "great_falls"), "C$/t", "period"),
        ("board_cost_cad_k", boards, "thousand C$", "period"),
        ("pool_kt", pools, "kt", "crop_year"),
        *[(f"pool_{n}_cad_k", pools, "kC$", "crop_year") for n in ("receipts", "costs", "initial", "final", "deficit")],
    ]  # fmt: skip


def _fill(ledger: Ledger, column: int, rng: np.random.Generator, premium_cad_t: float) -> None:
    rows, months = ledger.rows, len(ledger.periods)
    walk = np.cumsum(rng.normal(0, 2, months))
    base = np.tile(np.repeat([b[-1] for b in BUYERS], len(SELLERS)), months) + np.repeat(
        walk, len(BUYERS) * len(SELLERS)
    )
    foreign_home = (rows["origin"] != "canada") & (rows["country"] == "canada")
    sells = (rng.random(len(rows)) > 0.15) & ~foreign_home.to_numpy()
    board = (rows["role"] == "board").to_numpy()
    bonus = (rows["role"] == "exporter").to_numpy() & (rows["month"] >= "1985-05").to_numpy() * (
        rows["market"] == "offshore"
    ).to_numpy()
    values = {
        "kt": np.where(sells, rng.gamma(4, np.where(board, 12.0, 4.0)), 0.0),
        "price_cad_t": np.where(sells, base + rng.normal(0, 1.5, len(rows)) + board * premium_cad_t, 0.0),
        "freight_cad_t": np.where(sells, 15 + rng.normal(0, 1, len(rows)), 0.0),
        "subsidy_cad_t": np.where(sells & bonus, 25 + rng.normal(0, 3, len(rows)), 0.0),
    }
    for name in SALE_COLUMNS:
        ledger.sales[name][:, column] = values[name]
    _fill_states(ledger, column, rng, walk)


def _fill_states(ledger: Ledger, column: int, rng: np.random.Generator, walk: np.ndarray) -> None:
    months = len(ledger.periods)
    value = {name: state.values[:, :, column] for name, state in ledger.states.items()}
    stock = 2500 + rng.normal(0, 100, 2)
    for time in range(months):
        harvest = np.full(2, 12000.0) * rng.normal(1, 0.05, 2) if time % 12 == 0 else np.zeros(2)
        value["opening_kt"][time], value["harvest_kt"][time] = stock, harvest
        value["own_use_kt"][time], value["home_use_kt"][time] = 70, 500 + rng.normal(0, 10, 2)
        value["exports_kt"][time] = 430 + rng.normal(0, 20, 2)
        stock = stock + harvest - value["own_use_kt"][time] - value["home_use_kt"][time] - value["exports_kt"][time]
        value["closing_kt"][time] = stock
        value["cash_price_cad_t"][time] = 96 + walk[time], 104 + walk[time]
        value["initial_payment_cad_t"][time] = 80
        value["pool_return_outlook_cad_t"][time] = 101 + 0.5 * walk[time]
        value["reference_price_cad_t"][time] = 90 + walk[time], 98 + walk[time] * 1.2
        value["exchange"][time] = 1.3, 1.1
        started = ledger.periods["month"][time] >= "1985-05"
        value["programme_rate_cad_t"][time] = (25 + rng.normal(0, 2) if started else 0, 60 + rng.normal(0, 4))
        value["programme_kt"][time] = (90 * started, 400)
        value["programme_spend_cad_k"][time] = value["programme_rate_cad_t"][time] * value["programme_kt"][time]
        value["choke_cad_t"][time], value["slope_cad_t_kt"][time] = 180 + walk[time], 0.5
        value["merchant_margin_cad_k"][time] = 40
        value["board_cost_cad_k"][time] = 900
    for year in range(len(YEARS)):
        tonnes, returns = np.array([4000.0, 900.0]), np.array([102.0, 128.0]) + rng.normal(0, 2, 2)
        value["pool_kt"][year], value["pool_receipts_cad_k"][year] = tonnes, tonnes * returns
        value["pool_costs_cad_k"][year], value["pool_initial_cad_k"][year] = tonnes * 3, tonnes * 80
        value["pool_final_cad_k"][year], value["pool_deficit_cad_k"][year] = tonnes * (returns - 83), 0
