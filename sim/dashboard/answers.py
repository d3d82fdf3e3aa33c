"""What an export programme cost, what it added and who got it: two worlds side by side, so far and at the end."""

from __future__ import annotations

import numpy as np

from sim.dashboard.answer import Answer, Cost, Gain, Range
from sim.dashboard.growing import currency_of
from sim.dashboard.live import LiveWorld
from sim.dashboard.side_by_side import SideBySide
from sim.dashboard.words import country, headline, money_word, nothing_yet, short_text, who_text
from sim.experiments.counterfactual import favoured_buyers
from sim.experiments.gains import who_gains
from sim.headings import programme_title, title_of
from sim.measures import Measures, Table
from sim.measures.arrays import total
from sim.measures.picking import pick
from sim.shipped import home_origin
from sim.wording import words


def subsidy_answer(side: SideBySide) -> Answer | None:
    """What the export programmes cost in which two worlds differ, and who got it; None where they differ in none."""
    if side.question is None or not side.done_periods:
        return None
    if not side.running:
        side.catch_up()
    origins = side.question.origins
    more, less = sorted(side.worlds, key=lambda world: -_spent(world, list(origins)))
    costs = tuple(_cost(more, less, name, origin) for name, origin in origins.items())
    years, gains = _gains(more, less, side)
    finished = not side.running
    if costs and all(cost.is_same for cost in costs):
        years, gains = (), ()  # shares of next to nothing say nothing
    notes = []
    if side.question.others_differ:
        notes.append("The two scenarios differ in more than export programmes, so not all of this is theirs.")
    if len(costs) > 1:
        notes.append("Exports added are those with all these programmes less those without any of them.")
    notes += _support_note(more, less, side)
    if gains:
        notes.append("Stocks count at one price in both worlds; money of all years counts alike, without interest.")
    say = words(more.loaded.resolved)
    paid = any(cost.spent_million_cad.mean > 0 for cost in costs)
    text = headline(costs, side.date, finished) if paid else nothing_yet(costs, side.date)
    return Answer(
        with_it=more.title, without_it=less.title, costs=costs, gains=gains, crop_years=years, until=side.date,
        finished=finished, short=say(short_text(costs, less.title) if paid else text),
        who=say(who_text(gains, money_word(costs))), headline=say(text), notes=tuple(notes),
    )  # fmt: skip


def _support_note(more: LiveWorld, less: LiveWorld, side: SideBySide) -> list[str]:
    """Say where support buying ends with a programme: part of what is found is its doing."""
    origins = [world.loaded.resolved["origins"] for world in (more, less)]
    found = [
        title_of(more.loaded.resolved, "origins", name)
        for name in dict.fromkeys(_origins(side).values())
        if (origins[0][name].get("support_price") is None) != (origins[1][name].get("support_price") is None)
    ]
    return [f"Support buying in {country(name)} goes with the programme: part of this is its doing." for name in found]


def _spent(world: LiveWorld, names: list[str]) -> float:
    return float(sum(world.book.spent(name)[0].mean() for name in names))


def _cost(more: LiveWorld, less: LiveWorld, programme: str, origin: str) -> Cost:
    cad, _, own = more.book.spent(programme) - less.book.spent(programme)
    kt = more.book.subsidised_kt(programme) - less.book.subsidised_kt(programme)
    added = more.book.exported_kt(origin) - less.book.exported_kt(origin)
    # Rounding apart, two worlds are the same until something is paid.
    known = added > 1e-6
    each = {name: np.where(known, 1000 * money / np.where(known, added, 1.0), np.nan)
            for name, money in (("own", own), ("cad", cad))}  # fmt: skip
    scenario = (more if programme in more.programmes else less).loaded.resolved
    return Cost(
        programme=programme,
        title=programme_title(scenario, programme),
        origin=origin,
        origin_title=title_of(scenario, "origins", origin),
        currency=currency_of(programme)[1],
        spent_million_own=Range.of(own),
        spent_million_cad=Range.of(cad),
        others_million_own=float(less.book.spent(programme)[2].mean()),
        crop_years=more.book.paying_years(programme),
        subsidised_kt=Range.of(kt),
        additional_kt=Range.of(added),
        additional_own_t=_per_tonne(own, added),
        additional_cad_t=_per_tonne(cad, added),
        additional_range_own_t=Range.of(each["own"]),
        additional_range_cad_t=Range.of(each["cad"]),
        share_of_draws=float(known.mean()),
        subsidised_own_t=_per_tonne(own, kt),
        subsidised_cad_t=_per_tonne(cad, kt),
    )


def _origins(side: SideBySide) -> dict[str, str]:
    """Origin of each programme that is asked about."""
    return {} if side.question is None else side.question.origins


def _per_tonne(million: np.ndarray, kt: np.ndarray) -> float:
    return float(1000 * million.mean() / kt.mean()) if kt.mean() > 1e-6 else float("nan")


def _gains(more: LiveWorld, less: LiveWorld, side: SideBySide) -> tuple[tuple[str, ...], tuple[Gain, ...]]:
    """Who gained over the whole crop years since something was first paid."""
    first, second = more.accounts.measures(), less.accounts.measures()
    if first is None or second is None:
        return (), ()
    read = [first, second]
    names = list(_origins(side))
    spending = [pick(each, "programme_spend") for each in read]
    rows = [row for row in spending[0].rows if row in spending[1].rows]
    read = [_only(each, rows) for each in read]
    spent = total(np.stack([_column(spending[0].only(rows), name) - _column(spending[1].only(rows), name)
                            for name in names]))  # fmt: skip
    paid = np.flatnonzero(spent.mean(axis=1) != 0)
    if not len(paid):
        return (), ()
    years = tuple(rows[paid[0] :])
    sides = _sides(read[0], read[1], more, side, list(years))
    money = total(spent[paid[0] :])
    cad, usd = (sum(more.book.spent(name)[place] - less.book.spent(name)[place] for name in names) for place in (0, 1))
    rate = float(cad.mean() / usd.mean())
    found = []
    for key, (title, values) in sides.items():
        a_year = Range.of(total(values) / len(years))
        per_dollar = float(total(values).mean() / money.mean()) if money.mean() else float("nan")
        found.append(Gain(key, title, a_year, a_year.mean / rate, a_year.mean * len(years), per_dollar))
    return years, tuple(found)


def _only(measures: Measures, rows: list[str]) -> Measures:
    places = [i for i, key in enumerate(measures.keys) if key[1] in rows]
    return Measures(tuple(measures.keys[i] for i in places), measures.lines(places), measures.draw_numbers)


def _column(table: Table, name: str) -> np.ndarray:
    shape = (len(table.rows), table.values.shape[-1])
    return table.column(name) if name in table.columns else np.zeros(shape)


def _sides(
    with_it: Measures, without_it: Measures, more: LiveWorld, side: SideBySide, years: list[str]
) -> dict[str, tuple[str, np.ndarray]]:
    """Title and change of each side's account, million C$ (crop year, draw)."""
    gains = who_gains(with_it, without_it).only(years)
    buyers = pick(with_it, "buyers_surplus").minus(pick(without_it, "buyers_surplus"), absent=0.0).only(years)
    scenario, home = more.loaded.resolved, home_origin(more.loaded.resolved)
    payers = list(dict.fromkeys(_origins(side).values()))
    countries = list(dict.fromkeys(name.partition(":")[0] for name in gains.columns if not name.startswith("world:")))
    chosen = _favoured(side) & set(buyers.columns)
    where = " and ".join(title_of(scenario, "origins", payer) for payer in payers)
    nothing = np.zeros((len(years), more.draws))

    def added(part: str, names: list[str]) -> np.ndarray:
        return total(np.stack([nothing, *(_column(gains, f"{name}:{part}") for name in names)]))

    favoured = total(np.stack([nothing, *(buyers.column(name) for name in buyers.columns if name in chosen)]))
    at_home = added("buyers", payers)
    origins = [name for name in scenario["origins"] if name not in payers]
    others = [name for name in origins if name != home]
    grown = {group["origin"] for group in scenario["growers"].values()}

    def who(names: list[str]) -> str:
        return "Farmers" if grown & set(names) else "Producers"

    found = {
        "taxpayers": (f"Taxpayers, {where}", added("taxpayers", payers)),
        "favoured": ("Importers the programme favours", favoured),
        "producers": (f"{who(payers)}, {where}", added("producers", payers)),
        "buyers_at_home": (f"Buyers at home, {where}", at_home),
        "middlemen": ("Trading companies and exporters", added("middlemen", countries)),
        "home_producers": (f"{who([home])}, {title_of(scenario, 'origins', home)}",
                           added("producers", [home] if home in origins else [])),
        "other_producers": (f"{who(others)} of other exporters", added("producers", others)),
        "other_buyers": ("All other buyers", added("buyers", countries) - favoured - at_home),
        "other_taxpayers": ("Other treasuries", added("taxpayers", [name for name in countries if name not in payers])),
        "deadweight": ("Nobody: deadweight loss", gains.column("world:deadweight_loss")),
    }  # fmt: skip
    keep = ("taxpayers", "deadweight")
    return {key: entry for key, entry in found.items() if key in keep or np.any(np.abs(entry[1]) > 1e-9)}


def _favoured(side: SideBySide) -> set[str]:
    """Importers that a programme's sales may go to, in either world."""
    found: set[str] = set()
    for world in side.worlds:
        for name in _origins(side):
            found |= set(favoured_buyers(world.loaded, name)[0])
    return found
