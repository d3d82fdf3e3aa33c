"""Conditions on results, as in ``bonus >= 20 and system == 'open'``: a small grammar of its own.

    condition:   term { or term }
    term:        factor { and factor }
    factor:      not factor | ( condition ) | comparison
    comparison:  name operator value | name [not] in ( value { , value } )
    operator:    == = != <> < <= > >=

Names are columns of the result and values are numbers or texts in quotes. What comes out is SQL in which names are
quoted and values are parameters, so no text of a user's is ever read as SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.store import StoreError

TOKEN = re.compile(
    r"""\s*(?:(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?P<text>'[^']*'|"[^"]*")"""
    r"|(?P<name>[A-Za-z_][\w.]*)|(?P<sign>==|!=|<>|<=|>=|=|<|>|\(|\)|,))"
)
OPERATORS = {"==": "=", "=": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
LONGEST, DEEPEST = 4000, 40
EXAMPLE = "write it as in: bonus >= 20 and system == 'open'"


@dataclass(frozen=True)
class Token:
    """A piece of a condition: its kind (number, text, name, sign, or end), as written, and where."""

    kind: str
    text: str
    at: int


def quoted(name: str) -> str:
    """Quote a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def compiled(text: str, columns: Mapping[str, bool]) -> tuple[str, list[float | str]]:
    """Translate a condition, or the absence of one, which every line meets."""
    return compile_condition(text, columns) if text.strip() else ("true", [])


def compile_condition(text: str, columns: Mapping[str, bool]) -> tuple[str, list[float | str]]:
    """Translate a condition.

    Parameters
    ----------
    text : str
    columns : mapping of str to bool
        Columns that may be named, and whether each is a number.

    Returns
    -------
    tuple of (str, list)
        SQL with ``?`` for every value, and the values.

    Raises
    ------
    StoreError
        When the text is no condition, names something else, or compares a number with a text.
    """
    if len(text) > LONGEST:
        raise StoreError(f"--where: {len(text)} characters; at most {LONGEST} are allowed")
    parser = _Parser(_tokens(text), columns)
    sql = parser.condition(0)
    parser.expect("end", "the end, `and` or `or`")
    return sql, parser.values


def _tokens(text: str) -> list[Token]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None:
            rest = text[at:].strip()
            raise _fault(f"`{rest[:20]}` cannot be read", at + 1)
        kind = str(match.lastgroup)
        found.append(Token(kind, match.group(kind), match.start(kind) + 1))
        at = match.end()
    return [*found, Token("end", "", end + 1)]


def _fault(what: str, at: int) -> StoreError:
    from sim.scenario.problems import printable

    return StoreError(f"--where: {printable(what)} (character {at}); {EXAMPLE}")


class _Parser:
    def __init__(self, tokens: list[Token], columns: Mapping[str, bool]) -> None:
        self.tokens, self.columns, self.at = tokens, columns, 0
        self.values: list[float | str] = []

    def condition(self, depth: int) -> str:
        return self._joined("or", lambda: self._joined("and", lambda: self._factor(depth)))

    def expect(self, kind: str, wanted: str, *signs: str) -> Token:
        token = self.tokens[self.at]
        if token.kind != kind or (signs and token.text not in signs):
            found = f"`{token.text[:20]}`" if token.text else "nothing"
            raise _fault(f"found {found} where {wanted} should be", token.at)
        self.at += 1
        return token

    def _joined(self, word: str, part: Callable[[], str]) -> str:
        parts = [part()]
        while self._word(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else f"({f' {word} '.join(parts)})"

    def _word(self, word: str) -> bool:
        token = self.tokens[self.at]
        here = token.kind == "name" and token.text.lower() == word
        self.at += here
        return here

    def _factor(self, depth: int) -> str:
        if depth > DEEPEST:
            raise _fault("too deep in brackets", self.tokens[self.at].at)
        if self._word("not"):
            return f"(not {self._factor(depth + 1)})"
        if self.tokens[self.at].text == "(":
            self.at += 1
            inner = self.condition(depth + 1)
            self.expect("sign", "a closing bracket", ")")
            return inner
        return self._comparison()

    def _comparison(self) -> str:
        name = self.expect("name", "the name of a column")
        if name.text not in self.columns:
            from sim.scenario.problems import nearest

            raise _fault(f"`{name.text}` is no column of these results{nearest(name.text, self.columns)}", name.at)
        negated = self._word("not")
        if self._word("in"):
            self.expect("sign", "an opening bracket", "(")
            marks = [self._value(name.text)]
            while self.expect("sign", "a comma or a closing bracket", ",", ")").text == ",":
                marks.append(self._value(name.text))
            return f"({quoted(name.text)} {'not ' if negated else ''}in ({', '.join(marks)}))"
        if negated:
            raise _fault("found `not` where an operator should be", self.tokens[self.at - 1].at)
        operator = self.expect("sign", "an operator such as ==", *OPERATORS)
        return f"({quoted(name.text)} {OPERATORS[operator.text]} {self._value(name.text)})"

    def _value(self, name: str) -> str:
        token = self.tokens[self.at]
        if token.kind not in ("number", "text"):
            found = f"`{token.text[:20]}`" if token.text else "nothing"
            hint = f", '{token.text[:20]}' in quotes" if token.kind == "name" else ""
            raise _fault(f"found {found} where a number or a text should be{hint}", token.at)
        if (token.kind == "number") != self.columns[name]:
            wanted = "a number" if self.columns[name] else f"a text: write '{token.text[:20]}' in quotes"
            raise _fault(f"`{name}` is compared with {token.text[:30]}, but it is {wanted}", token.at)
        self.at += 1
        if token.kind == "text":
            self.values.append(token.text[1:-1])
        else:
            value = float(token.text)
            if value in (float("inf"), float("-inf")):
                raise _fault(f"{token.text[:20]} is too large", token.at)
            self.values.append(value)
        return "?"
