"""The reconstruction: Table 2 to the cent, inputs near their priors, tables as shipped, and the command."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from typer.testing import CliRunner

import sim.cli
from sim.experiments import reconstruction as module
from sim.experiments.least_stretch import least_stretch
from sim.experiments.reconstruction import (
    DRAWS,
    LOWEST_PREMIUM_CAD_T,
    RANGES,
    SEED,
    assumption_draws,
    printed_average_gap,
    reconstruct,
    replication_table,
)
from sim.experiments.study_priors import INPUTS, PRICES, read_priors, segments_of
from sim.experiments.study_reports import (
    CRITICS_COST_CAD_T,
    REGROUPED_YEARS,
    break_even_table,
    inferred_table,
    misprint_table,
    regrouped_table,
    scenario_table,
)
from sim.shipped import shipped_folder
from sim.store import find_run
from sim.study import COLUMNS, effects, single_desk

DATA = shipped_folder() / "data"


@pytest.fixture(scope="module")
def made():
    """The reconstruction with its shipped draws and seed: some ten seconds."""
    return reconstruct()


@pytest.fixture(scope="module")
def few():
    return reconstruct(4, 1)


def text_of(table: pd.DataFrame) -> str:
    file = io.StringIO()
    table.to_csv(file, index=False, lineterminator="\n")
    return file.getvalue()


def test_every_yearly_cell_is_reproduced(made):
    """The published figures to the cent and half a million, from inputs rounded as shipped; the bar is 0.15 and 1."""
    miss = np.abs(made.effects().columns()[..., 0] - made.priors.published)
    assert miss.shape == (4, 10)
    assert (miss[:3] < 0.01).all() and (miss[3] < 0.5).all()


def test_no_input_is_stretched_beyond_two_standard_deviations(made):
    assert np.abs(made.stretch).max() < 2
    found = made.priors.mean + made.stretch * made.priors.sd
    np.testing.assert_allclose(found, made.inputs[..., 0])
    assert (made.inputs[3 : len(PRICES)] >= LOWEST_PREMIUM_CAD_T).all() and (made.inputs[len(PRICES) :] > 0).all()


@pytest.mark.parametrize("year", ["1986/87", "1988/89"])
def test_another_solver_finds_nothing_less_stretched(made, year):
    y = made.priors.crop_years.index(year)
    prior, sd, target = made.priors.mean[:, y], made.priors.sd[:, y], made.priors.published[:, y]

    def miss(z):
        return effects(segments_of((prior + sd * z)[:, None])).columns()[:, 0] - target

    found = minimize(
        lambda z: z @ z, np.zeros(len(prior)), jac=lambda z: 2 * z, method="SLSQP",
        constraints={"type": "eq", "fun": miss}, options={"maxiter": 200, "ftol": 1e-10},
    )  # fmt: skip
    assert found.success
    assert found.fun == pytest.approx(made.stretch[:, y] @ made.stretch[:, y], rel=1e-3)
    np.testing.assert_allclose(found.x, made.stretch[:, y], atol=0.01)


def test_the_single_desk_is_feasible_in_all_years(made):
    assert not single_desk(made.segments).infeasible.any()


def test_the_inferred_gap_in_japan_is_high_in_subsidy_years(made):
    gap = dict(zip(made.priors.crop_years, made.inputs[INPUTS.index("japan_feed_gap"), :, 0], strict=True))
    assert all(gap[year] > 40 for year in ("1986/87", "1987/88", "1990/91", "1991/92"))
    assert all(abs(gap[year]) < 8 for year in ("1988/89", "1989/90"))


def test_shipped_tables_are_what_the_reconstruction_writes(made):
    """To the byte, but for the bands of draws, whose last digit may turn with the machine's arithmetic."""
    assert text_of(scenario_table(made)) == (DATA / "reconstructed.csv").read_text(encoding="utf-8")
    shipped = pd.read_csv(DATA / "reconstruction.csv", dtype=str)
    written = pd.read_csv(io.StringIO(text_of(inferred_table(made))), dtype=str)
    bands = ["low", "high"]
    pd.testing.assert_frame_equal(shipped.drop(columns=bands), written.drop(columns=bands))
    sd = shipped["prior_sd"].astype(float).to_numpy()
    for band in bands:
        assert (np.abs(shipped[band].astype(float) - written[band].astype(float)) < 0.5 * sd).all()


def test_draws_reproduce_the_printed_figures(made):
    found = effects(segments_of(made.draws)).columns()
    assert found.shape == (4, 10, DRAWS)
    miss = np.abs(found - made.priors.published[..., None])
    assert (miss[:3] < 0.016).all() and (miss[3] < 1.01).all()  # rounding of the print, and the tolerance
    assert (made.reached_share > 0.8).all()
    spread = made.draws.std(axis=-1) / made.priors.sd
    assert (spread[0] > 0.5).all()  # Table 2 says little about the level of prices,
    assert (spread[1, :3] < 0.3).all()  # and much about the gap


def test_draws_follow_the_seed(few):
    fewer, other = reconstruct(2, 1), reconstruct(1, 2)
    np.testing.assert_array_equal(fewer.draws, few.draws[..., :2])  # a draw is the same among any number
    assert (other.draws != few.draws[..., :1]).any() and (other.inputs == few.inputs).all()


def test_priors_are_the_public_figures():
    priors = read_priors()
    assert priors.mean.shape == (len(INPUTS), 10) == priors.sd.shape and (priors.sd > 0).all()
    at = {name: i for i, name in enumerate(INPUTS)}
    assert priors.mean[at["offshore_feed_price"], 0] == pytest.approx(79.4 * 1.38)
    assert priors.sd[at["offshore_feed_price"], 0] == pytest.approx(8 * 1.38)
    assert set(priors.mean[at["japan_feed_gap"]]) == {23.74} and set(priors.mean[at["united_states_feed_gap"]]) == {
        4.47
    }
    assert priors.mean[at["japan_feed_quantity"], 0] == 800 and priors.sd[at["japan_feed_quantity"], 0] == 40
    american = (86.88 - 66.18) * 1.36
    np.testing.assert_allclose(priors.mean[at["united_states_six_row_premium"], 1], american)
    np.testing.assert_allclose(priors.mean[at["offshore_six_row_premium"], 1], (72.53 + american) / 2)
    assert not any("eep" in text.lower() or "bonus" in text.lower() for text in priors.sources.values())


def test_the_inference_does_not_read_the_bonus(few):
    """Whatever the bonus was, the inferred gap is the same: it is compared with it, not made from it."""
    priors = read_priors()
    np.testing.assert_array_equal(
        reconstruct(1, 3, type(priors)(**{**vars(priors), "bonus_cad_t": 0 * priors.bonus_cad_t})).inputs, few.inputs
    )


class Ellipse:
    """On x + 2 y = 5 the point nearest to the origin is (1, 2), and (1.5, 1.75) with x at least 1.5."""

    def __init__(self, lowest_x: float = -np.inf) -> None:
        self.lowest_x = lowest_x

    def figures(self, z, cases):
        return (np.exp(z[0] + 2 * z[1] - 5))[None]

    def lowest(self, z, cases):
        return np.stack([np.full(z.shape[1], self.lowest_x), np.full(z.shape[1], -np.inf)])


@pytest.mark.parametrize(("lowest_x", "expected"), [(-np.inf, (1, 2)), (1.5, (1.5, 1.75))])
def test_least_stretch_finds_a_known_answer(lowest_x, expected):
    found = least_stretch(Ellipse(lowest_x), np.ones((1, 2)), np.zeros((2, 2)))
    assert found.converged.all()
    np.testing.assert_allclose(found.stretch, np.array(expected)[:, None] * np.ones(2), atol=1e-5)


def test_least_stretch_says_when_it_found_nothing():
    found = least_stretch(Ellipse(), -np.ones((1, 1)), np.zeros((2, 1)))  # an exponential is never negative
    assert not found.converged.any()


def test_replication_table(made):
    table = replication_table(DRAWS, SEED, made)
    assert list(table.columns) == ["row", "column", "published", "simulated", "low", "high"]
    assert len(table) == 44 and not table.isna().any().any()
    assert list(dict.fromkeys(table["column"])) == list(COLUMNS)
    years = table[table["row"] != "average"]
    assert ((years["simulated"] - years["published"]).abs() < 0.5).all()
    assert (table["low"] < table["simulated"]).all() and (table["simulated"] < table["high"]).all()
    average = table[table["row"] == "average"].set_index("column")
    for column in COLUMNS:
        assert average.loc[column, "simulated"] == pytest.approx(years[years["column"] == column]["simulated"].mean())


def test_assumptions_of_the_joint_draws_fill_their_ranges():
    chosen = assumption_draws(2000, 4)
    for name, (low, high) in RANGES.items():
        values = getattr(chosen, name)
        assert values.min() >= low and values.max() <= high and np.ptp(values) > 0.95 * (high - low)
    assert np.median(chosen.reference_elasticity) == pytest.approx(20, rel=0.05)  # the middle of its logarithm


def test_regrouped_years(made):
    table = regrouped_table(made).set_index(["row", "column"])
    feed, revenue = COLUMNS[0], COLUMNS[-1]
    for year in REGROUPED_YEARS:
        assert table.loc[(year, feed), "regrouped"] < 0 < table.loc[(year, feed), "simulated"]
        assert table.loc[(year, revenue), "regrouped"] < table.loc[(year, revenue), "simulated"]
        assert table.loc[(year, feed), "infeasible"] == ""
    change = sum(table.loc[(y, feed), "regrouped"] - table.loc[(y, feed), "simulated"] for y in REGROUPED_YEARS)
    average = table.loc[("average", feed)]
    assert average["regrouped"] - average["simulated"] == pytest.approx(change / 10)


def test_regrouping_names_what_is_infeasible(made):
    """A region at a discount to Japan pays less than the marginal revenue of the rest."""
    table = regrouped_table(made, over_cad_t=-10.0).set_index(["row", "column"])
    assert "1988/89 premium_feed: C$" in table.loc[("1988/89", COLUMNS[0]), "infeasible"]
    assert np.isnan(table.loc[("1988/89", COLUMNS[0]), "regrouped"])


def test_break_even_cost(made):
    table = break_even_table(made, DRAWS, SEED).set_index("row")
    assert (table["critics_cad_t"] == CRITICS_COST_CAD_T).all()
    marketed = made.segments.kt()[0, 0]
    assert table.loc["1985/86", "break_even_cad_t"] == pytest.approx(104_000 / marketed, rel=1e-3)
    assert (table["low"] < table["high"]).all()
    assert table.loc["average", "high"] < CRITICS_COST_CAD_T


def test_the_misprint_is_the_same_in_all_price_columns(made):
    gap = printed_average_gap(made.priors)
    np.testing.assert_allclose(gap[:3], 0.034, atol=1e-9)
    np.testing.assert_allclose(misprint_table(made)["one_row_by"].iloc[:3], 0.34, atol=1e-9)


# --- the page


def rows_of_page(heading: str) -> dict[str, list[float]]:
    """Numbers of each row of the first table under a heading of docs/study.md."""
    text = (Path(__file__).parents[1] / "docs" / "study.md").read_text(encoding="utf-8").split(f"\n{heading}")[1]
    table = text[text.index("|---") :].split("\n\n")[0].splitlines()[1:]
    cells = {line.split("|")[1].strip(): line.split("|", 2)[2] for line in table}
    return {name: [float(x) for x in re.findall(r"-?\d+\.?\d*", rest)] for name, rest in cells.items()}


def close(stated: float, found: float, sure: bool) -> bool:
    """Rounded figures agree; the ends of intervals may move a little with the machine's arithmetic."""
    return abs(stated - found) <= (0.006 if sure else 0.1 + 0.03 * abs(found)) + (0.5 if stated == int(stated) else 0)


@pytest.mark.parametrize(
    ("heading", "column"), [("## Table 2, published", "simulated"), ("## Regions regrouped", "regrouped")]
)
def test_the_page_states_what_is_computed(made, heading, column):
    table = replication_table(DRAWS, SEED, made) if column == "simulated" else regrouped_table(made)
    stated = rows_of_page(heading)
    assert set(stated) == set(table["row"])
    for row, part in table.groupby("row"):
        found = part[["published", column, "low", "high"]].to_numpy().ravel()
        assert len(stated[row]) == len(found)
        assert all(close(*pair, i % 4 < 2) for i, pair in enumerate(zip(stated[row], found, strict=True))), row


def test_the_page_states_the_inferred_gaps_and_the_break_even_cost(made):
    gap, bonus = made.inputs[INPUTS.index("japan_feed_gap"), :, 0], made.priors.bonus_cad_t
    for y, numbers in enumerate(rows_of_page("Japan over offshore, C$/t").values()):
        assert numbers[0] == pytest.approx(gap[y], abs=0.051) and numbers[3] == pytest.approx(bonus[y], abs=0.051)
    cost = break_even_table(made, DRAWS, SEED).set_index("row")["break_even_cad_t"]
    for row, numbers in rows_of_page("## Break-even").items():
        assert numbers[0] == pytest.approx(cost[row], abs=0.051)


# --- the command


@pytest.fixture
def quick(monkeypatch, few):
    """The command on draws made once."""
    import sim.verbs.reconstruct as verb

    monkeypatch.setattr(verb, "reconstruct", lambda draws, seed: few)


def call(*arguments):
    return CliRunner().invoke(sim.cli.app, ["reconstruct", *map(str, arguments)])


def test_command_saves_and_prints(quick, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call("--draws", 4, "--seed", 1)
    assert result.exit_code == 0, result.output
    for words in ("Table 2, replicated", "Regions regrouped", "Break-even", "largest stretch: 1.84"):
        assert words in result.stdout
    run = find_run("reconstruct")
    tables = {path.stem for path in (run.path / "tables").glob("*.csv")}
    assert tables >= {"reconstruction", "reconstructed", "replication", "regrouped", "sensitivity", "break_even"}
    assert (run.path / "tables" / "reconstructed.csv").read_bytes() == (DATA / "reconstructed.csv").read_bytes()
    assert {path.stem for path in (run.path / "figures").glob("*.png")} == {"japan_gap", "study_sensitivity"}
    assert run.manifest["draws"] == 4 and run.manifest["seed"] == 1
    drawn = CliRunner().invoke(sim.cli.app, ["plot", "reconstruct", "--figure", "japan_gap"])
    assert drawn.exit_code == 0 and (tmp_path / "reconstruct-japan_gap.png").is_file()


def test_command_json_is_json_and_nothing_else(quick, tmp_path):
    result = call("--draws", 4, "--seed", 1, "--out", tmp_path, "--json")
    content = json.loads(result.stdout)
    assert len(content["replication"]) == 44 and content["draws"] == 4
    assert {"row", "column", "published", "simulated", "low", "high"} <= content["replication"][0].keys()


@pytest.mark.parametrize("wrong", [("--draws", "0"), ("--draws", "many"), ("--seed", "-1"), ("--out", "{file}")])
def test_bad_input_is_refused_before_anything_is_written(wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    result = call(*(word.format(file=tmp_path / "file") for word in wrong))
    assert result.exit_code == 2 and "Traceback" not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_rows_that_nothing_reproduces_are_named(monkeypatch):
    priors = read_priors()
    published = priors.published.copy()
    published[1, 3] = -1e6
    monkeypatch.setattr("sim.experiments.least_stretch.ITERATIONS", 15)
    with pytest.raises(module.ReconstructionError, match="1988/89"):
        reconstruct(1, 1, type(priors)(**{**vars(priors), "published": published}))


def test_json_holds_numbers_not_text():
    from sim.verbs.reconstruct import as_numbers

    table = as_numbers(pd.DataFrame({"value": ["1.50", "-0.03"], "mixed": ["linear", "5"]}))
    assert table["value"].tolist() == [1.5, -0.03]
    assert table["mixed"].tolist() == ["linear", "5"]
