"""The market in one figure: legible, of the numbers in its three results, and only of results that belong together."""

from __future__ import annotations

import pytest
from figure_checks import check
from matplotlib.collections import LineCollection
from saved_runs import NO_FIGURES
from typer.testing import CliRunner

import sim.cli
from sim.figures import TOGETHER, TOGETHER_FIGURES, tables_kept
from sim.store import find_run

SHORT = ["--draws", "2", "--set", "calendar.start=1986/87", "--set", "calendar.crop_years=1"]


def singledesk(*words: str):
    return CliRunner().invoke(sim.cli.app, list(words))


NAMES = ("history", "compare-history-multiple_sellers", "incidence-history")


@pytest.fixture(scope="module", autouse=True)
def without_own_figures():
    """Runs are saved without their figures, which take most of the time and are not looked at here."""
    with pytest.MonkeyPatch.context() as patch:
        for verb in ("run", "compare", "incidence"):
            patch.setattr(f"sim.verbs.{verb}.drawn", NO_FIGURES)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("overview")
    for line in (["run", "history"], ["compare", "history", "multiple_sellers"], ["incidence", "history"]):
        done = singledesk(*line, *SHORT, "--out", str(out))
        assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def results(folder):
    stored = [find_run(name, folder) for name in NAMES]
    return [({name: each.frame(name) for name in tables_kept(kind, each.manifest)}, each.manifest)
            for kind, each in zip(TOGETHER, stored, strict=True)]  # fmt: skip


def test_it_is_legible_and_draws_the_tables(results):
    figure = TOGETHER_FIGURES["overview"](*results)
    check(figure, results[0][1]["run_id"][:16])
    *_, effects, revenue, went = figure.axes
    comparison = results[1][0]["comparison"].query("row == 'average'").set_index("column")
    means = next(line for line in effects.lines if line.get_marker() == "o").get_xdata()
    prices = ["feed_price_cad_t", "six_row_price_cad_t", "two_row_price_cad_t"]
    assert list(means) == pytest.approx(list(comparison.loc[prices, "mean"]))
    assert [c for c in revenue.collections if isinstance(c, LineCollection)], "no range is drawn"
    widths = [bar.get_width() for bar in went.patches]
    assert sum(widths) == pytest.approx(100, abs=1e-6), "a dollar is a hundred cents"


def test_nothing_is_drawn_where_nothing_was_spent(results):
    run, comparison, (frames, meta) = results
    peace = {"incidence": frames["incidence"].query("table == 'money'")}
    assert TOGETHER_FIGURES["overview"](run, comparison, (peace, meta)) is None


def test_three_results_of_one_scenario_in_any_order(folder, tmp_path):
    done = singledesk("plot", *reversed(NAMES), "--out", str(folder), "--to", str(tmp_path), "--format", "svg")
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.iterdir()] == ["history-overview.svg"]


def test_results_that_do_not_belong_together(folder, tmp_path):
    done = singledesk("plot", *NAMES[:2], "--out", str(folder), "--to", str(tmp_path))
    assert done.exit_code == 2 and "run + comparison + incidence, not run + comparison" in done.output
    other = singledesk("run", "no_eep", *SHORT, "--out", str(folder))
    assert other.exit_code == 0
    done = singledesk("plot", "no_eep", *NAMES[1:], "--out", str(folder), "--to", str(tmp_path))
    assert done.exit_code == 2 and "of one scenario" in done.output
    assert not list(tmp_path.iterdir())
