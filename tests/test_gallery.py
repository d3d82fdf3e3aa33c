"""The gallery: its file names every figure and lines that work; the page is what it says; no image is left over."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from string import Formatter

import pytest
from fake_results import GAP, fake_run
from PIL import Image
from typer.main import get_command

import sim.cli
from sim.figures import KINDS, TOGETHER, TOGETHER_FIGURES
from sim.gallery import FOLDER, HEAD, Exhibit, exhibits, look_up, page
from sim.shipped import shipped_kind
from sim.store import open_run

DOCS = Path(__file__).parents[1] / "docs"
SHOWN = exhibits(DOCS / "gallery.yaml")
KIND_OF = {"run": "run", "compare": "comparison", "incidence": "incidence", "study": "study", "sweep": "sweep",
           "game": "game", "sensitivity": "sensitivity", "ablation": "ablation",
           "reconstruct": "reconstruction"}  # fmt: skip
NOT_SHOWN = {("calibration", name): "a calibration takes minutes" for name in KINDS["calibration"].figures}


@pytest.fixture
def stored(tmp_path):
    """A run with the price gap 2, 7 and, on average, 4.5 C$/t, and a number that one of two draws lacks."""
    return open_run(fake_run(tmp_path))


def kind_of(exhibit: Exhibit) -> str:
    return KIND_OF[shlex.split(exhibit.make)[1]]


def parsed(line: str) -> dict:
    """Parameters of a command line, as the command itself reads it."""
    program, name, *words = shlex.split(line)
    assert program == "singledesk"
    return get_command(sim.cli.app).commands[name].make_context(name, words).params


def test_every_figure_is_shown_once_or_left_out_for_a_reason():
    alone = [(kind_of(each), each.name) for each in SHOWN if not each.beside]
    together = [each.name for each in SHOWN if each.beside]
    assert len(set(alone)) == len(alone) and together == list(TOGETHER_FIGURES)
    assert {*alone, *NOT_SHOWN} == {(kind, name) for kind, each in KINDS.items() for name in each.figures}
    assert not NOT_SHOWN.keys() & set(alone), "it is shown, so the reason is out of date"


@pytest.mark.parametrize("make", dict.fromkeys(each.make for each in SHOWN))
def test_what_makes_a_run_is_a_command_on_shipped_files(make):
    given = parsed(make)
    names = [given[key] for key in ("scenario", "base", "sweep", "game") if isinstance(given.get(key), str)]
    for name in [*names, *given.get("others", ())]:
        assert shipped_kind(name), f"{name} is not shipped"


@pytest.mark.parametrize("exhibit", SHOWN, ids=lambda each: f"{each.run}-{each.name}")
def test_what_draws_a_figure_is_a_command_on_runs_of_the_gallery(exhibit):
    given = parsed(exhibit.plot)
    assert given["figure"] == [exhibit.name] and given["runs"][0] == exhibit.run
    kinds = {each.run: kind_of(each) for each in SHOWN}
    assert exhibit.name in (TOGETHER_FIGURES if exhibit.beside else KINDS[kinds[exhibit.run]].figures)
    if exhibit.beside:
        assert sorted(kinds[run] for run in given["runs"]) == sorted(TOGETHER)


@pytest.mark.parametrize("exhibit", SHOWN, ids=lambda each: f"{each.run}-{each.name}")
def test_every_number_of_a_sentence_is_looked_up(exhibit):
    wanted = {name for _, name, _, _ in Formatter().parse(exhibit.shows) if name is not None}
    assert wanted == set(exhibit.values), "a value that is not used, or a name without one"
    for value in exhibit.values.values():
        assert value["frame"] in KINDS[kind_of(exhibit)].tables


def test_the_page_is_what_the_file_says_apart_from_the_numbers():
    number = "§"
    said = {(each.run, each.name): each.shows.format(**dict.fromkeys(each.values, number)) for each in SHOWN}
    written = (DOCS / "gallery.md").read_text(encoding="utf-8").split()  # where a line breaks hangs on the numbers
    wanted = page(SHOWN, said).split()
    for theirs, mine in zip(written, wanted, strict=False):
        pattern = re.escape(mine).replace(re.escape(number), r"-?\d[\d,]*(?:\.\d+)?")
        assert re.fullmatch(pattern, theirs), f"make it anew (make gallery): {theirs} in place of {mine}"
    assert len(written) == len(wanted), "make it anew: make gallery"


def test_the_images_are_those_of_the_page():
    named = {each.image for each in SHOWN}
    assert named == {path.relative_to(DOCS).as_posix() for path in (DOCS / FOLDER).iterdir()}
    for image in named:
        with Image.open(DOCS / image) as opened:
            assert opened.format == "PNG" and min(opened.size) > 300, image


def test_a_page_has_heading_image_lines_and_sentences():
    shown = [Exhibit("prices", "steady", "singledesk run steady", "Prices", "Of {gap}.", {"gap": {}}),
             Exhibit("effects", "a-b", "singledesk compare a b", "Effects", "More."),
             Exhibit("sales", "steady", "singledesk run steady", "Sales", "Two\n  lines.")]  # fmt: skip
    said = {("steady", "prices"): "Of 7.", ("a-b", "effects"): "More.", ("steady", "sales"): "Two\n  lines."}
    written = page(shown, said)
    assert written.startswith(HEAD)
    assert re.findall(r"^## (.*)$", written, re.MULTILINE) == ["Prices", "Effects", "Sales"]
    assert "![Prices](images/gallery/steady-prices.png)" in written and "Of 7.\n" in written and "Two lines." in written
    assert "```sh\nsingledesk compare a b\nsingledesk plot a-b --figure effects\n```" in written


@pytest.mark.parametrize(
    ("value", "text"),
    [({"row": "1986/87"}, "7"), ({"row": ["1985/86", "1986/87"], "as": ".1f"}, "4.5"),
     ({"row": "average", "take": "p95", "times": -10, "as": ",.2f"}, "-58.50")],
)  # fmt: skip
def test_a_number_is_the_mean_of_the_lines_that_agree(stored, value, text):
    column = GAP.partition(":")[2]
    assert look_up(stored, {"frame": "summary", "table": "price_gap", "column": column, **value}) == text


@pytest.mark.parametrize("value", [{"row": "1999/00"}, {"table": "price_gaps"}, {"table": "table4", "column": "none"}])
def test_a_number_that_is_not_there_is_an_error(stored, value):
    with pytest.raises(ValueError, match="no value for .*'frame': 'summary'"):
        look_up(stored, {"frame": "summary", **value})
