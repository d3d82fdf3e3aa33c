"""Cases of files that are loaded: scenarios, sweeps, games, calibrations and uploads."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.scenario import Loaded, ScenarioError, load
from sim.shipped import shipped_folder
from tests.fuzz import oracles
from tests.fuzz.case import Case, Failure, Link, Special
from tests.fuzz.sandbox import Watch
from tests.fuzz.seeds import Seed, seeds
from tests.fuzz.structure import Pairs, change, spoil, yaml_of
from tests.fuzz.tables import with_table_changed
from tests.fuzz.texts import NAMES, NUMBERS, WITHIN, enormous, with_bytes_changed, with_text_changed

SLOW = {"scenario": 0.02, "upload": 0.02, "sweep": 0.006, "game": 0.004, "calibration": 0.02}
"""Share of cases that start from what ships; one takes as long as a hundred others."""
LARGE, ODD = 0.004, 0.03  # shares of cases that are enormous, or no ordinary files
MOST_BYTES = 3 * 2**20
SIMULATED, WRITTEN, SECOND = 0.3, 0.2, 0.3  # shares of accepted scenarios that are run, written out, read by another
ODD_PATHS = ("../../etc/passwd", "/etc/passwd", "/dev/zero", "/dev/stdin", "/proc/self/environ", "pipe", "folder",
             "link",
             "circle", "main.yaml", ".", "..", "~", "/", "file:///etc/passwd", "https://example.org/x.yaml",
             "")  # fmt: skip


def make(kind: str, dice: random.Random) -> Case:
    """Make a case of a kind; nothing but the dice decides what it is."""
    family = "scenario" if kind == "upload" else kind
    known = [each for each in seeds(family) if kind != "upload" or not each.beside]  # nothing lies beside an upload
    chosen = [each for each in known if each.slow == (dice.random() < SLOW[kind])] or known
    seed = dice.choice([each for each in chosen if each.slow == chosen[0].slow])
    case = Case(kind, dice, dict(seed.beside))
    raw = _changed(seed, case, [each for each in known if not each.slow])
    case.files[case.main] = raw
    case.how.insert(0, f"from {seed.name}")
    if seed.beside and dice.random() < 0.3:
        name = dice.choice([name for name, _ in seed.beside])
        table = name.endswith(".csv")
        case.files[name], how = (with_table_changed if table else with_bytes_changed)(case.files[name], dice)
        case.how.append(f"{name}: {how}")
    if dice.random() < 0.1:
        case.sets = [_setting(seed, dice) for _ in range(dice.choice((1, 1, 3)))]
    return case


def _changed(seed: Seed, case: Case, others: list[Seed]) -> bytes:
    dice = case.dice
    share = dice.random()
    if share < LARGE:
        raw, how = enormous(seed.raw, dice, dice.choice((10_000, 200_000, MOST_BYTES)))
        case.how.append(how)
        return raw
    if share < LARGE + ODD:
        return _odd(seed, case)
    if share < 0.25:
        raw = seed.raw
        for _ in range(dice.choice((1, 1, 2, 6))):
            raw, how = (with_text_changed if dice.random() < 0.2 else with_bytes_changed)(raw, dice)
            case.how.append(how)
        return raw
    tree = seed.tree()
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        case.how.append(change(tree, dice, [dice.choice(others).tree()]))
    if dice.random() < 0.05 and isinstance(tree, Pairs):
        raw, case.spoiled = spoil(tree, dice)
        case.how.append(case.spoiled)
        return raw
    return yaml_of(tree)


def _odd(seed: Seed, case: Case) -> bytes:
    """Names of files that lead elsewhere, or to what is no file."""
    dice = case.dice
    case.files |= {"pipe": Special("pipe"), "folder": Special("folder"), "link": Link("/etc/passwd"),
                   "circle": Link("circle")}  # fmt: skip
    key, name = dice.choice(("extends", "data", "scenario", "base", "file")), dice.choice((*ODD_PATHS, *NAMES))
    tree = Pairs(pair for pair in seed.tree() if pair[0] != key)
    tree.insert(0, [key, [name] if key == "data" and dice.random() < 0.9 else name])
    case.how.append(f"{key}: {name[:40]!r}")
    return yaml_of(tree)


def _setting(seed: Seed, dice: random.Random) -> str:
    words = [str(key) for key, _ in seed.tree()] if isinstance(seed.tree(), Pairs) else ["x"]
    path = dice.choice((dice.choice(words), f"{dice.choice(words)}.{dice.choice(words)}", "calendar.crop_years",
    "draws",
                        "shocks.yield_sd", "events[0].from", "sellers.firm.cost_cad_t",
                        dice.choice(NAMES)))  # fmt: skip
    return dice.choice((f"{path}={dice.choice(WITHIN)}", f"{path}={dice.choice(NUMBERS)}",
    f"{path}={dice.choice(NAMES)}",
                        path, f"={path}", f"{path}=={{", f"{path}={{a: *b}}"))  # fmt: skip


def run(case: Case, folder: Path, watch: Watch) -> str:
    """Load a case and hold the answer against what is promised; what came of it."""
    case.lay_out(folder)
    before = oracles_contents(folder)
    answer: Any = None
    with watch.watching():
        try:
            answer = LOADERS[case.kind](case, folder / case.main)
        except ScenarioError as error:
            refusal: ScenarioError | None = error
        else:
            refusal = None
    outside = watch.written_outside() + watch.others
    if outside:
        raise Failure(f"loading wrote: {outside[:3]}")
    if oracles_contents(folder) != before:
        raise Failure("loading changed the folder")
    if case.kind == "upload" and (read := watch.read_outside(str(shipped_folder()))):
        raise Failure(f"an upload made it read {read[:3]}")
    if refusal is not None:
        oracles.check_problems(refusal)
        return "refused"
    if case.spoiled:
        raise Failure(f"accepted in spite of: {case.spoiled}")
    return CHECKS.get(case.kind, check_scenario)(case, answer)


def oracles_contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Contents of the case's folder."""
    from tests.fuzz.sandbox import contents

    return contents(str(folder))


def _upload(case: Case, path: Path) -> Loaded:
    from sim.dashboard.plans import open_text
    from sim.scenario.text import load_text

    name, raw = case.dice.choice((*NAMES, "mine.yaml")), case.files[path.name]
    return load_text(name, raw, case.sets) if case.sets else open_text(name, raw)


def _sweep(case: Case, path: Path) -> Any:
    from sim.sweeps.loader import load_sweep

    return load_sweep(path, {"settings": case.sets} if case.sets else None)


def _game(case: Case, path: Path) -> Any:
    from sim.scenario.game_loader import load_game

    return load_game(path, case.sets)


def _calibration(_case: Case, path: Path) -> Any:
    from sim.scenario.calibration import load_calibration

    return load_calibration(path)


LOADERS: dict[str, Callable[[Case, Path], Any]] = {
    "scenario": lambda case, path: load(path, case.sets), "upload": _upload, "sweep": _sweep, "game": _game,
    "calibration": _calibration,
}  # fmt: skip


def check_scenario(case: Case, loaded: Loaded) -> str:
    """Hold an accepted scenario against its schema; a share is read by others, written out and run."""
    dice = case.dice
    oracles.check_loaded(loaded)
    raw = case.files[case.main]
    if dice.random() < SECOND and isinstance(raw, bytes):
        oracles.check_as_written(raw)
    if dice.random() < WRITTEN:
        oracles.check_round_trip(loaded)
        if case.kind == "upload":
            _check_saved(loaded)
    if dice.random() < SIMULATED:
        return oracles.simulate(loaded, dice.choice((1, 2, 2, 13)))
    return "accepted"


def _check_saved(loaded: Loaded) -> None:
    """What the page saves of a scenario loads to the same one, under a name that is no path."""
    from sim.dashboard.plans import Plan, as_yaml, open_text
    from sim.scenario.text import text_name

    again = open_text("saved.yaml", as_yaml(Plan("mine", loaded.scenario.title, loaded)))
    if again.hash != loaded.hash:
        raise Failure("saved from the page it is another scenario")
    name = text_name(loaded.path)
    if os.path.basename(name) != name or not name.strip("."):
        raise Failure(f"called {name!r} on the page")


def _check_sweep(_case: Case, loaded: Any) -> str:
    from sim.verbs.sweep import size_of

    if not size_of(loaded).strip() or loaded.design.empty:
        raise Failure("a sweep of nothing was accepted")
    oracles.check_finite(loaded.design.to_dict("list"))
    json.dumps(loaded.fingerprint, allow_nan=False)
    return "accepted"


def _check_game(case: Case, loaded: Any) -> str:
    for cell in loaded.cells.values():
        oracles.check_loaded(cell)
    if not loaded.crop_years:
        raise Failure("a game without crop years")
    return oracles.simulate(loaded.cells[0, 0], 2) if case.dice.random() < SIMULATED else "accepted"


def _check_calibration(_case: Case, loaded: Any) -> str:
    for each in loaded.at_start.values():
        oracles.check_loaded(each)
    oracles.check_finite(loaded.plan.model_dump())
    return "accepted"


CHECKS: dict[str, Callable[[Case, Any], str]] = {
    "sweep": _check_sweep, "game": _check_game, "calibration": _check_calibration,
}  # fmt: skip
