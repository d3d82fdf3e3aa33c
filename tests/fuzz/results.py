"""Cases of folders of results: what is read back is what a run wrote, or is refused."""

from __future__ import annotations

import hashlib
import io
import json
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from sim.store import OWN_SUM, StoreError, manifest_sum, open_run
from tests.fuzz import oracles
from tests.fuzz.case import Case, Failure, Link, Special
from tests.fuzz.sandbox import Watch
from tests.fuzz.structure import change, places, tree_of, value_at
from tests.fuzz.texts import NAMES, with_bytes_changed

READERS = ("frames",) * 12 + ("show",) * 2 + ("list", "query", "open on the page", "figure")
SLOW_READERS = {"report": 0.002, "animate": 0.004, "all figures": 0.002}
RUN = "out/market/20260101T000000Z-01234567-abcd"


@cache
def saved() -> tuple[dict[str, bytes], ...]:
    """Files of a run and of a comparison of the made-up market, by name."""
    from tests.fuzz.seeds import with_tests

    with with_tests():
        from saved_runs import save_effects, save_run
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        runs = (save_run(Path(folder), draws=2).path, save_effects(Path(folder), draws=2).path)
        return tuple({path.relative_to(run).as_posix(): path.read_bytes() for path in sorted(run.rglob("*"))
                      if path.is_file()} for run in runs)  # fmt: skip


def make(_kind: str, dice: random.Random) -> Case:
    """Make a case: a folder of results with something wrong, or not what it seems."""
    number = dice.random() < 0.2
    files: dict[str, Any] = dict(saved()[number])
    case = Case("results", dice, main=RUN)
    name = dice.choice([*files, "run.json", "run.json", "summary.parquet", "ledger.parquet"])
    name = name if name in files else "run.json"
    way = dice.randrange(10)
    honest = dice.random() < 0.6  # checksums are left as they were
    if way == 0:
        files.pop(name)
        case.how.append(f"{name} is missing")
    elif way == 1:
        other = dice.choice([{"": Special("folder")}, {"": Special("pipe")}, {"": Link("/dev/zero")},
        {"": Link("/etc/passwd")},
                             {"": Link(name.rpartition("/")[2])}, {"": b""}, {"": b"\0" * 100}])  # fmt: skip
        files[name] = other[""]
        case.how.append(f"{name} is {files[name]!r:.60}")
    elif way == 2:
        files[name] = dice.choice(list(saved()[1 - number].values()))
        case.how.append(f"{name} is another file")
    elif name == "run.json":
        files[name], how = _manifest_changed(files[name], dice, honest)
        case.how.append(f"{name}: {how}{'' if honest else ', with a checksum'}")
    elif name.endswith(".parquet") and way < 6:
        files[name], how = _table_changed(files[name], dice)
        case.how.append(f"{name}: {how}")
    else:
        for _ in range(dice.choice((1, 3))):
            files[name], how = with_bytes_changed(files[name], dice)
            case.how.append(f"{name}: {how}")
    if not honest and name != "run.json" and isinstance(files.get(name), bytes):
        files["run.json"] = _signed(files)
        case.how.append("checksums follow")
    case.files = {f"{RUN}/{each}": content for each, content in files.items()} | {"tmp": Special("folder")}
    return case


def _manifest_changed(raw: bytes, dice: random.Random, honest: bool) -> tuple[bytes, str]:
    if dice.random() < 0.3:
        return with_bytes_changed(raw, dice)
    tree, how = tree_of(json.loads(raw)), []
    for _ in range(dice.choice((1, 1, 2))):
        if dice.random() < 0.5:
            how.append(change(tree, dice, [tree_of(json.loads(saved()[1]["run.json"]))]))
        else:
            spots = list(places(tree))
            where, at = dice.choice(spots)
            new = dice.choice((None, [], {}, "", 0, -1, 1e300, True, 10**30, "x" * 1000, *NAMES))
            where[at] = [where[at][0], new] if type(where).__name__ == "Pairs" else new
            how.append(f"{str(value_at((where, at)))[:40]!r} put in")
    content = _plain(tree)
    if not honest and isinstance(content, dict):
        content[OWN_SUM] = manifest_sum(content)
    return json.dumps(content).encode(), "; ".join(how)


def _plain(tree: Any) -> Any:
    """Data of a tree; what is raw YAML becomes a text, or the number it stands for."""
    if type(tree).__name__ == "Pairs":
        return {str(key): _plain(value) for key, value in tree}
    if isinstance(tree, list):
        return [_plain(each) for each in tree]
    if type(tree).__name__ == "Raw":
        try:
            return float(tree) if len(tree) < 30 else str(tree)
        except ValueError:
            return str(tree)
    return tree


def _table_changed(raw: bytes, dice: random.Random) -> tuple[bytes, str]:
    frame, way = pd.read_parquet(io.BytesIO(raw)), dice.randrange(8)
    if frame.columns.empty:
        return raw[:-1], "the last byte cut"
    column = dice.choice(list(frame.columns))
    if way == 0:
        frame = frame.drop(columns=column)
    elif way == 1:
        frame = frame.rename(columns={column: dice.choice(("x", "value", "", "Table"))})
    elif way == 2:
        frame[column] = dice.choice((None, 1, "x", float("inf"), float("nan"), True))
    elif way == 3:
        frame = frame.head(dice.choice((0, 1)))
    elif way == 4:
        frame[column] = frame[column].astype(str)
    elif way == 5:
        frame = frame.sample(frac=1, random_state=1)
    elif way == 6:
        frame = pd.concat([frame, frame])
    else:
        frame = frame.assign(**{column: frame[column].shift()})
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue(), f"{column}, way {way}"


def _signed(files: dict[str, Any]) -> bytes:
    content = json.loads(files["run.json"])
    for name in content["files"]:
        if isinstance(files.get(name), bytes):
            raw = files[name]
            content["files"][name] = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    content[OWN_SUM] = manifest_sum(content)
    return json.dumps(content).encode()


def run(case: Case, folder: Path, watch: Watch) -> str:
    """Read the folder by one of its readers."""
    case.lay_out(folder)
    dice, path = case.dice, folder / RUN
    slow = [name for name, share in SLOW_READERS.items() if dice.random() < share]
    reader = slow[0] if slow else dice.choice(READERS)
    case.how.append(f"read by {reader}")
    if reader == "frames":
        return _frames(case, path, watch)
    if reader == "open on the page":
        return _page(case, path, watch)
    from tests.fuzz.commands import invoke

    arguments = {
        "show": ["results", "show", str(path), *dice.choice(([], ["--json"]))],
        "list": ["results", "list", "--out", str(folder / "out"), *dice.choice(([], ["--json"]))],
        "query": ["results", "query", str(path), "--format", dice.choice(("table", "json", "csv"))],
        "figure": [
            "plot",
            str(path),
            "--figure",
            dice.choice(("prices", "trade", "effects")),
            "--to",
            str(folder / "img"),
        ],
        "all figures": ["plot", str(path), "--to", str(folder / "img")],
        "report": ["report", str(path), "--to", str(folder / "r.html")],
        "animate": ["animate", str(path), "--by", "crop_year", "--to", str(folder / "f.gif")],
    }[reader]
    code = invoke(arguments, folder, watch, case)
    if code == 0 and reader == "query" and "summary.parquet" in _untrue(case):
        raise Failure("a summary with another checksum was read")
    return "read" if code == 0 else "refused"


def _untrue(case: Case) -> set[str]:
    """Files that are not what ``run.json`` says they are."""
    try:
        listed = json.loads(case.files[f"{RUN}/run.json"])["files"]
        return {name for name in listed if not isinstance(raw := case.files.get(f"{RUN}/{name}"), bytes)
                or hashlib.sha256(raw).hexdigest() != listed[name]["sha256"]}  # fmt: skip
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return set()


def _frames(case: Case, path: Path, watch: Watch) -> str:
    """Open the run and read its tables; a file that is not what was written is never read."""
    first = saved()[0] if f"{RUN}/summary.parquet" in case.files else saved()[1]
    untrue, raw = _untrue(case), case.files.get(f"{RUN}/run.json")
    found = []
    with watch.watching():
        try:
            stored = open_run(path)
            for name in sorted(stored.manifest["files"]):
                if not name.endswith(".parquet"):
                    continue
                frame = stored.frame(name.removesuffix(".parquet"))
                if name in untrue:
                    raise Failure(f"{name} was read, but is not what was written")
                found.append(len(frame))
        except StoreError as error:
            oracles.check_report(str(error))
            return "refused"
    if watch.writes:
        raise Failure(f"reading wrote {watch.writes[:3]}")
    if isinstance(raw, bytes) and OWN_SUM.encode() in raw:
        content = json.loads(raw)
        if content.get(OWN_SUM) != manifest_sum(content):
            raise Failure("a changed run.json was taken for the truth")
    del first
    return "read"


def _page(case: Case, path: Path, watch: Watch) -> str:
    """Open the run in the dashboard."""
    from sim.dashboard.plans import open_run as open_on_page
    from sim.scenario import ScenarioError

    with watch.watching():
        try:
            loaded = open_on_page(open_run(path))
        except StoreError as error:
            oracles.check_report(str(error))
            return "refused"
        except ScenarioError as error:
            oracles.check_problems(error)
            return "refused"
    if watch.writes:
        raise Failure(f"reading wrote {watch.writes[:3]}")
    oracles.check_loaded(loaded)
    return "read"
