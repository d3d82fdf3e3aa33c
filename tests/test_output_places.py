"""Where images, films and reports may be written: an earlier file is replaced by a whole one, or stays."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from saved_runs import save_run

from sim.store import ResultsError, StoreError
from sim.stored.whole_file import check_place, whole_file
from sim.verbs import plot as drawing
from sim.verbs.plot import plot

NAME = "made_up-prices.png"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return save_run(tmp_path_factory.mktemp("results"), draws=2)


def draw(saved, into, names=("prices",)):
    return plot([str(saved.path)], list(names), [], "png", saved.path.parent, into)


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path):
    pipe = tmp_path / "pipe.html"
    os.mkfifo(pipe)
    with pytest.raises(StoreError, match="is no ordinary file"), whole_file(pipe) as file:
        file.write(b"x")
    assert stat.S_ISFIFO(pipe.stat().st_mode) and os.listdir(tmp_path) == ["pipe.html"]
    with pytest.raises(StoreError, match="is no ordinary file"):
        check_place(Path(os.devnull))


def test_a_link_is_replaced_and_what_it_led_to_stays(tmp_path):
    (tmp_path / "kept.html").write_text("kept")
    (tmp_path / "link.html").symlink_to("kept.html")
    with whole_file(tmp_path / "link.html") as file:
        file.write(b"new")
    assert (tmp_path / "link.html").read_text() == "new" and (tmp_path / "kept.html").read_text() == "kept"


def test_links_in_a_circle_below_a_folder(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(StoreError, match="cannot be written"):
        check_place(tmp_path / "a" / "x.html")


def half_written(error):
    def save(_figure, target, _format):
        if hasattr(target, "write"):
            target.write(b"half")
        else:
            Path(target).write_bytes(b"half")
        raise error

    return save


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_image_that_fails_leaves_the_earlier_one(saved, tmp_path, monkeypatch, error):
    (tmp_path / NAME).write_bytes(b"earlier")
    monkeypatch.setattr(drawing, "save", half_written(error))
    with pytest.raises((ResultsError, KeyboardInterrupt)):
        draw(saved, tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"earlier" and os.listdir(tmp_path) == [NAME]


def test_a_folder_for_no_image_is_not_left(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "save", half_written(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        draw(saved, tmp_path / "new" / "images")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("error", [ValueError("no layout"), ZeroDivisionError("by zero"), OverflowError("too large")])
def test_an_image_that_cannot_be_laid_out_is_bad_input(saved, tmp_path, monkeypatch, error):
    monkeypatch.setattr(drawing, "save", half_written(error))
    with pytest.raises(StoreError, match=f"figure `prices` cannot be drawn .*{error}.*run the scenario again"):
        draw(saved, tmp_path)
    assert os.listdir(tmp_path) == []


def test_images_keep_out_of_a_finished_run(saved, monkeypatch):
    before = sorted(saved.path.rglob("*"))
    for folder in (saved.path, saved.path / "figures"):
        with pytest.raises(StoreError, match="lies in the folder of a finished run"):
            draw(saved, folder)
    monkeypatch.chdir(saved.path)
    with pytest.raises(StoreError, match="lies in the folder of a finished run"):
        draw(saved, None)
    assert sorted(saved.path.rglob("*")) == before


def test_images_are_drawn(saved, tmp_path):
    assert draw(saved, tmp_path / "a b #ü") == [tmp_path / "a b #ü" / NAME]
    assert (tmp_path / "a b #ü" / NAME).read_bytes().startswith(b"\x89PNG")
