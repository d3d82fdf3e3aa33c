"""The tables ``singledesk incidence`` prints."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Console

from sim.experiments.compare import REVENUE
from sim.experiments.destination import LOSS, SHARE, SIDES
from sim.incidence_names import (
    PARTS,
    country_title,
    destination_title,
    effect_title,
    followed_by,
    price_title,
    removed_title,
)  # fmt: skip
from sim.measures import AVERAGE
from sim.screen import grid, mean_and_range, number

Cells = dict[tuple[str, str], Any]
ROUNDING = 1e-6  # million C$: less than that is how computers add


def show(console: Console, lines: pd.DataFrame, scenario: dict[str, Any], draws: int) -> None:
    """Print who pays and gains, additional tonnes, pass-through, the desk with and without the war, and the account."""
    gains = lines[lines["table"] == "gains"]
    for programme, part in gains.groupby("programme", sort=False):
        console.print(_gains(part, scenario, str(programme), draws))
    console.print(_losses(gains, scenario, draws))
    console.print(_additional(lines[lines["table"] == "additional"], scenario, draws))
    console.print(_destination(lines[lines["table"] == "destination"], scenario, draws))
    for programme in dict.fromkeys(lines.loc[lines["table"] == "pass_through", "programme"]):
        console.print(_pass_through(lines, programme, scenario, draws))
    desk = lines[lines["table"] == "desk"]
    if desk.empty:
        console.print(
            "No single desk to set aside in the base origin: its gain with and without programmes is not shown."
        )
    else:
        console.print(_desk(desk, scenario, draws))
        console.print(_shares(lines, scenario, draws))
        console.print(_correlations(lines[lines["table"] == "correlation"], scenario, draws))
    gap = lines[(lines["table"] == "money") & (lines["column"] == "imbalance")]
    largest = gap[["p05", "p95"]].abs().to_numpy().max()
    text = "Every crop year buyers and treasuries pay what producers, middlemen, boards' costs and freight take"
    rest = f": they differ by C${largest:.2g} million at most" if largest >= ROUNDING else " (rounding apart)"
    console.print(f"{text}{rest}.", highlight=False)


def _cells(frame: pd.DataFrame) -> Cells:
    return {(line.row, line.column): line for line in frame.itertuples()}


def _banded(cell: Any, draws: int, digits: int = 1) -> str:
    return "-" if cell is None else mean_and_range(cell.mean, cell.p05, cell.p95, draws, digits)


def _money(cell: Any, draws: int) -> str:
    """Millions, without a decimal where there are thousands of them: five columns must fit the screen."""
    return _banded(cell, draws, 0 if abs(cell.mean) >= 1000 else 1)


def _gains(part: pd.DataFrame, scenario: dict[str, Any], programme: str, draws: int) -> Any:
    cells = _cells(part[part["row"] == AVERAGE])
    countries = list(dict.fromkeys(column.partition(":")[0] for column in part["column"]))
    rows = [
        [country_title(scenario, name), *(_money(cells[AVERAGE, f"{name}:{side}"], draws) for side in PARTS)]
        for name in countries
    ]
    loss, stored = (_banded(cells[AVERAGE, f"world:{name}"], draws) for name in ("deadweight_loss", "holding_gains"))
    caption = (
        f"Mean over crop years and draws (5 to 95 % of draws). Deadweight loss {loss}. Stocks at one price in both "
        f"runs; left out: {stored} by which what is in store is worth more."
    )
    title = f"{removed_title(scenario, programme)}: who gains and who pays (million C$ a crop year, with less without)"
    return grid(title, ["", *PARTS.values()], rows, caption)


def _losses(gains: pd.DataFrame, scenario: dict[str, Any], draws: int) -> Any:
    names = list(dict.fromkeys(gains["programme"]))
    tables = {name: _cells(gains[gains["programme"] == name]) for name in names}
    rows = [
        [row, *(_banded(tables[name][row, "world:deadweight_loss"], draws) for name in names)]
        for row in dict.fromkeys(gains["row"])
    ]
    headings = ["Crop year", *(removed_title(scenario, name) for name in names)]
    return grid("Deadweight loss of the world (million C$)", headings, rows)


def _additional(part: pd.DataFrame, scenario: dict[str, Any], draws: int) -> Any:
    columns = {
        "spending_million_cad": ("Spending (million C$)", 1),
        "subsidised_kt": ("Subsidised (kt)", 0),
        "additional_kt": ("Exports added (kt)", 0),
        "spending_per_additional_tonne_cad_t": ("C$ per tonne added", 1),
        "additionality": ("Added / subsidised", 2),
    }
    rows = []
    for programme in dict.fromkeys(part["programme"]):
        cells = _cells(part[part["programme"] == programme])
        values = [_banded(cells[AVERAGE, name], draws, digits) for name, (_, digits) in columns.items()]
        rows.append([removed_title(scenario, programme), *values])
    headings = ["", *(heading for heading, _ in columns.values())]
    caption = "Means of all crop years and their quotients; a dash where no exports are added."
    return grid("Subsidy per additional tonne exported", headings, rows, caption)


def _destination(part: pd.DataFrame, scenario: dict[str, Any], draws: int) -> Any:
    names = list(dict.fromkeys(part["programme"]))
    cells = {name: _cells(part[part["programme"] == name]) for name in names}
    rows = [
        [
            destination_title(side, "Its country"),
            *(_banded(cells[name][AVERAGE, f"{side}{SHARE}"], draws, 2) for name in names),
        ]
        for side in (*SIDES, LOSS)
    ]
    caption = "Means of all crop years and their quotients; the column adds up to one. A dash: nothing was spent."
    return grid(
        "Where each dollar of spending went (C$)", ["", *(removed_title(scenario, n) for n in names)], rows, caption
    )


def _pass_through(lines: pd.DataFrame, programme: str, scenario: dict[str, Any], draws: int) -> Any:
    kinds = {"pass_through": "Whole programme", "marginal_pass_through": "Marginal"}
    own = lines[(lines["programme"] == programme) & (lines["row"] == AVERAGE)]
    cells = {kind: _cells(own[own["table"] == kind]) for kind in kinds}
    columns = [column for _, column in cells["pass_through"] if followed_by(column, programme)]
    rows = [
        [price_title(scenario, name), *(_banded(cells[kind].get((AVERAGE, name)), draws, 2) for kind in kinds)]
        for name in columns
    ]
    caption = (
        "Whole: with the programme less without, over the mean bonus. Marginal: a programme a fifth larger, over the "
        "rise of the mean bonus. A dash: no sales, or no rise."
    )
    title = f"{removed_title(scenario, programme)}: change of prices per C$1/t of mean bonus (C$/t)"
    return grid(title, ["", *kinds.values()], rows, caption)


def _desk(part: pd.DataFrame, scenario: dict[str, Any], draws: int) -> Any:
    cells = _cells(part)
    bonuses = [column for column in dict.fromkeys(part["column"]) if column.startswith("bonus:")]
    columns = {f"with:{REVENUE}": "Effect with the programmes", f"without:{REVENUE}": "Effect without"}
    columns |= {name: f"Mean bonus, {removed_title(scenario, name.partition(':')[2])} (C$/t)" for name in bonuses}
    published = [name for name in columns if part.loc[part["column"] == name, "published"].notna().any()]
    rows = []
    for row in dict.fromkeys(part["row"]):
        line = [row]
        for name in columns:
            line.append(_banded(cells[row, name], draws))
            if name in published:
                line.append(number(cells[row, name].published))
        rows.append(line)
    headings = ["Crop year"]
    for name, heading in columns.items():
        headings += [heading, "published"] if name in published else [heading]
    caption = "Published: the study's Table 2, and the public estimate of the bonus." if published else None
    title = "Producer revenue, multiple sellers less single desk (million C$): with and without the programmes"
    return grid(title, headings, rows, caption)


def _shares(lines: pd.DataFrame, scenario: dict[str, Any], draws: int) -> Any:
    part, effects = lines[lines["table"] == "desk_share"], _cells(lines[lines["table"] == "desk"])
    cells, rows = _cells(part), []
    for row in dict.fromkeys(part["row"]):
        for column in dict.fromkeys(part["column"]):
            sides = [effects[row, f"{side}:{column}"] for side in ("with", "without")]
            share = f"{100 * (1 - sides[1].mean / sides[0].mean):.0f} %" if sides[0].mean else "-"
            cell = cells[row, column]
            spread = f"{100 * cell.p05:.0f} to {100 * cell.p95:.0f} %" if draws > 1 else "-"
            means = [_banded(side, draws) for side in sides]
            rows.append([f"{effect_title(column, scenario)}, {row}", *means, share, spread])
    headings = ["", "With the programmes", "Without", "Gone without", "5 to 95 % of draws"]
    title = "The single desk's effects that disappear without the programmes (C$/t, million C$)"
    return grid(title, headings, rows, "Gone without: one less the quotient of the two means.")


def _correlations(part: pd.DataFrame, scenario: dict[str, Any], draws: int) -> Any:
    cells, rows, beside = _cells(part), [], bool(part["published"].notna().any())
    for name in dict.fromkeys(part["row"]):
        line = [removed_title(scenario, name)]
        for column in ("pearson", "rank"):
            line += [_banded(cells[name, column], draws, 2), *[number(cells[name, column].published, 2)] * beside]
        rows.append([*line, number(cells[name, "crop_years"].mean, 0)])
    headings = ["", "Pearson", *["published"] * beside, "Rank", *["published"] * beside, "crop years"]
    title = "Does the desk's yearly gain in revenue follow the yearly mean bonus? Correlation over crop years"
    caption = "Published: the study's Table 2 with the public estimate of the bonus." if beside else None
    return grid(title, headings, rows, caption)
