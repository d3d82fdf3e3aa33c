"""The two sides of a game: what counts as their own, their strategies, and what they may not share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.scenario.chain import LOADERS_OWN, Document, Layer
from sim.scenario.game_schema import Game, Player
from sim.scenario.loader import Loaded
from sim.scenario.overrides import overlap
from sim.scenario.problems import Mark, Path, Report, dotted, nearest
from sim.scenario.reader import Node
from sim.scenario.tree import child, elements, find, items, leaves, mark_of, place_of, split_path

OF_THE_GAME = ("title", "description", "extends", "data", "calendar", "draws", "seed")


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


def read_side(tree: Node, name: str, player: Player, report: Report) -> Side:
    """Side of a player, with its strategies as layers over the base."""
    at = ("players", name)
    source = report.sources[tree.mark.file]
    read, key = (_named, "strategies") if player.levels is None else (_levels, "levels")
    block = find(tree, (*at, key))
    assert block is not None, "a player has one or the other"
    strategies = read(block, (*at, key), source, report)
    labels = [strategy.name for strategy in strategies]
    stated = player.disarmed or ("disarmed" if "disarmed" in labels else labels[0] if labels else "")
    if player.disarmed and player.levels is None and stated not in labels:
        message = f"unknown strategy `{stated}`{nearest(stated, labels)}"
        report.add(place_of(tree, (*at, "disarmed")), (*at, "disarmed"), message)
    if player.disarmed and player.levels is not None:
        message = "the first level is the disarmed one; leave this out"
        report.add(mark_of(tree, (*at, "disarmed")), (*at, "disarmed"), message)
    disarmed = labels.index(stated) if stated in labels else 0
    return Side(name, player, _places(player), tuple(strategies), disarmed)


def _named(block: Node, at: Path, source: list[str], report: Report) -> list[Strategy]:
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


def _levels(block: Node, at: Path, source: list[str], report: Report) -> list[Strategy]:
    """Strategies that set one key to each value."""
    key, values = child(block, "key"), elements(child(block, "values"))
    assert key is not None, "levels are of a key"
    numbers = [float(node.value) for node in values]
    if len(numbers) < 2 or any(low >= high for low, high in zip(numbers, numbers[1:], strict=False)):
        report.add(place_of(block, ("values",)), (*at, "values"), "write two or more numbers in ascending order")
    found = []
    for index, node in enumerate(values):
        overrides = Node({key.value: node}, key.mark, {key.value: key.mark})
        document = Document(block.mark.file, Node({}, block.mark), {"overrides": overrides})
        found.append(Strategy(f"{numbers[index]:g}", dotted((*at, "values", index)), Layer(document, source)))
    return found


def _places(player: Player) -> tuple[str, ...]:
    return (player.origin,) if isinstance(player.origin, str) else tuple(player.origin)


def check_places(tree: Node, game: Game, base: Loaded, report: Report) -> None:
    """Report places that the base does not have, and places that count with both players."""
    known = list(dict.fromkeys([*base.scenario.origins, *base.scenario.markets]))
    owner: dict[str, str] = {}
    for name, player in game.players.items():
        at = ("players", name, "origin")
        node = find(tree, at)
        if not _places(player):
            report.add(place_of(tree, at), at, "no origin; name one or more")
        marks = [place_of(tree, at)]
        if node is not None and isinstance(node.value, list):
            marks = [each.mark for each in elements(node)]
        for place, mark in zip(_places(player), marks, strict=True):
            if place not in known:
                report.add(mark, at, f"unknown origin `{place}`{nearest(place, known)}")
            elif place in owner:
                report.add(mark, at, f"`{place}` is named twice; it counts with `{owner[place]}` already")
            owner.setdefault(place, name)


def check_apart(sides: Sequence[Side], report: Report) -> None:
    """Report keys that strategies of both players state: what holds would depend on who is listed first."""
    stated = []
    for side in sides:
        found: dict[Path, tuple[str, Mark]] = {}
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
