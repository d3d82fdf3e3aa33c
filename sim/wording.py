"""What a scenario's commodity, pools and currencies are called in tables, figures and reports.

Code speaks of C$, US$, ECU and a crop year from August to July; :func:`words` puts a scenario's own words in their
place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sim.calendar import FIRST_MONTH, MONTHS

DEFAULTS = {
    "commodity": "grain",
    "feeders": "feeders",
    "maltsters": "maltsters",
    "own_use": "seed, food, industry",
    "cad": "C$",
    "usd": "US$",
    "ecu": "ECU",
}
SEASON = "August-July"
TOKENS = re.compile(
    rf"(?<![A-Za-z])(?P<cad>C\\?\$)|(?<![A-Za-z])(?P<usd>US\\?\$)|\b(?P<ecu>ECU)\b|(?P<season>{SEASON})"
    r"|\b(?P<dollar>(?:a )?dollar(?= (?:of spending|spent|went))|(?<=[Pp]er )dollar)\b"
    r"|(?P<cents>\bcents(?= (?:stay|per|of)\b))"
)

Scenario = Mapping[str, Any]


def word(scenario: Scenario, key: str) -> str:
    """Word of a resolved scenario for a key of ``wording``; results of earlier versions have the defaults."""
    return str((scenario.get("wording") or {}).get(key) or DEFAULTS[key])


def commodity(scenario: Scenario) -> str:
    """What is traded."""
    return word(scenario, "commodity")


def pool_word(scenario: Scenario, pool: str) -> str:
    """What a pool and the grades sold for it are called: as ``wording`` says, else by its only grade, else its key."""
    own = (scenario.get("wording") or {}).get(pool)
    if own:
        return str(own)
    grades = scenario.get("grades") or {}
    titles = [str(grade.get("title") or name) for name, grade in grades.items() if grade.get("pool") == pool]
    return _within(titles[0]) if len(titles) == 1 else pool


def first_month(scenario: Scenario) -> int:
    """Calendar month in which a crop year begins, 1 to 12."""
    return int((scenario.get("calendar") or {}).get("first_month", FIRST_MONTH))


def season(scenario: Scenario) -> str:
    """Months of a crop year: ``August-July``."""
    first = first_month(scenario)
    return f"{MONTHS[first - 1]}-{MONTHS[first - 2]}"


def units(scenario: Scenario) -> dict[str, str]:
    """What texts call the three currencies and a crop year: results that differ in it have no text in common."""
    return {key: word(scenario, key) for key in ("cad", "usd", "ecu")} | {"season": season(scenario)}


def words(scenario: Scenario, dress: Callable[[str], str] = str) -> Callable[[str], str]:
    """A function that puts a scenario's currencies and crop year in the place of those that code speaks of.

    ``dress`` is applied to what is put in, such as the escaping of dollar signs. Where the account currency is no
    dollar, a dollar spent is one of it, and its cents are hundredths. Limit: a scenario in Canadian dollars from August
    to July gets its texts back as they are.
    """
    own, usual = units(scenario), {key: DEFAULTS[key] for key in ("cad", "usd", "ecu")} | {"season": SEASON}
    if own == usual:
        return str
    dollars = own["cad"].endswith("$")
    own |= {"dollar": "dollar" if dollars else f"{own['cad']} 1", "cents": "cents" if dollars else "hundredths"}
    usual |= {"dollar": "dollar", "cents": "cents"}

    def put(found: re.Match[str]) -> str:
        key = str(found.lastgroup)
        return found[0] if own[key] == usual[key] else dress(own[key])

    return lambda text: TOKENS.sub(put, text)


def _within(title: str) -> str:
    """A title within a sentence: a capital stays where another follows."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
