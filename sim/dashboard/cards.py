"""Headlines of a market: one number each, of the last month and of the last crop year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.dashboard.growing import GAP, SPENT_OWN, Bands, currency_of
from sim.dashboard.live import LiveWorld
from sim.headings import programme_title, title_of
from sim.shipped import home_origin
from sim.wording import pool_word, words

GROUPS = ("Prices", "Pool", "Export subsidies")


@dataclass(frozen=True)
class Card:
    """One headline.

    Attributes
    ----------
    group, title, unit : str
    now : (float, float, float) or None
        Mean, 5 and 95 % of draws of the last period; None without trade, or where there is no monthly figure.
    last_year : (float, float, float) or None
        The same of the last crop year that has closed.
    """

    group: str
    title: str
    unit: str
    now: tuple[float, float, float] | None
    last_year: tuple[float, float, float] | None


def headline_cards(world: LiveWorld) -> list[Card]:
    """Prices of feed by market and the gaps between them, pool returns, programmes' rates and spending so far."""
    scenario, lines = world.loaded.resolved, _last_year(world)
    origin = home_origin(scenario)
    grade = next((name for name, each in scenario["grades"].items() if each["pool"] == "feed"), "")
    cards, say = [], words(scenario)

    def card(group: str, title: str, unit: str, band: Bands | None, key: tuple[str, str] | None) -> None:
        now, before = None if band is None else _last(band), None if key is None else lines.get(key)
        if now is not None or before is not None:
            cards.append(Card(group, title, say(unit), now, before))

    for pair, band in world.bands("price_cad_t").items():
        market, _, own = pair.partition(":")
        if own == grade:
            title = f"{scenario['grades'][grade]['title']}, {title_of(scenario, 'markets', market)}"
            card("Prices", title, "C$/t f.o.b.", band, ("origin_price", f"{origin}:{pair}"))
    for pair, band in world.bands(GAP).items():
        names = pair.split("-")
        title = " less ".join(title_of(scenario, "markets", name) for name in names)
        card("Prices", title, "C$/t", band, ("price_gap", f"{origin}:{grade}:{pair}"))
    for board, section in scenario["boards"].items():
        if section["origin"] != origin:
            continue
        title = title_of(scenario, "boards", board)
        for series, what in (
            ("initial_payment_cad_t", "initial payment"),
            ("pool_return_outlook_cad_t", "expected return"),
        ):
            if lines and ("pool_return_cad_t", f"{board}:feed") not in lines:
                continue  # nobody delivers to the pool: what it would have paid is of no interest
            card(
                "Pool", f"{title}: {what}, {pool_word(scenario, 'feed')}", "C$/t", world.bands(series).get(board), None
            )
        for pool in ("feed", "malting"):
            key = ("pool_return_cad_t", f"{board}:{pool}")
            card("Pool", f"{title}: pool return, {pool_word(scenario, pool)}", "C$/t", None, key)
    for name in world.programmes:
        title = programme_title(scenario, name)
        rate = world.bands("programme_rate_cad_t").get(name)
        card("Export subsidies", f"{title}: rate", "C$/t", rate, ("programme_rate", name))
        card("Export subsidies", f"{title}: spent in the crop year", "million C$", None, ("programme_spend", name))
        spent = world.bands(SPENT_OWN).get(name)
        card("Export subsidies", f"{title}: spent since the start", f"million {currency_of(name)[1]}", spent, None)
    return cards


def _last(band: Bands) -> tuple[float, float, float] | None:
    if not len(band.mean) or np.isnan(band.mean[-1]):
        return None
    return float(band.mean[-1]), float(band.p05[-1]), float(band.p95[-1])


def _last_year(world: LiveWorld) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Mean, 5 and 95 % of the last crop year that has been read, by table and column."""
    lines = world.accounts.last_lines()
    found = {
        (line.table, line.column): (line.mean, line.p05, line.p95)
        for line in lines.itertuples()
        if not np.isnan(line.mean)
    }
    for (table, column), (middle, low, high) in list(found.items()):
        if table == "price_gap":  # a gap is stored one way round
            stem, _, pair = column.rpartition(":")
            found.setdefault((table, f"{stem}:{'-'.join(reversed(pair.split('-')))}"), (-middle, -high, -low))
    return found
