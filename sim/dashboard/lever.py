"""One lever: what it is called, where it may stand, and what it does to a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.dashboard.edits import Data

SUBSIDIES, MARKETING, DEMAND, CROPS = "Export subsidies", "Marketing", "Demand", "Crops"
GROUPS = (SUBSIDIES, MARKETING, DEMAND, CROPS)
AS_STATED = "as_in_the_scenario"
FACTOR = "times the scenario's"


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    name : str
        Key of its value.
    title, unit, help : str
        For people; ``help`` is one sentence.
    group : str
        One of ``GROUPS``.
    kind : str
        ``number``, ``choice`` or ``switch``.
    low, high, step : float or None
        Range of a number.
    choices : tuple of (str, str)
        Values of a choice and their titles.
    initial : float, str or bool
        The scenario's own value: with it nothing changes.
    """

    name: str
    title: str
    unit: str
    group: str
    kind: str
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[tuple[str, str], ...]
    initial: float | str | bool
    help: str

    @property
    def ends(self) -> tuple[float, float]:
        """Range of a number."""
        assert self.low is not None and self.high is not None, f"{self.name} is a {self.kind}"
        return self.low, self.high


@dataclass(frozen=True)
class Control:
    """A lever and the edit of a scenario's data that it stands for."""

    lever: Lever
    edit: Callable[[Data, Any], None]


def number(
    name: str, title: str, unit: str, group: str, span: tuple[float, float, float], initial: float, help_text: str,
    edit: Callable[[Data, Any], None],
) -> Control:  # fmt: skip
    """Lever for a number; ``span`` is its lowest and highest value, widened to hold the initial one, and its step."""
    low, high = min(span[0], initial), max(span[1], initial)
    return Control(Lever(name, title, unit, group, "number", low, high, span[2], (), initial, help_text), edit)


def factor(
    name: str, title: str, group: str, high: float, help_text: str, edit: Callable[[Data, Any], None], low: float = 0.0
) -> Control:
    """Lever that multiplies what the scenario states."""
    return number(name, title, FACTOR, group, (low, high, 0.05), 1.0, help_text, edit)


def switch(name: str, title: str, group: str, help_text: str, off: Callable[[Data], None]) -> Control:
    """Lever that takes something away that the scenario has."""

    def edit(data: Data, value: bool) -> None:
        if not value:
            off(data)

    return Control(Lever(name, title, "", group, "switch", None, None, None, (), True, help_text), edit)


def choice(
    name: str, title: str, group: str, choices: list[tuple[str, str]], help_text: str, edit: Callable[[Data, Any], None]
) -> Control:
    """Lever with a list of values beside the scenario's own."""
    own = [(AS_STATED, "As in the scenario"), *choices]
    lever = Lever(name, title, "", group, "choice", None, None, None, tuple(own), AS_STATED, help_text)
    return Control(lever, edit)
