"""What readers stumbled over in the figures, and what they are promised instead."""

import numpy as np
import pandas as pd
import pytest
from figure_checks import draw
from figure_results import RUN_ID, case
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.figures import KINDS, style
from sim.figures.notes import wrapped
from sim.figures.policy import shade
from sim.figures.sales import scale_of, seller_looks
from sim.figures.trade_sankey import LABEL_INCHES

FIGURES = KINDS["run"].figures
BANDS = ["p05", "p25", "p50", "p75", "p95"]


@pytest.fixture(scope="module")
def history():
    return case("run", "the history")


def series_of(per_year: int, periods: list[int], years: int = 2) -> pd.DataFrame:
    """A price that is there in some periods only, and rose by one a period."""
    every = pd.DataFrame({"period": range(per_year * years), "series": "other", "label": "other"})
    prices = pd.DataFrame({"period": periods, "series": "price", "label": "japan"})
    series = pd.concat([every, prices], ignore_index=True)
    crop_years = [f"{1990 + year}/{91 + year}" for year in series["period"] // per_year]
    values = {name: 100.0 + series["period"] for name in ["mean", *BANDS]}
    return series.assign(time="period", crop_year=crop_years, **values)


def drawn_line(series: pd.DataFrame):
    (axes,) = Figure().subplots(1, 1, squeeze=False).ravel()
    style.crop_year_axis(axes, style.crop_years_of(series))
    style.band_line(axes, style.lines_of(series, "price")["japan"], 1, "Japan")
    (line,) = axes.lines
    return line


def pieces(line) -> list[int]:
    """Numbers of points of the pieces of a line between its gaps."""
    there = np.isfinite(line.get_ydata())
    return [len(run) for run in np.split(np.flatnonzero(there), np.flatnonzero(np.diff(np.flatnonzero(there)) > 1) + 1)]


def test_a_lone_month_is_a_level_stroke_over_itself():
    line = drawn_line(series_of(12, [0, 1, 2, 5, 8, 9]))
    assert pieces(line) == [3, 2, 2] and line.get_marker() in ("None", "", None)
    x, y = line.get_xdata()[4:6], line.get_ydata()[4:6]
    np.testing.assert_allclose(x, [5.1 / 12, 5.9 / 12])
    assert list(y) == [105, 105]


def test_the_only_month_shows():
    line = drawn_line(series_of(12, [7], years=1))
    np.testing.assert_allclose(line.get_xdata()[:2], [7.1 / 12, 7.9 / 12])


def test_weeks_between_monthly_tenders_are_no_gaps():
    assert pieces(drawn_line(series_of(52, [1, 5, 9, 14, 30, 34]))) == [4, 2]


@pytest.mark.parametrize("dpi", [72, 100, 120, 300])
def test_a_long_note_stays_on_the_sheet(dpi):
    note = wrapped(["Other Mediterranean (3): Cyprus, Morocco, Tunisia; WWW " * 8, "Short."])
    assert note.endswith("\nShort.")
    figure = Figure(figsize=(style.WIDTH_INCHES, 2), dpi=dpi)
    FigureCanvasAgg(figure)
    text = figure.text(0.012, 0.1, note, fontsize=style.FOOTER_POINTS)
    assert 0.8 < text.get_window_extent().x1 / figure.bbox.width < 0.995


def test_a_seller_looks_the_same_everywhere(history):
    looks: dict[str, set] = {}
    for name in ("sellers", "concentration"):
        for panel in FIGURES[name](*history).axes:
            for bars in panel.containers:
                bar = next(iter(bars))
                looks.setdefault(bars.get_label(), set()).add((bar.get_facecolor(), bar.get_hatch()))
    assert {"Canadian Wheat Board", "Cargill"} <= set(looks)
    assert all(len(look) == 1 for look in looks.values()), looks
    assert looks["Growers, off-board"] == looks["Growers, at home"]


def test_others_are_grey_and_named_sellers_differ():
    tables = [pd.DataFrame(columns=["a", "b", "3 others"]), pd.DataFrame(columns=["b", "c", "12 others"])]
    looks = seller_looks(tables)
    assert looks["3 others"] == looks["12 others"] and not looks["3 others"]["hatch"]
    assert len({looks[name]["color"] for name in ("a", "b", "c", "3 others")}) == 4


def test_panels_of_a_figure_have_one_unit(history):
    assert scale_of({"large": pd.DataFrame([[2000.0, 1500]]), "small": pd.DataFrame([[3.0]])}) == ("Mt", 1000.0)
    assert scale_of({"only": pd.DataFrame([[900.0, 800]])}) == ("kt", 1.0)
    for name in ("sales", "grades", "sellers"):
        labels = {axes.get_ylabel() for axes in FIGURES[name](*history).axes} - {""}
        assert len(labels) == 1


def test_a_programme_keeps_its_colour_when_another_pays_nothing(history):
    frames, meta = history
    series, summary = frames["series"], frames["summary"]
    without = {
        **frames,
        "series": series.assign(**{n: series[n].where(series["label"] != "eep", 0.0) for n in ["mean", *BANDS]}),
        "summary": summary[~((summary["table"] == "programme_spend") & (summary["column"] == "eep"))],
    }
    for name in ("subsidies", "budgets"):
        (both, alone) = (
            {line.get_label(): line.get_color() for line in FIGURES[name](each, meta).axes[-1].lines}
            for each in (frames, without)
        )
        assert "Export Enhancement Program" in both and "Export Enhancement Program" not in alone
        assert alone["EU export restitution"] == both["EU export restitution"]


def test_one_draw_says_that_there_are_no_bands():
    meta = {"stem": "a", "scenario": {"title": "b"}, "run_id": RUN_ID}
    assert style.source({**meta, "draws": 1}).endswith("1 draw, so no bands")
    assert style.source({**meta, "draws": 2}).endswith("2 draws")


@pytest.mark.parametrize("number", [1, 3, 12])
def test_many_policies_on_each_other_stay_light(number):
    (axes,) = Figure().subplots(1, 1, squeeze=False).ravel()
    shade(axes, [(str(each), 0.0, 3.0) for each in range(number)])
    light = np.prod([1 - patch.get_alpha() for patch in axes.patches])
    assert len(axes.patches) == number and 0.88 < light < 1


def test_names_of_small_buyers_keep_apart(history):
    frames, meta = history
    ledger = frames["ledger"]
    abroad = ledger[ledger["country"] != ledger["origin"]]
    share = abroad["kt"] / abroad.groupby("buyer")["kt"].transform("sum")
    first = abroad["buyer"].iloc[0]  # takes most; the bars of the others are thin and close
    thin = abroad.assign(kt=share * (abroad["buyer"] == first).map({True: 100.0, False: 0.1}))
    figure = FIGURES["trade_sankey"]({**frames, "ledger": thin[thin["kt"] > 0]}, meta)
    texts = {text.get_text().rpartition(",")[0]: box for text, box in draw(figure).texts if " kt" in text.get_text()}
    middles = np.array([(box.y0 + box.y1) / 2 for name, box in texts.items() if name])
    assert len(middles) >= 6
    assert abs(np.diff(np.sort(middles))).min() / figure.dpi > 0.99 * LABEL_INCHES
