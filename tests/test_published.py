"""The study's tables: every published figure beside a simulated one, with its label, and what is counted of them."""

import csv
import io
import json
import math

import numpy as np
import pandas as pd
import pytest
from conftest import run_market
from rich.console import Console
from typer.testing import CliRunner

import sim.cli
from sim.experiments.ensemble import run_ensemble
from sim.experiments.printed import oddities
from sim.experiments.published import (
    COLUMNS,
    agents_tables,
    agreement,
    as_json,
    beside,
    points,
    position,
)
from sim.experiments.reconstruction import replication_table
from sim.figures.published import PANELS, published
from sim.measures import Table, producer_account, summary, volatility
from sim.scenario import load
from sim.shipped import published_effects, published_figures, published_seasons, scenario_path, shipped_folder
from sim.verbs.study_screen import show

FIGURES = published_figures()
HISTORY = scenario_path("history")
SCENARIOS = ("history", "multiple_sellers", "weekly")
KEYS = ("short", "multiple_sellers", "weekly")


def replicated(error=0.01):
    """Table 2 as the study's own model would give it, off by a constant."""
    lines = [(row, column, value, value + error) for (row, column), value in published_effects().items()]
    frame = pd.DataFrame(lines, columns=["row", "column", "published", "simulated"])
    return frame.assign(low=frame["simulated"] - 0.5, high=frame["simulated"] + 0.5)


def exact_tables(shift=0.0):
    """Agents' tables whose draws lie 1 and 2 to either side of the published figures plus a shift."""
    tables = {}
    for number in (1, 2, 3, 4):
        own = {(row, column): value for table, row, column, value in FIGURES if table == number}
        rows, columns = (tuple(dict.fromkeys(key[i] for key in own)) for i in (0, 1))
        centre = np.array([[own.get((row, column), np.nan) for column in columns] for row in rows])
        draws = centre[..., None] + shift + np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
        tables[number] = Table(f"table{number}", rows, columns, ("",) * len(columns), draws)
    return tables


@pytest.fixture(scope="module")
def side():
    return beside(FIGURES, exact_tables(), replicated())


# --- what is published


def test_the_hundred_figures_are_those_of_the_files():
    assert [sum(1 for figure in FIGURES if figure[0] == table) for table in (1, 2, 3, 4)] == [9, 44, 36, 11]
    assert (1, "1980/81-1994/95 japan-united_states", "mean_difference_cad_t", 25.29) in FIGURES
    with (shipped_folder() / "data" / "study_table3.csv").open() as file:
        for line in csv.DictReader(file):
            year = line.pop("crop_year")
            assert all((3, year, column, float(value)) in FIGURES for column, value in line.items())
    assert published_seasons()[0] == "1988/89" and published_seasons()[-1] == "1995/96"


def test_oddities_of_the_printed_tables_are_found_in_the_figures():
    notes = oddities(FIGURES)
    assert any("25.29 + 4.46 = 29.75, printed 20.73" in note for note in notes)
    assert any("0.034 in each, 0.34 over 10 years" in note and "-42.044" in note for note in notes)
    assert any("lethbridge barley and great falls barley both have 7.88" in note for note in notes)
    assert not any("Table 3: averages" in note for note in notes)  # they agree with their rows
    mended = [
        (table, row, column, value - 0.034 if (table, row) == (2, "average") and column.endswith("cad_t") else value)
        for table, row, column, value in FIGURES
    ]
    assert not any(note.startswith("Table 2") for note in oddities(mended))
    swapped = [
        (t, row, column, 9.0 if (row, column) == ("1990/91", "loss_devils_lake_million_cad") else value)
        for t, row, column, value in FIGURES
    ]
    assert "Table 3: in 1990/91 the smaller movement has the larger loss." in oddities(swapped)


# --- side by side


def test_every_figure_is_there_with_its_label(side):
    assert list(side.columns) == COLUMNS and len(side) == 144
    assert side.groupby(["table", "label"], sort=False).size().to_dict() == {
        (1, "fitted"): 9,
        (2, "prediction"): 44,
        (2, "replication"): 44,
        (3, "fitted"): 36,
        (4, "fitted"): 11,
    }
    assert len(side[["table", "row", "column"]].drop_duplicates()) == 100
    agents = side[side["label"] != "replication"]
    assert list(agents[COLUMNS[:4]].itertuples(index=False, name=None)) == FIGURES
    assert np.allclose(agents["simulated"], agents["published"])
    assert np.allclose(agents["high"] - agents["low"], 3.6)  # 5 and 95 % of -2, -1, 0, 1, 2


def test_a_cell_that_is_not_simulated_is_null(side):
    tables = exact_tables()
    del tables[3]
    lines = as_json(beside(FIGURES, tables, replicated()))
    json.dumps(lines, allow_nan=False)
    assert {line["simulated"] for line in lines if line["table"] == 3} == {None}
    assert all(line["high"] is not None for line in lines if line["table"] != 3)
    assert all(type(line["table"]) is int for line in lines)


@pytest.mark.parametrize(("shift", "inside", "mark"), [(1.0, 100, ""), (3.0, 0, "<"), (-3.0, 0, ">")])
def test_agreement_counts_and_marks(shift, inside, mark):
    frame = beside(FIGURES, exact_tables(shift), replicated())
    counts = agreement(frame).set_index(["table", "label"])
    whole = counts.loc[(0, "all")]
    assert (whole["figures"], whole["inside"], whole["signed"]) == (100, inside, 9 + 44 + 18)
    assert whole["near"] == (100 if abs(shift) == 1 else 100 - 18)  # a loss is near within one million
    assert counts.loc[(2, "replication"), "inside"] == 44
    assert set(position(frame[frame["label"] != "replication"])) == {mark}
    flipped = sum(np.sign(v + shift) != np.sign(v) for t, _, c, v in FIGURES if t <= 2 or c.startswith("movement"))
    assert whole["same_sign"] == 71 - flipped


def test_the_reconstruction_fills_its_cells():
    frame = beside(FIGURES, {}, replication_table(draws=10))
    own = frame[frame["label"] == "replication"]
    assert list(own[COLUMNS[:4]].itertuples(index=False, name=None)) == [f for f in FIGURES if f[0] == 2]
    assert own.notna().all(axis=None) and agreement(own).loc[0, "near"] == 44


# --- the agents' tables


@pytest.fixture(scope="module")
def runs():
    """The runs of the study with two draws: ledgers of history, one year longer too, multiple sellers, and weeks."""
    with np.errstate(all="raise"):
        return {
            "long": run_market(HISTORY, draws=2, sets=("calendar.crop_years=16",)).ledger,
            "short": run_market(HISTORY, draws=2).ledger,
            "multiple_sellers": run_market(scenario_path("multiple_sellers"), draws=2).ledger,
            "weekly": run_market(scenario_path("weekly"), draws=2).ledger,
        }


@pytest.fixture(scope="module")
def ensembles(runs):
    """What the verb keeps of its runs, by title."""
    with np.errstate(all="raise"):
        return {
            loaded.scenario.title: run_ensemble(
                loaded, 2, points=points(loaded), simulate=lambda *_, ledger=runs[key]: ledger
            )
            for key, loaded in zip(KEYS, map(load, map(scenario_path, SCENARIOS)), strict=True)
        }


@pytest.fixture(scope="module")
def tables(ensembles):
    """Tables 1-4 as the verb makes them."""
    return agents_tables(*(ensemble.measures for ensemble in ensembles.values()), "canada")


def test_a_sixteenth_year_leaves_the_others_alone(runs):
    long, short = (summary(runs[name]) for name in ("long", "short"))
    place = {key: values for key, values in zip(long.keys, long.values, strict=True)}
    assert len(short.keys) > 4000
    for key, values in zip(short.keys, short.values, strict=True):
        if key[0] == "bonus_fiscal_year":
            continue  # the short run ends within a fiscal year
        assert np.array_equal(place[key], values, equal_nan=True), key
    spent = place["programme_spend", "1995/96", "restitution", "million C$"]
    assert np.all(spent <= 0)  # the halt of May 1995 lasted beyond the year, and then came a tax


def test_averages_are_those_of_the_published_years(runs, tables):
    base, other = (producer_account(runs[name], "canada").revenue_million_cad for name in ("short", "multiple_sellers"))
    assert tables[2].rows == tuple(dict.fromkeys(row for table, row, _, _ in FIGURES if table == 2))
    change = (other - base)[5:15]
    assert np.allclose(tables[2].cell("average", "producer_revenue_million_cad"), change.mean(axis=0))
    assert tables[3].rows == (*published_seasons(), "average")
    assert np.allclose(tables[3].row("average"), tables[3].only(published_seasons()).values.mean(axis=0))


def test_table_4_covers_the_study_s_crop_years(runs, tables):
    series = tables[4].rows
    expected = volatility(runs["weekly"], series, "pnw_corn", crop_years=published_seasons())
    assert np.array_equal(tables[4].values, expected.values)
    assert not np.allclose(tables[4].values, volatility(runs["long"], series, "pnw_corn").values, equal_nan=True)


def test_every_published_cell_is_simulated(tables):
    frame = beside(FIGURES, tables, replicated())
    assert frame.notna().all(axis=None)


# --- screen, figure, command


@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_the_screen(side, width):
    console = Console(width=width, record=True, file=io.StringIO())
    shifted = side.assign(low=side["low"] + 50, high=side["high"] + 50)
    show(console, shifted, oddities(FIGURES), draws=5)
    text = console.export_text()
    assert all(len(line.rstrip()) <= width for line in text.splitlines()) and "…" not in text
    assert "-95.70 <" in text and text.count("published") >= 12 and "All, by the agents" in text
    for _, row, _, value in FIGURES:
        assert row.split()[-1] in text and f"{value:g}"[:4] in text


def test_figure_has_every_figure_once(side):
    meta = {"stem": "study", "run_id": "x", "draws": 5, "scenario": {"title": "History"}}
    drawn = published({"published": side}, meta)
    assert len(drawn.axes) == len(PANELS)
    lines = [line for axes in drawn.axes for line in axes.lines if line.get_marker() != "None"]
    assert sum(len(line.get_xdata()) for line in lines) == 144
    assert all("C$" in axes.get_xlabel() and "C$" in axes.get_ylabel() for axes in drawn.axes)
    missing = side.assign(simulated=math.nan, low=math.nan, high=math.nan)
    assert published({"published": missing}, meta)


def call(*arguments):
    return CliRunner().invoke(sim.cli.app, [str(argument) for argument in arguments])


@pytest.fixture
def quick(ensembles, monkeypatch, tmp_path):
    """The verb without the simulation and the reconstruction, in an empty working folder."""
    import sim.verbs.study

    def found(loaded, *_, **__):
        return ensembles[loaded.scenario.title]

    monkeypatch.setattr(sim.verbs.study, "run_ensemble", found)
    monkeypatch.setattr(sim.verbs.study, "replication_table", lambda seed: replicated())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json_has_exactly_the_agreed_shape(quick):
    result = call("study", "--draws", 2, "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert len(content) == 144 and all(list(line) == COLUMNS for line in content)
    assert all(type(line["table"]) is int and math.isfinite(line["simulated"]) for line in content)
    assert [(line["table"], line["row"], line["column"], line["published"]) for line in content[:53]] == FIGURES[:53]


def test_results_are_saved_and_drawn_again(quick):
    result = call("study", "--draws", 2, "--seed", 3)
    assert result.exit_code == 0, result.output
    (run,) = (quick / "results" / "study").iterdir()
    manifest = json.loads((run / "run.json").read_text())
    assert (manifest["kind"], manifest["seed"], manifest["base"]) == ("study", 3, "history")
    assert len(pd.read_csv(run / "tables" / "published.csv")) == 144
    assert "tables/published.csv" in manifest["files"] and "figures/published.png" in manifest["files"]
    assert call("plot", "study", "--to", "images").exit_code == 0
    drawn = (quick / "images" / "study-published.png").read_bytes()
    assert drawn == (run / "figures" / "published.png").read_bytes()


def test_a_file_called_history_is_not_taken_for_the_shipped_one(quick):
    (quick / "history").write_text("title: Mine\n")
    assert call("study", "--draws", 2, "--json").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [["--draws", "0"], ["--seed", "-1"], ["--jobs", "many"], ["history"], ["--out", "taken"], ["--out", "taken/below"]],
)
def test_bad_input_exits_2_and_writes_nothing(quick, arguments):
    (quick / "taken").write_text("a file")
    result = call("study", *arguments)
    assert result.exit_code == 2 and result.stdout == "" and "Traceback" not in result.output, result.output
    assert [path.name for path in quick.iterdir()] == ["taken"]
