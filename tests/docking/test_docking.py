"""The agents against closed forms, an independent solver and the study's own models."""

from pathlib import Path

import closed_forms as forms
import numpy as np
import pytest
from cases import (
    CASES,
    GRANTS,
    ORIGINS,
    PLACES,
    TRADERS,
    A,
    C,
    flows,
    gain,
    price_taking_traders,
    spatial_problem,
    traders,
)  # fmt: skip
from page import NUMBERS, PAGE, case_rows, numbers_in, printed, table_after, trader_rows, year_rows
from play import play
from reconstructed import YEARS, year
from ruamel.yaml import YAML
from typer.testing import CliRunner

import sim.cli
from sim.experiments.ensemble import run_chunk
from sim.scenario import load

FOLDER = Path(__file__).parent
SCENARIOS = sorted(FOLDER.glob("*.yaml"))
WITHIN = 1e-3  # a tenth of what is asked for


@pytest.mark.parametrize("name", CASES)
def test_agents_reach_the_closed_form(name):
    for line in CASES[name]():
        assert line.error < WITHIN, f"{line.scenario}, {line.what}: {line.agents} instead of {line.closed} {line.unit}"


def test_the_subsidy_war_is_a_prisoners_dilemma():
    peace, war = play("duopoly"), play("subsidy_war")
    for origin in ("home", "abroad"):
        assert gain(war, origin) < 0.75 * gain(peace, origin)
    # Whoever gives in alone loses still more: the other's subsidy is the reason for one's own.
    stated = f"export_subsidies.abroad.rate_cad_t.world={forms.war_subsidy(A, C)}"
    gives_in = play("subsidy_war", stated, "export_subsidies.abroad.search=null", "export_subsidies.home=null")
    assert gain(gives_in, "home") < 0.95 * gain(war, "home")
    assert gain(gives_in, "abroad") > gain(peace, "abroad")


def test_the_initial_payment_is_the_subsidy_without_a_treasury():
    lowered, subsidised = play("initial_payment"), play("export_subsidy")
    for firm in ("home_firm", "foreign_firm"):
        assert lowered.get("seller_tonnes", firm) == pytest.approx(subsidised.get("seller_tonnes", firm), rel=WITHIN)
    assert gain(lowered, "home") == pytest.approx(gain(subsidised, "home"), rel=WITHIN)
    assert lowered.get("taxpayers", "home") == 0 < subsidised.get("taxpayers", "home")


@pytest.mark.parametrize(("name", "grant"), [("spatial", {}), ("spatial_subsidised", GRANTS)])
def test_no_lane_pays_more_than_it_costs(name, grant):
    run = play(name)
    (_, _, freight, cost, rise, capacity, grants), _ = spatial_problem(run, grant)
    sold, price = flows(run), run.row("landed_price", PLACES)
    net = price - freight + grants
    for i in range(len(ORIGINS)):
        marginal = cost[i] + rise[i] * sold[i].sum()
        worth = net[i][sold[i] > 1].mean()  # what a tonne brings where any is sold: the scarcity of a full capacity too
        full = sold[i].sum() > capacity[i] - 1
        assert worth >= marginal - 0.01 if full else worth == pytest.approx(marginal, abs=0.01)
        np.testing.assert_allclose(net[i][sold[i] > 1], worth, atol=0.01)
        assert (net[i][sold[i] <= 1] <= worth + 0.01).all()


def test_the_gap_between_markets_closes_as_traders_become_many():
    gaps = [next(line.agents for line in traders(n) if "gap" in line.what) for n in TRADERS]
    assert all(later < 0.75 * earlier for earlier, later in zip(gaps, gaps[1:], strict=False))
    assert gaps[-1] < 0.1 * gaps[0]
    assert all(price_taking_traders(n)[0].agents < 0.01 for n in (1, 8))


def test_every_draw_reaches_its_own_equilibrium():
    """Demand differs by draw and year: its slope moves, its choke price does not."""
    run = play("cournot", "shocks.demand_sd=0.1", draws=3)
    label = run.ledger.states["slope_cad_t_kt"].labels.index("world:feed")
    slope = run.ledger.states["slope_cad_t_kt"].values[-1, label] / 12  # of a month's tonnes -> of a year's
    assert len(np.unique(slope)) == 3
    rows = run.ledger.rows
    last = ((rows["period"] == rows["period"].max()) & (rows["seller"] == "firm")).to_numpy()
    for draw, b in enumerate(slope):  # the last month: each August the sellers have to find the new year's demand
        price, kt = forms.cournot(A, b, [C] * 4)
        assert 12 * run.ledger.sales["kt"][last, draw][0] == pytest.approx(kt[0], rel=WITHIN)
        assert run.ledger.sales["price_cad_t"][last, draw][0] == pytest.approx(price, rel=WITHIN)
    alone = play("cournot", "shocks.demand_sd=0.1")
    assert alone.get("seller_tonnes", "firm") == run.get("seller_tonnes", "firm")


def random_problem(seed, conduct):
    """Three sellers and four markets; half of the sellers have a capacity, half a rising cost."""
    luck = np.random.default_rng(seed)
    sellers, markets = range(3), range(4)
    a = luck.uniform(120, 300, 4)
    b = a / luck.uniform(500, 5000, 4)
    freight, cost = luck.uniform(5, 50, (3, 4)), luck.uniform(20, 60, 3)
    rise = np.where(luck.random(3) < 0.5, luck.uniform(0.005, 0.05, 3), 0.0)
    capacity = np.where(luck.random(3) < 0.5, luck.uniform(300, 3000, 3), np.inf)
    demands = [
        {"feed": {"currency": "cad", "intercept": float(x), "slope": float(y)}} for x, y in zip(a, b, strict=True)
    ]
    scenario = {
        "extends": str(FOLDER / "shared" / "still.yaml"),
        "title": "Random spatial problem",
        "calendar": {"crop_years": 30},
        "markets": {f"m{j}": {"title": f"Market {j}"} for j in markets},
        "origins": {f"o{i}": {"title": f"Origin {i}"} for i in sellers},
        "freight_usd_t": {f"o{i}": {f"m{j}": float(freight[i, j]) for j in markets} for i in sellers},
        "importers": {
            f"m{j}": {"title": f"Market {j}", "market": f"m{j}", "region": f"m{j}", "demand": demands[j]}
            for j in markets
        },
        "sellers": {
            f"s{i}": {
                "title": f"Seller {i}", "origin": f"o{i}", "conduct": conduct, "cost_cad_t": float(cost[i]),
                "cost_slope_cad_t_kt": float(rise[i]),
                **({"capacity_kt": float(capacity[i])} if np.isfinite(capacity[i]) else {}),
            }
            for i in sellers
        },
    }  # fmt: skip
    theta = float(conduct == "cournot")
    return scenario, forms.spatial(a, b, freight, cost, rise, capacity, np.zeros((3, 4)), theta)


@pytest.mark.parametrize("conduct", ["cournot", "price_taker"])
@pytest.mark.parametrize("seed", [1, 4, 7])
def test_random_problems_against_the_solver(seed, conduct, tmp_path):
    scenario, (known, price) = random_problem(seed, conduct)
    path = tmp_path / "random.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(scenario, file)
    ledger = run_chunk(load(path), draws=1)
    sales = ledger.to_pandas()
    sales = sales[sales["crop_year"] == ledger.crop_years[-1]]
    kt = sales.groupby(["seller", "market"])["kt"].sum().unstack(fill_value=0.0)
    sold = kt.reindex([f"s{i}" for i in range(3)]).reindex(columns=[f"m{j}" for j in range(4)]).fillna(0.0).to_numpy()
    worth = (sales["price_cad_t"] + sales["freight_cad_t"]) * sales["kt"]
    paid = worth.groupby(sales["market"]).sum() / sales.groupby("market")["kt"].sum()
    np.testing.assert_allclose(paid.to_numpy(), price, rtol=WITHIN)
    np.testing.assert_allclose(sold, known, atol=WITHIN * known.sum())


@pytest.mark.slow
@pytest.mark.parametrize("name", YEARS)
def test_the_study_year_by_year(name):
    found = year(name)
    assert max(found.desk_error_cad_t, found.many_error_cad_t) < 0.05
    assert found.price_share < WITHIN and found.tonnes_share < 2 * WITHIN
    np.testing.assert_allclose(found.agents[:3], found.study[:3], atol=0.05)  # C$/t
    assert found.agents[3] == pytest.approx(found.study[3], abs=0.5)  # million C$


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenarios_run_from_the_command_line(path, tmp_path):
    few = ["--set", "calendar.crop_years=1", "--out", str(tmp_path)]
    result = CliRunner().invoke(sim.cli.app, ["run", str(path), *few])
    assert result.exit_code == 0, result.output
    shown = " ".join(result.output.split())
    own = load(path).scenario
    assert f"Prices of {own.wording.commodity} from" in shown
    assert ("Sales by seller (kt)" in shown) == bool(own.sellers)
    assert ("Landed prices by market (C$/t)" in shown) == (path.stem != "reconstructed")
    assert ("Sales by origin and market (kt)" in shown) == (len(own.origins) > 1)


@pytest.mark.slow
def test_the_page_shows_what_the_agents_do():
    text = PAGE.read_text(encoding="utf-8")
    for heading, rows in (("cases", case_rows()), ("traders", trader_rows()), ("years", year_rows())):
        shown = table_after(text, heading)
        assert len(shown) == len(rows), heading
        for line, row in zip(shown, rows, strict=True):
            wanted = printed(row)
            assert NUMBERS.sub("#", line) == NUMBERS.sub("#", wanted), heading
            for number, known in zip(numbers_in(line), numbers_in(wanted), strict=True):
                last_digit = 10.0 ** -len(known.partition(".")[2])
                assert float(number) == pytest.approx(float(known), abs=1.001 * last_digit), f"{line}\n{wanted}"
