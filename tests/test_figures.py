"""Every registered figure, on results of every kind: nothing empty, cut off, overlapping, without units or alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from figure_checks import check
from figure_results import CASES, RUN_ID, case, run_of

from sim.figures import KINDS, style
from sim.figures.files import FORMATS, save
from sim.frames import pair_gaps

FIGURES = KINDS["run"].figures
REGISTERED = [(kind, name) for kind, each in KINDS.items() for name in each.figures]
EVERY = [(kind, which, name) for kind, name in REGISTERED for which in CASES.get(kind, ())]


@cache
def figure_of(kind: str, which: str, name: str):
    return KINDS[kind].figures[name](*case(kind, which))


@pytest.mark.parametrize(("kind", "which", "name"), EVERY)
def test_a_figure_is_legible(kind, which, name):
    figure = figure_of(kind, which, name)
    if figure is not None:
        check(figure, RUN_ID)


@pytest.mark.parametrize(("kind", "name"), REGISTERED)
def test_every_registered_figure_has_a_case_that_it_draws(kind, name):
    drawn = (figure_of(kind, which, name) for which in CASES.get(kind, ()))
    assert any(figure is not None for figure in drawn), f"no case of {kind} in figure_results.py has a {name}"


@pytest.mark.parametrize("image_format", FORMATS)
def test_figures_are_the_same_from_files(tmp_path, image_format):
    frames, meta = case("run", "three years")
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    read = {name: pd.read_parquet(tmp_path / f"{name}.parquet") for name in frames}
    for number, source in enumerate((frames, read)):
        save(FIGURES["subsidies"](source, meta), tmp_path / f"{number}.{image_format}")
    first, second = ((tmp_path / f"{number}.{image_format}").read_bytes() for number in (0, 1))
    assert first == second
    assert b"CreationDate" not in first and b"<dc:date>" not in first and b"atplotlib v" not in first


def test_the_page_about_figures_names_every_one():
    page = (Path(__file__).parents[1] / "docs" / "figures.md").read_text(encoding="utf-8")
    assert [name for _kind, name in REGISTERED if f"`{name}`" not in page] == []


def test_letters_of_an_svg_are_text(tmp_path):
    save(FIGURES["prices"](*case("run", "three years")), tmp_path / "prices.svg")
    text = (tmp_path / "prices.svg").read_text(encoding="utf-8")
    assert ">Price (C$/t f.o.b.)</text>" in text and f"run {RUN_ID}" in text and "<title>" in text


def test_a_figure_without_data_is_not_drawn():
    frames, meta = run_of(1, 1)
    meta["scenario"]["boards"] = {}
    assert FIGURES["returns"](frames, meta) is None
    frames["ledger"] = frames["ledger"].head(0)
    for name in ("sales", "sellers", "grades"):
        assert FIGURES[name](frames, meta) is None
    frames["summary"] = frames["summary"].head(0)
    for name in ("price_gaps", "budgets"):
        assert FIGURES[name](frames, meta) is None


def test_policy_dates_are_named_and_shaded():
    frames, meta = run_of(7, 2)
    figure = FIGURES["prices"](frames, meta)
    (strip,) = [axes for axes in figure.axes if axes.get_gid() == "policy-dates"]
    assert [text.get_text() for text in strip.texts] == ["Export Enhancement Program", "Border open"]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in strip.patches]
    assert bars[0] == pytest.approx((4 + 9 / 12, 7)) and bars[1] == pytest.approx((6 + 2 / 12, 6 + 4 / 12))


def test_reversed_pairs_are_turned():
    frames, meta = run_of(2, 5)
    gaps = pair_gaps(frames["summary"], meta)
    stored = frames["summary"].query("table == 'price_gap' and column == 'canada:feed:offshore-united_states'")
    turned = gaps[gaps["pair"] == "united_states-offshore"]
    assert (turned["mean"].to_numpy() == -stored["mean"].to_numpy()).all()
    assert (turned["p95"].to_numpy() == -stored["p05"].to_numpy()).all()


def test_footer_of_a_long_name_keeps_the_draws():
    """The title gives way, so that run and draws stay on the sheet."""
    meta = {"stem": "compare-" + "a" * 53, "scenario": {"title": "t" * 70}, "run_id": "r" * 30, "draws": 4}
    assert len(style.source(meta)) <= style.FOOTER_LENGTH and style.source(meta).endswith("4 draws")
