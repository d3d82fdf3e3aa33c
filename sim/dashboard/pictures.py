"""Which series of a market make which chart: name, unit, what it tells, and its lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.dashboard.growing import GAP, SPENT_USD
from sim.dashboard.lines import colour, dash, line, short, spread
from sim.headings import programme_title, sentence, title_of
from sim.shipped import home_origin
from sim.wording import commodity, pool_word, words

MOST_GAPS = 6
Lines = list[dict[str, Any]]


@dataclass(frozen=True)
class Picture:
    """A chart over the calendar.

    Attributes
    ----------
    name, title, unit, tells : str
        Key; heading; what values are in; one sentence under the heading.
    lines : callable
        (world, grade) -> lines.
    graded : bool
        Whether the grade is chosen.
    """

    name: str
    title: str
    unit: str
    tells: str
    lines: Callable[[Any, str], Lines]
    graded: bool = False


def scenario_of(world: Any) -> dict[str, Any]:
    """Resolved scenario of a market."""
    scenario_of: dict[str, Any] = world.loaded.resolved
    return scenario_of


def grades_of(scenario: dict[str, Any]) -> dict[str, str]:
    """Grades and their titles."""
    return {name: title_of(scenario, "grades", name) for name in scenario["grades"]}


def by_market(series: str) -> Callable[[Any, str], Lines]:
    """Lines of one series, a market each, of one grade."""

    def lines(world: Any, grade: str) -> Lines:
        bands, scenario = world.bands(series), scenario_of(world)
        return [
            line(title_of(scenario, "markets", market), bands[f"{market}:{grade}"], position)
            for position, market in enumerate(scenario["markets"])
            if f"{market}:{grade}" in bands and _any(bands[f"{market}:{grade}"])
        ]

    return lines


def price_differences(a: Any, b: Any, grade: str) -> Lines:
    """Mean price of each market in B less that in A."""
    bands, scenario, found = (a.bands("price_cad_t"), b.bands("price_cad_t")), scenario_of(a), []
    for position, market in enumerate(scenario["markets"]):
        pair = [each.get(f"{market}:{grade}") for each in bands]
        if None not in pair and all(map(_any, pair)):
            done = min(len(pair[0].mean), len(pair[1].mean))
            values = short(pair[1].mean[:done] - pair[0].mean[:done])
            title = title_of(scenario, "markets", market)
            found.append({"name": title, "colour": colour(position), "dash": dash(position), "p50": values})
    return found


def pool(world: Any, _grade: str) -> Lines:
    """Initial payment, expected return and the merchants' bid of the home board, and what the pools returned."""
    scenario = scenario_of(world)
    origin = home_origin(scenario)
    boards = [name for name, each in (scenario.get("boards") or {}).items() if each["origin"] == origin]
    found: Lines = []
    for board in boards[:1]:
        for position, (series, title) in enumerate(
            (("pool_return_outlook_cad_t", "expected pool return"), ("initial_payment_cad_t", "initial payment"))
        ):
            bands = world.bands(series).get(board)
            if bands is not None and _any(bands):
                found.append(line(title, bands, position))
    cash = world.bands("cash_price_cad_t").get(origin)
    if cash is not None and _any(cash):
        found.append(line("merchants' cash price", cash, 2))
    for board in boards[:1]:
        per_year = world.loaded.timeline.periods_per_year
        for position, grade in enumerate(dict.fromkeys(each["pool"] for each in scenario["grades"].values())):
            bands = world.bands("pool_return_cad_t").get(f"{board}:{grade}")
            if bands is not None and len(bands.p50):
                values = spread(bands.p50, len(bands.p50) * per_year, per_year)
                made = line(f"{pool_word(scenario, grade)} pool paid in the end", bands, 3 + position)
                found.append({"name": made["name"], "colour": made["colour"], "dash": made["dash"], "p50": values})
    return found


def programme_rate(world: Any, _grade: str) -> Lines:
    """What each programme pays per tonne."""
    return _programmes(world, "programme_rate_cad_t")


def _programmes(world: Any, series: str) -> Lines:
    bands, scenario = world.bands(series), scenario_of(world)
    return [
        line(programme_title(scenario, name), bands[name], position)
        for position, name in enumerate(bands)
        if _any(bands[name])
    ]


def programme_spending(world: Any, _grade: str) -> Lines:
    """What each programme has spent so far."""
    return _programmes(world, SPENT_USD)


def gaps(world: Any, _grade: str) -> Lines:
    """Price differences between markets."""
    scenario = scenario_of(world)
    bands = world.bands(GAP)
    return [
        line(" less ".join(title_of(scenario, "markets", name) for name in pair.split("-")), bands[pair], position)
        for position, pair in enumerate(list(bands)[:MOST_GAPS])
        if _any(bands[pair])
    ]


def _any(bands: Any) -> bool:
    return bool(len(bands.p95)) and bool(((bands.p95 == bands.p95) & (bands.p95 != 0)).any())


def told(picture: Picture, scenario: dict[str, Any]) -> str:
    """What a picture tells, in the words of the scenario."""
    feed = sentence(pool_word(scenario, "feed"))
    origin = title_of(scenario, "origins", home_origin(scenario))
    return words(scenario)(picture.tells.format(origin=origin, commodity=commodity(scenario), feed=feed))


PICTURES = (
    Picture("prices", "Prices by market", "C$/t f.o.b.",
            "What {commodity} from {origin} fetches on board at its port, by where it is sold. Lines are the median of "
            "the draws; dark bands hold half of them, light bands nine in ten.", by_market("price_cad_t"), graded=True),
    Picture("gaps", "Price gaps between markets", "C$/t",
            "{feed}: how much more the first market pays than the second. One price everywhere would be zero.", gaps),
    Picture("sales", "Sales by market", "kt per month", "What {origin} sells to each market. Bands and lines as above.",
            by_market("sales_kt"), graded=True),
    Picture("pool", "The pool and the cash market", "C$/t",
            "What growers in {origin} get: the payment on delivery, what the pool is expected to return, what "
            "merchants bid, and what the pool returned at the end of each crop year.", pool),
    Picture("rate", "Export subsidies: what a tonne gets", "C$/t", "Average payment on the tonnes sold with it.",
            programme_rate),
    Picture("spending", "Export subsidies: spent so far", "million US$",
            "Paid by taxpayers since the start, in US$ of the month, so that programmes compare.",
            programme_spending),
)  # fmt: skip
