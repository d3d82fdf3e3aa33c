"""Tables and downloads: crop years as they close, at the end the study's tables beside the published ones."""

from __future__ import annotations

import solara

from sim.dashboard.cards import Card, headline_cards
from sim.dashboard.desk import Desk
from sim.dashboard.final import FinalTable, Results, comparison_of, download, results_of, study_tables_of
from sim.dashboard.market import Market
from sim.dashboard.plans import as_yaml
from sim.dashboard.sheets import Table, cell, of_years, signed
from sim.dashboard.study_words import laid_out
from sim.dashboard.widgets import headline
from sim.store import safe_stem

SIDES = "AB"


@solara.component
def Headlines(desk: Desk) -> None:
    """Figures of the last crop year: A, and B with what it changes."""
    _ = desk.years.value, desk.running.value
    market = desk.model.value
    if not market.years_read:
        return
    cards = [{(card.title, card.unit): card for card in headline_cards(world)} for world in market.worlds]
    rows = []
    for title, unit in dict.fromkeys(key for each in cards for key in each):
        found = [each.get((title, unit)) for each in cards]
        means = [None if card is None else _value(card) for card in found]
        texts = ["-" if mean is None else cell(mean) for mean in means]
        if len(means) == 2:
            first, second = means
            texts.append("-" if first is None or second is None else signed(second - first, 1))
        if any(mean is not None for mean in means):
            rows.append([f"{title} ({unit})", *texts])
    head = ["", "A", "B", "B minus A"] if len(cards) == 2 else ["", "Mean of the draws"]
    with solara.Div(classes=["sd-section"]):
        last = market.longest.crop_years()[market.years_read - 1]
        headline("h2", f"Crop year {last} in figures" + (", and what B changes" if len(cards) == 2 else ""))
        Table(head, rows)


def _value(card: Card) -> float | None:
    """Mean of the crop year, or of its last month where a figure is read by month only."""
    found = card.last_year or card.now
    return None if found is None else found[0]


@solara.component
def Closing(desk: Desk) -> None:
    """Tables: by crop year, and at the end the study's."""
    _ = desk.years.value, desk.running.value
    market: Market = desk.model.value
    if not market.years_read:
        return
    with solara.Div(classes=["sd-tables"]):
        if market.finished and not market.error:
            StudyTables(desk).key(f"study-{market.number}")
        YearTables(desk)


@solara.component
def StudyTables(desk: Desk) -> None:
    """The study's tables, worked out beside the page's other work."""
    market = desk.model.value

    def work() -> list[tuple[str, FinalTable]]:
        results = finished_results(market)
        found = [
            (side, table)
            for side, world, each in zip(SIDES, market.worlds, results, strict=False)
            for table in study_tables_of(world, each)
        ]
        effects = comparison_of(market, results)
        return found + ([("", effects)] if effects is not None else [])

    found = solara.use_thread(work, [])
    with solara.Div(classes=["sd-section"]):
        headline("h2", "The study's tables, simulated beside published")
        if found.state == solara.ResultState.ERROR:
            solara.Text(f"They could not be worked out: {found.error}", classes=["sd-wrong"])
        elif found.state != solara.ResultState.FINISHED:
            solara.Text("Working them out: some ten seconds for two markets of 200 draws. The page stays at work.",
                        classes=["sd-say"])  # fmt: skip
            solara.ProgressLinear(True)
        elif not found.value:
            solara.Text("This market is without what they are made of.", classes=["sd-say"])
        else:
            for side, table in found.value:
                title = f"{side}: {table.title}" if side and len(market.worlds) > 1 else table.title
                with solara.Details(title, expand=table.name == "table1"):
                    solara.Text(table.note, classes=["sd-help"])
                    Table(*laid_out(table.name, table.frame, market.worlds[0].loaded.resolved))


def finished_results(market: Market) -> list[Results]:
    """Results of every world of a finished market, worked out once."""
    with market.closing:
        if market.results is None:
            market.results = [results_of(world) for world in market.worlds]
    return market.results


@solara.component
def YearTables(desk: Desk) -> None:
    """The tables that a run prints, of the crop years that have closed; one is shown at a time."""
    market = desk.model.value
    chosen = solara.use_reactive("")
    tables = {
        f"{side} {table.name}": (side, table)
        for side, world in zip(SIDES, market.worlds, strict=False)
        for table in world.year_tables()
    }
    pair = len(market.worlds) > 1
    items = [
        {"text": f"{side}: {table.title}" if pair else table.title, "value": key}
        for key, (side, table) in tables.items()
    ]  # fmt: skip
    if not tables:
        return
    with solara.Div(classes=["sd-section"]):
        headline("h2", "Crop-year tables")
        solara.v.Select(items=items, v_model=chosen.value, on_v_model=chosen.set, dense=True, outlined=True,
                        hide_details=True, label="Choose a table", style_="max-width: 560px")  # fmt: skip
        if chosen.value in tables:
            solara.Text("Mean of the draws, with 5 and 95 %.", classes=["sd-help"])
            Table(*of_years(tables[chosen.value][1]))


@solara.component
def Downloads(desk: Desk) -> None:
    """The scenarios and the tables as files."""
    _ = desk.years.value, desk.running.value
    market = desk.model.value
    with solara.Div(classes=["sd-panel"]):
        headline("h2", "5 · Take it with you")
        for side, plan in zip(SIDES, market.plans, strict=False):
            solara.FileDownload(
                lambda plan=plan: as_yaml(plan, market.draws, market.root), filename=f"{safe_stem(plan.name)}.yaml",
                mime_type="text/yaml", label=f"Scenario {side} (YAML)",
            ).key(f"yaml-{side}-{market.number}")  # fmt: skip
        if market.years_read:
            solara.FileDownload(
                lambda: tables_zip(market), filename=f"{safe_stem(market.plans[0].name)}-tables.zip",
                mime_type="application/zip", label="Tables (ZIP of CSV)",
            ).key(f"zip-{market.number}-{market.years_read}")  # fmt: skip
        solara.Text("What plays now, with its levers. A scenario runs with: singledesk run FILE.yaml",
                    classes=["sd-help"])  # fmt: skip


def tables_zip(market: Market) -> bytes:
    """The tables so far; at the end with the study's."""
    return download(market, finished_results(market) if market.finished and not market.error else None)
