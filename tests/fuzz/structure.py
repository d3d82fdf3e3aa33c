"""Changes of what a YAML file says: its keys, its values, its shape."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from tests.fuzz.texts import NAMES, NUMBERS, WITHIN


class Raw(str):
    """YAML that is written as it stands."""


class Pairs(list):
    """A mapping as a list of [key, value], so that a key may come twice."""


Place = tuple[Any, int]
"""A Pairs or a list, and a position in it."""


def tree_of(data: Any) -> Any:
    """Plain data with its mappings as Pairs."""
    if isinstance(data, dict):
        return Pairs([key, tree_of(value)] for key, value in data.items())
    return [tree_of(each) for each in data] if isinstance(data, list) else data


def yaml_of(tree: Any) -> bytes:
    """YAML of a tree, a line for each key at the top."""
    if not isinstance(tree, Pairs):
        return _flow(tree).encode("utf-8", "surrogatepass")
    lines = [f"{_key(key)}: {_flow(value)}\n" for key, value in tree]
    return "".join(lines).encode("utf-8", "surrogatepass")


def _key(key: Any) -> str:
    return str(key) if isinstance(key, Raw) or (isinstance(key, str) and key.isidentifier()) else json.dumps(key)


def _flow(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{_key(key)}: {_flow(each)}" for key, each in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def places(tree: Any) -> Iterator[Place]:
    """Every place below the top of a tree."""
    if isinstance(tree, list):
        for at, each in enumerate(tree):
            yield tree, at
            yield from places(each[1] if isinstance(tree, Pairs) else each)


def value_at(place: Place) -> Any:
    """Value that stands at a place."""
    where, at = place
    return where[at][1] if isinstance(where, Pairs) else where[at]


def put(place: Place, value: Any) -> None:
    """Put another value there."""
    where, at = place
    if isinstance(where, Pairs):
        where[at] = [where[at][0], value]
    else:
        where[at] = value


def change(tree: Any, dice: random.Random, others: Sequence[Any]) -> str:
    """Change a tree in one way, and say which; ``others`` are trees that pieces may come from."""
    found = list(places(tree))
    if not found:
        return "nothing to change"
    numbers = [each for each in found if isinstance(value_at(each), (int, float)) or _is_raw_number(value_at(each))]
    texts = [each for each in found if isinstance(value_at(each), str)]
    way = dice.randrange(20)
    if way < 9 and numbers:  # numbers within reach, so that many a file still passes
        place = dice.choice(numbers)
        new, old = dice.choice(WITHIN), value_at(place)
        if dice.random() < 0.7 and type(old) in (int, float):
            new = repr(old * dice.choice((0.5, 0.9, 1.1, 2)) if type(old) is float else old + dice.choice((-1, 1, 2)))
        put(place, Raw(new))
        return f"{_name(place)} is {new}"
    if way < 11 and numbers:
        place = dice.choice(numbers)
        new = dice.choice(NUMBERS)
        put(place, Raw(new))
        return f"{_name(place)} is {new[:30]}"
    if way < 13 and texts:
        place, new = dice.choice(texts), dice.choice(NAMES)
        put(place, new)
        return f"{_name(place)} is {new[:30]!r}"
    return _reshape(tree, dice, others, found)


def _reshape(tree: Any, dice: random.Random, others: Sequence[Any], found: list[Place]) -> str:
    place = dice.choice(found)
    where, at = place
    name, way = _name(place), dice.randrange(8)
    if way == 0:
        del where[at]
        return f"{name} left out"
    if way == 1:
        where.insert(dice.randrange(len(where) + 1), copy.deepcopy(where[at]))
        return f"{name} twice"
    if way == 2:
        other = dice.choice(found)
        mine, its = value_at(place), value_at(other)
        if not (_holds(mine, other[0]) or _holds(its, where) or mine is other[0] or its is where):
            put(place, its)
            put(other, mine)
        return f"{name} and {_name(other)} swapped"
    if way == 3 and isinstance(where, Pairs):
        new = dice.choice(NAMES)
        where[at] = [new, where[at][1]]
        return f"{name} renamed {new[:30]!r}"
    if way == 4:
        source = dice.choice(list(places(dice.choice(others))))
        put(place, copy.deepcopy(value_at(source)))
        return f"{name} is {_name(source)} of another file"
    if way == 5:
        put(
            place, dice.choice((None, [], Pairs(), True, 1, "x", Raw(""), [Pairs()], Pairs([["x", 1]]), Raw("&a [*a]")))
        )
        return f"{name} of another type"
    if way == 6:
        depth, value = dice.choice((1, 3, 30, 60, 1000)), value_at(place)
        put(place, Raw("[" * depth + _flow(value) + "]" * depth))
        return f"{name} {depth} lists deep"
    if isinstance(where, Pairs):
        where.append([dice.choice(("x", "title", "extends", "overrides", "<<", "eep", "series", "kind")), 1])
        return f"a key beside {name}"
    where.append(copy.deepcopy(value_at(place)))
    return f"{name} at the end again"


def spoil(tree: Pairs, dice: random.Random) -> tuple[bytes, str]:
    """YAML that no reader of ours may accept, and why."""
    way, at = dice.randrange(7), dice.randrange(len(tree)) if tree else 0
    raw = yaml_of(tree)
    if way == 0 and tree:
        tree.insert(dice.randrange(len(tree) + 1), list(tree[at]))
        return yaml_of(tree), f"key {tree[at][0]} twice"
    if way == 1:
        return raw + b"no_such_key_at_all: 1\n", "unknown key"
    if way == 2:
        return raw + b"--- {title: x}\n", "two documents"
    if way == 3:
        return raw + b"<<: {title: x}\n", "merge key"
    if way == 4:
        return raw + b"title_: !!python/object/apply:os.system ['true']\n", "tag"
    if way == 5:
        return raw + b"draws : .nan\ndraws: .inf\n", "draws not a number"
    return b"- " + raw.replace(b"\n", b"\n  ").rstrip(b" "), "a list"


def _is_raw_number(value: Any) -> bool:
    return isinstance(value, Raw) and value[:1] in "0123456789-.+"


def _holds(value: Any, wanted: Any) -> bool:
    return isinstance(value, list) and any(where is wanted for where, _ in [(value, 0), *places(value)])


def _name(place: Place) -> str:
    where, at = place
    return str(where[at][0])[:40] if isinstance(where, Pairs) else f"[{at}]"
