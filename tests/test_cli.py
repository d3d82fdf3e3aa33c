"""The command: exit codes, JSON, files, and nothing written for bad input."""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from fake_ledger import fake_loaded, simulate
from saved_runs import rewrite_manifest
from typer.testing import CliRunner

import sim.cli
import sim.guard
from sim.checks import IdentityError, NotComputable
from sim.experiments.ensemble import run_ensemble
from sim.figures import KINDS
from sim.scenario import load, write_yaml
from sim.shipped import scenario_path
from sim.store import open_run, sha256

TINY = Path(__file__).parent / "scenarios" / "tiny.yaml"
ROOT = Path(__file__).parents[1]
TABLES = {"prices", "tonnes", "price_gaps", "subsidy_rates", "subsidy_spending", "pool_returns", "producers"}


BUYS = {"demand": {"feed": {"price": 90, "quantity_kt": 5000, "elasticity": 0.5}}, "region": "home"}
COMPLETE = {  # what the made-up market leaves out and a scenario file must say
    "feeders": {
        "feeders": {"title": "Feeders", "market": "canada", "origin": "canada", **BUYS},
        "us_feeders": {"title": "US feeders", "market": "united_states", "origin": "united_states", **BUYS},
    },
    "traders": {"companies": {"trader_a": {"title": "Trader A", "origins": ["canada"]}}},
    "marketing": {"canada": {}},
    "events": [{"from": "1985-05", "to": "1987-07", "tender": {"format": "pay_as_bid"}}],
}


def scenario_text(**changes: object) -> str:
    return write_yaml(fake_loaded(**{**COMPLETE, **changes}).resolved)


def call(*arguments: object):
    return CliRunner().invoke(sim.cli.app, [str(a) for a in arguments])


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty working folder with two scenario files for the made-up market."""
    for name, title in (("made_up", "A small made-up market"), ("other", "Other")):
        (tmp_path / f"{name}.yaml").write_text(scenario_text(title=title))
    (tmp_path / "bad.yaml").write_text("title: Bad\nextends: made_up.yaml\nseed: -1\ngrdes: {}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def fake_market(monkeypatch):
    """The made-up ledger in place of the market."""
    import sim.verbs.compare
    import sim.verbs.run

    fake = functools.partial(run_ensemble, simulate=simulate)
    monkeypatch.setattr(sim.verbs.run, "run_ensemble", fake)
    monkeypatch.setattr(sim.verbs.compare, "run_ensemble", fake)


def replace_market(monkeypatch, failure: BaseException) -> None:
    import sim.verbs.run

    def broken(*_args, **_kwargs):
        raise failure

    monkeypatch.setattr(sim.verbs.run, "run_ensemble", broken)


def listing(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): sha256(p) if p.is_file() else "" for p in sorted(folder.rglob("*"))}


def only_run(folder: Path) -> Path:
    (run,) = folder.iterdir()
    return run


# --- run


def test_run_saves_everything_and_prints_tables(place, fake_market):
    result = call("run", "made_up.yaml", "--draws", 4, "--seed", 5)
    assert result.exit_code == 0, result.output
    assert "Prices of barley from Western Canada" in result.stdout and "Japan less Other offshore" in result.stdout
    run = only_run(place / "results" / "made_up")
    manifest = json.loads((run / "run.json").read_text())
    assert (manifest["draws"], manifest["seed"], manifest["stem"]) == (4, 5, "made_up")
    assert {"python", "numpy", "pandas", "mesa", "singledesk"} <= manifest["versions"].keys()
    assert {"started", "wall_seconds", "command", "warnings", "scenario_hash"} <= manifest.keys()
    on_disk = {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()} - {"run.json"}
    assert set(manifest["files"]) == on_disk
    assert all(sha256(run / name) == entry["sha256"] for name, entry in manifest["files"].items())
    assert {p.stem for p in (run / "tables").glob("*.csv")} >= TABLES
    figures = {p.stem for p in (run / "figures").iterdir()}
    assert {"prices", "price_gaps", "sales", "subsidies"} <= figures <= set(KINDS["run"].saved)
    assert {"mean", "p05", "p25", "p50", "p75", "p95"} <= set(pd.read_parquet(run / "summary.parquet").columns)
    assert not (run / "ledger_draws.parquet").exists()


def test_run_json_is_json_and_nothing_else(place, fake_market):
    result = call("run", "made_up.yaml", "--draws", 2, "--json")
    content = json.loads(result.stdout)
    assert content["draws"] == 2 and Path(content["folder"]).name == content["run_id"]
    assert {"table", "row", "column", "unit", "mean", "p05", "p95"} <= content["summary"][0].keys()


def test_results_do_not_depend_on_chunks(place, fake_market):
    frames = []
    for number, chunk in enumerate((1, 3, 250)):
        assert call("run", "made_up.yaml", "--draws", 5, "--chunk", chunk, "--out", number).exit_code == 0
        frames.append(only_run(place / str(number) / "made_up"))
    for name in ("summary.parquet", "series.parquet", "ledger.parquet", "tables/prices.csv"):
        assert len({sha256(folder / name) for folder in frames}) == 1, name


def test_whole_draws_on_request(place, fake_market):
    assert call("run", "made_up.yaml", "--draws", 3, "--save-draws", "--chunk", 2).exit_code == 0
    table = pd.read_parquet(only_run(place / "results" / "made_up") / "ledger_draws.parquet")
    assert sorted(table["draw"].unique()) == [0, 1, 2]


def test_set_changes_the_scenario(place, fake_market):
    result = call("run", "made_up.yaml", "--set", "draws=3", "--set", "shocks.yield_sd=0.2", "--json")
    assert json.loads(result.stdout)["draws"] == 3
    manifest = open_run(only_run(place / "results" / "made_up")).manifest
    assert manifest["scenario"]["shocks"]["yield_sd"] == 0.2


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "bad.yaml"],
        ["run", "missing.yaml"],
        ["run", "."],
        ["run", "made_up.yaml", "--draws", "0"],
        ["run", "made_up.yaml", "--draws", "many"],
        ["run", "made_up.yaml", "--seed", "-1"],
        ["run", "made_up.yaml", "--jobs", "0"],
        ["run", "made_up.yaml", "--chunk", "0"],
        ["run", "made_up.yaml", "--out", "made_up.yaml"],
        ["run", "made_up.yaml", "--set", "sheds.x=1"],
        ["run", "made_up.yaml", "--set", "nonsense"],
        ["compare", "made_up.yaml", "bad.yaml"],
        ["compare", "made_up.yaml"],
        ["validate", "bad.yaml"],
        ["show", "bad.yaml"],
        ["plot", "nothing"],
        ["plot", "made_up", "--format", "gif"],
        ["new", "../escape"],
        ["new", ".hidden"],
        ["new", "a b"],
        ["new", ""],
        ["nonsense"],
    ],
)
def test_bad_input_exits_2_and_writes_nothing(place, fake_market, arguments):
    before = listing(place)
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.strip() and "Traceback" not in result.output and result.stdout == ""
    assert listing(place) == before


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (KeyboardInterrupt(), "interrupted, earlier results untouched"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (IdentityError("identity broken: stocks"), "identity broken: stocks"),
        (NotComputable("overflow in 1980-08"), "overflow in 1980-08; earlier results untouched"),
        (MemoryError(), "smaller --chunk"),
        (ZeroDivisionError("a bug"), "ZeroDivisionError: a bug"),
    ],
)
def test_a_failed_run_exits_1_and_keeps_earlier_results(place, fake_market, monkeypatch, failure, message):
    assert call("run", "made_up.yaml", "--draws", 1).exit_code == 0
    before = listing(place)
    replace_market(monkeypatch, failure)
    result = call("run", "made_up.yaml", "--draws", 1)
    assert result.exit_code == 1
    assert message in result.stderr and len(result.stderr.strip().splitlines()) == 1 and result.stdout == ""
    assert listing(place) == before


# --- validate, show, new, schema


def test_validate_reports_every_file(place):
    result = call("validate", "made_up.yaml", "bad.yaml", "other.yaml")
    assert result.exit_code == 2
    assert "ok made_up.yaml" in result.stdout and "ok other.yaml" in result.stdout
    assert "bad.yaml:3" in result.stderr and "bad.yaml:4" in result.stderr
    assert call("validate", "made_up.yaml").exit_code == 0


def test_show_names_the_line_of_every_value(place):
    lines = call("show", "made_up.yaml").stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("base_price_origin ")]
    number = 1 + (place / "made_up.yaml").read_text().splitlines().index("base_price_origin: canada")
    assert f"made_up.yaml:{number}" in line and line.endswith('"canada"')
    assert all("made_up.yaml:" in line or "default" in line for line in lines)
    content = json.loads(call("show", "made_up.yaml", "--json").stdout)
    assert content["base_price_origin"] == "canada"


def test_schema_is_json_schema():
    assert "properties" in json.loads(call("schema").stdout)


def test_every_example_of_a_new_scenario_is_one_when_its_mark_is_taken_away(place):
    assert call("new", "mine").exit_code == 0
    text = Path("mine.yaml").read_text(encoding="utf-8")
    examples = re.findall(r"^# ([a-z]+: .*)$", text, flags=re.MULTILINE)
    assert [line.partition(":")[0] for line in examples] == ["draws", "calendar", "shocks", "marketing"]
    Path("mine.yaml").write_text(re.sub(r"^# (?=[a-z]+: )", "", text, flags=re.MULTILINE), encoding="utf-8")
    loaded = load("mine.yaml")
    before = load(scenario_path("history")).resolved
    origin = next(iter(before["marketing"]))
    assert {loaded.resolved["marketing"][origin][pool] for pool in ("feed", "malting")} == {"multiple_sellers"}
    assert all(loaded.resolved[each] != before[each] for each in ("draws", "calendar", "shocks"))


def test_new_scenario_extends_history_and_is_never_overwritten(place):
    assert call("new", "mine").exit_code == 0
    text = (place / "mine.yaml").read_text()
    result = call("validate", "mine.yaml")
    assert result.exit_code == 0, result.output
    again = call("new", "mine")
    assert again.exit_code == 2 and "exists already" in again.stderr
    assert (place / "mine.yaml").read_text() == text
    line = "# marketing: {canada: {feed: multiple_sellers, malting: multiple_sellers}}  # single desk in history"
    assert line in text
    assert call("new", "1980").exit_code == 0 and call("validate", "1980.yaml").exit_code == 0


def test_new_scenario_of_another_market_shows_that_markets_own_marketing(place):
    assert call("new", "powder", "--extends", "dairy_open_sellers").exit_code == 0
    text = (place / "powder.yaml").read_text()
    line = "# marketing: {new_zealand: {feed: single_desk, malting: single_desk}}  # multiple sellers in dairy_open"
    assert "extends: dairy_open_sellers\n" in text and line in text and "canada" not in text
    (place / "powder.yaml").write_text(text.replace("# marketing", "marketing"))
    assert call("validate", "powder.yaml").exit_code == 0
    unknown = call("new", "more", "--extends", "nowhere")
    assert unknown.exit_code == 2 and "'nowhere'" in unknown.stderr and not (place / "more.yaml").exists()


# --- plot


def test_plot_draws_again_from_files(place, fake_market):
    call("run", "made_up.yaml", "--draws", 3)
    run = only_run(place / "results" / "made_up")
    before = listing(run)
    result = call("plot", "made_up", "--to", "images")
    assert result.exit_code == 0, result.output
    saved = {f"made_up-{path.name}": path.read_bytes() for path in (run / "figures").iterdir()}
    drawn = {path.name: path.read_bytes() for path in (place / "images").iterdir()}
    assert saved == {name: drawn[name] for name in saved}
    assert len(drawn) > len(saved), "plot draws more than is saved with a run"
    for kind, start in (("svg", b"<?xml"), ("pdf", b"%PDF")):
        assert call("plot", run, "--figure", "prices", "--format", kind, "--to", "one").exit_code == 0
        assert (place / "one" / f"made_up-prices.{kind}").read_bytes().startswith(start)
    assert listing(run) == before


def test_plot_names_the_figures_and_the_nearest_one(place, fake_market):
    call("run", "made_up.yaml", "--draws", 1)
    every, own = call("plot", "--list"), call("plot", "made_up", "--list")
    assert all(f"  {name} " in every.stdout for kind in KINDS.values() for name in kind.figures)
    assert "  prices " in own.stdout and "who_gains" in every.stdout and "who_gains" not in own.stdout
    twice = call("plot", "made_up", "--figure", "prices", "--figure", "supply", "--figure", "prices", "--to", "images")
    assert twice.exit_code == 0 and len(list((place / "images").iterdir())) == 2
    for words, message in (
        (("made_up", "--figure", "price"), "did you mean `prices`"),
        (("made_up", "--figure", "who_gains"), "figures of this run: prices"),
        (("made_up", "--format", "jpeg"), "choose png, svg or pdf"),
        ((), "name a RUN to draw"),
    ):
        refused = call("plot", *words, "--to", "nowhere")
        assert refused.exit_code == 2 and message in refused.stderr and not (place / "nowhere").exists()


def test_plot_refuses_damaged_results(place, fake_market):
    call("run", "made_up.yaml", "--draws", 1)
    run = only_run(place / "results" / "made_up")
    (run / "series.parquet").write_bytes(b"PAR1 not really")
    result = call("plot", run)
    assert result.exit_code == 2 and "series.parquet" in result.stderr and "Traceback" not in result.output
    (run / "run.json").write_text("{")
    assert call("plot", run).exit_code == 2


# --- compare


def test_compare_json_has_exactly_the_agreed_shape(place, fake_market):
    content = json.loads(call("compare", "made_up.yaml", "other.yaml", "--draws", 3, "--json").stdout)
    assert list(content) == ["base", "other", "draws", "rows", "average"]
    assert (content["base"], content["other"], content["draws"]) == ("made_up", "other", 3)
    columns = ["feed_price_cad_t", "six_row_price_cad_t", "producer_revenue_million_cad"]
    assert [row["column"] for row in content["average"]] == columns
    assert [(row["crop_year"], row["column"]) for row in content["rows"]] == [
        (year, column) for year in ("1984/85", "1985/86", "1986/87") for column in columns
    ]
    assert all(set(row) == {"crop_year", "column", "mean", "low", "high"} for row in content["rows"])
    assert all(set(row) == {"column", "mean", "low", "high"} for row in content["average"])
    feed = [row["mean"] for row in content["rows"] if row["column"] == "feed_price_cad_t"]
    assert all(2.5 < value < 5 for value in feed)  # the board's C$5 more on most of the exports
    average = content["average"][0]
    assert average["mean"] == pytest.approx(sum(feed) / 3) and average["low"] <= average["mean"] <= average["high"]


def test_compare_prints_and_saves(place, fake_market):
    result = call("compare", "made_up.yaml", "other.yaml", "--draws", 2)
    assert result.exit_code == 0, result.output
    assert "other minus made_up" in result.stdout and "Producer revenue" in result.stdout
    assert "published" not in result.stdout  # not the comparison the study made
    run = only_run(place / "results" / "compare-made_up-other")
    assert {p.name for p in (run / "tables").iterdir()} == {"effects.csv", "markets.csv", "welfare.csv"}
    assert (run / "figures" / "effects.png").is_file()
    assert call("plot", run, "--format", "svg").exit_code == 0


def test_compare_shows_the_published_figures_beside_the_study_s_comparison(place, fake_market):
    for name, system in (("made_up", "single_desk"), ("other", "multiple_sellers")):
        file = place / f"{name}.yaml"
        marketing = {"canada": {"feed": system, "malting": system}}
        file.write_text(scenario_text(title="Other" if name == "other" else "Base", marketing=marketing))
    result = call("compare", "made_up.yaml", "other.yaml", "--draws", 2)
    assert "published" in result.stdout and "-95.70" in result.stdout  # 1985/86, six-row


def test_compare_several_gives_a_list(place, fake_market):
    content = json.loads(call("compare", "made_up.yaml", "other.yaml", "other.yaml", "--draws", 1, "--json").stdout)
    assert [each["other"] for each in content] == ["other-1", "other-2"]


def test_identical_scenarios_are_pointed_out(place, fake_market):
    result = call("compare", "made_up.yaml", "made_up.yaml", "--draws", 1, "--json")
    assert "identical" in result.stderr
    assert all(row["mean"] == 0 for row in json.loads(result.stdout)["rows"])


# --- the real market


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory):
    out = tmp_path_factory.mktemp("tiny")
    result = call("run", TINY, "--draws", 3, "--out", out)
    assert result.exit_code == 0, result.output
    return only_run(out / "tiny")


def test_real_market_same_bits_for_any_chunk_and_workers(tiny_run, tmp_path):
    ways = (["--chunk", 1], ["--chunk", 2, "--jobs", 2], ["--chunk", 1, "--jobs", 2, "--dask", "local"])
    for number, options in enumerate(ways):
        result = call("run", TINY, "--draws", 3, "--out", tmp_path / str(number), *options)
        assert result.exit_code == 0, result.output
        run = only_run(tmp_path / str(number) / "tiny")
        for name in ("summary.parquet", "series.parquet", "ledger.parquet"):
            assert sha256(run / name) == sha256(tiny_run / name), f"{name} {options}"


def test_real_market_compares(tmp_path):
    change = tmp_path / "sellers.yaml"
    change.write_text(
        f"extends: {json.dumps(str(TINY))}\ntitle: Sellers\nevents: []\n"
        "marketing: {canada: {feed: multiple_sellers, malting: multiple_sellers}}\n"
    )
    result = call("compare", TINY, change, "--draws", 2, "--json", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    assert {row["column"] for row in rows} >= {"feed_price_cad_t", "producer_revenue_million_cad"}
    assert all(row["mean"] is not None for row in rows)


DUEL = TINY.parent / "duel.yaml"


def test_sellers_and_subsidies_run_compare_and_plot(tmp_path):
    change = tmp_path / "subsidy.yaml"
    change.write_text(
        f"extends: {json.dumps(str(DUEL))}\ntitle: Subsidy\nexport_subsidies: {{home: {{rate_cad_t: {{third: 15}}}}}}\n"
    )
    result = call("run", change, "--draws", 2, "--out", tmp_path)
    assert result.exit_code == 0 and "Export subsidy, Home" in result.stdout, result.output
    for line in (
        "2002/03     300.0",
        "15.0 (15.0 to 15.0)",
        "2002/03     55.0",
    ):  # Cournot with (a - c) / 4
        assert line in result.stdout
    run = only_run(tmp_path / "subsidy")
    assert {path.stem for path in (run / "figures").iterdir()} >= {"prices", "sales", "subsidies"}
    assert call("plot", run, "--to", tmp_path).exit_code == 0
    result = call("compare", DUEL, change, "--draws", 2, "--out", tmp_path)
    assert result.exit_code == 0 and "Export subsidy, Home, spending (million C$)" in result.stdout, result.output


def test_scenarios_with_nothing_in_common_are_bad_input(tmp_path):
    for base, other, reason in (
        (DUEL, TINY, "no crop year in common"),
        (TINY, write_years_of_tiny(tmp_path), "has no origin `canada`"),
    ):
        result = call("compare", base, other, "--draws", 1, "--out", tmp_path / "out")
        assert result.exit_code == 2 and reason in result.stderr, result.output
    result = call("ablation", DUEL, "--out", tmp_path / "out")
    assert result.exit_code == 2 and "base_price_origin" in result.stderr
    assert not (tmp_path / "out").exists()


def write_years_of_tiny(folder):
    path = folder / "duel_early.yaml"
    path.write_text(f"extends: {json.dumps(str(DUEL))}\ncalendar: {{start: 1980/81}}\n")
    return path


# --- the command itself


def run_python(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - start


def test_help_is_quick():
    base = min(run_python("-c", "import typer, rich") for _ in range(5))
    own = min(run_python("-m", "sim.cli", "--help") for _ in range(5))
    assert own <= 3 * base + 0.05


def test_help_of_every_verb():
    for verb in ("run", "compare", "study", "validate", "show", "new", "schema", "plot", "report"):
        assert call(verb, "--help").exit_code == 0
    assert call().exit_code in (0, 2)


SLOW_RUN = """
import pathlib, sys, time
import sim.cli, sim.verbs.run
def slow(*args, scratch, **kwargs):
    (scratch / "begun").write_text("x")
    time.sleep(60)
sim.verbs.run.run_ensemble = slow
sys.argv[1:] = ["run", "made_up.yaml"]
sim.cli.main()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_process_cleans_up(place, fake_market, number):
    assert call("run", "made_up.yaml", "--draws", 1).exit_code == 0
    before = listing(place)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", SLOW_RUN], stderr=subprocess.PIPE, text=True, env=environment)
    try:
        deadline = time.monotonic() + 60
        while not list(place.glob("results/made_up/.*/scratch/begun")):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(20) == 1
        assert process.stderr.read().strip() == "interrupted, earlier results untouched"
    finally:
        process.kill()
    assert listing(place) == before


# --- where things go wrong outside the scenario


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "made_up.yaml", "--out", "bad.yaml/below"],
        ["compare", "made_up.yaml", "other.yaml", "--out", "bad.yaml/below"],
        ["run", "made_up.yaml", "--out", "x" * 300],
        ["run", "x" * 300],
        ["validate", "x" * 300, "bad.yaml"],
        ["plot", "x" * 300],
        ["run", "histori"],
    ],
)
def test_impossible_files_and_folders_exit_2(place, monkeypatch, arguments):
    replace_market(monkeypatch, AssertionError("the market must not run"))
    before = listing(place)
    result = call(*arguments)
    assert result.exit_code == 2 and "Traceback" not in result.output, result.output
    assert arguments[0] != "validate" or "bad.yaml:3" in result.stderr  # the loop goes on
    assert arguments[1] != "histori" or "did you mean the shipped `history`?" in result.stderr
    assert listing(place) == before


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--draws", "0"], "0 is not a whole number from 1 to 1000000"),
        (["--draws", "many"], "'many' is not a whole number from 1 to 1000000"),
        (["--jobs", "257"], "257 is not a whole number from 1 to 256"),
        (["--seed", "-1"], "-1 is not a whole number from 0"),
    ],
)
def test_a_bad_option_says_what_is_wanted(place, option, message):
    assert message in call("run", "made_up.yaml", *option).stderr


def test_the_program_goes_by_its_name():
    result = subprocess.run([sys.executable, "-m", "sim.cli", "run"], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 2 and "singledesk run" in result.stderr and "python -m" not in result.stderr


@pytest.mark.parametrize("error", [OSError(errno.EFBIG, "File too large"), OSError("8000 requested and 12 written")])
def test_results_that_cannot_be_written_are_named(place, fake_market, monkeypatch, error):
    replace_market(monkeypatch, error)
    result = call("run", "made_up.yaml", "--draws", 1)
    assert result.exit_code == 1 and not (place / "results").exists()
    assert f"writing the results in {Path('results/made_up')} failed: " in result.stderr
    assert (error.strerror or str(error)) in result.stderr and "this run was not saved" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["schema"], ["validate", "history"], ["show", "history"]])
def test_a_full_output_is_reported(arguments):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "sim.cli", *arguments]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert result.returncode == 1
    assert result.stderr == f"printing the result failed: {os.strerror(errno.ENOSPC)}\n"


@pytest.mark.parametrize(
    "damage",
    [
        {"files": []},
        {"files": {"series.parquet": 3}},
        {"stem": None},
        {"kind": []},
        {"scenario": []},
        {"scenario": {"markets": 3}},
    ],
)
def test_plot_refuses_a_damaged_manifest(place, fake_market, damage):
    call("run", "made_up.yaml", "--draws", 1)
    run = only_run(place / "results" / "made_up")
    rewrite_manifest(run, **damage)
    result = call("plot", run, "--to", "images")
    assert result.exit_code == 2 and len(result.stderr.strip().splitlines()) == 1, result.output
    assert not (place / "images").exists()


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("wait", [0.0, 0.3, 1.5])
def test_an_interruption_ends_every_worker_without_a_word(tmp_path, wait):
    """Ctrl-C reaches the whole group of processes: while workers start, while they import, while they work."""
    command = ["run", str(TINY), "--draws", "400", "--chunk", "1", "--jobs", "2", "--out", str(tmp_path)]
    script = (
        "import sys, sim.cli, sim.experiments.engine_processes as e\n"
        "start = e.Worker\n"
        "def begun():\n    print('begun', file=sys.stderr, flush=True)\n    e.Worker = start\n    return start()\n"
        "e.Worker = begun\n"
        f"sim.cli.app({command!r})\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    try:
        assert process.stderr.readline() == "begun\n"
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGINT)
        _, text = process.communicate(timeout=60)  # ends only when every worker has closed its end
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert (process.returncode, text) == (1, "interrupted, earlier results untouched\n")
    assert list(tmp_path.iterdir()) == []


def test_text_between_colons_is_shown_as_it_is_written(tmp_path):
    file = tmp_path / "root:x:0.yaml"
    file.write_text("title: Root\n", encoding="utf-8")
    result = call("validate", file)
    assert result.exit_code == 2 and "root:x:0.yaml:1:1" in result.output


@pytest.mark.parametrize("stated, width", [("90", 90), ("", 160), ("wide", 160), ("0", 160), ("-5", 160)])
def test_the_width_of_results_is_a_number_of_columns(monkeypatch, stated, width):
    monkeypatch.setenv("COLUMNS", stated)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert sim.guard.screen().width == width
