"""Folders of results made to harm: archives, manifests and journals are refused before they cost time or memory."""

from __future__ import annotations

import json
import os
import zipfile

import numpy as np
import pytest
from saved_runs import save_run
from typer.testing import CliRunner

from sim.checks import NotComputable
from sim.cli import app
from sim.experiments.evaluations import Evaluator, Journal, Simulator
from sim.experiments.ledger_mean import LedgerSums, _steps
from sim.measures.bands import bands
from sim.store import INPUTS, MANIFEST, OWN_SUM, StoreError, manifest_sum, sha256
from sim.stored.inputs import unpack, write_inputs

INDEX = "index.json"


def archive(path, entries, how=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", how) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def index_of(names):
    return json.dumps(names).encode()


def test_names_in_an_archive_are_only_names(tmp_path):
    hostile = ["../../x", "/etc/passwd", "C:\\x", "a\0b", "..", "link"]
    entries = {f"{number}-x": name for number, name in enumerate(hostile)}
    whole = archive(tmp_path / INPUTS, {INDEX: index_of(entries), **dict.fromkeys(entries, b"x")})
    assert unpack(whole) == dict.fromkeys(hostile, b"x")
    assert os.listdir(tmp_path) == [INPUTS]


@pytest.mark.parametrize(
    ("entries", "how", "said"),
    [
        ({INDEX: index_of({"a": "b"})}, zipfile.ZIP_DEFLATED, "damaged"),
        ({"a": b"x"}, zipfile.ZIP_DEFLATED, "damaged"),
        ({INDEX: b"[1]"}, zipfile.ZIP_DEFLATED, "no list of files"),
        ({INDEX: b'{"a": 1}'}, zipfile.ZIP_DEFLATED, "no list of files"),
        ({INDEX: b"[" * 100_000}, zipfile.ZIP_DEFLATED, "damaged"),
        ({INDEX: b" " * (2**22 + 1)}, zipfile.ZIP_DEFLATED, "index is too long"),
        ({INDEX: b"{}", "a": b"\0" * 2**20}, zipfile.ZIP_LZMA, "packed in another way"),
        ({INDEX: b"{}", **{f"a{n}": b"" for n in range(10_001)}}, zipfile.ZIP_STORED, "holds more"),
    ],
)
def test_archives_that_no_run_wrote(tmp_path, entries, how, said):
    with pytest.raises(StoreError, match=said):
        unpack(archive(tmp_path / INPUTS, entries, how))


def test_an_archive_of_any_length_or_of_huge_files_is_not_unpacked(tmp_path):
    with open(tmp_path / "long", "wb") as file:
        file.truncate(2**40)  # takes no room on the disk
    with pytest.raises(StoreError, match="holds more"):
        unpack(tmp_path / "long")
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as bomb, bomb.open("a", "w") as inside:
        for _ in range(257):
            inside.write(b"\0" * 2**20)
    with pytest.raises(StoreError, match="holds more"):
        unpack(tmp_path / "bomb")


def test_every_damaged_byte_of_an_archive_is_noticed_or_harmless(tmp_path):
    write_inputs(tmp_path / "good", {"a.yaml": b"draws: 1\n" * 20})
    good = (tmp_path / "good").read_bytes()
    refused = 0
    for place in range(len(good)):
        (tmp_path / "bad").write_bytes(good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :])
        try:
            unpack(tmp_path / "bad")
        except StoreError:
            refused += 1
    assert refused > len(good) / 2


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return save_run(tmp_path_factory.mktemp("results"), draws=2).path


@pytest.mark.parametrize(
    "entries",
    [
        {"draws": 10**9},
        {"draws": 0},
        {"seed": -1},
        {"seed": 2**70},
        {"draws": True},
        {"kind": ["run"]},
        {"kind": "no such"},
        {"surroundings": ["shipped"]},
        {"surroundings": {"shipped": 3}},
        {"surroundings": {"shipped": ","}},
        {"scenario_file": "/etc/passwd"},
        {"scenario_file": "../" * 20 + "etc/passwd"},
        {"scenario_file": "a\0b"},
        {"run_id": "../../x"},
        {"sets": "x"},
        {"versions": []},
        {"kind": "sensitivity", "sweep_run": "..", "sweep_stem": "../..", "sweep": "/"},
        {"kind": "study", "draws": 10**30},
    ],
)
def test_a_manifest_that_no_run_wrote_is_refused(run, entries, tmp_path, monkeypatch):
    folder = tmp_path / "out" / "market" / run.name
    folder.mkdir(parents=True)
    for path in run.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    write_inputs(folder / INPUTS, {"a.yaml": b"title: x\n"})
    content = {**json.loads((folder / MANIFEST).read_text()), "draws": 2, "seed": 1, "sets": []}
    content = {**content, "scenario_file": "a.yaml", **entries}
    content["files"][INPUTS] = {"bytes": 1, "sha256": sha256(folder / INPUTS)}
    content[OWN_SUM] = manifest_sum(content)
    (folder / MANIFEST).write_text(json.dumps(content))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = CliRunner().invoke(app, ["reproduce", str(folder), "--out", "out"])
    assert done.exit_code in (1, 2) and isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.output and "the run failed" not in done.output
    assert sorted(tmp_path.rglob("*")) == before


def test_a_journal_holds_only_what_its_calibration_wrote(tmp_path):
    good = {"run": "a", "point": [1.0], "values": [[1.0, None]]}
    lines = [good, {**good, "point": [2.0], "values": [[1.0]]}, {**good, "run": "other", "point": [3.0]}]
    lines += [{**good, "point": [4.0], "values": [[1.0, 1e999]]}, {**good, "point": [[5.0]]}, {**good, "point": [6.0]}]
    (tmp_path / "j").write_text("".join(json.dumps(line) + "\n" for line in lines))
    journal = Journal(tmp_path / "j")
    assert [point for _, (point,) in journal.results] == [1.0, 2.0, 3.0, 4.0]  # up to the first that is no result
    Evaluator(Simulator({}, (("k",),), {"a": (("t", "r", "c"),)}, draws=2, seed=1), journal, engine=None)
    assert list(journal.results) == [("a", (1.0,))]
    journal.close()


def test_a_journal_that_is_no_file_is_neither_waited_for_nor_read_without_end(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "zeros").symlink_to("/dev/zero")
    (tmp_path / "circle").symlink_to("circle")
    with open(tmp_path / "long", "wb") as file:
        file.truncate(2**40)
    for name in os.listdir(tmp_path):
        with pytest.raises(StoreError, match=name):
            Journal(tmp_path / name)


def test_sums_of_sales_stop_before_they_wrap():
    largest = np.full((1, 5), 1e9)  # kt; five of them are more than 64 bits hold
    with pytest.raises(NotComputable, match="too large to be added up"):
        _steps(largest, 2.0**30)
    with pytest.raises(NotComputable, match="no finite number"):
        _steps(np.array([[np.nan]]), 1.0)
    assert _steps(largest[:, :2], 2.0**30) == [2 * 10**9 * 2**30]
    half = LedgerSums(np.full((1, 5), 2**61), 1)
    with pytest.raises(NotComputable, match="too large"):
        half + half
    assert (half + LedgerSums(np.full((1, 5), 7), 1)).sums[0, 0] == 2**61 + 7


def test_a_mean_that_overflows_stops_the_command():
    with pytest.raises(NotComputable, match="mean or quantile over the draws cannot be computed: overflow"):
        bands(np.full((1, 3), 1e308))
    assert bands(np.array([[1e300, 1e300]]))["mean"] == [1e300]
