"""What tests of pages share: fenced blocks, commands run in this process, printed text beside what a page shows."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

import sim.cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"# (file|game|calibration|sweep|file with mistakes|sweep with mistakes|part of): (\S+)\n")
NAMED = re.compile(r'title="([^"]+)"')
PLACEHOLDERS = {"RUN-ID": r"\d{8}T\d{6}Z-[0-9a-f]{8}-[0-9a-f]{4}(?:-\d+)?"}  # what differs from run to run
LEFT_OUT = "..."


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, line, language, the rest of the fence's line, and what it holds."""

    page: str
    line: int
    language: str
    info: str
    text: str

    @property
    def title(self) -> tuple[str, str] | None:
        """Kind and name in a first line such as ``# file: my.yaml``."""
        found = TITLE.match(self.text)
        return (found[1], found[2]) if found else None

    @property
    def lines(self) -> list[str]:
        """Commands of the block: lines, put together where one ends in a backslash, without comments."""
        joined = re.sub(r"\\\n\s*", "", self.text).splitlines()
        return [line for each in joined if (line := shlex.join(shlex.split(each, comments=True))) != ""]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(path: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT))
    return [Block(name, text.count("\n", 0, found.start()) + 1, *found.groups()) for found in FENCE.finditer(text)]


def command(line: str, more: list[str] | None = None) -> str:
    """Run a ``singledesk`` line in this process; return what it prints, and write the file behind a ``>``."""
    words, target = shlex.split(line)[1:], None
    if ">" in words:
        words, target = words[: words.index(">")], words[-1]
    result = CliRunner().invoke(sim.cli.app, words + (more or []))
    assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception!r}"
    if target:
        Path(target).write_text(result.stdout, encoding="utf-8")
    return result.output


def python(block: Block) -> str:
    """Run a Python block on its own; return what it prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(block.text, str(block), "exec"), {"__name__": "page"})
    return out.getvalue()


def differs(shown: str, printed: str) -> str | None:
    """First line of a page's excerpt that was not printed where the excerpt has it; None when all were.

    A line ``...`` stands for any number of lines, and ``RUN-ID`` for the name of a run.
    """
    rows, at, free = [row.rstrip() for row in printed.splitlines()], 0, False
    for line in shown.rstrip("\n").splitlines():
        if line == LEFT_OUT:
            free = True
            continue
        pattern = re.escape(line)
        for word, expression in PLACEHOLDERS.items():
            pattern = pattern.replace(re.escape(word), expression)
        ahead = range(at, len(rows)) if free else range(at, min(at + 1, len(rows)))
        found = next((row for row in ahead if re.fullmatch(pattern, rows[row])), None)
        if found is None:
            return line
        at, free = found + 1, False
    return None if free or at == len(rows) else f"(nothing more) but printed: {rows[at]}"
