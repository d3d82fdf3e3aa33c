"""Cases of command lines: every command with arguments nobody means, in a folder of its own."""

from __future__ import annotations

import os
import random
import sys
from contextlib import chdir
from pathlib import Path
from unittest.mock import patch

from tests.fuzz import oracles
from tests.fuzz.case import Case, Failure, Link, Special
from tests.fuzz.sandbox import Watch, contents
from tests.fuzz.seeds import seeds
from tests.fuzz.texts import NAMES

FILES = ("small.yaml", "./small.yaml", "duel.yaml", "sweep.yaml", "game.yaml", "fit.yaml", "points.csv", "pipe",
         "folder",
         "empty.yaml", "circle", "/dev/null", "/etc/passwd", "nowhere.yaml", "market", "..")  # fmt: skip
WHOLE = (
    "0",
    "-1",
    "1",
    "2",
    "1e9",
    "99999999999999999999",
    "nan",
    "",
    " ",
    "1.5",
    "0x10",
    "1_0",
    "٣",
    "²",
    "--",
    "--help",
)
OUTS = ("out", "out", "pipe", "small.yaml", "/dev/null", "/dev/full", "folder/x/y", "x" * 300, "circle", "a\nb",
        "é", "\x00", "",
        "/proc/x", "link/out")  # fmt: skip
FORMATS = ("png", "svg", "gif", "mp4", "csv", "json", "parquet", "table", "exe", "", "../x", "\x00", "[bold]")
PLACES = ("x.html", "x.gif", "x.csv", "pipe", "folder", "small.yaml", "/dev/full", "/dev/null", "no/x.html",
          "x" * 300 + ".html",
          "circle.html", "a\nb.html", "../../x/y.html", "")  # fmt: skip
OPTIONS: dict[str, tuple[str, ...]] = {
    "--draws": WHOLE, "--seed": WHOLE, "--jobs": ("0", "-1", "257", "x", ""), "--chunk": WHOLE, "--points": WHOLE,
    "--trajectories": WHOLE, "--resamples": ("0", "x", "20"), "--level": ("0", "1", "nan", "inf", "0.9", "x"),
    "--out": OUTS,
    "--set": ("draws=1", "draws", "=", "draws=[", "draws=1e999", "x.y=1", "draws=*a", "title=[bold]", "seed=\x00",
    "events=[]",
              *(f"title={each}" for each in NAMES)),
    "--figure": ("prices", "nothing", "../x", *NAMES[:8]), "--measure": ("*", "prices", "[", "?" * 500, *NAMES[:8]),
    "--crop-year": ("1980/81", "mean", "every", "x", "1980/81-1970/71"), "--where": ("a", "1=1", "draw > 0",
    "x; drop", "'" * 50),
    "--stat": ("mean", "x"), "--format": FORMATS, "--to": PLACES, "--top": WHOLE, "--lines": WHOLE, "--fps": WHOLE,
    "--years": ("1980/81", "x", "9999/00"), "--by": ("month", "crop_year", "x"), "--title": NAMES,
    "--statistic": ("sd", "x"),
    "--kind": ("run", *NAMES[:6]), "--scenario": NAMES[:10], "--since": ("2026-01-31", "x", "0000-00-00"),
    "--resume": ("folder", "nowhere", "small.yaml"), "--port": ("0", "x", "70000"), "--no-such-option": ("1",),
}  # fmt: skip
FLAGS = (
    "--json",
    "--save-draws",
    "--fresh",
    "--list",
    "--draws",
    "--beside",
    "--difference",
    "--sweep",
    "-rf",
    "--help",
)
QUICK = ("validate", "show", "new", "schema", "results list", "results show", "results query")
COMMANDS: dict[str, tuple[str, ...]] = {
    "validate": (), "show": (), "new": (), "schema": (), "results list": (), "results show": (), "results query": (),
    "plot": (), "animate": (), "report": (),
    "run": ("--draws", "1"), "compare": ("--draws", "1"), "sweep": ("--draws", "1"), "game": ("--draws", "1"),
    "ablation": ("--draws", "0"), "incidence": ("--draws", "0"), "calibrate": ("--draws", "1"),
    "sensitivity": ("--draws", "0"), "study": ("--draws", "0"), "reconstruct": ("--draws", "0"),
    "dashboard": ("--port", "0"),
}  # fmt: skip
"""Commands, with what keeps those short that would be long."""
SIMULATED = 0.1  # share of cases that may simulate
BAD = "the run failed:"


def make(_kind: str, dice: random.Random) -> Case:
    """Make a case: one command line."""
    case = Case("cli", dice, main="small.yaml")
    known = {seed.name: seed.raw for seed in seeds("scenario")[:2]}
    case.files = {
        "small.yaml": known["small"], "duel.yaml": known["duel"], "empty.yaml": b"", "points.csv": b"cost\n30\n",
        "sweep.yaml": seeds("sweep")[2].raw, "game.yaml": seeds("game")[0].raw, "fit.yaml": seeds("calibration")[0].raw,
        "pipe": Special("pipe"), "folder": Special("folder"), "circle": Link("circle"), "link": Link("folder"),
        "home/x": b"", "tmp/x": b"",
    }  # fmt: skip
    names = (
        list(COMMANDS)
        if dice.random() < SIMULATED
        else [*QUICK, *QUICK, "plot", "report", "animate", "study", "dashboard"]
    )
    command = dice.choice(names)
    case.sets = command.split()  # the arguments; there is no other use for settings here
    count = {"schema": 0, "results list": 0, "study": 0, "reconstruct": 0}.get(command, dice.choice((1, 1, 1, 2)))
    case.sets += [dice.choice((*FILES, *FILES, *NAMES)) for _ in range(count)]
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        option = dice.choice(list(OPTIONS))
        case.sets += dice.choice(([option, dice.choice(OPTIONS[option])], [f"{option}={dice.choice(OPTIONS[option])}"],
                                  [dice.choice(FLAGS)]))  # fmt: skip
    case.sets += COMMANDS[command]  # the last one counts
    case.how.append("singledesk " + " ".join(repr(each[:60]) for each in case.sets))
    return case


def run(case: Case, folder: Path, watch: Watch) -> str:
    """Give the command in the folder."""
    case.lay_out(folder)
    code = invoke(case.sets, folder, watch, case)
    return {0: "done", 1: "failed", 2: "refused"}[code]


def invoke(arguments: list[str], folder: Path, watch: Watch, case: Case) -> int:
    """Give a command in this process; its exit code, once everything promised of it holds."""
    from typer.testing import CliRunner

    from sim.cli import app

    before = contents(str(folder))
    tmp = folder / "tmp"
    environment = {"HOME": str(folder / "home"), "COLUMNS": "200", "SINGLEDESK_TRACEBACK": ""}
    with chdir(folder), patch("tempfile.tempdir", str(tmp)), watch.watching():
        result = CliRunner().invoke(app, arguments, env=environment)
    output = result.output
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise Failure(f"{type(result.exception).__name__}: {result.exception}") from result.exception
    if result.exit_code not in (0, 1, 2):
        raise Failure(f"exit code {result.exit_code}")
    if "Traceback" in output or BAD in output or "Warning:" in output:
        raise Failure(f"no declared end: {output[-600:]}")
    if result.exit_code and not output.strip():
        raise Failure(f"exit code {result.exit_code} without a word")
    outside = watch.written_outside(str(folder), os.path.realpath(folder), *_own_places())
    if outside or watch.others:
        raise Failure(f"touched what is not its own: {(outside + watch.others)[:3]}")
    after = contents(str(folder))
    if result.exit_code == 2 and set(after) != set(before):
        raise Failure(f"refused, but left {sorted(set(after) ^ set(before))[:3]}")
    changed = [
        path for path, state in before.items() if path in after and after[path] != state and not os.path.isdir(path)
    ]
    if result.exit_code == 2 and changed:
        raise Failure(f"refused, but changed {changed[:3]}")
    if result.exit_code == 2 and not output.startswith("Usage:"):  # a report of ours, not Typer's box
        oracles.check_report(output)
    return int(result.exit_code)


def _own_places() -> tuple[str, ...]:
    """Where Matplotlib and fonts keep what they find; no concern of ours."""
    import matplotlib

    return (matplotlib.get_cachedir(), matplotlib.get_configdir(), os.path.dirname(sys.executable))
