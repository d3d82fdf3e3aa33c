"""Loading a game: its file, its base scenario, and every pair of strategies as a scenario ready to run.

Everything is checked before anything runs: the file itself, then the base with each strategy alone, then every pair.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sim.scenario.chain import LOADERS_OWN, Document, Layer, parent_file, read_document
from sim.scenario.check import conform
from sim.scenario.experiment import root_slot
from sim.scenario.game_schema import Game, Player
from sim.scenario.loader import Loaded, load
from sim.scenario.nearby import near_file
from sim.scenario.overrides import overlap
from sim.scenario.problems import Problem, Report, ScenarioError, dotted, nearest
from sim.scenario.reader import Node
from sim.scenario.tree import child, elements, find, items, leaves, mark_of, split_path
from sim.shipped import game_market_names, game_names, shipped_folder, shipped_names

OF_THE_GAME = ("title", "description", "extends", "data", "calendar", "draws", "seed")
MOST_CELLS = 400


@dataclass(frozen=True)
class Strategy:
    """One strategy of a player: its name in tables, where it stands in the file, and what it changes."""

    name: str
    path: str
    layer: Layer


@dataclass(frozen=True)
class Side:
    """One player, ready to play.

    Attributes
    ----------
    name : str
    player : Player
        What the file says of it.
    places : tuple of str
        Origins and markets that count as its own.
    strategies : tuple of Strategy
    disarmed : int
        Number of the strategy that means laying down arms.
    """

    name: str
    player: Player
    places: tuple[str, ...]
    strategies: tuple[Strategy, ...]
    disarmed: int

    @property
    def labels(self) -> list[str]:
        """Names of the strategies, in order."""
        return [strategy.name for strategy in self.strategies]


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
    """

    game: Game
    path: str
    base: Loaded
    sides: tuple[Side, Side]
    cells: dict[tuple[int, int], Loaded]
    crop_years: tuple[str, ...]

    @property
    def warnings(self) -> list[str]:
        """Warnings of the base and of the pairs, each once."""
        found = [*self.base.warnings, *(text for cell in self.cells.values() for text in cell.warnings)]
        return list(dict.fromkeys(found))


@dataclass
class _Faults:
    """Problems of several scenarios, each kept once."""

    problems: list[Problem] = field(default_factory=list)

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
    if not os.path.isfile(base_file) and game.base.removesuffix(".yaml") in game_market_names():
        base_file = str(shipped_folder() / "games" / "markets" / f"{game.base.removesuffix('.yaml')}.yaml")
    if not os.path.isfile(base_file):
        hint = near_file(base_file, os.path.dirname(file), lambda: [*shipped_names(), *game_market_names()])
        report.add(child(tree, "base").mark, "base", f"file `{base_file}` not found{hint}")
    report.stop()
    faults = _Faults()
    base = faults.load(base_file, sets, ())
    faults.stop()
    _check_places(tree, game, base, report)
    crop_years = _crop_years(tree, game, base, report)
    sides = [_side(tree, name, player, report) for name, player in game.players.items()]
    _check_apart(sides, report)
    alone = [strategy for side in sides for strategy in side.strategies]
    for strategy in alone:
        faults.load(base_file, sets, [strategy])
    if report.problems:
        report.problems += faults.problems
        report.stop()
    faults.stop()
    first, second = sides
    cells = {
        (i, j): faults.load(base_file, sets, [one, other])
        for i, one in enumerate(first.strategies)
        for j, other in enumerate(second.strategies)
    }
    faults.stop()
    return LoadedGame(game, file, base, (first, second), cells, crop_years)


def _read(file: str, report: Report) -> tuple[Node, Game]:
    wanted = "a game is a mapping of keys such as `title`, `base` and `players`"
    document = read_document(file, report, wanted=wanted, known=game_names)
    if document is None:
        report.stop()
    tree = document.body
    for key in document.own:
        report.add(tree.keys[key], key, "belongs to a scenario; a game names its scenario by `base`")
    for name, player in items(child(tree, "players")):
        ways = [child(player, key) for key in ("strategies", "levels")]
        if sum(way is not None and way.value is not None for way in ways) != 1:
            at = ("players", name)
            report.add(mark_of(tree, at), at, "state `strategies` or `levels`, one of them")
    game = conform(Game, root_slot(Game), tree, report)
    report.stop()
    if len(game.players) != 2:
        report.add(tree.keys["players"], "players", f"{len(game.players)} players; a game is for two")
    elif math.prod(_count(player) for player in game.players.values()) > MOST_CELLS:
        report.add(tree.keys["players"], "players", f"more than {MOST_CELLS} pairs of strategies")
    report.stop()
    return tree, game


def _count(player: Player) -> int:
    return len(player.strategies) if player.levels is None else len(player.levels.values)


def _side(tree: Node, name: str, player: Player, report: Report) -> Side:
    at = ("players", name)
    source = report.sources[tree.mark.file]
    if player.levels is None:
        strategies = _named(find(tree, (*at, "strategies")), (*at, "strategies"), source, report)
    else:
        strategies = _levels(find(tree, (*at, "levels")), (*at, "levels"), source, report)
    labels = [strategy.name for strategy in strategies]
    stated = player.disarmed or ("disarmed" if "disarmed" in labels else labels[0] if labels else "")
    if player.disarmed and player.levels is None and stated not in labels:
        message = f"unknown strategy `{stated}`{nearest(stated, labels)}"
        report.add(find(tree, (*at, "disarmed")).mark, (*at, "disarmed"), message)
    if player.disarmed and player.levels is not None:
        message = "the first level is the disarmed one; leave this out"
        report.add(mark_of(tree, (*at, "disarmed")), (*at, "disarmed"), message)
    disarmed = labels.index(stated) if stated in labels else 0
    return Side(name, player, _places(player), tuple(strategies), disarmed)


def _named(block: Node, at: tuple, source: list[str], report: Report) -> list[Strategy]:
    """Strategies stated as blocks of scenario keys."""
    if not items(block):
        report.add(block.mark, at, "no strategy; write one or more")
    found = []
    for name, node in items(block):
        for key in OF_THE_GAME:
            if key in node.value:
                message = "is the same in the whole game; state it in the base scenario"
                report.add(node.keys[key], (*at, name, key), message)
        own = {key: below for key, below in node.value.items() if key in LOADERS_OWN and key not in OF_THE_GAME}
        body = {key: below for key, below in node.value.items() if key not in (*own, *OF_THE_GAME)}
        document = Document(block.mark.file, Node(body, node.mark, node.keys), own)
        found.append(Strategy(name, dotted((*at, name)), Layer(document, source)))
    return found


def _levels(block: Node, at: tuple, source: list[str], report: Report) -> list[Strategy]:
    """Strategies that set one key to each value."""
    key, values = child(block, "key"), elements(child(block, "values"))
    numbers = [float(node.value) for node in values]
    if len(numbers) < 2 or any(low >= high for low, high in zip(numbers, numbers[1:], strict=False)):
        report.add(child(block, "values").mark, (*at, "values"), "write two or more numbers in ascending order")
    found = []
    for index, node in enumerate(values):
        overrides = Node({key.value: node}, key.mark, {key.value: key.mark})
        document = Document(block.mark.file, Node({}, block.mark), {"overrides": overrides})
        found.append(Strategy(f"{numbers[index]:g}", dotted((*at, "values", index)), Layer(document, source)))
    return found


def _places(player: Player) -> tuple[str, ...]:
    return (player.origin,) if isinstance(player.origin, str) else tuple(player.origin)


def _check_places(tree: Node, game: Game, base: Loaded, report: Report) -> None:
    """Report places that the base does not have, and places that count with both players."""
    known = list(dict.fromkeys([*base.scenario.origins, *base.scenario.markets]))
    owner: dict[str, str] = {}
    for name, player in game.players.items():
        at = ("players", name, "origin")
        node = find(tree, at)
        if not _places(player):
            report.add(node.mark, at, "no origin; name one or more")
        for place, mark in zip(_places(player), [n.mark for n in elements(node)] or [node.mark], strict=True):
            if place not in known:
                report.add(mark, at, f"unknown origin `{place}`{nearest(place, known)}")
            elif place in owner:
                report.add(mark, at, f"`{place}` is named twice; it counts with `{owner[place]}` already")
            owner.setdefault(place, name)


def _crop_years(tree: Node, game: Game, base: Loaded, report: Report) -> tuple[str, ...]:
    known = base.timeline.crop_years
    if game.crop_years is None:
        return tuple(known)
    node = child(tree, "crop_years")
    if not game.crop_years:
        report.add(node.mark, "crop_years", "no crop year; name one or more, or leave the key out for all")
    for year, below in zip(game.crop_years, elements(node), strict=True):
        if year not in known:
            span = f"the calendar has {known[0]} to {known[-1]}"
            report.add(below.mark, "crop_years", f"crop year {year} is not simulated; {span}")
    return tuple(year for year in known if year in game.crop_years)


def _check_apart(sides: Sequence[Side], report: Report) -> None:
    """Report keys that strategies of both players state: what holds would depend on who is listed first."""
    stated = []
    for side in sides:
        found = {}
        for strategy in side.strategies:
            document = strategy.layer.document
            for path, _ in leaves(document.body):
                if path and path[0] != "events":
                    found.setdefault(path, (strategy.path, mark_of(document.body, path)))
            overrides = document.own.get("overrides")
            for key, mark in (overrides.keys if overrides is not None else {}).items():
                found.setdefault(split_path(key) or (key,), (strategy.path, mark))
        stated.append(found)
    for path, (where, mark) in stated[1].items():
        clash = next((other for other in stated[0] if overlap(path, other)), None)
        if clash is not None:
            line = stated[0][clash][1].line
            message = f"`{dotted(path)}` is stated by the other player too (line {line}); a key belongs to one player"
            report.add(mark, where, message)
