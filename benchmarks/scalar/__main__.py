"""Dock the plain Mesa model with the ensemble's: ``python -m benchmarks.scalar history --draw 5``."""

from __future__ import annotations

import argparse

from benchmarks.scalar import seconds_per_draw, split
from benchmarks.scalar.docking import dock
from sim.scenario import ScenarioError, load
from sim.shipped import scenario_path


def main() -> None:
    """Print the largest gaps between both models for a draw of a scenario, and what a draw takes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scalar", description=__doc__)
    parser.add_argument("scenario", help="a YAML file, or the name of a shipped scenario")
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="sets")
    parser.add_argument("--split", choices=("by_kinks", "by_halving"), default="by_kinks")
    given = parser.parse_args()
    try:
        loaded = load(scenario_path(given.scenario), sets=given.sets)
        sales, states = dock(loaded, given.draw, split=getattr(split, given.split))
    except (ScenarioError, ValueError) as problem:  # bad input, or a draw below zero, or rules this model leaves out
        parser.error(str(problem))
    print(f"{len(sales)} sale rows, {(sales.max(axis=1) == 0).sum()} the same to the last bit; largest relative gap:")
    for column, gap in sales.max().items():
        print(f"  {column:<14} {gap:.1e}")
    apart = sales[sales.max(axis=1) > 1e-9]
    if len(apart):
        period, tender, seller = apart.index[0]
        print(f"{len(apart)} rows are more than 1e-9 apart, the first in period {period}: {tender}, {seller}")
    print(f"{len(states)} states; largest gap {states.max():.1e} ({', '.join(states.idxmax())})")
    print(f"{seconds_per_draw(loaded):.2f} processor seconds a draw")


if __name__ == "__main__":
    main()
