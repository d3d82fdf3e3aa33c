"""Loading a game: its file, its base scenario, and every pair of strategies as a scenario ready to run.

Everything is checked before anything runs: the file itself, then the base with each strategy alone, then every pair.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sim.kept import Inputs, exists, is_folder
from sim.scenario.chain import parent_file
from sim.scenario.effort import loads_within, values_in
from sim.scenario.experiment import read_experiment
from sim.scenario.game_schema import Game, Player
from sim.scenario.game_sides import Side, Strategy, check_apart, check_places, read_side
from sim.scenario.loader import Loaded, load
from sim.scenario.nearby import near_file
from sim.scenario.problems import Problem, Report, ScenarioError
from sim.scenario.reader import Node
from sim.scenario.tree import child, elements, items, mark_of, place_of
from sim.shipped import game_market_names, game_names, shipped_folder, shipped_names

MOST_CELLS = 400


@dataclass(frozen=True)
class LoadedGame:
    """A game ready to be played.

    Attributes
    ----------
    game : Game
    path : str
    base : Loaded
        The base scenario, without any strategy.
    sides : (Side, Side)
    cells : dict of (int, int) to Loaded
        Scenario of each pair of strategies.
    crop_years : tuple of str
        Those whose mean is the pay-off.
    inputs : Inputs
        Content of every file that was read.
    """

    game: Game
    path: str
    base: Loaded
    sides: tuple[Side, Side]
    cells: dict[tuple[int, int], Loaded]
    crop_years: tuple[str, ...]
    inputs: Inputs = field(default_factory=Inputs, repr=False, compare=False)

    @property
    def warnings(self) -> list[str]:
        """Warnings of the base and of the pairs, each once."""
        found = [*self.base.warnings, *(text for cell in self.cells.values() for text in cell.warnings)]
        return list(dict.fromkeys(found))


@dataclass
class _Faults:
    """Problems of several scenarios, each kept once."""

    problems: list[Problem] = field(default_factory=list)

    def base(self, base: str, sets: Sequence[str]) -> Loaded:
        """Load the base alone; raises when that is no scenario."""
        loaded = self.load(base, sets, ())
        self.stop()
        assert loaded is not None, "what is wrong is reported"
        return loaded

    def load(self, base: str, sets: Sequence[str], strategies: Sequence[Strategy]) -> Loaded | None:
        """Load the base with strategies; None and problems, which name the strategies, when that is no scenario."""
        try:
            return load(base, sets, [strategy.layer for strategy in strategies])
        except ScenarioError as error:
            where = " and ".join(strategy.path for strategy in strategies)
            known = {(each.mark, each.message) for each in self.problems}
            for each in error.problems:
                if (each.mark, each.message) not in known:
                    path = f"{where}: {each.path}" if where and each.path else where or each.path
                    self.problems.append(replace(each, path=path))
            return None

    def stop(self) -> None:
        """Raise when there is any problem."""
        if self.problems:
            raise ScenarioError(self.problems)


def load_game(path: str | os.PathLike[str], sets: Sequence[str] = ()) -> LoadedGame:
    """Load a game file with the scenario of every pair of strategies.

    Parameters
    ----------
    path : path-like
        The YAML file.
    sets : sequence of str
        Changes of single scenario keys, applied last in every scenario of the game.

    Raises
    ------
    ScenarioError
        With every problem found; nothing else is raised for bad input.
    """
    report = Report()
    file = os.fspath(path)
    tree, game = _read(file, report)
    base_file = parent_file(file, game.base)
    if not _is_file(base_file) and game.base.removesuffix(".yaml") in game_market_names():
        base_file = str(shipped_folder() / "games" / "markets" / f"{game.base.removesuffix('.yaml')}.yaml")
    if not _is_file(base_file):
        hint = near_file(base_file, os.path.dirname(file), lambda: [*shipped_names(), *game_market_names()])
        report.add(place_of(tree, ("base",)), "base", f"file `{base_file}` not found{hint}")
    report.stop()
    faults = _Faults()
    base = faults.base(base_file, sets)
    _check_effort(tree, game, base, report)
    check_places(tree, game, base, report)
    crop_years = _crop_years(tree, game, base, report)
    sides = [read_side(tree, name, player, report) for name, player in game.players.items()]
    check_apart(sides, report)
    alone = [strategy for side in sides for strategy in side.strategies]
    for strategy in alone:
        faults.load(base_file, sets, [strategy])
    if report.problems:
        report.problems += faults.problems
        report.stop()
    faults.stop()
    first, second = sides
    cells = {
        (i, j): loaded
        for i, one in enumerate(first.strategies)
        for j, other in enumerate(second.strategies)
        if (loaded := faults.load(base_file, sets, [one, other])) is not None
    }
    faults.stop()
    for loaded in (base, *cells.values()):
        report.inputs.update(loaded.inputs)
    return LoadedGame(game, file, base, (first, second), cells, crop_years, report.inputs)


def _is_file(file: str) -> bool:
    return exists(file) and not is_folder(file)


def _read(file: str, report: Report) -> tuple[Node, Game]:
    wanted = "a game is a mapping of keys such as `title`, `base` and `players`"
    tree, stated = read_experiment(file, Game, wanted, game_names, report)
    for name, player in items(child(tree, "players")):
        ways = [child(player, key) for key in ("strategies", "levels")]
        if sum(way is not None and way.value is not None for way in ways) != 1:
            at = ("players", name)
            report.add(mark_of(tree, at), at, "state `strategies` or `levels`, one of them")
    report.stop()
    game = report.needed(stated)
    if len(game.players) != 2:
        report.add(tree.keys["players"], "players", f"{len(game.players)} players; a game is for two")
    elif math.prod(_count(player) for player in game.players.values()) > MOST_CELLS:
        report.add(tree.keys["players"], "players", f"more than {MOST_CELLS} pairs of strategies")
    report.stop()
    return tree, game


def _count(player: Player) -> int:
    return len(player.strategies or ()) if player.levels is None else len(player.levels.values)


def _check_effort(tree: Node, game: Game, base: Loaded, report: Report) -> None:
    counts = [_count(player) for player in game.players.values()]
    values = values_in([base])
    if 1 + sum(counts) + math.prod(counts) > loads_within(values):
        message = (
            f"{math.prod(counts)} pairs of strategies over a base of {values:,} values, each loaded to be checked; "
            f"with the strategies alone at most {loads_within(values) - 1} of this size can be"
        )
        report.add(tree.keys["players"], "players", message)
    report.stop()


def _crop_years(tree: Node, game: Game, base: Loaded, report: Report) -> tuple[str, ...]:
    known = base.timeline.crop_years
    if game.crop_years is None:
        return tuple(known)
    node = child(tree, "crop_years")
    if not game.crop_years:
        report.add(
            place_of(tree, ("crop_years",)),
            "crop_years",
            "no crop year; name one or more, or leave the key out for all",
        )
    for year, below in zip(game.crop_years, elements(node), strict=True):
        if year not in known:
            span = f"the calendar has {known[0]} to {known[-1]}"
            report.add(below.mark, "crop_years", f"crop year {year} is not simulated; {span}")
    return tuple(year for year in known if year in game.crop_years)
