"""What docs/results.md shows runs as it stands, in a folder with results under the names that it uses."""

import io
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from fake_results import fake_run, fake_sweep
from typer.testing import CliRunner

import sim.cli

PAGE = (Path(__file__).parents[1] / "docs" / "results.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = FENCE.findall(PAGE)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder whose results have the page's names."""
    for name in ("history", "multiple_sellers"):
        fake_run(tmp_path / "results", name)
    systems = ("single_desk", "open_feed", "multiple_sellers")
    fake_sweep(tmp_path / "results", systems=systems, stem="sweep-eep_bonus_by_system")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands(place):
    lines = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
    assert len(lines) > 5
    for line in lines:
        result = CliRunner().invoke(sim.cli.app, shlex.split(line)[1:])
        assert result.exit_code == 0, f"{line}\n{result.output}"
        assert result.stdout or "gap.parquet" in line
    assert (place / "gap.parquet").is_file()


def test_python(place):
    names = {}
    texts = [text for language, text in BLOCKS if language == "python"]
    assert len(texts) == 4
    for text in texts:
        out = io.StringIO()
        with redirect_stdout(out):
            exec(compile(text, "results.md", "exec"), names)
        assert len(out.getvalue().splitlines()) > 3, text
