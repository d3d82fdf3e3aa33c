"""Changes of a data table."""

from __future__ import annotations

import random

from tests.fuzz.texts import NAMES, NUMBERS, enormous, with_bytes_changed, with_text_changed

PERIODS = (
    "1980/81",
    "1980/82",
    "1999/00",
    "1980-01",
    "1980-13",
    "80/81",
    "1980",
    "1980-01-01",
    "9999/00",
    "",
    "0000-01",
)
LONG = 1_000_000  # lines


def with_table_changed(raw: bytes, dice: random.Random) -> tuple[bytes, str]:
    """A CSV file changed in one way, and which."""
    way = dice.randrange(14)
    if way == 0:
        return with_bytes_changed(raw, dice)
    if way == 1:
        return with_text_changed(raw, dice)
    if way == 2 and dice.random() < 0.02:
        return raw + b"x,1980/81,1,kt,estimate,x\n" * LONG, "a million lines"
    if way == 3 and dice.random() < 0.05:
        return enormous(raw, dice, 2**21)
    lines = [line.split(",") for line in raw.decode("utf-8", "replace").splitlines()]
    if not lines:
        return b"\0", "no table"
    line, at = dice.randrange(len(lines)), dice.randrange(max(map(len, lines)))
    here = lines[line]
    what = f"line {line + 1}, column {at + 1}"
    if way == 4:
        del lines[line]
    elif way == 5:
        lines.insert(dice.randrange(len(lines) + 1), list(here))
    elif way == 6:
        lines[0] = [*lines[0], dice.choice(("x", "value", ""))]
    elif way == 7:
        lines = [each[:at] + each[at + 1 :] for each in lines]
    elif at < len(here):
        values = (NUMBERS, PERIODS, NAMES, ('"', '""', "'", '"a', "a,b,c", "=1+1"))[way % 4]
        here[at] = dice.choice(values)
        what += f" is {here[at][:30]!r}"
    return "\n".join(",".join(each) for each in lines).encode("utf-8", "replace") + b"\n", f"table: {what}, way {way}"
