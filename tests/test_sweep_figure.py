"""The figure of a sweep: a line per combination, in its panel, with units; none where points make no lines."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest
from fake_results import fake_sweep

import sim
from sim.figures.sweep import responses
from sim.store import StoreError
from sim.verbs.plot import plot

SYSTEMS = ("single_desk", "open_feed")
BONUSES = (60.0, 0.0, 30.0)  # not in order


def case(systems=SYSTEMS, bonuses=BONUSES, measures=None):
    """Frames and run.json of a made-up grid: revenue is 100 + 2 * bonus under the first system, 100 under the other."""
    design = pd.DataFrame(list(itertools.product(systems, bonuses)), columns=["system", "bonus"])
    design.insert(0, "point", range(len(design)))
    lines = []
    for point, system, bonus in design.itertuples(index=False):
        for year, table, column, unit in (
            ("mean", "producers", "home:producer_revenue_million_cad", "million C$"),
            ("1980/81", "producers", "home:producer_revenue_million_cad", "million C$"),
            ("mean", "market_price", "far:feed", "C$/t"),
        ):  # fmt: skip
            middle = 100 + 2 * bonus * (system == SYSTEMS[0]) + (year != "mean")
            spread = {f"p{q:02d}": middle + (q - 50) / 10 for q in (5, 25, 50, 75, 95)}
            lines.append({"point": point, "crop_year": year, "table": table, "column": column, "unit": unit,
                          "mean": middle, **spread, "missing": 0})  # fmt: skip
    factors = [
        {"name": "system", "title": "Market system", "unit": "", "numeric": False, "keys": []},
        {"name": "bonus", "title": "Bonus", "unit": "US$/t", "numeric": True, "keys": ["a.b"]},
    ]
    meta = {"stem": "sweep-x", "run_id": "r", "draws": 3, "factors": factors, "scenario": {"title": "A sweep"}}
    return {"design": design, "bands": pd.DataFrame(lines)}, {**meta, "sweep": {"measures": measures}}


def test_every_system_is_a_line_over_the_bonus_in_its_order():
    figure = responses(*case())
    panel = next(axes for axes in figure.axes if "Producer revenue, Home" in axes.get_title(loc="left"))
    assert [list(line.get_xdata()) for line in panel.lines] == [[0, 30, 60]] * 2
    assert [list(line.get_ydata()) for line in panel.lines] == [[100, 160, 220], [100, 100, 100]]
    assert panel.get_xlabel() == r"Bonus (US\$/t)" and r"(million C\$)" in panel.get_ylabel()
    legend = figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["single desk", "open feed"]
    assert legend.get_title().get_text() == "Market system"


@pytest.mark.parametrize(("patterns", "first"), [(["producers"], "Producer revenue"), (["market_price"], "Feed price")])
def test_panels_follow_the_order_of_the_patterns(patterns, first):
    figure = responses(*case(measures=patterns))
    assert figure.axes[0].get_title(loc="left").startswith(first)


def test_one_line_needs_no_legend():
    figure = responses(*case(systems=SYSTEMS[:1]))
    assert len(figure.axes[0].lines) == 1 and not figure.legends


def test_points_that_make_no_lines_are_not_drawn():
    assert responses(*case(bonuses=(5.0,))) is None
    assert responses(*case(systems=tuple(f"s{i}" for i in range(13)))) is None


def test_plot_draws_what_is_asked_for_and_says_why_not(tmp_path):
    fake_sweep(tmp_path)
    swept = sim.open("sweep-eep", tmp_path)
    files = plot(["sweep-eep"], ["responses"], ["price_gap:*"], "png", tmp_path, tmp_path / "images")
    assert [Path(file).name for file in files] == ["sweep-eep-responses.png"] and files[0].stat().st_size > 10_000
    assert len([axes for axes in swept.figure("price_gap:*").axes if axes.get_visible()]) == 1
    assert len([axes for axes in swept.figure().axes if axes.get_visible()]) == 2
    assert swept.figures == ("responses", "heat_map") and swept.figure("heat_map", "price_gap").get_suptitle()
    with pytest.raises(StoreError, match="no run has a table `prise`"):
        plot(["sweep-eep"], [], ["prise"], "png", tmp_path, tmp_path)
    fake_sweep(tmp_path, systems=tuple(f"s{i}" for i in range(13)), stem="sweep-wide")
    with pytest.raises(StoreError, match="nothing to draw; curves need a numeric factor"):
        plot(["sweep-wide"], ["responses"], [], "png", tmp_path, tmp_path)
