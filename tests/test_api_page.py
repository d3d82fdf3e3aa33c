"""The page of the public API is what the docstrings say: a public signature changes with the page, on purpose."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import sim
from sim import api
from sim.api.page import page

PAGE = Path(__file__).parents[1] / "docs" / "api.md"


def test_the_page_is_what_the_generator_writes():
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m sim.api.page > docs/api.md"


def test_every_public_name_is_on_the_page_with_its_parameters():
    text = page()
    for name in api.__all__:
        section = text.partition(f".{name}`\n")[2].partition("\n### ")[0]
        assert section, name
        if not inspect.isclass(getattr(api, name)):
            assert all(f"{each}: " in section for each in inspect.signature(getattr(api, name)).parameters), name


def test_what_sim_names_is_what_it_gives():
    assert set(sim.__all__) == {name for name in api.__all__ if not inspect.isclass(getattr(api, name))}
    assert all(getattr(sim, name) is getattr(api, name) for name in sim.__all__)
    with pytest.raises(AttributeError, match="no attribute 'walk'"):
        sim.walk  # noqa: B018


@pytest.mark.parametrize("name", api.__all__)
def test_every_public_name_and_member_says_what_it_is(name):
    public = getattr(api, name)
    assert inspect.getdoc(public)
    if inspect.isclass(public):
        section = page().partition(f".{name}`\n")[2].partition("\n### ")[0]
        rows = [line for line in section.splitlines() if line.startswith("| `")]
        assert rows and not any(line.endswith("|  |") for line in rows)
