"""Figures: nothing empty, everything labelled with units, no text cut off or on top of other text."""

from __future__ import annotations

import itertools

import fake_ledger as made_up
import matplotlib.text
import pandas as pd
import pytest

from sim.experiments.compare import compare, with_published
from sim.experiments.ensemble import run_ensemble
from sim.figures import KINDS, style
from sim.frames import pair_gaps

PAIRS = ["japan-united_states", "united_states-offshore", "japan-offshore"]
FIGURES = KINDS["run"].figures
NAMES = ["prices", "sales", "subsidies", "returns", "supply"]
LONG_EVENTS = [
    {"from": f"{1981 + i}-0{1 + i % 9}", "to": f"{1982 + i + i % 3}-07",
     "name": f"Policy number {i} with a rather long name of its own"}
    for i in range(16)
]  # fmt: skip


def years(count: int) -> tuple[str, ...]:
    return tuple(f"{1980 + i}/{(81 + i) % 100:02d}" for i in range(count))


def make(monkeypatch, count: int, draws: int, **changes):
    monkeypatch.setattr(made_up, "YEARS", years(count))
    loaded = made_up.fake_loaded(**changes)
    ensemble = run_ensemble(loaded, draws, 1, simulate=made_up.simulate)
    frames = {"series": ensemble.series, "summary": ensemble.measures.bands(), "ledger": ensemble.ledger}
    meta = {"stem": "made_up", "run_id": "20260101T000000Z-01234567-abcd", "draws": draws, "pairs": PAIRS}
    return frames, {**meta, "scenario": loaded.resolved}, ensemble


def cases():
    long = {"title": "A title " * 20, "events": LONG_EVENTS}
    return [
        pytest.param((1, 1, {}), id="one year, one draw"),
        pytest.param((3, 5, {}), id="three years"),
        pytest.param((15, 3, long), id="fifteen years, many events"),
        pytest.param((40, 2, {"events": []}), id="forty years, no events"),
    ]


@pytest.fixture(params=cases(), scope="module")
def run(request):
    with pytest.MonkeyPatch.context() as patch:
        count, draws, changes = request.param
        yield make(patch, count, draws, **changes)


def panels(figure):
    return [axes for axes in figure.axes if axes.get_gid() != "policy-dates"]


def shown_texts(figure) -> list[matplotlib.text.Text]:
    """All texts that are drawn; of tick labels, those whose tick lies within the axis."""
    axes = [axis for panel in figure.axes for axis in (panel.xaxis, panel.yaxis)]
    ticks = {id(t.label1) for axis in axes for t in [*axis.get_major_ticks(), *axis.get_minor_ticks()]}
    drawn = {id(t.label1) for axis in axes for t in axis._update_ticks()}
    texts = [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text().strip()]
    return [t for t in texts if id(t) not in ticks or id(t) in drawn]


def check(figure) -> None:
    figure.canvas.draw()
    renderer, frame = figure.canvas.get_renderer(), figure.bbox
    assert figure.get_suptitle()
    assert figure.axes and figure.texts
    for axes in figure.axes:
        assert axes.has_data(), "an empty panel"
    for axes in panels(figure):
        label = axes.get_ylabel()
        assert any(unit in label for unit in ("C$", "kt", "Mt")), f"no unit in '{label}'"
        assert axes.get_title(loc="left")
    assert any(axes.get_xlabel() for axes in figure.axes)
    texts = shown_texts(figure)
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_window_extent(renderer).width > 0]
    for text, box in boxes:
        assert box.x0 >= -0.5 and box.y0 >= -0.5 and box.x1 <= frame.x1 + 0.5 and box.y1 <= frame.y1 + 0.5, (
            f"cut: {text}"
        )
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1 or along < 1, f"'{one}' lies on '{two}'"
    sizes = [t.get_fontsize() for t in texts]
    assert min(sizes) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_legible(run, name):
    frames, meta, _ensemble = run
    figure = FIGURES[name](frames, meta)
    assert figure is not None
    check(figure)
    assert any(meta["run_id"] in text.get_text() for text in figure.texts)


def test_every_figure_is_tested():
    assert sorted(FIGURES) == sorted(NAMES)


def test_figures_are_the_same_from_files(run, tmp_path):
    frames, meta, _ensemble = run
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    read = {name: pd.read_parquet(tmp_path / f"{name}.parquet") for name in frames}
    for number, source in enumerate((frames, read)):
        FIGURES["prices"](source, meta).savefig(tmp_path / f"{number}.png", metadata={"Software": None})
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()


def test_a_figure_without_data_is_not_drawn(monkeypatch):
    frames, meta, _ensemble = make(monkeypatch, 1, 1)
    meta["scenario"]["boards"] = {}
    assert FIGURES["returns"](frames, meta) is None
    frames["ledger"] = frames["ledger"].head(0)
    assert FIGURES["sales"](frames, meta) is None


def test_policy_dates_are_named_and_shaded(monkeypatch):
    frames, meta, _ensemble = make(monkeypatch, 7, 2)
    figure = FIGURES["prices"](frames, meta)
    (strip,) = [axes for axes in figure.axes if axes.get_gid() == "policy-dates"]
    assert [text.get_text() for text in strip.texts] == ["Export Enhancement Program", "Border open"]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in strip.patches]
    assert bars[0] == pytest.approx((4 + 9 / 12, 7)) and bars[1] == pytest.approx((6 + 2 / 12, 6 + 4 / 12))


def test_reversed_pairs_are_turned(monkeypatch):
    frames, meta, _ensemble = make(monkeypatch, 2, 5)
    gaps = pair_gaps(frames["summary"], meta)
    stored = frames["summary"].query("table == 'price_gap' and column == 'canada:feed:offshore-united_states'")
    turned = gaps[gaps["pair"] == "united_states-offshore"]
    assert (turned["mean"].to_numpy() == -stored["mean"].to_numpy()).all()
    assert (turned["p95"].to_numpy() == -stored["p05"].to_numpy()).all()


def test_comparison_figure(run):
    _frames, meta, ensemble = run
    comparison = compare(ensemble.measures, ensemble.measures, "canada", ("one", "two"))
    bands = with_published(comparison.effects, {("1980/81", "feed_price_cad_t"): -3.5})
    check(KINDS["comparison"].figures["effects"]({"comparison": bands}, {**meta, "base": "one", "other": "two"}))


def test_footer_of_a_long_name_keeps_the_draws():
    """The title gives way, so that run and draws stay on the sheet."""
    meta = {"stem": "compare-" + "a" * 53, "scenario": {"title": "t" * 70}, "run_id": "r" * 30, "draws": 4}
    assert len(style.source(meta)) <= style.FOOTER_LENGTH and style.source(meta).endswith("4 draws")
