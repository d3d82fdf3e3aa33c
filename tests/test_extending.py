"""The examples of docs/extending.md in a copy of the program: each is put in as it stands there, and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from doc_pages import NAMED, ROOT, Block, blocks, differs

PAGE = ROOT / "docs" / "extending.md"
BLOCKS = blocks(PAGE)
PACKAGES = ("agents", "sim", "scenarios")


def apply(block: Block, root: Path) -> None:
    """Put a block into a file: a new file, or lines changed at the one place where the others stand."""
    target = root / NAMED.search(block.info)[1]
    if block.language == "python":
        assert not target.exists(), f"{block}: {target.name} is there already"
        target.write_text(block.text, encoding="utf-8")
        return
    lines = block.text.splitlines()
    assert all(line == "" or line[0] in "+- " for line in lines), block
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    text = target.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{block}: {target.name} has no such lines any more, or has them twice"
    target.write_text(text.replace(before, after), encoding="utf-8")


# Runs lines of the program one after the other, and gives what each prints.
RUNNER = """
import json, shlex, sys
from typer.testing import CliRunner
import sim.cli
results = [CliRunner().invoke(sim.cli.app, shlex.split(line)[1:]) for line in json.loads(sys.argv[1])]
json.dump([[result.exit_code, result.output] for result in results], sys.stdout)
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> tuple[Path, Path, list[tuple[Block, str]]]:
    """The copy with all put in, the folder its commands ran in, and what was printed before each block of text."""
    root, place = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("run")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for block in BLOCKS:
        if block.language in ("diff", "python"):
            apply(block, root)
        elif block.language == "yaml":
            (place / block.title[1]).write_text(block.text, encoding="utf-8")
        else:
            assert block.language in ("sh", "text"), block
    printed = iter(run([line for block in BLOCKS if block.language == "sh" for line in block.lines], root, place))
    shown, latest = [], ""
    for block in BLOCKS:
        if block.language == "sh":
            latest = "".join(next(printed) for _ in block.lines)
        elif block.language == "text":
            shown.append((block, latest))
    return root, place, shown


def run(lines: list[str], root: Path, place: Path) -> list[str]:
    """Output of each line of the extended program."""
    assert all(line.startswith("singledesk ") for line in lines)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    words = [sys.executable, "-c", RUNNER, json.dumps(lines)]
    done = subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert {line: output for line, (code, output) in zip(lines, results, strict=True) if code != 0} == {}
    return [output for _, output in results]


def test_what_the_page_shows_is_printed(extended):
    _, _, shown = extended
    assert len(shown) == 4
    assert {str(block): line for block, printed in shown if (line := differs(block.text, printed))} == {}


def test_only_the_copy_is_extended(extended):
    root, place, _ = extended
    assert (root / "agents" / "aid_agency.py").exists() and not (ROOT / "agents" / "aid_agency.py").exists()
    assert (place / "images" / "aid-origin_share.png").stat().st_size > 10_000


def test_new_code_keeps_the_rules_of_the_house(extended):
    root, *_ = extended
    new = [str(root / NAMED.search(block.info)[1]) for block in BLOCKS if block.language == "python"]
    words = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), *new]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_lines_that_are_not_there_any_more_are_named(tmp_path):
    (tmp_path / "one.py").write_text("a = 1\nb = 2\n", encoding="utf-8")
    apply(Block("page", 1, "diff", 'title="one.py"', "-b = 2\n+b = 3\n"), tmp_path)
    assert (tmp_path / "one.py").read_text(encoding="utf-8") == "a = 1\nb = 3\n"
    with pytest.raises(AssertionError, match="no such lines any more"):
        apply(Block("page", 1, "diff", 'title="one.py"', "-b = 2\n+b = 3\n"), tmp_path)
