"""The sensitivity verb on finished sweeps: reading, named levels, missing values, luck, refusals, files and figures."""

import itertools
import json
import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_results import FORMULA_YEARS, formula_sweep, uniform_plan
from figure_checks import check
from SALib.sample import latin, morris, sobol
from saved_runs import rewrite_manifest
from typer.testing import CliRunner

from sim.cli import app
from sim.figures import KINDS, drawn
from sim.store import open_run, sha256
from sim.stored.worlds import SweepWorlds

NAMES = ["bonus", "system", "idle"]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": [[0.0, 1.0]] * 3}
LEVELS = ["single_desk", "open_feed", "multiple_sellers"]
PLACE = {"single_desk": 0.0, "open_feed": 1.0, "multiple_sellers": 5.0}
FACTORS = {
    "bonus": {"title": "EEP bonus", "unit": "US$/t", "low": 0.0, "high": 60.0},
    "system": {"unit": None, "levels": {name: [] for name in LEVELS}},
    "idle": {"unit": "dimensionless"},
}
DESIGNS = {
    "saltelli": (lambda: sobol.sample(PROBLEM, 32, seed=3), {"points": 32, "second_order": True}),
    "first_order": (
        lambda: sobol.sample(PROBLEM, 32, calc_second_order=False, seed=3),
        {"method": "saltelli", "points": 32, "second_order": False},
    ),
    "morris": (lambda: morris.sample(PROBLEM, 6, num_levels=6, seed=3), {"trajectories": 6, "steps": 6}),
    "latin_hypercube": (lambda: latin.sample(PROBLEM, 80, seed=3), {"points": 80}),
    "grid": (lambda: np.array(list(itertools.product([0, 0.5, 1], [0, 0.5, 1], [0, 1])), dtype=float), {}),
}


def linear(design, year, draw):
    """Two factors, one interaction, a common luck of -1, 0, 1, 2 and a year's level."""
    return 2 * design["bonus"] + 10 * design["system"].map(PLACE) + (draw - 1) + 100 * year


def lucky(design, year, draw):
    """Luck that grows with the bonus: its standard deviation over draws depends on that factor alone."""
    return design["bonus"] * (draw + 1)


MEASURES = {
    "cash_price:canada": ("C$/t", linear),
    "producers:canada:revenue_cad_k": ("thousand C$", lucky),
    "trade:flat": ("kt", lambda design, year, draw: np.full(len(design), 3.3)),
    "gap:japan": ("C$/t", lambda design, year, draw: np.where(design["bonus"] > 55, np.nan, 1.0 + design["idle"])),
    "ragged:x": ("kt", lambda design, year, draw: design["bonus"].where((design["bonus"] < 55) | (year != 1))),
    "late:bonus": ("US$/t", lambda design, year, draw: design["bonus"] * (np.nan if year == 0 else 1.0)),
}


def points(name):
    x, plan = DESIGNS[name]
    frame = pd.DataFrame(x(), columns=list(NAMES))
    frame["bonus"] *= 60
    frame["system"] = [LEVELS[min(int(3 * share), 2)] for share in frame["system"]]
    return frame, uniform_plan({"method": name, **plan}, FACTORS)


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    return {name: formula_sweep(out, points(name)[1], points(name)[0], MEASURES) for name in DESIGNS}


@pytest.fixture
def call(tmp_path):
    def run(*arguments, code=0):
        words = ["sensitivity", *map(str, arguments), "--out", str(tmp_path / "out"), "--resamples", "40", "--json"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if code == 0 else " ".join(result.stderr.split())

    return run


def table(report):
    return pd.DataFrame(report["indices"]).set_index(["measure", "index", "factor", "other"])["value"]


def test_worlds_are_read_as_they_were_written(sweeps):
    sweep = SweepWorlds(open_run(sweeps["grid"]))
    assert sweep.units["cash_price:canada"] == "C$/t" and sweep.draws == 4 and sweep.crop_years == list(FORMULA_YEARS)
    ((name, values),) = sweep.worlds(["cash_price:canada"])
    assert values.shape == (18, 3, 4)
    assert values[5, 2, 3] == linear(sweep.design, 2, 3)[5]
    kept = dict(sweep.worlds(list(sweep.units)))
    assert list(kept) == list(MEASURES) and np.isnan(kept["late:bonus"][:, 0]).all()


def test_complete_grid_matches_the_variances_by_hand(sweeps, call):
    found = table(call(sweeps["grid"], "--measure", "cash_price"))["cash_price:canada"]
    parts = np.array([np.var([0, 60, 120]), np.var([0, 10, 50])])
    assert np.allclose(found["S1"], [*(parts / parts.sum()), 0])
    assert np.allclose(found["S2"], 0, atol=1e-12)


@pytest.mark.parametrize("name", ["saltelli", "first_order"])
def test_sobol_indices_of_a_saved_sweep(sweeps, call, name):
    report = call(sweeps[name], "--level", "0.99")
    found = table(report)
    assert found["late:bonus", "ST", "bonus", ""] == pytest.approx(1, abs=0.15)
    assert found["late:bonus", "ST", "idle", ""] == found["cash_price:canada", "S1", "idle", ""] == 0
    assert ("S2" in found.index.get_level_values("index")) == (name == "saltelli")
    assert report["points"] == (32 * 8 if name == "saltelli" else 32 * 5) and report["level"] == 0.99
    lines = pd.DataFrame(report["indices"])
    assert (lines["low"] <= lines["value"]).all() and (lines["value"] <= lines["high"]).all()


def test_morris_effects_are_per_full_range(sweeps, call):
    """The steps of the sweep file count: with any other number effects would be off."""
    found = table(call(sweeps["morris"]))
    assert found["late:bonus", "mu_star", "bonus", ""] == pytest.approx(60)
    assert found["cash_price:canada", "mu", "bonus", ""] == pytest.approx(120)
    assert found["cash_price:canada", "sigma", "bonus", ""] == pytest.approx(0, abs=1e-9)
    assert found["cash_price:canada", "mu_star", "system", ""] > 10


def test_random_points_say_what_they_cannot(sweeps, call):
    report = call(sweeps["latin_hypercube"])
    found = table(report)
    assert found["late:bonus", "S1", "bonus", ""] > 0.9 > 0.4 > found["late:bonus", "S1", "idle", ""]
    assert found["late:bonus", "pawn", "bonus", ""] > found["late:bonus", "pawn", "(no effect)", ""]
    assert "ST" not in found.index.get_level_values("index")
    assert any("never its interactions" in note for note in report["notes"])


def test_nothing_is_left_out_in_silence(sweeps, call):
    report = call(sweeps["grid"])
    outcomes = {line["measure"]: line for line in report["outcomes"]}
    assert outcomes["trade:flat"]["status"] == "constant" and outcomes["gap:japan"]["status"] == "missing"
    assert outcomes["gap:japan"]["missing_worlds"] == 6 * 4 and outcomes["gap:japan"]["mean"] is None
    analysed = {line["measure"] for line in report["indices"]}
    assert analysed == {"cash_price:canada", "producers:canada:revenue_cad_k", "late:bonus"}
    text = "\n".join(report["notes"])
    assert "left out: gap:japan (missing in 24 of 72 worlds)" in text
    assert "ragged:x (missing in 24 of 72 worlds; every world has it in 1984/85, 1986/87)" in text
    assert "producers:canada:revenue_cad_k (7 %; 6 draws would do)" in text
    assert "not moved by any factor: trade:flat" in text
    assert "late:bonus: no world has it in 1984/85" in text
    assert "NaN" not in json.dumps(report)


def test_other_questions_of_the_same_worlds(sweeps, call):
    """Crop years, draws and the spread over draws, without a simulation."""
    first = call(sweeps["grid"], "--crop-year", "1985/86", "--crop-year", "mean", "--measure", "cash*", "--draws", "1")
    means = {line["crop_year"]: line["mean"] for line in first["outcomes"]}
    assert means["mean"] == pytest.approx(means["1985/86"]) and list(means) == ["1985/86", "mean"]
    assert first["draws"] == 1 and first["outcomes"][0]["share_luck"] is None
    every = call(sweeps["grid"], "--crop-year", "every", "--measure", "late")
    status = {line["crop_year"]: line["status"] for line in every["outcomes"]}
    assert status == {"1984/85": "missing", "1985/86": "analysed", "1986/87": "analysed"}
    spread = table(call(sweeps["grid"], "--statistic", "sd"))["producers:canada:revenue_cad_k"]
    assert np.allclose(spread["S1"], [1, 0, 0]) and np.allclose(spread["ST"], [1, 0, 0])


def test_luck_is_reported(sweeps, call):
    outcomes = {line["measure"]: line for line in call(sweeps["grid"])["outcomes"]}
    common = outcomes["cash_price:canada"]
    y = linear(points("grid")[0], 1, 1)
    parts = np.array([y.var(ddof=1), np.var([-1, 0, 1, 2], ddof=1)])
    assert common["share_factors"] == pytest.approx(parts[0] / parts.sum())
    assert common["share_luck"] == pytest.approx(parts[1] / parts.sum())
    assert common["share_luck_and_factors"] == pytest.approx(0, abs=1e-12)
    mixed = outcomes["producers:canada:revenue_cad_k"]
    assert mixed["share_luck"] > 0 and mixed["share_luck_and_factors"] > 0.1


@pytest.mark.parametrize("name", ["saltelli", "morris", "latin_hypercube", "grid"])
def test_values_beyond_reckoning_are_left_out(call, tmp_path, name):
    huge = {
        "a:infinite": ("kt", lambda design, year, draw: np.where(design["bonus"] > 30, np.inf, 1.0)),
        "a:huge": ("kt", lambda design, year, draw: 1e300 * design["bonus"]),
        "a:tiny": ("kt", lambda design, year, draw: 1e-300 * design["bonus"]),
    }
    frame, plan = points(name)
    with np.errstate(all="ignore"):
        folder = formula_sweep(tmp_path, plan, frame, {**MEASURES, **huge})
    report = call(folder)
    status = {line["measure"]: line["status"] for line in report["outcomes"]}
    assert {status[f"a:{name}"] for name in ("infinite", "huge", "tiny")} == {"undetermined"}
    assert status["cash_price:canada"] == "analysed"


def test_a_measure_of_the_whole_run_has_no_crop_year(tmp_path, call):
    frame, plan = points("grid")
    whole = {
        "volatility:price": ("%", lambda design, year, draw: design["bonus"] * (1.0 if year == 2 else np.nan)),
        "trade:yearly": ("kt", lambda design, year, draw: design["bonus"] * (np.nan if year == 2 else 1.0)),
    }
    report = call(formula_sweep(tmp_path, plan, frame, whole, years=("1984/85", "1985/86", "all")))
    assert [line["crop_year"] for line in report["outcomes"]] == ["all", "mean"]
    assert {line["status"] for line in report["outcomes"]} == {"analysed"}
    assert not any("no world" in note for note in report["notes"])


def test_counts_and_scenarios_are_factors_too(tmp_path, call):
    """Counts are text in the design; the levels of the factor `scenario` are those of `scenarios`."""
    frame = pd.DataFrame(itertools.product(["history", "open"], ["2", "8", "32"]), columns=["scenario", "traders"])
    plan = {**uniform_plan({"method": "grid"}, {"traders": {}}), "scenarios": {"open": "a.yaml", "history": "b.yaml"}}
    told = [{"name": "traders", "title": "Traders", "unit": "sellers"}, {"name": "scenario", "title": "", "unit": ""}]
    size = ("C$/t", lambda design, year, draw: design["traders"].astype(float))
    folder = formula_sweep(tmp_path, plan, frame, {"price:x": size}, manifest={"factors": told})
    factors = {line["factor"]: line for line in call(folder)["factors"]}
    assert [factors["traders"][name] for name in ("title", "unit", "low", "high")] == ["Traders", "sellers", 2, 32]
    assert factors["scenario"]["levels"] == "open, history" and factors["scenario"]["low"] is None


def test_files_and_screen(sweeps, tmp_path):
    words = ["sensitivity", str(sweeps["saltelli"]), "--out", str(tmp_path)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "EEP bonus" in result.stdout and "ST with interactions" in result.stdout and "nan" not in result.stdout
    assert "% luck that is the same at every point" in result.stdout
    (folder,) = (tmp_path / "sensitivity-made_up").iterdir()
    run = open_run(folder)
    assert run.manifest["kind"] == "sensitivity" and run.manifest["sweep"] == str(sweeps["saltelli"])
    assert set(run.manifest["files"]) == {
        *(f"{name}.parquet" for name in ("indices", "outcomes", "factors")),
        *(f"tables/{name}.csv" for name in ("indices", "outcomes", "factors")), "figures/sensitivity.png",
    }  # fmt: skip
    factors = run.frame("factors").set_index("factor")
    assert factors.loc["bonus", ["low", "high", "unit"]].tolist() == [0, 60, "US$/t"]
    assert factors.loc["system", "levels"] == "single_desk, open_feed, multiple_sellers"
    plotted = CliRunner().invoke(app, ["plot", str(folder), "--to", str(tmp_path / "images")])
    assert plotted.exit_code == 0 and len(list((tmp_path / "images").iterdir())) == 1


def test_the_same_analysis_gives_the_same_bytes(sweeps, call):
    one, other = (call(sweeps["saltelli"]) for _again in range(2))
    for key in ("indices", "outcomes", "factors", "notes"):
        assert one[key] == other[key]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--measure", "cash_prise"],
            "--measure cash_prise: no run has a table `cash_prise`; did you mean `cash_price`?",
        ),
        (["--crop-year", "1990/91"], "--crop-year 1990/91: not in this sweep; choose mean, every, or one of 1984/85"),
        (["--draws", "9"], "the sweep has 4 draws of each point"),
        (["--draws", "1", "--statistic", "sd"], "needs at least two draws"),
        (["--points", "64"], "--points: this sweep is finished; name its file"),
        (["--fresh"], "--fresh: this sweep is finished"),
        (["--level", "nan"], "--level nan is not a number from 0.5 to 0.999"),
        (["--statistic", "median"], "--statistic median: choose mean or sd"),
    ],
)
def test_bad_options(sweeps, call, arguments, message, tmp_path):
    assert message in call(sweeps["grid"], *arguments, code=2)
    assert not list((tmp_path / "out").rglob("run.json"))


@pytest.mark.parametrize("method", ["together", "pairs", "one_at_a_time"])
def test_designs_without_indices_are_refused(call, tmp_path, method):
    frame, plan = points("grid")
    plan["design"] = {"method": method}
    message = call(formula_sweep(tmp_path, plan, frame, MEASURES), code=2)
    assert f"design `{method}`" in message and "saltelli" in message


def test_points_that_are_not_what_the_design_says(call, tmp_path):
    frame, plan = points("saltelli")
    shuffled = frame.sample(frac=1, random_state=1, ignore_index=True)
    assert "not laid out as design `saltelli`" in call(formula_sweep(tmp_path, plan, shuffled, MEASURES), code=2)
    few = points("latin_hypercube")[0].head(10)
    plan["design"] = {"method": "latin_hypercube"}
    assert "10 points are too few" in call(formula_sweep(tmp_path, plan, few, MEASURES), code=2)


def test_damaged_or_other_folders(call, tmp_path):
    frame, plan = points("grid")
    folder = formula_sweep(tmp_path, plan, frame, MEASURES)
    part = folder / "measures" / "part-00001.parquet"
    content = part.read_bytes()
    part.write_bytes(content[:-1] + b"x")
    assert "part-00001.parquet: damaged or changed since the run" in call(folder, code=2)
    part.unlink()
    assert "part-00001.parquet: missing" in call(folder, code=2)
    rewrite_manifest(folder, kind="run")
    assert "results of kind 'run'; this needs those of a sweep" in call(folder, code=2)
    assert "no run found" in call(tmp_path / "nowhere", code=2)


@pytest.mark.parametrize(
    "changes",
    [{"sweep": {}}, {"sweep": "x"}, {"sweep": {"title": "x", "design": {"method": ["grid"]}, "factors": {}}},
     {"factors": [1]}, {"factors": [{}]}, {"seed": -1},
     {"sweep": {"title": "x", "design": {}, "factors": {"bonus": 5}}}],
)  # fmt: skip
def test_an_edited_manifest_is_refused(sweeps, call, tmp_path, changes):
    folder = tmp_path / "edited"
    shutil.copytree(sweeps["grid"], folder)
    rewrite_manifest(folder, **changes)
    assert "run.json: damaged" in call(folder, code=2)


@pytest.mark.parametrize(
    ("name", "change"),
    [("design", lambda table: table.drop(["point"])), ("measures/part-00000", lambda table: table.drop(["draw"])),
     ("measures/part-00000", lambda table: table.rename_columns([n.replace(":", "_") for n in table.column_names]))],
)  # fmt: skip
def test_tables_of_another_hand_are_refused(sweeps, call, tmp_path, name, change):
    folder = tmp_path / "edited"
    shutil.copytree(sweeps["grid"], folder)
    file = folder / f"{name}.parquet"
    pq.write_table(change(pq.read_table(file)), file)
    manifest = json.loads((folder / "run.json").read_text())
    manifest["files"][f"{name}.parquet"]["sha256"] = sha256(file)
    rewrite_manifest(folder, **manifest)
    assert "its tables cannot be read" in call(folder, code=2)


def test_incomplete_worlds_are_refused(call, tmp_path):
    frame, plan = points("grid")
    folder = formula_sweep(tmp_path, plan, frame.head(12), MEASURES)
    other = formula_sweep(tmp_path, plan, frame, MEASURES)
    for name in ("design.parquet", "run.json"):
        (folder / name).write_bytes((other / name).read_bytes())
    manifest = json.loads((folder / "run.json").read_text())
    import hashlib

    for name in manifest["files"]:
        manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    rewrite_manifest(folder, **manifest)
    assert "its worlds are not complete" in call(folder, code=2)


@pytest.mark.parametrize("name", ["saltelli", "morris", "latin_hypercube"])
def test_figures_are_legible(sweeps, call, name):
    folder = call(sweeps[name])["folder"]
    run = open_run(folder)
    frames = {table: run.frame(table) for table in KINDS["sensitivity"].tables}
    ((_name, figure),) = drawn("sensitivity", frames, run.manifest)
    check(figure, run.manifest["run_id"])
    assert all("\\$" in panel.get_title(loc="left") for panel in figure.axes if panel.get_visible())
