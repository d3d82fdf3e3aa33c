"""An incidence in words: what each programme cost per additional tonne, who gained and who paid."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.experiments.destination import LOSS, SHARE
from sim.experiments.destination import SIDES as ENDS
from sim.incidence_names import PARTS, country_title, destination_title, removed_title
from sim.measures import AVERAGE
from sim.reports.gather import Shown
from sim.reports.printed import Recorder, caught
from sim.reports.words import amount, change, contains_zero, listing, plural, with_range
from sim.verbs.incidence_screen import show

SIDES = tuple(name for name in PARTS if name != "total")
LEAST = 0.015  # of a dollar: about a cent stands in the tables only
SMALL = 0.01  # of the largest gain or loss: what is less is in the tables only


def incidence_sentences(shown: Shown) -> list[str]:
    """Per programme: spending, tonnes added, cost of an additional tonne, gains and losses, the world's loss."""
    lines = shown.frames["incidence"]
    out = [
        f"The same market with and without its export programmes, on the same {plural(shown.draws, 'draw')} "
        f"(seed {shown.meta.get('seed')}): figures are with less without, means of crop years and draws,"
        " ranges 5-95 % of draws."
    ]
    for programme in dict.fromkeys(lines.loc[lines["table"] == "additional", "programme"]):
        out += programme_cost(shown, str(programme))
    return out


def programme_cost(shown: Shown, programme: str) -> list[str]:
    """What one programme cost and who got it."""
    lines, scenario, draws = shown.frames["incidence"], shown.meta["scenario"], shown.draws
    own = lines[(lines["programme"] == programme) & (lines["row"] == AVERAGE)]
    cells = {line.column: line for line in own[own["table"] == "additional"].itertuples()}
    name = removed_title(scenario, programme)
    spent, tonnes, added = (cells[key] for key in ("spending_million_cad", "subsidised_kt", "additional_kt"))
    text = f"{name}: spending {_range(spent, 'million C$', draws)} a crop year on {_range(tonnes, 'kt', draws)}. "
    text += f"Exports {change(added.mean, added.p05, added.p95, 'kt', draws, ('rise', 'fall'))}"
    per_tonne = cells.get("spending_per_additional_tonne_cad_t")
    if added.mean > 0 and per_tonne is not None and per_tonne.mean == per_tonne.mean:
        line = own_currency(cells)
        text += f", so each additional tonne cost {_range(line, line.unit, draws)}"
        text += f", {amount(per_tonne.mean, 'C$/t')}" if line.unit != "C$/t" else ""
        if contains_zero(added.p05, added.p95):
            text += "; in some draws none is added, so the cost has no upper end"
    elif added.mean <= 0:
        text += ", so no tonne was added and no cost per additional tonne exists"
    where = gains_per_dollar(shown, programme)
    return [f"{text}.", *([f"{name}: {where[0].lower()}{where[1:]}"] if where else []),
            *_who(own[own["table"] == "gains"], scenario, name, draws)]  # fmt: skip


def _cell(shown: Shown, programme: str, table: str) -> dict[str, Any]:
    lines = shown.frames["incidence"]
    own = lines[(lines["programme"] == programme) & (lines["row"] == AVERAGE) & (lines["table"] == table)]
    return {line.column: line for line in own.itertuples()}


def own_currency(cells: dict[str, Any]) -> Any:
    """Cost of an additional tonne in the currency the programme pays in; in C$ where it pays in them."""
    stem = "spending_per_additional_tonne_"
    found = [line for name, line in cells.items() if name.startswith(stem) and line.mean == line.mean]
    return next((line for line in found if line.column != f"{stem}cad_t"), found[0] if found else None)


def per_additional_tonne(shown: Shown, programme: str) -> str:
    """One sentence: what an additional tonne cost the taxpayers; empty where none was added."""
    cells = _cell(shown, programme, "additional")
    line = own_currency(cells)
    if line is None or not cells["additional_kt"].mean > 0:
        return ""
    text = f"{removed_title(shown.meta['scenario'], programme)}: each additional tonne of exports cost taxpayers"
    own = _origin(shown, programme)
    text += f"{f' in {own}' if own else ''} {_range(line, line.unit, shown.draws).replace('/t', '', 1)}"
    cad = cells.get("spending_per_additional_tonne_cad_t")
    return f"{text}, {amount(cad.mean, 'C$/t')[:-2]}." if line.unit != "C$/t" and cad is not None else f"{text}."


def _origin(shown: Shown, programme: str) -> str:
    name = (shown.meta.get("programmes") or {}).get(programme)
    return country_title(shown.meta["scenario"], name) if name else ""


def gains_per_dollar(shown: Shown, programme: str) -> str:
    """Who got each dollar spent, who paid beside the taxpayers, and what nobody got; empty without that table."""
    cells = _cell(shown, programme, "destination")
    found = [(cells[f"{side}{SHARE}"].mean, side) for side in ENDS if f"{side}{SHARE}" in cells]
    found = sorted((pair for pair in found if abs(pair[0]) >= LEAST), key=lambda pair: -abs(pair[0]))
    if not found:
        return ""
    own = _origin(shown, programme)

    def named(sign: int) -> str:
        return listing([f"{_small(destination_title(side, own), own)} {abs(value):.2f}"
                        for value, side in found if value * sign > 0])  # fmt: skip

    text = f"Per dollar spent, gained: {named(1)}" if named(1) else "Per dollar spent nobody gained"
    text += f"; lost beside the taxpayers: {named(-1)}" if named(-1) else ""
    loss = cells.get(f"{LOSS}{SHARE}")
    if loss is not None and loss.mean >= LEAST:
        text += f"; {loss.mean:.2f} bought nobody anything (deadweight loss)"
    return f"{text}."


def _small(title: str, own: str) -> str:
    """Title of a side within a sentence: ``X: producers`` as producers in X."""
    if own and title.startswith(f"{own}: "):
        return f"{title.removeprefix(f'{own}: ')} in {own}"
    return f"{title[:1].lower()}{title[1:]}".replace(",", "")


def _who(gains: pd.DataFrame, scenario: dict[str, Any], name: str, draws: int) -> list[str]:
    """Who gains, who pays, whose sign is open, and what is lost on the way."""
    sides = []
    for line in gains.itertuples():
        country, _, side = line.column.partition(":")
        if country != "world" and side in SIDES:
            sides.append((line, f"{PARTS[side].lower()} in {country_title(scenario, country)}"))
    largest = max((abs(line.mean) for line, _ in sides), default=0.0)
    sides = [(line, who) for line, who in sides if abs(line.mean) >= SMALL * largest and largest > 0]
    sure = [pair for pair in sides if draws == 1 or not contains_zero(pair[0].p05, pair[0].p95)]
    out = []
    for verb, sign in (("gain", 1), ("lose", -1)):
        chosen = sorted((pair for pair in sure if pair[0].mean * sign > 0), key=lambda pair: -abs(pair[0].mean))
        named = [f"{who} {_size(line, draws)}" for line, who in chosen]
        if named:
            out.append(f"{name}, who {verb}s per crop year: {listing(named)}.")
    unsure = [f"{who} ({amount(line.mean, line.unit)})" for line, who in sides if (line, who) not in sure]
    if unsure:
        out.append(f"{name}: the range contains zero for {listing(unsure)}.")
    loss = gains[gains["column"] == "world:deadweight_loss"]
    for line in loss.itertuples():
        verb = "the world as a whole loses" if line.mean > 0 else "the world as a whole gains"
        open_sign = "; the range contains zero" if draws > 1 and contains_zero(line.p05, line.p95) else ""
        out.append(f"{name}: {verb} {_size(line, draws)} a crop year{open_sign}.")
    return out


def _range(line: Any, unit: str, draws: int) -> str:
    return with_range(line.mean, line.p05, line.p95, unit, draws)


def _size(line: Any, draws: int) -> str:
    """Amount without its sign, and the range in the same direction."""
    ends = (line.p05, line.p95) if line.mean >= 0 else (-line.p95, -line.p05)
    return with_range(abs(line.mean), *ends, line.unit, draws)


def incidence_tables(shown: Shown) -> Recorder:
    """The tables that the command prints."""
    return caught(show, shown.frames["incidence"], shown.meta["scenario"], shown.draws)
