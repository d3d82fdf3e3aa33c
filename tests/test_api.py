"""What a notebook gets is what the command gets: the same numbers, the same errors, with units."""

import json
import pickle
from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from fake_results import GAP, YEARS, fake_sweep
from figure_results import CASES, case
from IPython.core.formatters import DisplayFormatter
from PIL import Image
from saved_runs import NO_FIGURES
from typer.testing import CliRunner

import sim
import sim.cli
from sim.experiments.compare import Incomparable
from sim.figures import KINDS
from sim.scenario import ScenarioError
from sim.store import StoreError, find_run, new_run
from sim.stored.tidy import tidy

SHORT = ["calendar.crop_years=1", "calendar.start=1986/87"]


def invoke(*words):
    result = CliRunner().invoke(sim.cli.app, list(map(str, words)))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def short():
    return sim.load("steady", draws=2, calendar={"crop_years": 2})


@pytest.fixture(scope="module")
def done(short):
    return sim.run(short, chunk=1)


def test_a_scenario_is_loaded_with_changes_in_every_form(short):
    same = sim.load("steady", set=["draws=2", "calendar.crop_years=2"])
    assert short.loaded.hash == same.loaded.hash and short.scenario.draws == 2 and len(short.crop_years) == 2
    assert sim.load("steady", set="draws=3").scenario.draws == 3
    assert sim.load("steady", **{"shocks.yield_sd": 0}, shocks={"demand_sd": 0}).scenario.shocks.yield_sd == 0
    lines = short.parameters.set_index("key")
    assert lines.loc["draws", "value"] == 2 and "--set" in lines.loc["draws", "origin"]
    assert short.name == "steady" and "steady" in repr(short) and short.warnings == same.warnings


def test_mistakes_are_the_commands_own(short):
    with pytest.raises(ScenarioError, match="did you mean") as caught:
        sim.load("steady", eep={"enabld": False})
    result = CliRunner().invoke(sim.cli.app, ["validate", "steady", "--set", "eep.enabld=false"])
    assert str(caught.value).splitlines()[0] in result.output
    with pytest.raises(TypeError, match="loaded already"):
        sim.run(short, set=["draws=3"])
    with pytest.raises(StoreError, match="no run found"):
        sim.open("nothing", "nowhere")
    with pytest.raises(Incomparable):
        sim.compare(short, sim.load("steady", calendar={"start": "1991/92"}))
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        sim.lod  # noqa: B018


def test_a_run_has_the_commands_numbers(done, tmp_path):
    words = ["--draws", 2, "--set", "calendar.crop_years=2", "--out", tmp_path, "--json"]
    report = json.loads(invoke("run", "steady", *words))
    wanted = pd.DataFrame(report["summary"])
    for name in ("mean", "p05", "p95"):
        np.testing.assert_allclose(done.measures[name], wanted[name].astype(float), rtol=1e-12, atol=1e-12)
    saved = sim.open("steady", tmp_path)
    pd.testing.assert_frame_equal(saved.measures, done.measures)
    pd.testing.assert_frame_equal(saved.ledger, done.ledger)
    pd.testing.assert_frame_equal(saved.series, done.series, check_dtype=False)
    with pytest.raises(StoreError, match="keeps no single draws"):
        saved.xarray(draws=True)
    with pytest.raises(StoreError, match="saved there already"):
        saved.save(tmp_path)


def test_cubes_hold_the_tables_with_units(done):
    cube, draws = done.xarray(), done.xarray(draws=True)
    lines = done.measures[done.measures["crop_year"].isin(done.xarray()["crop_year"].values)]
    assert set(cube) == set(done.measures["table"] + ":" + done.measures["column"])
    for line in lines.itertuples():
        variable = cube[f"{line.table}:{line.column}"]
        assert variable.attrs["units"] == line.unit and variable.dims == ("crop_year", "statistic")
        np.testing.assert_equal(float(variable.sel(crop_year=line.crop_year, statistic="p25")), line.p25)
    whole = next(line for line in done.measures.itertuples() if line.crop_year == "all")
    assert cube[f"{whole.table}:{whole.column}"].dims == ("statistic",)
    assert dict(draws.sizes) == {"crop_year": 2, "draw": 2}
    with np.errstate(invalid="ignore"):
        for name in ("producers:canada:producer_revenue_million_cad", "closing_stock:canada"):
            np.testing.assert_allclose(draws[name].mean("draw"), cube[name].sel(statistic="mean"), rtol=1e-12)
            assert draws[name].attrs["units"] in ("million C$", "kt")


def test_a_saved_run_can_be_plotted_and_queried(done, tmp_path):
    folder = done.save(tmp_path)
    assert find_run("steady", tmp_path).path == folder
    assert json.loads((folder / "run.json").read_text())["command"] == []
    invoke("plot", folder, "--figure", "sales", "--to", tmp_path)
    assert (tmp_path / "steady-sales.png").is_file()
    lines = sim.results(tmp_path).query("steady", measure="closing_stock:canada", stat="mean")
    wanted = done.measures.query("table == 'closing_stock' and column == 'canada'")
    np.testing.assert_array_equal(lines["mean"], wanted["mean"])
    listed = sim.results(tmp_path).list()
    assert list(listed["run_id"]) == [folder.name] and list(listed["status"]) == ["finished"]


def test_a_run_draws_its_figures_before_and_after_it_is_saved(done, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.verbs.run.drawn", NO_FIGURES)  # those saved with it take most of the time
    assert done.figures == tuple(KINDS["run"].figures)
    figure = done.figure("prices")
    folder = done.save(tmp_path)
    invoke("plot", folder, "--figure", "prices", "--to", tmp_path)
    assert sim.open(folder).figure("prices")._repr_png_() == (tmp_path / "steady-prices.png").read_bytes()
    assert "not saved" in " ".join(text.get_text() for text in figure.texts)
    with pytest.raises(StoreError, match="no figure called 'price'; did you mean `prices`.*of this run: prices"):
        done.figure("price")
    with pytest.raises(StoreError, match="figure `prices` cannot be drawn"):
        replace(done, read=lambda name: done.read(name).head(0).iloc[:, :1]).figure("prices")


def test_a_figure_shows_itself_in_a_notebook_that_has_not_seen_pyplot(done):
    shown, _metadata = DisplayFormatter().format(done.figure("supply"))
    width, height = Image.open(BytesIO(shown["image/png"])).size
    assert width > 900 and height > 400
    again = pickle.loads(pickle.dumps(done.figure("supply")))
    assert again._repr_png_() == shown["image/png"]


@pytest.mark.parametrize("kind", KINDS)
def test_opened_results_of_every_kind_name_and_draw_their_figures(kind, tmp_path):
    frames, meta = case(kind, next(iter(CASES[kind])))
    name = {"comparison": "effects", "run": "sales"}.get(kind, next(iter(KINDS[kind].figures)))
    with new_run(tmp_path, meta["stem"], "0" * 8) as draft:
        for table, frame in frames.items():
            draft.parquet(table, frame)
        draft.manifest({key: value for key, value in {**meta, "kind": kind}.items() if key != "run_id"})
    found = sim.open(meta["stem"], tmp_path)
    assert found.figures == tuple(KINDS[kind].figures) and found.figure(name).get_suptitle()
    with pytest.raises(StoreError, match=f"no figure called 'nothing'; figures of this {kind}: "):
        found.figure("nothing")


def test_a_report_of_results_is_the_commands(done, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.reports.page.pictures", lambda _shown: iter(()))
    monkeypatch.setattr("sim.verbs.run.drawn", NO_FIGURES)
    folder = done.save(tmp_path / "results")
    target = tmp_path / "mine.html"
    assert sim.report([sim.open(folder), "steady"], to=target, title="Mine", out=tmp_path / "results") == target
    mine = target.read_text(encoding="utf-8")
    assert "<title>Mine" in mine and folder.name in mine
    invoke("report", folder, "--to", tmp_path / "theirs.html", "--title", "Mine")
    assert (tmp_path / "theirs.html").read_text(encoding="utf-8") == mine
    for wrong, message in (([], "needs a result"), (done, "is not saved"), ("steddy", "no run found")):
        with pytest.raises(StoreError, match=message):
            sim.report(wrong, out=tmp_path / "results", to=target)
    assert target.read_text(encoding="utf-8") == mine


def test_a_comparison_has_the_commands_numbers(tmp_path):
    found = sim.compare("history", "multiple_sellers", draws=2, set=SHORT)
    words = ["--draws", 2, "--out", tmp_path, *(word for each in SHORT for word in ("--set", each))]
    report = json.loads(invoke("compare", "history", "multiple_sellers", *words, "--json"))
    wanted = {(line["crop_year"], line["column"]): line["mean"] for line in report["rows"]}
    lines = found.effects[found.effects["crop_year"] != "mean"]
    assert {(line.crop_year, line.column): line.mean for line in lines.itertuples()} == wanted
    assert found.effects["published"].notna().any()
    saved = sim.open("compare-history-multiple_sellers", tmp_path)
    pd.testing.assert_frame_equal(saved.effects, found.effects)
    pd.testing.assert_frame_equal(saved.markets, found.markets)
    assert set(found.markets["side"]) == {"base", "other", "difference"}
    revenue = "table2:producer_revenue_million_cad"
    assert saved.xarray()[revenue].attrs["units"] == "million C$"
    assert found.xarray(draws=True)[revenue].dims == ("crop_year", "draw")
    assert found.figures == saved.figures == tuple(KINDS["comparison"].figures)
    assert found.figure().get_suptitle() == saved.figure("effects").get_suptitle()
    folder = found.save(tmp_path)
    pd.testing.assert_frame_equal(tidy(find_run(folder.name, tmp_path).frame("comparison")), found.effects)


def test_a_saved_sweep_is_a_cube_over_its_factors(tmp_path):
    fake_sweep(tmp_path)
    data = sim.open("sweep-eep", tmp_path)
    assert list(data.design.columns) == ["bonus", "system"] and data.design.index.name == "point"
    assert list(data.measures["unit"]) == ["thousand C$", "C$/t"] and len(data.bands) == 6 * 3 * 2
    cube = data.xarray(GAP)
    assert cube.dims == ("bonus", "system", "crop_year", "statistic") and cube.attrs["units"] == "C$/t"
    assert cube["bonus"].attrs["units"] == "US$/t" and cube.name == GAP
    found = cube.sel(system="open", crop_year="mean", statistic="mean")
    np.testing.assert_array_equal(found, [np.nan, 130.5, 150.5])
    draws = data.xarray("price_gap", draws=True).sel(bonus=40, system="open", crop_year=YEARS[0])
    np.testing.assert_array_equal(draws, [150, 150.5, 151])
    lines = data.frame(GAP, crop_year="mean", where="bonus > 0")
    assert list(lines["mean"]) == [130.5, 130.5, 150.5, 150.5]
    with pytest.raises(StoreError, match="fits 2 measures"):
        data.xarray("p*:*")
    with pytest.raises(StoreError, match="did you mean"):
        data.frame("price_gp")


def test_a_design_that_is_no_grid_keeps_its_points(tmp_path):
    fake_sweep(tmp_path, bonuses=(20.0, 20.0, 40.0))
    cube = sim.open("sweep-eep", tmp_path).xarray(GAP)
    assert cube.dims == ("point", "crop_year", "statistic")
    assert list(cube["bonus"].values) == [20, 20, 20, 20, 40, 40]
    assert float(cube.sel(point=5, crop_year="mean", statistic="mean")) == 150.5


def test_importing_the_package_is_cheap():
    import subprocess
    import sys
    from pathlib import Path

    code = (
        "import sys, sim; assert not {'pandas', 'mesa', 'xarray', 'duckdb', 'matplotlib'} & set(sys.modules); sim.load"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


OPEN = ["marketing.canada.feed=multiple_sellers", "marketing.canada.malting=multiple_sellers"]
PLAN = {
    "title": "Shocks to the harvest and the system",
    "scenario": "steady",
    "settings": ["calendar.crop_years=1"],
    "draws": 2,
    "factors": {
        "spread": {"key": "shocks.yield_sd", "values": np.array([0.0, 0.1])},
        "system": {
            "levels": {"single_desk": [], "open": OPEN},
        },
    },
    "measures": ["producers:canada:*"],
}
REVENUE = "producers:canada:producer_revenue_million_cad"


def test_a_sweep_is_what_runs_of_its_points_are(tmp_path):
    data = sim.sweep(PLAN, out=tmp_path, name="mine")
    assert data.folder.parent.name == "sweep-mine" and len(data.design) == 4
    assert not list(tmp_path.glob("*/*.unfinished"))
    cube = data.xarray(REVENUE, draws=True)
    alone = sim.run("steady", draws=2, set=["calendar.crop_years=1", *OPEN, "shocks.yield_sd=0.1"])
    wanted = alone.xarray(draws=True)[REVENUE]
    found = cube.sel(spread=0.1, system="open")
    np.testing.assert_array_equal(found.sel(crop_year=wanted["crop_year"].values).transpose(*wanted.dims), wanted)
    assert cube.attrs["units"] == wanted.attrs["units"] == "million C$"
    assert list(cube["system"].values) == ["single_desk", "open"]


def test_a_sweep_file_runs_the_same_and_mistakes_are_reported(tmp_path):
    plan = {**PLAN, "factors": {"spread": {"key": "shocks.yield_sd", "values": [0.0, 0.1]}}, "draws": 1}
    (tmp_path / "mine.yaml").write_text(json.dumps(plan))
    from_file = sim.sweep(tmp_path / "mine.yaml", out=tmp_path / "a")
    from_dict = sim.sweep(plan, out=tmp_path / "b", name="mine", chunk=1)
    assert from_file.meta["scenario_hash"] == from_dict.meta["scenario_hash"]
    for name in ("bands.parquet", "design.parquet", "measures/part-00000.parquet"):
        assert (from_file.folder / name).read_bytes() == (from_dict.folder / name).read_bytes()
    with pytest.raises(ScenarioError, match="did you mean"):
        sim.sweep({**plan, "factors": {"spread": {"key": "shocks.yeild_sd", "values": [0, 1]}}}, out=tmp_path)
    with pytest.raises(TypeError, match="cannot stand in a sweep"):
        sim.sweep({**plan, "title": object()}, out=tmp_path)


SPREAD = {**PLAN, "factors": {"spread": {"key": "shocks.yield_sd", "values": [0.0, 0.1]}}, "draws": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"draws": 0}, "draws: .*out of range"), ({"draws": "3"}, "draws: .*not allowed"), ({"draws": 2.5}, "draws"),
     ({"drawss": 3}, "drawss: unknown key.*did you mean .draws"), ({"seed": -1}, "seed: .*out of range"),
     ({"points": 3}, "design.points: means nothing to .grid"), ({"settings": [5]}, r"settings\[\d\]"),
     ({"factors": {"c": 5}}, "factors.c"), ({"measures": "producers"}, "measures"), ({"design": "sobol"}, "design")],
)  # fmt: skip
def test_changes_of_a_sweep_are_checked_as_the_file_is(tmp_path, changes, message):
    with pytest.raises(ScenarioError, match=message):
        sim.sweep(SPREAD, out=tmp_path / "out", **changes)
    assert not (tmp_path / "out").exists()


def test_changes_may_be_numpy_numbers_and_none(tmp_path):
    found = sim.sweep(SPREAD, out=tmp_path, draws=np.int64(2), seed=None, settings="shocks.demand_sd=0")
    assert found.meta["draws"] == 2 and found.meta["sweep"]["settings"][-1] == "shocks.demand_sd=0"


@pytest.mark.parametrize(
    "wrong", [{"draws": 0}, {"seed": "x"}, {"seed": 2**70}, {"jobs": 0}, {"chunk": -1}, {"chunk": 1.5}]
)
def test_numbers_that_the_command_refuses_are_refused(short, tmp_path, wrong):
    with pytest.raises(ValueError, match="is not a whole number from"):
        sim.run(short, **wrong)
    with pytest.raises(ValueError, match="is not a whole number from"):
        sim.compare(short, short, **wrong)
    if not {"jobs", "chunk"}.isdisjoint(wrong):
        with pytest.raises(ValueError, match="is not a whole number from"):
            sim.sweep(SPREAD, out=tmp_path, **wrong)


def test_a_question_is_made_of_texts(tmp_path):
    with pytest.raises(TypeError, match="5 is no text"):
        sim.results(tmp_path).query(measure=[5])
    with pytest.raises(TypeError, match="5 is no text"):
        sim.results(tmp_path).query(where=5)
