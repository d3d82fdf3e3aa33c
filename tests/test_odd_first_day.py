"""The table of the first day in docs/odd.md holds what the model starts with."""

from pathlib import Path

import pytest
from conftest import QUIET

from sim.market import BarleyMarket
from sim.scenario import load

PAGE = Path(__file__).parents[1] / "docs" / "odd.md"


def rows_of(title):
    """Rows of the table whose head names ``title``, by their first cell, numbers as floats and dashes as nothing."""
    table = PAGE.read_text(encoding="utf-8").split(title, 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {name: [None if cell == "-" else float(cell) for cell in rest] for name, *rest in cells}


def test_the_first_day_of_the_history_is_the_one_on_the_page(shipped):
    market = BarleyMarket(load(shipped("history"), sets=list(QUIET)), draws=1)
    said = rows_of("malting outlook, C$/t |")
    assert list(said) == list(market.cash)
    for origin, (growers, stock, malting, price, feed_outlook, malting_outlook) in said.items():
        held = sum(float(group.stock_kt[0]) for group in market.growers.values() if group.origin == origin)
        boards = [board for board in market.boards.values() if board.desk.origin == origin]
        assert growers == pytest.approx(held, abs=0.005)
        assert price == pytest.approx(float(market.cash[origin].price_cad_t[0]), abs=0.005)
        if not boards:
            assert (stock, malting, feed_outlook, malting_outlook) == (None, None, None, None)
            continue
        assert stock == pytest.approx(sum(float(board.desk.stock_kt[0]) for board in boards), abs=0.005)
        assert malting == pytest.approx(sum(float(board.desk.malting_kt[0]) for board in boards), abs=0.005)
        for board in boards:
            assert feed_outlook == pytest.approx(float(board.pools["feed"].outlook_cad_t[0]), abs=0.005)
            assert malting_outlook == pytest.approx(float(board.pools["malting"].outlook_cad_t[0]), abs=0.005)
    assert "holds 1,484 kt" in PAGE.read_text(encoding="utf-8")
    assert float(market.agencies["eu"].stock_kt[0]) == pytest.approx(1484)
