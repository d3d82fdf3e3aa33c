"""Who takes part: names that tell sellers and buyers apart, boards that can deliver, a cash market in every origin."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.problems import Mark, Path, Report, dotted, printable
from sim.scenario.reader import Node
from sim.scenario.schema.buyers import BUYERS
from sim.scenario.tree import child, elements, find, items, mark_of, text_of

COPIES_SHOWN = 3  # a clash of every copy has one cause


@dataclass(frozen=True)
class Party:
    """A seller or buyer: what it is called, where it is stated, and how the message speaks of it."""

    name: str
    path: Path
    mark: Mark
    about: str = "the name"


def check_parties(tree: Node, report: Report) -> None:
    """Report parties that cannot be told apart or that the market has no use for."""
    others = _entries(tree, ("exporters", "growers"))
    _distinct([*_entries(tree, ("boards",)), *_companies(tree), *others, *_sellers(tree), *_agencies(tree)], report)
    _distinct(_entries(tree, BUYERS), report)
    _boards(tree, report)
    _agreements(tree, report)
    _feeders(tree, report)


def companies_taking_part(tree: Node) -> list[tuple[str, Node]]:
    """Trading companies that take part: the first ``number`` listed, all of them when it is absent."""
    listed = items(find(tree, ("traders", "companies")))
    number = _number(tree)
    return listed if number is None else listed[:number]


def feed_grades(tree: Node) -> set[str]:
    """Grades whose receipts enter the feed pool."""
    return {name for name, grade in items(child(tree, "grades")) if text_of(child(grade, "pool")) == "feed"}


def _number(tree: Node) -> int | None:
    node = find(tree, ("traders", "number"))
    value = node.value if node is not None and not node.bad else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 64 else None


def _entries(tree: Node, sections: tuple[str, ...]) -> list[Party]:
    found = [(section, name, node) for section in sections for name, node in items(child(tree, section))]
    return [
        Party(name, (section, name), mark_of(tree, (section, name)))
        for section, name, node in found
        if node.value is not None
    ]


def _companies(tree: Node) -> list[Party]:
    """Companies listed and the copies that ``number`` makes of them: the second round is called ``<name>_2``."""
    listed = items(find(tree, ("traders", "companies")))
    section = ("traders", "companies")
    parties = [Party(name, (*section, name), mark_of(tree, (*section, name))) for name, _ in listed]
    number, path = _number(tree) or 0, ("traders", "number")
    for index in range(len(listed), number if listed else 0):
        name, round_number = listed[index % len(listed)][0], index // len(listed) + 1
        about = f"copy {round_number} of company `{printable(name, 60)}`"
        parties.append(Party(f"{name}_{round_number}", path, mark_of(tree, path), about))
    return parties


def _agencies(tree: Node) -> list[Party]:
    """Intervention agencies, which are called ``<origin>_intervention``."""
    paths = [("origins", origin, "intervention") for origin, _ in items(child(tree, "origins"))]
    found = [(path, find(tree, path)) for path in paths]
    return [
        Party(f"{path[1]}_intervention", path, node.mark, f"the agency of origin `{printable(path[1], 60)}`")
        for path, node in found
        if node is not None and node.value is not None
    ]


def _sellers(tree: Node) -> list[Party]:
    """Sellers listed, and the copies that ``number`` makes of each."""
    parties = _entries(tree, ("sellers",))
    for name, seller in items(child(tree, "sellers")):
        node = child(seller, "number")
        value = node.value if node is not None and not node.bad else None
        count = value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 200 else 1
        path = ("sellers", name, "number")
        for copy in range(2, count + 1):
            about = f"copy {copy} of seller `{printable(name, 60)}`"
            parties.append(Party(f"{name}_{copy}", path, mark_of(tree, path), about))
    return parties


def _distinct(parties: list[Party], report: Report) -> None:
    """Report every name that two parties share, at the later one, naming the place of the other."""
    first: dict[str, Party] = {}
    clashes = 0
    for party in parties:
        other = first.setdefault(party.name, party)
        if other is party:
            continue
        copy = party if party.about != "the name" else other
        about = f"{copy.about} is called" if copy.about != "the name" else "the name"
        place = f"{dotted(other.path)} ({printable(other.mark.file)}:{other.mark.line})"
        verb = ", taken" if copy.about != "the name" else " is taken"
        clashes += copy.about != "the name"
        if clashes <= COPIES_SHOWN:
            message = f"{about} `{printable(party.name, 60)}`{verb} by {place}; names must differ"
            report.add(party.mark, party.path, message)


def _boards(tree: Node, report: Report) -> None:
    ruled = child(tree, "marketing")
    for name, board in items(child(tree, "boards")):
        for key, cure in (
            ("growers", "at least one grower group must deliver to the board"),
            ("grades", "at least one grade is needed; leave the key out for a board that sells all"),
        ):
            node = child(board, key)
            if node is not None and node.value == [] and not node.bad:
                report.add(node.mark, ("boards", name, key), cure)
        node = child(board, "origin")
        origin = text_of(node)
        if node is None or origin is None:
            continue
        known = find(tree, ("origins", origin)) is not None
        if known and child(ruled, origin) is None and not (ruled is not None and ruled.bad):
            message = f"origin `{origin}` has an open cash market, where a board has no part; add marketing.{origin}"
            report.add(node.mark, ("boards", name, "origin"), message)


def _agreements(tree: Node, report: Report) -> None:
    feed = feed_grades(tree)
    for name, buyer in items(child(tree, "state_importers")):
        node = find(buyer, ("agreement", "board"))
        board = text_of(node)
        demand = child(buyer, "demand")
        bought = [grade for grade, _ in items(demand) if grade in feed]
        path = ("state_importers", name, "agreement", "board")
        if node is None or not items(demand):
            continue
        if len(bought) != 1:
            what = f"{len(bought)} ({', '.join(bought)})" if bought else "none"
            message = f"an agreement is about one feed-pool grade; `{name}` buys {what}"
            report.add(node.mark, path, message)
            continue
        grades = find(tree, ("boards", board, "grades")) if board else None
        sold = [text_of(entry) for entry in elements(grades)]
        known = all(find(tree, ("grades", grade)) is not None for grade in sold if grade)
        if grades is not None and sold and known and not set(sold) & set(bought):
            place = f"boards.{board}.grades ({printable(grades.mark.file)}:{grades.mark.line})"
            message = f"board `{board}` does not sell `{bought[0]}`, the feed `{name}` buys; add it to {place}"
            report.add(node.mark, path, message)


def _feeders(tree: Node, report: Report) -> None:
    """An origin with growers needs one entry of feeders that buys a feed-pool grade: its price is their cash price."""
    feed = feed_grades(tree)
    section = child(tree, "feeders")
    first: dict[str, str] = {}
    for name, feeders in items(section):
        node = child(feeders, "origin")
        origin = text_of(node)
        if node is None or origin is None:
            continue
        if first.setdefault(origin, name) != name:
            other = first[origin]
            place = mark_of(tree, ("feeders", other))
            message = (
                f"origin `{printable(origin, 60)}` already has feeders.{other} ({printable(place.file)}:{place.line}); "
                "its cash price comes from one entry of feeders, so put both into one"
            )
            report.add(node.mark, ("feeders", name, "origin"), message)
        demand = child(feeders, "demand")
        grades = [grade for grade, _ in items(demand)]
        if len(grades) > 1 or (grades and find(tree, ("grades", grades[0])) is not None and grades[0] not in feed):
            message = "feeders buy exactly one grade, of the feed pool: its price is the origin's cash price"
            path = ("feeders", name, "demand")
            report.add(mark_of(tree, path), path, message)
    if (section is not None and section.bad) or not any(items(child(tree, kind)) for kind in BUYERS):
        return  # reported already
    growing = {text_of(child(group, "origin")) for _, group in items(child(tree, "growers"))}
    for origin, _ in items(child(tree, "origins")):
        if origin not in first and origin in growing:
            at = ("origins", origin)
            message = f"nobody in feeders buys in origin `{origin}`; its cash price comes from an entry there"
            report.add(mark_of(tree, at), at, message)
