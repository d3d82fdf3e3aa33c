"""``singledesk game``: what each pair of strategies pays two treasuries, and where neither wants to move."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape

from sim.experiments import game_tables as tables
from sim.experiments.engine import Engine, chunks
from sim.experiments.game import UNIT, Played, play
from sim.experiments.game_solution import Lines, equilibria, response_lines
from sim.figures import drawn
from sim.guard import plain, warn
from sim.scenario.fields import slot_at
from sim.scenario.game_loader import LoadedGame, load_game
from sim.scenario.game_sides import Side
from sim.scenario.tree import split_path
from sim.screen import grid, in_words_of, mean_and_range, number
from sim.shipped import game_path
from sim.store import check_folder, new_run, safe_stem
from sim.verbs.loading import period_count, progress_bar, provenance

Frames = dict[str, pd.DataFrame]
EDGE = 1e-6  # of the levels' range: a crossing this near the first or last level lies on it


def play_game(
    name: str, draws: int | None, seed: int | None, sets: Sequence[str], out: Path, engine: Engine,
    chunk: int, as_json: bool, console: Console, errors: Console,
) -> Path:  # fmt: skip
    """Play a game, show and save pay-offs, equilibria and what disarming would bring; return the folder."""
    loaded = load_game(game_path(name), sets)
    check_folder(out)
    for warning in loaded.warnings:
        warn(errors, warning)
    draws = next(each for each in (draws, loaded.game.draws, loaded.base.scenario.draws) if each is not None)
    seed = next(each for each in (seed, loaded.game.seed, loaded.base.scenario.seed) if each is not None)
    played = _simulate(loaded, draws, seed, engine, chunk, errors)
    lines = response_lines(played)
    found, mixed = equilibria(played)
    frames = {
        "payoffs": tables.payoffs_frame(played),
        "cells": tables.cells_frame(played),
        "best_responses": tables.best_response_frame(played),
        "dominance": tables.dominance_frame(played),
        "equilibria": tables.equilibria_frame(played, found),
        "joint_maximum": tables.joint_maximum_frame(played),
        "lines": tables.lines_frame(played, lines),
    }
    notes = _notes(played, frames, mixed.note, lines)
    meta = {"stem": Path(loaded.path).stem, "title": loaded.game.title, **_about(loaded), "notes": notes}
    meta |= provenance(loaded.base, draws, seed)
    folder = _save(out, loaded, frames, meta)
    if as_json:
        print(json.dumps(report(meta, frames), ensure_ascii=False, allow_nan=False))
    else:
        with in_words_of(meta["scenario"], console):
            show(console, meta, frames)
        plain(console, f"Saved in {folder}")
    return folder


def _simulate(loaded: LoadedGame, draws: int, seed: int, engine: Engine, chunk: int, errors: Console) -> Played:
    distinct = {cell.hash: cell for cell in loaded.cells.values()}
    periods = len(chunks(draws, chunk)) * sum(period_count(cell) for cell in distinct.values())
    with progress_bar(errors) as bar:
        task = bar.add_task(f"{len(loaded.cells)} pairs of strategies", total=periods)
        return play(loaded, draws, seed, chunk=chunk, engine=engine, progress=lambda done: bar.advance(task, done))


def _about(loaded: LoadedGame) -> dict[str, Any]:
    """What the manifest says of the game: its players and the crop years that count."""
    return {
        "game_file": loaded.path,
        "crop_years": list(loaded.crop_years),
        "players": [_player(side) for side in loaded.sides],
        "cells": [
            {"first": loaded.sides[0].labels[i], "second": loaded.sides[1].labels[j], "scenario_hash": cell.hash}
            for (i, j), cell in loaded.cells.items()
        ],
    }


def _player(side: Side) -> dict[str, Any]:
    levels = side.player.levels
    path = split_path(levels.key) if levels is not None else None
    slot = slot_at(path) if path is not None else None
    return {
        "name": side.name,
        "title": side.player.title,
        "origin": list(side.places),
        "weights": side.player.weights.model_dump(),
        "strategies": side.labels,
        "disarmed": side.labels[side.disarmed],
        "key": levels.key if levels is not None else None,
        "unit": slot.unit if slot is not None else "",
    }


def _notes(played: Played, frames: Frames, mixed_note: str, lines: Lines | None) -> list[str]:
    """What a reader has to know about the equilibria beyond their table."""
    notes = []
    if not len(frames["equilibria"]):
        notes.append("No equilibrium was found" + (" in pure strategies." if mixed_note else "."))
    if mixed_note:
        notes.append(f"Mixed equilibria: {mixed_note}.")
    if lines is not None:
        for player, name in enumerate(played.names):
            own, levels = lines.crossing[player], played.levels[player]
            absent = int((own != own).sum())
            if absent:
                notes.append(f"{name}: in {absent} of {len(own)} draws the best responses have no crossing.")
            centre = own[own == own].mean() if absent < len(own) else None
            assert levels is not None, "best responses have lines where both players have levels"
            near = EDGE * (levels[-1] - levels[0])
            if centre is not None and not levels[0] - near <= centre <= levels[-1] + near:
                notes.append(f"{name}: the crossing lies outside the levels played, so it is an extrapolation.")
    return notes


def _save(out: Path, loaded: LoadedGame, frames: Frames, meta: dict[str, Any]) -> Path:
    with new_run(out, safe_stem(f"game-{meta['stem']}"), loaded.base.hash) as draft:
        for name in ("payoffs", "cells", "lines"):
            draft.parquet(name, frames[name])
        for name, frame in frames.items():
            if name != "payoffs" and len(frame):
                draft.table(name, frame)
        for name, figure in drawn("game", frames, {**meta, "run_id": draft.run_id}):
            draft.figure(name, figure)
        draft.inputs(loaded.inputs)
        draft.manifest({"kind": "game", **meta})
    return draft.final


def report(meta: dict[str, Any], frames: Frames) -> dict[str, Any]:
    """Make what ``game --json`` prints; a value that does not exist is null."""
    head = {key: meta[key] for key in ("title", "draws", "seed", "crop_years", "players", "notes")}
    rows = {
        name: json.loads(frame.to_json(orient="records", double_precision=15))
        for name, frame in frames.items()
        if name != "payoffs"
    }
    return {"game": meta["stem"], **head, "unit": UNIT, **rows}


def show(console: Console, meta: dict[str, Any], frames: Frames) -> None:
    """Print the table of pay-offs, the equilibria and what disarming would bring."""
    one, other = meta["players"]
    draws, titles = meta["draws"], {player["name"]: escape(player["title"]) for player in meta["players"]}
    for player in meta["players"]:
        part = frames["cells"][frames["cells"]["player"] == player["name"]].set_index(["first", "second"])
        rows = [[i, *(_cell(part.loc[(i, j)], draws) for j in other["strategies"])] for i in one["strategies"]]
        title = f"What {titles[player['name']]} gets (million C$ a crop year)"
        caption = "* its best response; \\[ ] equilibrium. "
        caption += "Mean (5 to 95 % of draws)." if draws > 1 else "One draw."
        console.print(
            grid(title, [f"{titles[one['name']]} against {titles[other['name']]}", *other["strategies"]], rows, caption)
        )
    _show_equilibria(console, frames["equilibria"], titles, draws)
    for line in frames["dominance"].itertuples():
        how = "" if line.strictly else " weakly"
        plain(console, f"{line.player}: {line.strategy}{how} dominates {line.dominates}.")
    top = frames["joint_maximum"].iloc[0]
    both = mean_and_range(top["mean"], top["low"], top["high"], draws)
    plain(console, f"Largest joint pay-off: {top['first']} / {top['second']}, {both} million C$ a crop year.")
    lines = frames["lines"]
    for line in lines[lines["what"] == "crossing"].itertuples():
        unit = next(player["unit"] for player in meta["players"] if player["name"] == line.player)
        level = mean_and_range(line.mean, line.low, line.high, draws, 2)
        plain(console, f"Between the levels, best responses cross at {level} {unit} for {line.player}.")
    for note in meta["notes"]:
        plain(console, note)


def _show_equilibria(console: Console, frame: pd.DataFrame, titles: dict[str, str], draws: int) -> None:
    if not len(frame):
        return
    rows = [
        [
            f"{line.equilibrium} {line.kind}", titles[line.player], line.plays,
            *(
                mean_and_range(
                    getattr(line, f"{name}_mean"), getattr(line, f"{name}_low"), getattr(line, f"{name}_high"), draws
                )
                for name in ("payoff", "disarms_alone", "both_disarm")
            ),
            "-" if line.kind == "mixed" else f"{number(100 * line.share_of_draws, 0)} %",
        ]
        for line in frame.itertuples()
    ]  # fmt: skip
    headings = ["Equilibrium", "Player", "Plays", "Gets", "Gains if it alone disarms", "if both disarm", "In draws"]
    console.print(grid("Equilibria (million C$ a crop year)", headings, rows))
    for line in frame.drop_duplicates("equilibrium").itertuples():
        if line.kind == "pure":
            verdict = "is a prisoner's dilemma" if line.prisoners_dilemma else "is not a prisoner's dilemma"
            share = f" (in {number(100 * line.dilemma_share_of_draws, 0)} % of draws)" if draws > 1 else ""
            plain(console, f"Against disarming, equilibrium {line.equilibrium} {verdict}{share}.")


def _cell(line: Any, draws: int) -> str:
    text = mean_and_range(line["mean"], line["low"], line["high"], draws) + ("*" if line["best_response"] else "")
    return f"\\[{text}]" if line["equilibrium"] else text
