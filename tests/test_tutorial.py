"""The tutorial word for word: its files and lines in order, in a folder like a clone's; what it shows is printed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from doc_pages import ROOT, Block, blocks, command, differs, python

PAGE = ROOT / "docs" / "tutorial.md"
# What cannot be typed here: the shell's own, and the set-up of an environment, with fewer draws.
INSTEAD = {"make run": "singledesk run scenarios/history.yaml --draws 1", "source .venv/bin/activate": None}


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> tuple[Path, list[tuple[Block, str]]]:
    """A folder in which the page was followed, and what stands before each text block of it with what was printed."""
    place = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "scenarios", place / "scenarios")
    shown, printed = [], ""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.delenv("COLUMNS", raising=False)
        for block in blocks(PAGE):
            if block.language == "sh":
                lines = [INSTEAD.get(line, line) for line in block.lines]
                printed = "".join(command(line) for line in lines if line)
            elif block.language == "yaml":
                kind, name = block.title
                Path(name).write_text(block.text, encoding="utf-8")
                if kind == "file with mistakes":
                    printed = refused(name)
            elif block.language == "python":
                printed = python(block)
            else:
                assert block.language == "text", f"{block}: nobody runs a block of kind `{block.language}`"
                shown.append((block, printed))
    return place, shown


def refused(name: str) -> str:
    """What ``validate`` says about a file that it refuses."""
    with pytest.raises(AssertionError) as caught:
        command(f"singledesk validate {name}")
    return str(caught.value).split("\n", 1)[1].rsplit("\n", 1)[0].rstrip("\n") + "\n"


def test_it_shows_what_is_printed(followed):
    _, shown = followed
    assert len(shown) >= 9
    assert {str(block): line for block, printed in shown if (line := differs(block.text, printed))} == {}


def test_it_leaves_the_files_it_speaks_of(followed):
    place, _ = followed
    for name in ("images/history-prices.png", "less_europe.html", "images/compare-history-less_europe-welfare.png"):
        assert (place / name).stat().st_size > 10_000
    saved = {path.name for path in (place / "results").iterdir() if not path.name.startswith(".")}
    pairs = {"compare-history-less_europe", "compare-rice-open_rice"}
    assert saved == {"history", "mills", "rice", "sweep-merchants", *pairs}


def test_its_words_quote_its_tables(followed):
    """Numbers with a decimal in the text stand in what was printed or in a file of the page."""
    text = re.sub(r"^```.*?^```$", "", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    told = "".join(block.text for block in blocks(PAGE))
    numbers = set(re.findall(r"(?<![\d.])\d+\.\d+(?![\d.])", text)) - {"3.11"}
    numbers -= {"149.9", "144.6", "155.1"}  # of the first run, with more draws than there are here
    assert len(numbers) > 12
    assert {number for number in numbers if number not in told} == set()


@pytest.mark.parametrize(
    ("shown", "printed", "found"),
    [
        ("a\n...\nc\n", "a\nb\nc\n", None),
        ("a\nc\n", "a\nb\nc\n", "c"),
        ("...\nb\n", "a\nb\nc\n", "(nothing more) but printed: c"),
        ("in RUN-ID\n", "in 20260101T000000Z-0123abcd-ffff\n", None),
        ("in RUN-ID\n", "in somewhere\n", "in RUN-ID"),
    ],
)
def test_an_excerpt_is_held_against_every_line(shown, printed, found):
    assert differs(shown, printed) == found
