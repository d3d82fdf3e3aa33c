"""Whole markets with levels at random: a draw alone is the draw in an ensemble, and every account closes."""

from functools import lru_cache

import numpy as np
from conftest import run_market
from drawn import SCENARIOS, examples, numbers, same_bits
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger import SALE_COLUMNS

DRAWS = 4
LUCK = tuple(f"shocks.{name}_sd=0.1" for name in ("yield", "demand", "corn", "freight"))
SHORT = ("calendar.crop_years=1", *LUCK)


def choice(key, *values):
    return st.sampled_from([f"{key}={value}" for value in values])


def level(key, low, high):
    return numbers(low, high).map(lambda value: f"{key}={value!r}")


BOARD, DEMAND = "boards.wheat_board", "importers.desert.demand.feed"
COMMON = (
    level(f"{BOARD}.initial_share", 0.3, 1.0),
    level(f"{BOARD}.cost_cad_t", 0, 12),
    choice(f"{BOARD}.cover_periods", 1, 3, 9),
    choice(f"{BOARD}.beliefs.rule", "elasticities", "least_squares", "last_price"),
    level(f"{DEMAND}.quantity_kt", 50, 4000),
    level(f"{DEMAND}.elasticity", 0.3, 4),
    level("growers.prairie_near.inertia_cad_t", 0, 20),
    choice(
        "marketing.canada",
        "{feed: continental, malting: continental, continental_market: united_states}",
        "{feed: multiple_sellers, malting: multiple_sellers}",
        "{feed: open_feed}",
        "{feed: cash_trading}",
    ),
    level("traders.margin_cad_t", 0, 8),
    choice("traders.rule", "best_response", "roth_erev"),
    choice("traders.beliefs.rule", "elasticities", "least_squares", "last_price"),
    choice("calendar.periods_per_year", 12, 52),
    choice("tender.format", "uniform", "pay_as_bid"),
    level("origins.canada.production_kt", 500, 20000),
    choice(f"{BOARD}.agreed_share", 0, 0.5, 1),
    level("origins.united_states.fob_cost_usd_t", 0, 60),
    choice(f"{BOARD}.pool_year_end_month", 6, 12),
    choice("state_importers.island.agreement", "null"),
)
LEVELS = {
    "tiny": (
        *COMMON,
        choice("eep.enabled", "true"),
        choice("eep.tonnage_kt", 0, 50, 800),
        choice("eep.budget_usd_million", 0, 1, 900),
        level("eep.max_bonus_usd_t", 0, 60),
        level("eep.bid_spread_usd_t", 0, 9),
        choice("events", "[]"),
    ),
    "refunds": (
        *COMMON,
        level("restitution.target_kt", 0, 4000),
        level("restitution.max_refund_ecu_t", 0, 120),
        choice("restitution.budget_ecu_million", 0, 1, 900),
        level("origins.united_states.support_price", 30, 110),
        level("origins.united_states.intervention.export_share", 0, 1),
        choice("restitution.export_tax", "true"),
    ),
    "duel": (
        level("sellers.home_firm.cost_cad_t", 0, 120),
        level("sellers.rival_firm.cost_slope_cad_t_kt", 0, 0.5),
        choice("sellers.home_firm.conduct", "price_taker", "cournot"),
        level("sellers.home_firm.capacity_kt", 0, 600),
        level("export_subsidies", 0, 40).map(lambda text: text.replace("=", "={home: {rate_cad_t: {third: ") + "}}}"),
        choice("sellers.rival_firm.number", 1, 3),
        level("importers.buyer.demand.feed.slope", 0.01, 2),
        choice("importers.buyer.tenders_per_year", 1, 4, 12),
    ),
}


@st.composite
def scenarios(draw):
    """A small scenario and some of its levels, as settings."""
    name = draw(st.sampled_from(["tiny", "tiny", "refunds", "duel"]))
    places = draw(st.sets(st.sampled_from(range(len(LEVELS[name]))), max_size=6))
    return name, (*SHORT, *(draw(LEVELS[name][place]) for place in sorted(places)))


@lru_cache(maxsize=2)
def market(name, sets):
    """The market of all draws; a broken identity of the model's own stops it."""
    return run_market(SCENARIOS / f"{name}.yaml", draws=DRAWS, sets=sets)


def everything(ledger):
    """All arrays of a ledger, the draw last."""
    return {**ledger.sales, **{name: series.values for name, series in ledger.states.items()}}


@examples(8)
@given(scenarios(), st.integers(1, DRAWS - 1))
def test_a_draw_alone_or_in_any_chunk_is_the_draw_of_the_ensemble(made, cut):
    name, sets = made
    whole = everything(market(name, sets).ledger)
    assert set(SALE_COLUMNS) < set(whole)
    for first, draws in ((0, cut), (cut, DRAWS - cut), (DRAWS - 1, 1)):
        ledger = run_market(SCENARIOS / f"{name}.yaml", draws=draws, first_draw=first, sets=sets).ledger
        for part, values in everything(ledger).items():
            assert same_bits(values, whole[part][..., first : first + draws]), part


def rows_of(ledger, *wanted):
    """Sum over the rows that a condition picks, by period (period, draw), of tonnes and of each price times tonnes."""
    kt, price, freight, subsidy = (ledger.sales[name] for name in SALE_COLUMNS)
    picked = np.ones(len(ledger.rows), dtype=bool)
    for condition in wanted:
        picked &= np.asarray(condition)
    period = ledger.rows["period"].to_numpy()
    sums = {}
    for part, values in (("kt", kt), ("price", kt * price), ("freight", kt * freight), ("subsidy", kt * subsidy)):
        sums[part] = np.zeros((len(ledger.periods), ledger.draws))
        np.add.at(sums[part], period[picked], values[picked])
    return sums


def states(ledger, name):
    series = ledger.states[name]
    return dict(zip(series.labels, np.moveaxis(series.values, 1, 0), strict=True))


def close(left, right, scale=1.0):
    np.testing.assert_allclose(left, right, rtol=1e-8, atol=1e-8 * max(float(np.max(np.abs(scale))), 1.0))


@examples(16)
@given(scenarios())
def test_tonnes_and_money_close_in_the_ledger(made):
    run = market(*made)
    ledger, rows = run.ledger, run.ledger.rows
    assert all(np.isfinite(values).all() for values in everything(ledger).values())
    kt, price, freight, subsidy = (ledger.sales[name] for name in SALE_COLUMNS)
    assert (kt >= 0).all() and (price[kt == 0] == 0).all() and (subsidy[kt == 0] == 0).all()
    origin, country = rows["origin"].to_numpy(), rows["country"].to_numpy()
    flows = {
        name: states(ledger, f"{name}_kt")
        for name in ("opening", "harvest", "own_use", "home_use", "imports", "exports", "closing")
    }
    for place in run.scenario.origins:
        account = {name: flow[place] for name, flow in flows.items()}
        left = account["opening"] + account["harvest"] + account["imports"]
        close(left, account["own_use"] + account["home_use"] + account["exports"] + account["closing"], left)
        assert same_bits(account["opening"][1:], account["closing"][:-1]) and (account["closing"] >= -1e-9).all()
        close(account["exports"], rows_of(ledger, origin == place, country != place)["kt"])
        close(account["imports"], rows_of(ledger, origin != place, country == place)["kt"])
        close(account["home_use"], rows_of(ledger, country == place)["kt"])
    # No buyer of tenders takes more than demand at the dearest price it pays, none pays above its choke price.
    choke, slope = states(ledger, "choke_cad_t"), states(ledger, "slope_cad_t_kt")
    period = rows["period"].to_numpy()
    for name, top in choke.items():
        buyer, grade = name.split(":")
        mine = (rows["buyer"] == buyer).to_numpy() & (rows["grade"] == grade).to_numpy() & ~rows["agreement"].to_numpy()
        landed = np.where(kt[mine] > 0, price[mine] + freight[mine], -np.inf)
        assert (landed <= top[period[mine]] * (1 + 1e-9)).all()
        bought = rows_of(ledger, mine)["kt"]
        assert (bought <= top / np.where(top > 0, slope[name], 1.0) * (1 + 1e-9) + 1e-9).all()


@examples(16)
@given(scenarios())
def test_a_subsidy_is_its_rate_times_its_tonnes_and_no_budget_is_exceeded(made):
    run = market(*made)
    ledger, scenario, rows = run.ledger, run.scenario, run.ledger.rows
    spent, shipped = states(ledger, "programme_spend_cad_k"), states(ledger, "programme_kt")
    abroad = (rows["origin"] != rows["country"]).to_numpy() & ~rows["agreement"].to_numpy()
    granted = {"eep": scenario.eep, "restitution": scenario.restitution}
    payers = {name: [name] for name in granted} | {f"export_subsidy_{place}": [] for place in scenario.export_subsidies}
    close(sum(spent.values()), rows_of(ledger)["subsidy"], rows_of(ledger)["price"])
    for name in payers:
        rules = granted.get(name)
        if name in granted and rules is None:
            assert not spent[name].any() and not shipped[name].any()
            continue
        label = name if name in spent else next(each for each in spent if each.endswith(name.rsplit("_", 1)[-1]))
        place = rules.origin if rules is not None else name.removeprefix("export_subsidy_")
        mine = (rows["origin"] == place).to_numpy() & abroad
        close(spent[label], rows_of(ledger, mine)["subsidy"], rows_of(ledger, mine)["price"])
        assert (shipped[label] <= rows_of(ledger, mine)["kt"] + 1e-9).all()
    if scenario.eep is not None:
        tonnage = np.max(run.value(scenario.eep.tonnage_kt))
        assert (shipped["eep"].sum(axis=0) <= tonnage * (1 + 1e-9)).all()
        usd = states(ledger, "exchange")["cad_per_usd"]
        if scenario.eep.budget_usd_million is not None:
            assert (
                (spent["eep"] / usd).sum(axis=0) <= 1000 * np.max(run.value(scenario.eep.budget_usd_million)) + 1e-6
            ).all()
        ours = (rows["origin"] == scenario.eep.origin).to_numpy() & abroad
        ceiling = np.max(run.value(scenario.eep.max_bonus_usd_t)) * usd[rows["period"].to_numpy()[ours]]
        assert (ledger.sales["subsidy_cad_t"][ours] <= ceiling * (1 + 1e-9)).all()


@examples(16)
@given(scenarios())
def test_pools_and_deliveries_close(made):
    run = market(*made)
    ledger, scenario, rows = run.ledger, run.scenario, run.ledger.rows
    last = states(ledger, "farm_stock_kt")
    assert all((kt >= -1e-9).all() for kt in last.values())
    for name, board in scenario.boards.items():
        mine = (rows["seller"] == name).to_numpy()
        months = (
            np.arange(len(ledger.periods))[:, None]
            < board.pool_year_end_month * scenario.calendar.periods_per_year // 12
        )
        delivered, bought = states(ledger, "delivered_kt")[name], states(ledger, "cash_bought_kt")[name]
        pooled = sum(states(ledger, "farm_pooled_kt")[group] for group in board.growers)
        close(delivered, pooled)
        failed, called = states(ledger, "delivery_failure_kt")[name], states(ledger, "called_kt")[name]
        assert (failed >= 0).all() and (failed <= called + 1e-9).all() and (called - failed <= delivered + 1e-9).all()
        sold = rows_of(ledger, mine)["kt"]
        stock = run.boards[name].desk.stock_kt
        held = stock - (delivered + bought - sold).sum(axis=0)  # what it opened with
        assert (held >= -1e-6).all() and (stock >= 0).all()
        missed, promised = states(ledger, "missed_kt")[name], states(ledger, "agreed_kt")[name]
        assert (missed >= -1e-9).all() and (missed <= promised + 1e-9).all()
        cost = states(ledger, "board_cost_cad_k")[name]
        close(cost, board.cost_cad_t * sold + states(ledger, "compensation_cad_k")[name], cost)
        costs = 0.0
        for pool in ("feed", "malting"):
            part = {
                each: states(ledger, f"pool_{each}")[f"{name}:{pool}"][0]
                for each in ("kt", "receipts_cad_k", "costs_cad_k", "initial_cad_k", "final_cad_k", "deficit_cad_k")
            }
            sums = rows_of(ledger, mine, (rows["pool"] == pool).to_numpy())
            revenue = ((sums["price"] + sums["subsidy"]) * months).sum(axis=0)
            close(part["receipts_cad_k"], revenue, revenue)
            cash = (states(ledger, "cash_sold_kt")[name] * months).sum(axis=0) if pool == "feed" else 0.0
            close(part["kt"], (sums["kt"] * months).sum(axis=0) - cash, sums["kt"])
            paid = part["initial_cad_k"] + part["final_cad_k"] - part["deficit_cad_k"]
            close(paid, part["receipts_cad_k"] - part["costs_cad_k"], revenue)
            assert (np.minimum(part["final_cad_k"], part["deficit_cad_k"]) == 0).all()
            costs = costs + part["costs_cad_k"]
        grain = (states(ledger, "cash_sold_cost_cad_k")[name] * months).sum(axis=0)
        close(costs, (cost * months).sum(axis=0) + grain, cost)
    covered = sum(guarantor.paid_cad_k for guarantor in run.guarantors.values()) if run.guarantors else np.zeros(DRAWS)
    deficits = ledger.states["pool_deficit_cad_k"].values[0].sum(axis=0) if scenario.boards else np.zeros(DRAWS)
    close(covered, deficits)
