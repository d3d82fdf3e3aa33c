"""The pages: the reference is the generator's, and every example in them works as it stands."""

import io
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim.cli
from sim.reference import page
from sim.scenario import ScenarioError, load
from sim.scenario.game_loader import load_game
from sim.shipped import shipped_folder
from sim.sweeps.loader import load_sweep

ROOT = Path(__file__).parents[1]
PAGES = [path for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))] if path.is_file()]
COMMANDS = (
    "README.md", "scenarios.md", "docking.md", "incidence.md", "game.md", "calibration.md", "trade_war.md", "sweeps.md",
)  # fmt: skip
INDEX = ROOT / "docs" / "README.md"
COMMAND_PAGES = [path for path in PAGES if path.name in COMMANDS and path != INDEX]
SHORT = ["--draws", "2", "--set", "calendar.start=1986/87", "--set", "calendar.crop_years=1"]
SIMULATED = ("run", "compare", "ablation", "incidence")
FENCE = re.compile(r"^```(\w*) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"# (file|game|calibration|sweep|file with mistakes|sweep with mistakes): (\S+)\n")


def blocks(path):
    """(language, rest of the fence's line, text) of every fenced block of a page."""
    return [match.groups() for match in FENCE.finditer(path.read_text(encoding="utf-8"))]


def named(paths, wanted):
    """File name -> text of the YAML blocks whose first line gives them a name."""
    found = {}
    for path in paths:
        for language, _, text in blocks(path):
            title = TITLE.match(text)
            if language == "yaml" and title and title.group(1) == wanted:
                assert title.group(2) not in found, f"two examples are called {title.group(2)}"
                found[title.group(2)] = text
    return found


SCENARIOS = named(PAGES, "file")
GAMES = named(PAGES, "game")
CALIBRATIONS = named(PAGES, "calibration")
SWEEPS = named(PAGES, "sweep")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the shipped scenarios, their tables, and all examples of the pages."""
    place = tmp_path_factory.mktemp("docs")
    for path in shipped_folder().rglob("*"):
        if path.suffix in (".yaml", ".csv"):
            target = place / path.relative_to(shipped_folder())
            target.parent.mkdir(exist_ok=True, parents=True)
            target.write_bytes(path.read_bytes())
    for name, text in (SCENARIOS | GAMES | CALIBRATIONS | SWEEPS).items():
        (place / name).write_text(text, encoding="utf-8")
    for path in PAGES:
        for language, name, text in blocks(path):
            if language == "csv" and name:
                (place / name).write_text(text, encoding="utf-8")
    return place


def test_reference_is_what_the_generator_writes():
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == page(), "write it anew: python -m sim.reference > docs/reference.md"


@pytest.mark.parametrize("name", SCENARIOS)
def test_complete_scenarios_load_without_a_warning(folder, name, monkeypatch):
    monkeypatch.chdir(folder)
    assert load(name).warnings == []


@pytest.mark.parametrize("name", GAMES)
def test_games_load_without_a_warning(folder, name, monkeypatch):
    monkeypatch.chdir(folder)
    assert load_game(name).warnings == []


@pytest.mark.parametrize("name", SWEEPS)
def test_sweeps_load_without_a_warning(folder, name, monkeypatch):
    monkeypatch.chdir(folder)
    assert [text for text in load_sweep(name).warnings if "lies outside the calendar" not in text] == []


def test_the_report_shown_is_the_loaders(folder, monkeypatch):
    monkeypatch.chdir(folder)
    page_blocks = [block for path in PAGES for block in blocks(path)]
    titles = [TITLE.match(text) for _, _, text in page_blocks]
    loaders = {"file with mistakes": load, "sweep with mistakes": load_sweep}
    mistakes = [(i, loaders[title.group(1)]) for i, title in enumerate(titles) if title and title.group(1) in loaders]
    assert {loader for _, loader in mistakes} == set(loaders.values())
    for position, loader in mistakes:
        name, text = TITLE.match(page_blocks[position][2]).group(2), page_blocks[position][2]
        Path(name).write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            loader(name)
        language, _, shown = page_blocks[position + 1]
        assert language == "text" and shown == f"{caught.value}\n"


@pytest.mark.parametrize("path", COMMAND_PAGES, ids=lambda path: path.name)
def test_command_lines_run(folder, path, monkeypatch):
    monkeypatch.chdir(folder)
    lines = [line for language, _, text in blocks(path) if language == "sh" for line in text.splitlines()]
    commands = [line for line in lines if line.startswith("singledesk ")]
    assert commands
    for line in commands:
        words, target = shlex.split(line, comments=True)[1:], None
        if ">" in words:
            words, target = words[: words.index(">")], words[-1]
        result = CliRunner().invoke(sim.cli.app, words + (SHORT if words[0] in SIMULATED else []))
        assert result.exit_code == 0, f"{line}\n{result.output}"
        if target:
            Path(target).write_text(result.stdout, encoding="utf-8")


@pytest.mark.parametrize("path", [p for p in PAGES if any(b[0] == "python" for b in blocks(p))], ids=lambda p: p.name)
def test_python_examples_run(path):
    for language, _, text in blocks(path):
        if language == "python":
            out = io.StringIO()
            with redirect_stdout(out):
                exec(compile(text, path.name, "exec"), {})
            assert out.getvalue()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_the_index_names_every_page():
    linked = {(INDEX.parent / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", INDEX.read_text("utf-8"))}
    assert linked == {*PAGES, ROOT / "docs" / "notebooks" / "first_results.ipynb"} - {INDEX}
