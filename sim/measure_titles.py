"""Measures in words: ``price_gap:canada:feed:japan-offshore`` becomes a title that needs no code to be read."""

from __future__ import annotations

from typing import Any

from sim.headings import programme_title, sentence
from sim.pool import POOLS
from sim.programme_names import PROGRAMMES, SUBSIDY
from sim.wording import pool_word

SECTIONS = ("origins", "markets", "grades", "importers", "state_importers", "sellers", "boards")
ABBREVIATION = 3  # letters of a name without a title that is taken for an abbreviation

Titles = dict[str, Any]

BY_NAME = {  # table: what it holds, of which section its columns are
    "cash_price": ("Internal (cash) price", "origins"),
    "closing_stock": ("Closing stock", "origins"),
    "consumers_surplus": ("Buyers' surplus", "markets"),
    "deficits": ("Pool deficits", "boards"),
    "freight": ("Freight paid", "markets"),
    "initial_payment": ("Initial payment", "boards"),
    "merchants": ("Middlemen's surplus", "origins"),
    "pool_return_outlook": ("Pool return outlook", "boards"),
    "pool_value": ("Pool value", "boards"),
    "producers": ("Producers' surplus", "origins"),
    "seller_tonnes": ("Sales", "sellers"),
    "taxpayers": ("Taxpayers' cost", "origins"),
}
BY_GRADE = {  # table: what stands behind the grade, of which section the first part of its columns is
    "buyer_price": ("price paid, freight included", "importers"),
    "concentration": ("concentration of sellers", "markets"),
    "landed_price": ("price landed", "markets"),
    "market_price": ("price", "markets"),
    "market_subsidy": ("subsidy", "markets"),
    "market_tonnes": ("sales", "markets"),
}
OF_ORIGIN = {"origin_price": "price", "origin_tonnes": "sales"}
OF_PROGRAMME = {
    "programme_rate": "mean rate",
    "programme_spend": "spending",
    "programme_tonnes": "subsidised tonnes",
    "programmes": "spending",
}
OF_PRODUCERS = {
    "feed_price_cad_t": "{feed} price, producers",
    "home_feed_price_cad_t": "home price of {feed}",
    "producer_revenue_million_cad": "Producer revenue",
}
POOL, PRICE = "pool_", "_price_cad_t"


def titles_in(scenario: dict[str, Any]) -> Titles:
    """What of a resolved scenario a measure's title needs: titles by section and name. It goes into run.json."""
    named = {
        section: {
            name: {"title": entry["title"]}
            for name, entry in (scenario.get(section) or {}).items()
            if entry.get("title")
        }
        for section in SECTIONS
    }
    own = {name: scenario.get(name) or {} for name in PROGRAMMES}
    pools = {pool: {"title": pool_word(scenario, pool)} for pool in POOLS}
    programmes = {name: {"title": entry["title"]} for name, entry in own.items() if entry.get("title")}
    return {**named, "pools": pools, **programmes}


def measure_title(table: str, column: str, titles: Titles | None = None) -> str:
    """Title of a measure in words; its key, ``table:column``, where there are none for it.

    Parameters
    ----------
    titles : dict, optional
        Of :func:`titles_in`, or a resolved scenario; names without a title become words.
    """
    parts = column.split(":")
    given = titles or {}
    known = {section: given.get(section) or {} for section in (*SECTIONS, *PROGRAMMES, "pools")}
    found = next((words for each in (_one, _two, _three) if (words := each(table, parts, known))), None)
    return sentence(found) if found else f"{table}:{column}".rstrip(":")


def key_title(key: str, titles: Titles | None = None) -> str:
    """The same of a key ``table:column``."""
    table, _, column = key.partition(":")
    return measure_title(table, column, titles)


def _one(table: str, parts: list[str], titles: Titles) -> str | None:
    if len(parts) != 1 or not parts[0]:
        return None
    if table in BY_NAME:
        what, section = BY_NAME[table]
        return f"{what}, {_called(titles, (section,), parts[0])}"
    if table in OF_PROGRAMME:
        payer = parts[0].removeprefix(f"{SUBSIDY}_")
        origins = {payer: {"title": _called(titles, ("origins",), payer)}}
        return f"{programme_title({**titles, 'origins': origins}, parts[0])}, {OF_PROGRAMME[table]}"
    if table == "total_surplus":
        return "Total surplus, all countries"
    return f"Reference price, {_words(parts[0])}" if table == "reference_price" else None


def _two(table: str, parts: list[str], titles: Titles) -> str | None:
    if len(parts) != 2:
        return None
    first, second = parts
    if table in BY_GRADE:
        what, section = BY_GRADE[table]
        where = (section, "state_importers") if section == "importers" else (section,)
        return f"{_grade(titles, second)} {what}, {_called(titles, where, first)}"
    if table == "producers" and (second in OF_PRODUCERS or second.endswith(PRICE)):
        stated = OF_PRODUCERS.get(second, "").format(feed=_pool(titles, "feed"))
        words = stated or f"{second.removesuffix(PRICE).replace('_', '-')} price, producers"
        return f"{words}, {_called(titles, ('origins',), first)}"
    if table.startswith(POOL):
        what = table.removesuffix("_kt").removesuffix("_cad_t").removesuffix("_million_cad").replace("_", " ")
        return f"{what}, {_called(titles, ('boards',), first)}, {_pool(titles, second)}"
    return None


def _three(table: str, parts: list[str], titles: Titles) -> str | None:
    if len(parts) != 3:
        return None
    if table in OF_ORIGIN:
        origin, market, grade = parts
        seller, place = _called(titles, ("origins",), origin), _called(titles, ("markets",), market)
        return f"{_grade(titles, grade)} {OF_ORIGIN[table]}, {seller} {'at home' if seller == place else f'to {place}'}"
    if table == "price_gap":
        pair = " less ".join(_called(titles, ("markets",), name) for name in parts[2].split("-"))
        seller = _called(titles, ("origins",), parts[0])
        return f"{_grade(titles, parts[1])} price gap, {pair} (from\N{NO-BREAK SPACE}{seller})"
    return None


def _pool(titles: Titles, pool: str) -> str:
    return (titles["pools"].get(pool) or {}).get("title") or pool


def _grade(titles: Titles, name: str) -> str:
    own = titles["grades"].get(name) or {}
    return own.get("title") or name.replace("_", "-")


def _called(titles: Titles, sections: tuple[str, ...], name: str) -> str:
    found = [(titles[section].get(name) or {}).get("title") for section in sections]
    return next(filter(None, found), None) or _words(name)


def _words(name: str) -> str:
    """A name in words, each with a capital; a short one is taken for an abbreviation."""
    return " ".join(
        word.upper() if len(word) <= ABBREVIATION else word[:1].upper() + word[1:] for word in name.split("_")
    )
