"""What is mutated: small markets of the tests, and everything that ships."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario.problems import Report
from sim.scenario.reader import parse
from sim.scenario.tree import plain
from sim.shipped import calibration_names, game_names, shipped_folder, shipped_names, sweep_names
from tests.fuzz.structure import tree_of

TESTS = Path(__file__).parents[1]
FREE = TESTS / "scenarios"

CHILD = b"""extends: small.yaml
title: Child
calendar: {start: 1999/00, crop_years: 2, periods_per_year: 12}
overrides: {importers.buyer.demand.feed.slope: 0.2}
events:
  - {from: 2000-02, to: 2000-06, name: cheap, sellers: {firm: {cost_cad_t: 30}}}
"""
SWEEP = b"""title: Sweep
scenario: small.yaml
draws: 2
seed: 3
settings: [calendar.crop_years=1]
design: {method: grid}
factors:
  cost: {key: sellers.firm.cost_cad_t, low: 30, high: 50, count: 3}
  slope: {key: importers.buyer.demand.feed.slope, values: [0.1, 0.2]}
  conduct: {levels: {one: [], other: [sellers.firm.conduct=price_taker]}}
"""
DRAWN = b"""title: Drawn
scenario: small.yaml
draws: 1
design: {method: latin_hypercube, points: 4}
factors:
  cost: {key: sellers.firm.cost_cad_t, normal: {mean: 40, sd: 2, low: 20}}
  slope: {key: importers.buyer.demand.feed.slope, low: 0.1, high: 0.2}
"""
TABLED = b"""title: Tabled
scenario: small.yaml
draws: 1
design: {method: table, file: points.csv}
factors:
  cost: {key: sellers.firm.cost_cad_t}
"""
POINTS = b"cost\n30\n35.5\n41\n"
GAME = b"""title: Game
base: two.yaml
draws: 1
crop_years: [2000/01]
players:
  home: {title: Home, origin: home, levels: {key: export_subsidies.home.rate_cad_t.world, values: [0, 20]}}
  abroad:
    title: Abroad
    origin: abroad
    strategies:
      meek: {}
      keen: {export_subsidies: {abroad: {rate_cad_t: {world: 25}}}}
"""
CALIBRATION = b"""title: Calibration
draws: 2
seed: 1
starts: 1
evaluations: 5
step: 0.05
runs: {one: {scenario: small.yaml, settings: [calendar.crop_years=1]}}
parameters:
  cost: {keys: [sellers.firm.cost_cad_t], low: 20, high: 60, start: 40}
moments:
  - {run: one, measure: "market_price:third:feed", rows: [1980/81], columns: [third], target: 60, scale: 2}
"""


@dataclass(frozen=True)
class Seed:
    """A file to start from, with what must lie beside it; ``slow`` ones take a tenth of a second or more."""

    name: str
    raw: bytes
    beside: tuple[tuple[str, bytes], ...] = ()
    slow: bool = False

    def tree(self) -> Any:
        """Tree of the file, one's own to change."""
        return copy.deepcopy(_tree(self.raw))


@cache
def _tree(raw: bytes) -> Any:
    return tree_of(plain(parse(raw.decode(), "seed", Report())))


def _two() -> bytes:
    return (shipped_folder() / "games" / "markets" / "two_treasuries.yaml").read_bytes()


def _small() -> bytes:
    with with_tests():
        from small_scenario import SMALL
    return SMALL


@contextmanager
def with_tests() -> Iterator[None]:
    """Let modules of the tests be imported, which import each other by their bare names, as under pytest."""
    before = list(sys.path)
    sys.path.insert(0, str(TESTS))
    try:
        yield
    finally:
        sys.path[:] = before


@cache
def seeds(kind: str) -> tuple[Seed, ...]:
    """Files of a kind, the quick ones first."""
    small = (("small.yaml", _small()),)
    folder = shipped_folder()
    if kind == "scenario":
        table = (("tiny_data.csv", (FREE / "tiny_data.csv").read_bytes()),)
        tiny = (FREE / "tiny.yaml").read_bytes()
        return (
            Seed("small", _small()), Seed("duel", (FREE / "duel.yaml").read_bytes()), Seed("child", CHILD, small),
            Seed("two_treasuries", _two()),
            Seed("tiny", tiny, table),
            Seed("refunds", (FREE / "refunds.yaml").read_bytes(), (("tiny.yaml", tiny), *table)),
            *(Seed(name, (folder / f"{name}.yaml").read_bytes(), slow=True) for name in shipped_names()),
        )  # fmt: skip
    names = {"sweep": sweep_names, "game": game_names, "calibration": calibration_names}[kind]()
    shipped = tuple(Seed(name, (folder / f"{kind}s" / f"{name}.yaml").read_bytes(), slow=True) for name in names)
    if kind == "sweep":
        return (Seed("grid", SWEEP, small), Seed("drawn", DRAWN, small),
                Seed("table", TABLED, (*small, ("points.csv", POINTS))), *shipped)  # fmt: skip
    own = Seed("own", GAME, (("two.yaml", _two()),)) if kind == "game" else Seed("own", CALIBRATION, small)
    return (own, *shipped)
