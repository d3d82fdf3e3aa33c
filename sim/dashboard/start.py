"""What the command line asked for: every page that is opened begins with it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.dashboard.plans import Plan, open_shipped
from sim.scenario import Loaded


@dataclass(frozen=True)
class Start:
    """The first market of a page.

    Attributes
    ----------
    name : str
        Of the scenario.
    loaded : Loaded
    draws : int
        Monte Carlo draws.
    seed : int or None
        The scenario's when None.
    """

    name: str
    loaded: Loaded
    draws: int = 200
    seed: int | None = None

    @property
    def plan(self) -> Plan:
        """The scenario as it stands."""
        return Plan(self.name, self.loaded.scenario.title, self.loaded, {})


DEFAULT = "history"
_asked: list[Start] = []


def ask(start: Start) -> None:
    """Set what pages begin with."""
    _asked[:] = [start]


def asked() -> Start:
    """What pages begin with: the shipped history where nothing was asked for."""
    if not _asked:
        ask(Start(DEFAULT, open_shipped(DEFAULT)))
    return _asked[0]
