"""An incidence in words: what each programme cost per additional tonne, who gained and who paid."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.incidence_names import PARTS, country_title, removed_title
from sim.measures import AVERAGE
from sim.reports.gather import Shown
from sim.reports.printed import Recorder, caught
from sim.reports.words import amount, change, contains_zero, listing, plural, with_range
from sim.verbs.incidence_screen import show

SIDES = tuple(name for name in PARTS if name != "total")
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
        text += f", so each additional tonne cost {_range(per_tonne, 'C$/t', draws)}"
        if contains_zero(added.p05, added.p95):
            text += "; in some draws none is added, so the cost has no upper end"
    elif added.mean <= 0:
        text += ", so no tonne was added and no cost per additional tonne exists"
    return [f"{text}.", *_who(own[own["table"] == "gains"], scenario, name, draws)]


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
