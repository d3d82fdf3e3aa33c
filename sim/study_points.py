"""Where a scenario has what the study's tables are taken from."""

from __future__ import annotations

from typing import Any

from sim.measures.study_tables import StudyPoints
from sim.shipped import home_origin, market_pairs, published_periods


def study_points(loaded: Any) -> StudyPoints:
    """Find the pairs, periods and reference prices of the study's tables in a loaded scenario.

    The first feed grade counts. Reference prices are at home when their feeders live in the base origin, outside when
    they live elsewhere, and corn when they follow a series.
    """
    scenario = loaded.scenario
    origin = home_origin(vars(scenario))
    grade = next((name for name, grade in scenario.grades.items() if grade.pool == "feed"), "")
    quotes = scenario.reference_prices.items()
    homes = {name: scenario.feeders[quote.feeders] for name, quote in quotes if quote.feeders is not None}
    home = tuple(name for name, feeders in homes.items() if feeders.origin == origin)
    demand = homes[home[0]].demand.get(grade) if home else None
    stated = demand.elasticity if demand is not None else None
    elasticity = loaded.levels(stated)[0] if stated is not None else 0.0
    return StudyPoints(
        origin=origin,
        grade=grade,
        pairs=tuple(market_pairs(scenario.model_dump(include={"markets", "published"}))),
        periods=tuple(published_periods()) if scenario.published else (),
        home=home if stated is not None else (),
        outside=tuple(name for name, feeders in homes.items() if feeders.origin != origin),
        corn=tuple(name for name, quote in quotes if quote.feeders is None),
        elasticity=elasticity,
    )
