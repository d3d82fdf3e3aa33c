"""A second market by YAML alone: milk powder speaks of itself, adds up, moves the right way; a third in miniature."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import run_market
from html_page import Page
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from typer.testing import CliRunner

from sim.calendar import Timeline
from sim.cli import app
from sim.figures import KINDS, tables_kept
from sim.measures import summary
from sim.motion.script import moments
from sim.motion.stage import Stage
from sim.reports.gather import gather
from sim.reports.page import page_of
from sim.scenario import load
from sim.shipped import scenario_path, shipped_names
from sim.store import find_run
from sim.wording import pool_word, season, words

ROOT = Path(__file__).parents[1]
FAMILY = ("dairy_board", "dairy_open_sellers", "dairy_no_refunds")
YEARS = (
    "calendar.start=1986/87",
    "calendar.crop_years=3",
)  # both programmes on; the refunds are cut in the last season
CAST = re.compile(
    r"barley|\bcanad|\bcwb\b|wheat|\bEEP\b|export enhancement|japan|malt|prairie|\bfeed\b|feeders|(?<![A-Z])C\\?\$"
    r"|August-July|\bgrain\b|\bcorn\b|the study|restitution",
    re.IGNORECASE,
)
"""Words of the barley market and of its study; none of them is in the dairy scenarios but as a key."""


def read(text: str) -> set[str]:
    """What of the barley market a text mentions."""
    return {found[0] for found in CAST.finditer(text)}


@pytest.fixture(scope="module")
def markets():
    """Ledgers of the three shipped dairy scenarios, on the same draws."""
    sets = (*YEARS, "draws=2")
    return {name: run_market(scenario_path(name), draws=2, seed=1, sets=sets) for name in FAMILY}


@pytest.fixture(scope="module")
def measured(markets):
    return {name: summary(market.ledger).bands() for name, market in markets.items()}


def mean(frame, table, column):
    """Mean over draws and crop years of a measure."""
    rows = frame[(frame["table"] == table) & (frame["column"] == column)]
    assert len(rows), (table, column)
    return float(rows["mean"].mean())


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Folder with a run of the board's market and a comparison with its end, as the commands save them; and outputs."""
    out = tmp_path_factory.mktemp("dairy")
    sets = [each for pair in YEARS for each in ("--set", pair)]
    outputs = {}
    for name, command in {
        "run": ["run", "dairy_board", "--json"],
        "compare": ["compare", "dairy_board", "dairy_open_sellers"],
    }.items():
        done = CliRunner().invoke(app, [*command, "--draws", "2", "--out", str(out), *sets], env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        outputs[name] = done.stdout
    return out, outputs


@pytest.mark.parametrize("name", FAMILY)
def test_it_loads_without_a_warning_and_without_the_barley_tables(name):
    loaded = load(scenario_path(name))
    assert loaded.warnings == []
    assert loaded.resolved["data"] == []
    assert "llustrative" in loaded.scenario.title + loaded.scenario.description
    source = scenario_path(name).read_text(encoding="utf-8")
    assert set(re.findall(r"extends: (\S+)", source)) <= {"dairy_board.yaml"}


def test_a_season_begins_in_june():
    line = load(scenario_path("dairy_board")).timeline
    assert line.month_of_period[0] == "1980-06" and line.month_of_period[11] == "1981-05"
    assert season(load(scenario_path("dairy_board")).resolved) == "June-May"
    on = Timeline.build("1980/81", 2, 12, first_month=6).within("1980-12", "1981-06")
    assert np.flatnonzero(on).tolist() == list(range(6, 13))
    assert season({"calendar": {"first_month": 1}}) == "January-December"


def test_the_books_add_up(markets):
    ledger = markets["dairy_board"].ledger
    receipts, costs, initial, final, deficit, kt = (
        ledger.states[f"pool_{item}"].values
        for item in ("receipts_cad_k", "costs_cad_k", "initial_cad_k", "final_cad_k", "deficit_cad_k", "kt")
    )
    assert kt.sum() > 0
    np.testing.assert_allclose(receipts - costs, initial + final - deficit, rtol=0, atol=1e-6 * receipts.max())
    rows, sold = ledger.rows, ledger.sales["kt"]
    mine = (rows["seller"] == "dairy_board").to_numpy()
    price = ledger.sales["price_cad_t"]
    np.testing.assert_allclose((sold[mine] * price[mine]).sum(axis=0), receipts.sum(axis=(0, 1)), rtol=1e-9)
    np.testing.assert_allclose(sold[mine].sum(axis=0), kt.sum(axis=(0, 1)), rtol=1e-9)


def test_nobody_pays_above_the_choke_price_or_gets_less_than_nothing(markets):
    for market in markets.values():
        rows, sales = market.ledger.rows, market.ledger.sales
        landed = sales["price_cad_t"] + sales["freight_cad_t"]
        assert (sales["price_cad_t"][sales["kt"] > 0] > 0).all()
        # price 1,150 US$/t at an elasticity of 3 ends at 1,533 US$/t, with freight and luck about 2,900 NZ$/t
        nigeria = (rows["buyer"] == "nigeria").to_numpy()
        assert nigeria.any() and landed[nigeria].max() < 3400


def test_the_board_tells_markets_apart_and_open_sellers_do_not(measured):
    pair = "new_zealand:regular:southeast_asia-africa"
    gap = {name: mean(frame, "price_gap", pair) for name, frame in _gaps(measured).items()}
    assert gap["dairy_board"] > 200
    assert abs(gap["dairy_open_sellers"]) < 60
    instant = {n: mean(f, "origin_price", "new_zealand:southeast_asia:instant") for n, f in measured.items()}
    regular = {n: mean(f, "origin_price", "new_zealand:southeast_asia:regular") for n, f in measured.items()}
    assert instant["dairy_board"] - regular["dairy_board"] > 250
    cost = 150  # what instant powder costs more: all that competition leaves of the premium
    assert instant["dairy_open_sellers"] - regular["dairy_open_sellers"] == pytest.approx(cost, abs=40)
    revenue = {n: mean(f, "producers", "new_zealand:producer_revenue_million_cad") for n, f in measured.items()}
    assert revenue["dairy_open_sellers"] < revenue["dairy_board"]


def _gaps(measured):
    """Gaps with Southeast Asia first, whichever way round they are stored."""
    turned = {}
    for name, frame in measured.items():
        back = frame["column"] == "new_zealand:regular:africa-southeast_asia"
        frame = frame.assign(mean=frame["mean"].where(~back, -frame["mean"]))
        turned[name] = frame.assign(column=frame["column"].where(~back, "new_zealand:regular:southeast_asia-africa"))
    return turned


def test_without_refunds_the_world_price_is_higher_and_the_community_ships_less(measured):
    for table, column in (
        ("origin_price", "new_zealand:africa:regular"),
        ("origin_price", "new_zealand:latin_america:regular"),
        ("producers", "new_zealand:feed_price_cad_t"),
    ):
        prices = [mean(measured[name], table, column) for name in ("dairy_board", "dairy_no_refunds")]
        assert prices[1] > prices[0] + 20, column
    frame = measured["dairy_board"]
    rate = frame[(frame["table"] == "programme_tonnes") & (frame["column"] == "restitution")].set_index("row")["mean"]
    assert rate["1988/89"] < 0.85 * rate["1987/88"]  # the cut


def test_its_figures_speak_of_milk_powder(saved):
    out, _ = saved
    for stored in (find_run("dairy_board", out), find_run("compare-dairy_board-dairy_open_sellers", out)):
        kind = KINDS[stored.manifest["kind"]]
        frames = {name: stored.frame(name) for name in tables_kept(stored.manifest["kind"], stored.manifest)}
        drawn, said = 0, ""
        for name, function in kind.figures.items():
            figure = function(frames, stored.manifest)
            if figure is None:
                continue
            FigureCanvasAgg(figure).draw()
            texts = " | ".join(text.get_text() for text in figure.findobj(Text))
            assert read(texts) == set(), name
            drawn, said = drawn + 1, said + texts
        assert drawn >= 2
        assert "NZ\\$" in said
        if stored.manifest["kind"] == "run":
            assert "milk powder" in said and "Crop year (June-May)" in said and "New Zealand dairy board" in said


def test_its_film_begins_in_june(saved):
    stored = find_run("dairy_board", saved[0])
    frames = {name: stored.frame(name) for name in ("series", "ledger")}
    shown = moments(frames["series"], "1986/87", "month", 6)
    assert (shown[0].title, shown[-1].title) == ("June 1986", "May 1987")
    stage = Stage(frames, stored.manifest, shown[:3])
    stage.show(shown[2])
    assert read(" | ".join(text.get_text() for text in stage.figure.findobj(Text))) == set()


def test_its_tables_and_screens_speak_of_milk_powder(saved):
    out, outputs = saved
    assert read(outputs["compare"]) == set()
    assert "NZ$" in outputs["compare"] and "Regular price" in outputs["compare"]
    stored = find_run("dairy_board", out)
    for path in stored.path.glob("tables/*.csv"):
        assert not {each.lower() for each in read(path.read_text(encoding="utf-8"))} - {
            "restitution",
            "eep",
            "feed",
            "malt",
        }, path.name  # keys of programmes and pools
    assert not list(stored.path.glob("tables/table*.csv"))  # the study's tables: of another market


def test_its_json_has_no_measure_of_the_study(saved):
    lines = json.loads(saved[1]["run"])["summary"]
    assert not {line["table"] for line in lines} & {"table1", "table3", "table4", "reference_price"}
    names = {part for line in lines for part in re.split(r"[:\-]", line["column"])}
    keys = {"restitution", "eep", "feed", "malt"}  # of programmes and pools
    assert read(" | ".join(names)) <= keys


def test_its_report_speaks_of_milk_powder(saved, monkeypatch):
    out, _ = saved
    monkeypatch.setattr("sim.reports.page.pictures", lambda _shown: iter(()))  # figures have a test of their own
    shown, _ = gather(["dairy_board", "compare-dairy_board-dairy_open_sellers"], out)
    html = page_of(shown)
    told = html[: html.index('id="scenario"')]  # after it stand the scenario's keys
    page = Page(re.sub(r"<script.*?</script>", "", told, flags=re.DOTALL))
    assert read(page.text) == set()
    assert "NZ$" in page.text and "sells regular milk powder through a single desk" in page.text
    assert 'id="study"' not in told


def test_a_report_refuses_results_in_different_money(saved, tmp_path):
    out, _ = saved
    path = tmp_path / "tea.yaml"
    path.write_text(THIRD, encoding="utf-8")
    assert CliRunner().invoke(app, ["run", str(path), "--out", str(out)]).exit_code == 0
    page = tmp_path / "both.html"
    done = CliRunner().invoke(app, ["report", "dairy_board", "tea", "--out", str(out), "--to", str(page)])
    assert done.exit_code == 2 and "NZ$ and Rs" in done.output and not page.exists()


def test_its_dashboard_speaks_of_milk_powder():
    from sim.dashboard.levers import levers_of
    from sim.dashboard.pictures import PICTURES, told

    loaded = load(scenario_path("dairy_board"))
    texts = [f"{each.title} | {each.help} | {each.unit} | {each.choices}" for each in levers_of(loaded)]
    texts += [told(picture, loaded.resolved) for picture in PICTURES]
    titles = re.sub(r"'[a-z_]+'", "", " | ".join(texts))  # without the values of choices, which are keys
    assert read(titles) == set()
    assert "Who may sell milk powder from New Zealand" in titles and "NZ$ per US$" in titles


THIRD = """
title: Tea of one hill
calendar: {start: 2001/02, first_month: 3, crop_years: 2}
wording: {commodity: tea, feeders: villages, cad: Rs, own_use: seed}
money: {cad_per_usd: 45, usd_per_ecu: 1}
shocks: {yield_sd: 0, demand_sd: 0, corn_sd: 0, exchange_sd: 0, freight_sd: 0}
grades: {leaf: {title: Leaf, pool: feed}}
markets: {port: {title: Port Saint}, hills: {title: Hills}}
origins:
  hills:
    {title: Hills, harvest_month: 1, production_kt: 100, opening_stock_kt: 10, carryover_kt: 10, own_use_kt: 2,
     fob_cost_usd_t: 5}
freight_usd_t: {hills: {port: 10}}
growers: {gardens: {origin: hills, share: 1}}
exporters: {carters: {title: Carters, origin: hills, commercial_kt: 100}}
importers:
  harbour:
    {title: Harbour, market: port, region: port, demand: {leaf: {price: 800, quantity_kt: 60, elasticity: 2}}}
feeders:
  villages:
    {title: Villages, market: hills, region: villages, origin: hills,
     demand: {leaf: {price: 34000, currency: cad, quantity_kt: 40, elasticity: 1}}}
"""


def test_a_third_market_without_a_board_says_nothing_of_the_others(tmp_path):
    path = tmp_path / "tea.yaml"
    path.write_text(THIRD, encoding="utf-8")
    loaded = load(path)
    assert loaded.warnings == []
    assert pool_word(loaded.resolved, "feed") == "leaf"
    done = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out")], env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    assert read(done.stdout) == set() and "Rs/t" in done.stdout and "tea" in done.stdout
    stored = find_run("tea", tmp_path / "out")
    frames = {name: stored.frame(name) for name in tables_kept("run", stored.manifest)}
    for name, function in KINDS["run"].figures.items():
        figure = function(frames, stored.manifest)
        if figure is not None:
            FigureCanvasAgg(figure).draw()
            assert read(" | ".join(text.get_text() for text in figure.findobj(Text))) == set(), name
    sold = frames["ledger"]["kt"].sum() / 2
    assert sold == pytest.approx(98, rel=0.12)  # the crop less own use; stocks take the rest


def test_words_leave_the_usual_ones_alone():
    assert words({}) is str
    say = words({"wording": {"cad": "NZ$"}, "calendar": {"first_month": 6}})
    assert say("C$5/t of US$3, ECU, August-July, C\\$/t") == "NZ$5/t of US$3, ECU, June-May, NZ$/t"
    assert say("Of each dollar spent 7 cents stay") == "Of each dollar spent 7 cents stay"  # NZ$ are dollars too
    rupees = words({"wording": {"cad": "Rs"}})
    assert rupees("Of each dollar spent 7 cents stay") == "Of each Rs 1 spent 7 hundredths stay"
    assert rupees("Per dollar spent, cents of a dollar spent") == "Per Rs 1 spent, hundredths of Rs 1 spent"
    assert rupees("a dollar programme") == "a dollar programme"
    swapped = words({"wording": {"cad": "US$", "usd": "C$", "ecu": "C$"}})
    assert swapped("C$1 US$2 3 ECU") == "US$1 C$2 3 C$"


ALLOWED = {  # where a name of the barley market may stand, and why
    "sim/experiments/study_priors.py": "inputs of the study's own models, which are of western Canadian barley",
    "sim/study_segments.py": "segments of the study's own models",
    "sim/figures/study.py": "figures of the study's own models",
    "sim/verbs/reconstruct.py": "infers the study's segments from its Table 2",
    "sim/figures/__init__.py": "japan_gap: name of a figure of the study's own models",
}
ORDINARY = {"company"}
"""Names of the shipped scenarios that are also words."""


def literals(path: Path):
    """String constants of a file but its docstrings and attribute docstrings, with their lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


def cast_of_barley() -> set[str]:
    """Names and titles of everybody and every place in the shipped barley scenarios."""
    found: set[str] = set()
    sections = ("origins", "markets", "growers", "boards", "exporters", "state_importers", "importers", "maltsters")
    roots = [name for name in shipped_names() if "extends:" not in scenario_path(name).read_text(encoding="utf-8")]
    for name in (*roots, "weekly"):
        resolved = load(scenario_path(name)).resolved
        if resolved["wording"]["commodity"] != "barley":
            continue
        companies = resolved["traders"]["companies"]
        for entries in (
            *(resolved.get(each) or {} for each in sections),
            companies,
            resolved["treasuries"]["guarantors"],
        ):
            for key, entry in entries.items():
                found |= {key, str(entry.get("title") or key)}
    return found


def test_nobody_of_the_barley_market_is_named_in_code():
    names = {name.lower().replace("_", " ") for name in cast_of_barley()} - {"us", "eu"} - ORDINARY
    assert {"canada", "cwb", "japan food agency"} <= names
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![a-z])")
    found = []
    for path in sorted([*(ROOT / "sim").rglob("*.py"), *(ROOT / "agents").rglob("*.py")]):
        if str(path.relative_to(ROOT)) in ALLOWED:
            continue
        for line, text in literals(path):
            plain = text.lower().replace("_", " ")
            if hit := pattern.search(plain):
                found.append(f"{path.relative_to(ROOT)}:{line}: {hit[0]} in {text[:60]!r}")
    assert found == []
