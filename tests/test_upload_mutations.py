"""Thousands of broken scenarios in small: whatever is sent, a scenario or a report of what is wrong comes back."""

from __future__ import annotations

import os
import random
import sys

import pytest

from sim.dashboard.plans import open_shipped, open_text
from sim.scenario import Loaded, ScenarioError
from sim.shipped import shipped_folder, shipped_path

CASES = 40
NAMES = ("history", "steady", "no_eep", "weekly", "multiple_sellers", "japan_liberalises")
PIECES = (
    b"&a ", b"*a ", b"!!python/name:os.system ", b"!!binary ", b"<<: ", b"? ", b"- ", b": ", b"{", b"[", b'"', b"'",
    b"|", b"---\n", b"\t", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa8", b"0x", b"1_0", b"1:30", b"1e999",
    b".nan", b"-.inf", 30 * b"9", b"#", b"/etc/passwd", b"../../x", b"extends: ../x\n", b"data: [/etc/passwd]\n",
)  # fmt: skip
_opened: list[str] | None = None


def _note(event: str, arguments: tuple) -> None:
    if event == "open" and _opened is not None:
        _opened.append(str(arguments[0]))


@pytest.fixture
def opened():
    """Files that are opened from now on."""
    global _opened
    if not getattr(_note, "there", False):  # a hook stays for good
        sys.addaudithook(_note)
        _note.there = True
    _opened = []
    yield _opened
    _opened = None


def mutated(raw: bytes, dice: random.Random) -> bytes:
    """Bytes changed, cut, repeated and put in; lines are taken out."""
    text = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 6))):
        at, way = dice.randrange(len(text) + 1), dice.randrange(5)
        if way == 0:
            text[at : at + 1] = bytes([dice.randrange(256)])
        elif way == 1:
            del text[at : at + dice.randrange(1, 60)]
        elif way == 2:
            since = dice.randrange(len(text) + 1)
            text[at:at] = text[since : since + dice.randrange(1, 200)]
        else:
            text[at:at] = dice.choice(PIECES)
    return bytes(text)


def outcome(raw: bytes) -> str:
    try:
        loaded = open_text("mine.yaml", raw)
    except ScenarioError as error:
        assert str(error) and "Traceback" not in str(error)
        return "refused"
    assert isinstance(loaded, Loaded)
    return "loaded"


def test_mutated_scenarios_load_or_are_explained(opened):
    dice, found = random.Random(1), []
    shipped = {name: shipped_path(name).read_bytes() for name in NAMES}
    for name in NAMES:
        open_shipped(name)  # what is imported at the first use is no concern here
    for _ in range(CASES):
        raw = mutated(shipped[dice.choice(NAMES)], dice)
        opened.clear()
        found.append(outcome(raw))
        outside = [
            each for each in opened if not os.path.realpath(each).startswith(f"{shipped_folder()}{os.sep}")
            and not each.endswith((".py", ".pyc"))
        ]  # fmt: skip
        assert outside == []
    assert set(found) == {"loaded", "refused"}


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp037", "utf-7"])
def test_other_encodings_load_or_are_explained(code):
    outcome(shipped_path("no_eep").read_bytes().decode().encode(code))
