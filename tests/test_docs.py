"""The pages: generated ones are their generator's, and each command and block is run or held against something.

One folder, like one in which a reader tries out what the pages say, is used for all of them in turn. Lines that
simulate get fewer draws and one crop year; a line that several pages have is run once.
"""

from __future__ import annotations

import re
import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from doc_pages import NAMED, PAGES, ROOT, Block, blocks, command, differs, python
from typer.main import get_command

import sim.cli
from sim.reference import page
from sim.scenario import ScenarioError, load
from sim.scenario.calibration import load_calibration
from sim.scenario.game_loader import load_game
from sim.shipped import scenario_path, shipped_folder, sweep_names, sweep_path
from sim.sweeps.loader import load_sweep

INDEX = ROOT / "docs" / "README.md"
BLOCKS = {path.relative_to(ROOT).as_posix(): blocks(path) for path in PAGES}
EVERY = [block for found in BLOCKS.values() for block in found]
VERBS = get_command(sim.cli.app).commands


def is_commands(block: Block) -> bool:
    """Whether a block holds lines to type; those that take long stand in a block of text."""
    first = block.text.split(maxsplit=1)[0]
    return block.language == "sh" or (block.language in ("", "text") and first in ("singledesk", "make", "python"))


# Pages followed by tests of their own, in folders of their own.
OWN_TEST = {
    "docs/extending.md": "test_extending.py",
    "docs/gallery.md": "test_gallery.py",
    "docs/results.md": "test_results_page.py",
    "docs/tutorial.md": "test_tutorial.py",
}
# Lines read as the command reads them, and not run here: what they begin with, and why.
ONLY_READ = {
    "singledesk dashboard": "serves until it is stopped; tests/browser presses its buttons",
    "singledesk calibrate study": "minutes; the calibration of a page is run, and test_calibration.py resumes one",
    "singledesk study": "half a minute at least; test_published.py and test_study_tables.py run what it does",
    "singledesk game eep_against_restitution": "minutes; the game of the textbook is run, this one is loaded",
    "singledesk sensitivity sensitivity_history": "a minute; a sweep of a page is analysed in its place",
    "singledesk plot study": "needs `singledesk study`; test_gallery.py and test_figures.py draw it",
}
ELSEWHERE = {  # lines of other programs
    "python on_slurm.py run history --draws 20000 --out results": "needs the queue of a cluster",
}
# Blocks that cannot be run: (page, what the first line begins with) and why. They are compiled.
ONLY_COMPILED = {("docs/clusters.md", "# file: on_slurm.py"): "needs the queue of a cluster"}
# Pages whose lines are all of that kind, or modules that other tests run (`python -m tests.fuzz`: test_fuzz.py).
NONE_RUN = ("docs/clusters.md", "docs/dashboard.md", "docs/hostile_input.md", "docs/performance.md")
# What stands before a block of text that shows an output.
SHOWN = [
    (one, other)
    for found in BLOCKS.values()
    for one, other in zip(found, found[1:], strict=False)
    if other.language == "text" and not is_commands(other) and (is_commands(one) or one.language == "yaml")
]
INSTEAD = {"make run": "singledesk run history"}  # what a target does
SHORT = ("run", "compare", "ablation", "incidence")
START, LOADERS = "1986/87", {"file": load, "game": load_game, "sweep": load_sweep, "calibration": load_calibration}


def only_compiled(block: Block) -> bool:
    """Whether a block of Python is one that cannot be run here."""
    return any(block.page == name and block.text.startswith(first) for name, first in ONLY_COMPILED)


def shortened(line: str) -> str:
    """A line with few draws and one crop year, in one of the scenario's own."""
    words = shlex.split(line)
    verb, joined = words[1], line
    joined = re.sub(r"--years \S+", f"--years {START}-{START}", joined)
    if "--format mp4" in joined and not shutil.which("ffmpeg"):
        joined = joined.replace("--format mp4 --to war.mp4", "--to war.gif")
    if "RUN-ID" in joined:
        newest = max(Path(re.search(r"(\S+)/RUN-ID", joined)[1]).glob("2*"))
        joined = joined.replace("RUN-ID", newest.name)
    if verb == "sweep":
        return f"{joined.replace(words[2], one_year(words[2]), 1)} --draws 1"
    if verb == "reconstruct":
        return f"{joined} --draws 2"
    if verb not in SHORT:
        return joined
    joined = re.sub(r"--set calendar.crop_years=\S+", "", joined)
    named = words[2] if len(words) > 2 and not words[2].startswith("-") else "steady"
    kept = "calendar.start" in joined or "calendar.hold" in joined or starts_later(named)
    return f"{joined} --draws 2 --set calendar.crop_years=1" + ("" if kept else f" --set calendar.start={START}")


def one_year(name: str) -> str:
    """A copy, of the same name and in this folder, of a shipped sweep with one crop year; another sweep as it is."""
    if name not in sweep_names():
        return name
    text = re.sub(r"calendar\.crop_years=\d+", "calendar.crop_years=1", sweep_path(name).read_text(encoding="utf-8"))
    Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    return f"{name}.yaml"


def starts_later(name: str) -> bool:
    return load(scenario_path(name)).scenario.calendar.start > START


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> tuple[Path, dict[str, str], dict[str, int]]:
    """The folder, what went wrong by block, and how many commands and Python blocks of each page were run."""
    place = tmp_path_factory.mktemp("docs")
    shutil.copytree(shipped_folder(), place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copytree(ROOT / "tests" / "docking", place / "tests" / "docking")  # of a clone, not of the package
    for block in EVERY:
        name = block.title[1] if block.title and block.title[0] in LOADERS else None
        found = NAMED.search(block.info)
        if (block.language == "yaml" and name) or (block.language == "csv" and found):
            (place / (name or found[1])).write_text(block.text, encoding="utf-8")
    wrong: dict[str, str] = {}
    run = dict.fromkeys(BLOCKS, 0)
    printed: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name, found in BLOCKS.items():
            for block in found if name not in OWN_TEST else ():
                try:
                    run[name] += follow(block, printed)
                except Exception as error:
                    wrong[str(block)] = f"{type(error).__name__}: {error}"
    return place, wrong, run


def follow(block: Block, printed: dict[str, str]) -> int:
    """Run what a block says; return how many things were run."""
    if block.language == "python" and not only_compiled(block):
        short = Block(block.page, block.line, "python", "", re.sub(r"draws=\d+", "draws=1", block.text))
        assert python(short), "it prints nothing"
        return 1
    typed = [INSTEAD.get(each, each) for each in block.lines] if is_commands(block) else []
    lines = [each for each in typed if each.startswith("singledesk ")]
    lines = [line for line in lines if not line.startswith(tuple(ONLY_READ))]
    for line in lines:
        if shortened(line) not in printed:
            printed[shortened(line)] = command(shortened(line))
    return len(lines)


@pytest.mark.parametrize("name", [name for name in BLOCKS if name not in OWN_TEST])
def test_commands_and_python_run(followed, name):
    _, wrong, run = followed
    assert {where: text for where, text in wrong.items() if where.startswith(f"{name}:")} == {}
    wanted = sum(block.language == "python" or is_commands(block) for block in BLOCKS[name])
    assert run[name] or not wanted or name in NONE_RUN


def test_every_line_to_type_is_one():
    """Each line as the program reads it: its verb and options, a target of the Makefile, a module."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = [(block, line) for block in EVERY if is_commands(block) for line in block.lines]
    assert len(lines) > 100
    for block, line in lines:
        words = [word for word in shlex.split(line) if word != ">"]
        if block.page == "docs/extending.md" or line in ELSEWHERE or (words[0] == "source" and len(words) == 2):
            continue
        if words[0] == "make":
            assert re.search(rf"^{re.escape(words[1])}:", makefile, re.MULTILINE), f"{block}: {line}"
        elif words[:2] == ["python", "-m"]:
            assert find_spec(words[2]), f"{block}: {line}"
        else:
            assert words[0] == "singledesk", f"{block}: nobody runs `{line}`"
            words = words[: -1 if ">" in shlex.split(line) else None]
            parsed(words, f"{block}: {line}")


def parsed(words: list[str], where: str) -> None:
    """Read a line as the command does, without doing what it says."""
    verb, at = VERBS.get(words[1]), 2
    assert verb is not None, where
    if hasattr(verb, "commands") and len(words) > 2 and words[2] in verb.commands:
        verb, at = verb.commands[words[2]], 3
    verb.make_context(words[at - 1], list(words[at:]))


def test_every_block_is_of_a_kind_that_somebody_runs():
    for block in EVERY:
        where = f"{block} [{block.language}]"
        if is_commands(block) or block.page in ("docs/extending.md", "docs/tutorial.md"):
            continue
        if block.language == "yaml":
            assert block.title, f"{where}: say in its first line what it is (`# file: ...`, `# part of: ...`)"
        elif block.language == "csv":
            assert NAMED.search(block.info), where
        elif block.language == "text":
            assert block in [text for _, text in SHOWN] or block.page in OWN_TEST, f"{where}: an output of no command"
        else:
            assert block.language == "python", where
            compile(block.text, where, "exec")


@pytest.mark.parametrize(("before", "shown"), [each for each in SHOWN if each[0].page not in OWN_TEST], ids=str)
def test_what_is_shown_after_a_block_is_printed(followed, before, shown, monkeypatch):
    place, *_ = followed
    monkeypatch.chdir(place)
    if is_commands(before):
        assert differs(shown.text, "".join(command(line) for line in before.lines)) is None
        return
    kind, name = before.title
    loader = {"file with mistakes": load, "sweep with mistakes": load_sweep}[kind]
    Path(name).write_text(before.text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        loader(name)
    assert shown.text == f"{caught.value}\n"


@pytest.mark.parametrize("block", [each for each in EVERY if each.title and each.page not in OWN_TEST], ids=str)
def test_files_load_without_a_warning(followed, block, monkeypatch):
    place, *_ = followed
    monkeypatch.chdir(place)
    kind, name = block.title
    if kind == "part of":
        part = Path(f"part_of_{block.line}.yaml")
        part.write_text(f"extends: {name}\ntitle: A part of a page\n{block.text}", encoding="utf-8")
        # A part may show what its file holds already.
        assert [text for text in load(part).warnings if "is equal to its parent" not in text] == []
    elif kind in LOADERS:
        warnings = getattr(LOADERS[kind](name), "warnings", [])
        assert [text for text in warnings if "lies outside the calendar" not in text] == []
    else:
        assert kind.endswith("with mistakes") and block in [before for before, _ in SHOWN], "its report is not shown"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_stand_in_fences(path):
    found = re.findall(r"^ {4,}(?:singledesk|make|python) .*", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found == [], "indented code is run by nobody: put it between fences"


def test_files_of_the_pages_have_names_of_their_own():
    names = [block.title for block in EVERY if block.title and block.title[0] in LOADERS]
    assert len(set(names)) == len(names)


def test_pages_with_tests_of_their_own_have_them():
    for name, file in OWN_TEST.items():
        assert Path(name).name in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_what_is_not_run_is_still_there():
    lines = [line for block in EVERY if is_commands(block) for line in block.lines]
    for first in (*ONLY_READ, *ELSEWHERE):
        assert any(line.startswith(first) for line in lines), f"no page has `{first}` any more"
    assert {name for name, _ in ONLY_COMPILED} == {block.page for block in EVERY if only_compiled(block)}


def test_reference_is_what_the_generator_writes():
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == page(), "write it anew: python -m sim.reference > docs/reference.md"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_the_index_names_every_page():
    linked = {(INDEX.parent / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", INDEX.read_text("utf-8"))}
    assert linked == {*PAGES, ROOT / "docs" / "notebooks" / "first_results.ipynb"} - {INDEX}
