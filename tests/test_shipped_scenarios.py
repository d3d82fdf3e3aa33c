"""The shipped scenarios: each loads, asks a question, reports figures that the page of results holds, and runs."""

import re
from pathlib import Path

import pytest
from conftest import run_market

from sim.scenario import load
from sim.shipped import scenario_path, shipped_names

PAGE = Path(__file__).parents[1] / "docs" / "trade_war.md"
AMOUNT = re.compile(r"(?:C\$|US\$|ECU )-?([\d,]+(?:\.\d+)?)")
ONE_NUMBER = ("board_costs_37", *(f"traders_{number}" for number in (2, 4, 8, 16, 32)))
PARENTS = ("history", "multiple_sellers", "no_restitution", "steady", "weekly")
TO_RUN = [name for name in shipped_names() if name not in (*ONE_NUMBER, *PARENTS)]
"""Those that are more than a number away from a scenario that is run; a parent runs in its children."""


@pytest.mark.parametrize("name", shipped_names())
def test_it_loads_asks_a_question_and_its_figures_are_on_the_page(name):
    loaded = load(scenario_path(name))
    description = loaded.scenario.description
    assert loaded.warnings == []
    assert "?" in description
    assert re.search(r"\d", description)
    held = set(re.findall(r"\d[\d,]*(?:\.\d+)?", PAGE.read_text(encoding="utf-8")))
    assert set(AMOUNT.findall(description)) <= held


@pytest.mark.parametrize("name", TO_RUN)
def test_its_last_year_runs(name):
    calendar = load(scenario_path(name)).scenario.calendar
    first = int(calendar.start[:4]) + calendar.crop_years - 1
    last = (f"calendar.start={first}/{(first + 1) % 100:02d}", "calendar.crop_years=1")
    assert run_market(scenario_path(name), periods=12, sets=last).steps == 12
