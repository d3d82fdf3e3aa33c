"""How large a market may be to be played live: known before anything is built."""

from __future__ import annotations

from agents.farmers import CASH_TRANCHES
from sim.cast import buyer_sections, company_list, seller_list
from sim.scenario import Loaded, Scenario, ScenarioError
from sim.scenario.problems import Mark, Problem
from sim.scenario.schema import Buyer

MOST_DRAWS = 1_000
MOST_PERIODS = 2_600  # fifty years of weeks
MOST_SALES = 80_000_000  # possible sales, all draws together: history is reckoned to have 21 million at 200 draws
MOST_ROWS = 600_000  # of one draw
MOST_A_PERIOD = 10_000  # rows of one draw in a period, on average
COMMAND = "`singledesk run` takes it"


def check_size(loaded: Loaded, draws: int) -> None:
    """Raise ``ScenarioError`` for a market too large to be played live, with what would be small enough."""
    problem = _too_large(loaded, draws)
    if problem:
        path, message = problem
        raise ScenarioError([Problem(Mark("live page"), path, f"{message}; {COMMAND}")])


def most_draws(loaded: Loaded) -> int:
    """Most draws with which a scenario may be played live; 0 when it is too large with any."""
    if _periods(loaded) > MOST_PERIODS or possible_sales(loaded) > _most_rows(loaded):
        return 0
    return min(MOST_DRAWS, MOST_SALES // max(possible_sales(loaded), 1))


def possible_sales(loaded: Loaded) -> int:
    """Possible sales of one draw, at most: the rows of its ledger."""
    scenario = loaded.scenario
    years, per_year = scenario.calendar.crop_years, scenario.calendar.periods_per_year
    rows = 0
    for _, section in buyer_sections(scenario).values():
        agreement = getattr(section, "agreement", None)
        every = hasattr(section, "origin") or agreement is not None
        tenders = per_year if every else min(section.tenders_per_year, per_year)
        rows += years * tenders * (sum(_seats(scenario, section, grade) for grade in section.demand))
        rows += years * per_year * (agreement is not None)
    return rows


def _seats(scenario: Scenario, buyer: Buyer, grade: str) -> int:
    """Sellers who may ever offer to a buyer, at most."""
    home, seats = getattr(buyer, "origin", None), 0
    reaches = {
        origin for origin, regions in scenario.freight_usd_t.items() if buyer.region in regions and origin != home
    }
    if home is not None:
        groups = sum(group.origin == home for group in scenario.growers.values())
        seats += groups * max(len(CASH_TRANCHES), 2) + 1
    seats += sum(board.origin in reaches for board in scenario.boards.values())
    seats += sum(seller.origin in reaches for _, seller in seller_list(scenario).values())
    feed = scenario.grades[grade].pool == "feed"
    for company in company_list(scenario.traders).values():
        seats += len(reaches & set(company.origins)) * (2 if feed else 1)
    if feed and home is None:
        seats += sum(exporter.origin in reaches for exporter in scenario.exporters.values())
    return seats


def _periods(loaded: Loaded) -> int:
    calendar = loaded.scenario.calendar
    return calendar.crop_years * calendar.periods_per_year


def _most_rows(loaded: Loaded) -> int:
    return min(MOST_ROWS, MOST_A_PERIOD * _periods(loaded))


def _too_large(loaded: Loaded, draws: int) -> tuple[str, str] | None:
    if not 1 <= draws <= MOST_DRAWS:
        return "draws", f"{draws:,} draws; the live page takes 1 to {MOST_DRAWS:,}"
    if _periods(loaded) > MOST_PERIODS:
        return "calendar", f"{_periods(loaded):,} periods; the live page takes at most {MOST_PERIODS:,}"
    sales, most = possible_sales(loaded), _most_rows(loaded)
    if sales > most:
        return "", f"up to {sales:,} possible sales; the live page takes {most:,}: fewer buyers, sellers or crop years"
    if draws * sales > MOST_SALES:
        known = f"{draws:,} draws of up to {sales:,} possible sales are more than the live page holds"
        return "draws", f"{known}; it takes {most_draws(loaded):,} draws of this scenario"
    return None
