"""A run as a film: a picture for every month, with its date and the numbers of the run; whole or not at all."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import fake_ledger as made_up
import numpy as np
import pytest
from figure_checks import check
from PIL import Image
from typer.testing import CliRunner

import sim.cli
from sim.experiments.ensemble import run_ensemble
from sim.figures.style import PALETTE, lines_of
from sim.figures.trade import abroad
from sim.motion import reel
from sim.motion.lines import alone, spread
from sim.motion.script import chosen_years, moments, news
from sim.motion.stage import Stage
from sim.store import ResultsError, StoreError, new_run

RUN_ID = "20260101T000000Z-01234567-abcd"
YEARS = ("1984/85", "1985/86", "1986/87")
FFMPEG = shutil.which("ffmpeg")


def made(**changes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_up, "YEARS", YEARS)
        loaded = made_up.fake_loaded(**changes)
        ensemble = run_ensemble(loaded, 2, 1, simulate=made_up.simulate)
    meta = {"stem": "made_up", "run_id": RUN_ID, "draws": 2, "kind": "run", "scenario": loaded.resolved}
    return {"series": ensemble.series, "ledger": ensemble.ledger}, meta


@pytest.fixture(scope="module")
def run():
    return made()


@pytest.fixture(scope="module")
def stage(run):
    shown = moments(run[0]["series"])
    return Stage(*run, shown), shown


@pytest.fixture(scope="module")
def saved(run, tmp_path_factory):
    """Results folder with the made-up run in it, and one that has no places."""
    out = tmp_path_factory.mktemp("results")
    frames, meta = run
    nowhere = frames["ledger"].assign(buyer="someone")
    for stem, ledger in (("made_up", frames["ledger"]), ("nowhere", nowhere)):
        with new_run(out, stem, "0123456789") as draft:
            draft.parquet("series", frames["series"])
            draft.parquet("ledger", ledger)
            draft.manifest({**meta, "stem": stem, "run_id": draft.run_id})
    return out


def call(saved, *arguments):
    return CliRunner().invoke(sim.cli.app, ["animate", *map(str, arguments), "--out", str(saved)])


# --- what is shown when


def test_a_moment_for_every_month_or_crop_year(run):
    series = run[0]["series"]
    months = moments(series)
    assert len(months) == 36
    assert (months[0].title, months[0].crop_year) == ("August 1984", "1984/85")
    assert (months[-1].title, months[-1].crop_year, months[-1].end) == ("July 1987", "1986/87", 3.0)
    assert [each.rows for each in (months[0], months[11], months[30])] == [(0, 0), (0, 11), (19, 30)]
    assert [each.since for each in (months[0], months[4], months[30])] == [
        "first month",
        "last 5 months",
        "last 12 months",
    ]
    years = moments(series, step="crop_year")
    assert [(each.title, each.rows) for each in years] == list(zip(YEARS, [(0, 11), (12, 23), (24, 35)], strict=True))
    part = moments(series, "1985/86-1986/87")
    assert (part[0].title, part[-1].title, len(part)) == ("August 1985", "July 1987", 24)
    assert part[0].rows == (1, 12)  # looks back beyond the first year shown
    assert len(moments(series, "1985/86")) == 12


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("1999/00", "no crop year '1999/00'"),
        ("1985-1986", "no crop year '1985'"),
        ("1986/87-1985/86", "before it begins"),
        ("-", "no crop year ''"),
        ("1985/86-", "no crop year ''"),
    ],
)
def test_years_that_are_not_in_the_run(wanted, message):
    with pytest.raises(StoreError, match=message):
        chosen_years(list(YEARS), wanted)


def test_policies_are_news_when_they_begin_and_end(run):
    frames, meta = run
    shown = moments(frames["series"])
    told = {each.title: news(meta, list(YEARS), each, 1 / 12) for each in shown}
    program, border = "Export Enhancement Program", "Border open"  # May 1985-July 1987, October-November 1986
    assert told["April 1985"].lines == ()
    assert told["May 1985"].lines == (f"Begins, May 1985: {program}",) and told["May 1985"].fresh == 1
    assert told["August 1985"].lines == (f"In force: {program} (since May 1985)",) and told["August 1985"].fresh == 0
    assert told["October 1986"].lines[0] == f"Begins, October 1986: {border}" and told["October 1986"].fresh == 1
    assert f"Ends, November 1986: {border}" in told["November 1986"].lines
    assert told["March 1987"].lines == (f"In force: {program} (since May 1985)",)
    assert told["July 1987"].lines == told["March 1987"].lines  # where the run ends, nothing else need end
    by_year = moments(frames["series"], step="crop_year")
    assert news(meta, list(YEARS), by_year[2], 1.0).fresh == 2


# --- what a picture holds


def test_prices_of_a_picture_are_those_of_the_run(stage, run):
    page, shown = stage
    prices = lines_of(run[0]["series"], "price_cad_t")
    for number in (0, 17, 35):
        page.show(shown[number])
        line = page.lines[0].lines["Japan"]
        np.testing.assert_array_equal(line.get_ydata(), prices["japan:feed"]["p50"].to_numpy()[: number + 1])
        assert max(line.get_xdata()) <= shown[number].end
        words = [text.get_text() for text in page.figure.findobj(lambda each: hasattr(each, "get_text"))]
        assert f"Japan {prices['japan:feed']['p50'].iloc[number]:,.0f}" in words
        assert shown[number].title in words


def test_arrows_of_a_picture_are_the_trade_of_its_months(stage, run):
    page, shown = stage
    ledger = abroad(run[0]["ledger"])
    for number in (0, 5, 30):
        low, high = shown[number].rows
        part = ledger[ledger["period"].between(low, high)]
        expected = part.groupby("origin")["kt"].sum()
        np.testing.assert_allclose(page.flows.shipped[number], [expected["canada"], expected["united_states"]])
        placed = part[part["buyer"].isin(["japan", "saudi_arabia"])]
        np.testing.assert_allclose(page.flows.tonnes[number].sum(), placed["kt"].sum())


def test_a_pool_return_is_known_when_its_year_is_over(stage):
    page, shown = stage
    (line,) = [line for name, line in page.lines[1].lines.items() if name == "Pool return"]
    page.show(shown[10])
    assert len(line.get_xdata()) == 0
    page.show(shown[11])
    assert list(line.get_xdata()[:2]) == [0.0, 1.0]


def test_pictures_differ_and_stay_in_size(stage):
    page, shown = stage
    pictures = [page.show(shown[number]) for number in (0, 1, 2, 35)]
    assert len({picture.shape for picture in pictures}) == 1 and pictures[0].dtype == np.uint8
    high, wide, _bands = pictures[0].shape
    assert high % 2 == wide % 2 == 0  # films in YUV 4:2:0 want that
    for one, two in zip(pictures, pictures[1:], strict=False):
        assert (one != two).any()
    np.testing.assert_array_equal(page.show(shown[0]), pictures[0])  # nothing is left of later ones


def events(count):
    return [
        {"from": f"198{4 + i % 3}-1{i % 3}", "to": "1987-07", "name": f"Policy {i} with a long name $"}
        for i in range(count)
    ]


@pytest.mark.parametrize(
    ("changes", "places"),
    [({}, True), ({"title": "A title $ of some US$ length " * 9, "events": []}, True), ({}, False)],
    ids=["map", "long title", "no places"],
)
def test_a_picture_is_legible(changes, places):
    frames, meta = made(**changes)
    if not places:
        frames["ledger"]["buyer"] = "someone"
    meta["scenario"]["events"] = [*meta["scenario"]["events"], *events(0 if changes else 9)]
    shown = moments(frames["series"])
    for number in (3, 29):
        check(Stage(frames, meta, shown).still(shown[number]), RUN_ID)


def test_without_places_trade_is_bars(run):
    frames, meta = run
    nowhere = {**frames, "ledger": frames["ledger"].assign(buyer="someone")}
    shown = moments(frames["series"])
    page = Stage(nowhere, meta, shown)
    page.show(shown[20])
    low, high = shown[20].rows
    trade = abroad(frames["ledger"])
    expected = trade[trade["period"].between(low, high)].groupby("origin")["kt"].sum()
    assert sorted(bar.get_width() for bar in page.flows.bars) == pytest.approx(sorted(expected))


def test_words_beside_lines_stay_apart():
    placed = spread(np.array([1.0, 1.1, 1.2, 9.9]), 1.0, 0.0, 10.0)
    assert (np.diff(placed) >= 1 - 1e-3).all() and placed[0] >= -1e-3 and placed[-1] <= 10 + 1e-3
    np.testing.assert_allclose(spread(np.array([2.0, 5.0]), 1.0, 0.0, 10.0), [2, 5])
    assert len(spread(np.zeros(0), 1.0, 0.0, 1.0)) == 0


def test_values_that_stand_alone_get_a_mark():
    gap = np.nan
    assert alone(np.array([1.0, gap, 2.0, 3.0, gap, gap, 4.0])) == [0, 6]
    assert alone(np.array([1.0, 2.0])) == [] and alone(np.array([5.0])) == [0] and alone(np.zeros(0)) == []


# --- films


def test_gif_has_every_picture(saved, tmp_path):
    film = tmp_path / "film.gif"
    result = call(saved, "made_up", "--to", film, "--years", "1985/86", "--fps", 10)
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == [str(film)]
    with Image.open(film) as image:
        assert image.n_frames == 12 and image.info["loop"] == 0 and image.info["duration"] == 100
        seen = []
        for number in range(image.n_frames):
            image.seek(number)
            seen.append(np.asarray(image.convert("RGB")))
        assert image.info["duration"] == 2000
    assert all((one != two).any() for one, two in zip(seen, seen[1:], strict=False))
    codes = [picture.astype(int) @ [65536, 256, 1] for picture in seen]
    assert set(np.unique(codes)) <= set(reel.palette() @ [65536, 256, 1])  # one palette: nothing bands or flickers
    corner = {tuple(picture[-3, 3]) for picture in seen}
    assert corner == {(255, 255, 255)}
    assert os.listdir(tmp_path) == ["film.gif"]


def test_palette_holds_what_figures_are_drawn_in():
    own = reel.palette()
    assert len(own) < 256 and len(np.unique(own, axis=0)) == len(own)
    for colour in PALETTE:
        rgb = [int(colour.lstrip("#")[place : place + 2], 16) for place in (0, 2, 4)]
        assert (own == rgb).all(axis=1).any()


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg")
def test_mp4_by_crop_year(saved, tmp_path):
    film = tmp_path / "film.mp4"
    result = call(saved, "nowhere", "--to", film, "--by", "crop_year")
    assert result.exit_code == 0, result.output
    probe = [FFMPEG, "-loglevel", "error", "-i", str(film), "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(probe, capture_output=True, check=True).stdout
    assert len(raw) % 3 == 0
    pictures = np.frombuffer(raw, np.uint8).reshape(3, -1)
    assert (np.abs(np.diff(pictures.astype(int), axis=0)).max(axis=1) > 100).all()
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_a_film_is_named_after_its_scenario_and_replaced_with_notice(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for notice in (False, True):
        result = call(saved, "made_up", "--by", "crop_year")
        assert result.exit_code == 0 and ("in place of an earlier file" in result.stderr) == notice
    assert os.listdir(tmp_path) == ["made_up.gif"]


BAD = [
    (["missing"], "missing"),
    (["made_up", "--format", "avi"], "choose gif or mp4"),
    (["made_up", "--to", "film.webm"], "choose gif or mp4"),
    (["made_up", "--format", ""], "choose gif or mp4"),
    (["made_up", "--to", "a" * 300 + ".gif"], "cannot be written"),
    (["made_up", "--format", "mp4", "--to", "film.gif"], "its ending says gif"),
    (["made_up", "--fps", "0"], "from 1 to 50"),
    (["made_up", "--by", "week"], "choose month or crop_year"),
    (["made_up", "--years", "1990/91"], "no crop year '1990/91'"),
    (["made_up", "--to", "no/folder/film.gif"], "cannot be written"),
    (["made_up", "--to", "."], "is a folder"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(each) for each, _ in BAD])
def test_bad_input_exits_2_and_writes_nothing(saved, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = call(saved, *arguments)
    assert result.exit_code == 2 and message in result.output
    assert os.listdir(tmp_path) == []


def test_a_film_keeps_out_of_a_finished_run(saved):
    (folder,) = (saved / "made_up").iterdir()
    before = sorted(folder.iterdir())
    result = call(saved, "made_up", "--to", folder / "film.gif")
    assert result.exit_code == 2 and "finished run" in result.output
    assert sorted(folder.iterdir()) == before


def test_other_results_and_damaged_ones_are_refused(run, tmp_path):
    frames, meta = run
    for stem, changes in (("other", {"kind": "sweep"}), ("damaged", {"scenario": {"title": "x"}})):
        with new_run(tmp_path / "results", stem, "0123456789") as draft:
            draft.parquet("series", frames["series"])
            draft.parquet("ledger", frames["ledger"])
            draft.manifest({**meta, "stem": stem, **changes})
    other = call(tmp_path / "results", "other", "--to", tmp_path / "film.gif")
    assert other.exit_code == 2 and "this is a sweep" in other.output
    damaged = call(tmp_path / "results", "damaged", "--to", tmp_path / "film.gif")
    assert damaged.exit_code == 2 and "cannot be animated" in damaged.output
    assert not (tmp_path / "film.gif").exists()


def test_no_encoder_says_what_to_do(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(reel.shutil, "which", lambda _name: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    result = call(saved, "made_up", "--to", tmp_path / "film.mp4")
    assert result.exit_code == 2 and "imageio-ffmpeg" in result.output and "--format gif" in result.output
    assert os.listdir(tmp_path) == []


def pictures(count, error=None):
    for number in range(count):
        if error is not None and number == count - 1:
            raise error
        yield np.full((64, 64, 3), 10 * number, np.uint8)


@pytest.mark.parametrize(
    "form", ["gif", pytest.param("mp4", marks=pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg"))]
)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interrupted_film_leaves_an_earlier_one(tmp_path, form, error):
    film = tmp_path / f"film.{form}"
    film.write_bytes(b"earlier")
    with pytest.raises((KeyboardInterrupt, ResultsError)):
        reel.write_film(pictures(5, error), form, 5, film)
    assert film.read_bytes() == b"earlier" and os.listdir(tmp_path) == [film.name]


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg")
def test_an_encoder_that_fails_is_reported(tmp_path, monkeypatch):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho 'no such codec' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(reel, "encoder", lambda: str(broken))
    with pytest.raises(ResultsError, match="no such codec"):
        reel.write_film(pictures(3), "mp4", 5, tmp_path / "film.mp4")
    assert os.listdir(tmp_path) == ["ffmpeg"]


SLOW = """
import sys
import sim.motion.stage as stage
own = stage.Stage.show
def show(self, moment):
    print("drawing", flush=True)
    return own(self, moment)
stage.Stage.show = show
import sim.cli
sys.argv.insert(1, "animate")
sim.cli.main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_leaves_nothing(saved, tmp_path, number):
    command = [sys.executable, "-c", SLOW, "made_up", "--to", str(tmp_path / "film.gif"), "--out", str(saved)]
    root = str(Path(__file__).parents[1])
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root}
    )
    assert process.stdout.readline().strip() == "drawing"
    assert any(name.endswith(".tmp") for name in os.listdir(tmp_path))
    process.send_signal(number)
    _said, complaint = process.communicate(timeout=60)
    assert process.returncode == 1 and "interrupted" in complaint and "Traceback" not in complaint
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_nothing(saved, tmp_path):
    """A limit on the size of files stands in for the disk."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    command = [sys.executable, "-m", "sim.cli", "animate", "nowhere", "--by", "crop_year", "--to",
               str(tmp_path / "film.gif"), "--out", str(saved)]  # fmt: skip
    started = time.monotonic()
    result = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=limit, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}, timeout=120,
    )  # fmt: skip
    assert result.returncode == 1 and "failed" in result.stderr, (result.stderr, time.monotonic() - started)
    assert os.listdir(tmp_path) == []
