"""The ODD description: its elements are there, its tables are the schema's, and nothing is in code or page alone."""

import ast
import re
from pathlib import Path

import pytest

from sim.odd_tables import NO_PARAMETERS, SHARED, SYMBOLS, TABLES, is_leaf, not_a_parameter, page, table_of
from sim.scenario import describe_fields
from sim.scenario.schema import SeriesLevel

ROOT = Path(__file__).parents[1]
ODD, PARAMETERS = ROOT / "docs" / "odd.md", ROOT / "docs" / "odd_parameters.md"
ELEMENTS = (
    "Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling",
    "Design concepts", "Initialization", "Input data", "Submodels",
)  # fmt: skip
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
)  # fmt: skip
LEAVES = {key: slot for key, slot in describe_fields() if is_leaf(slot) and not key.endswith("[]")}


def headings(level, path=ODD):
    """Headings of a page at a level, in order."""
    return re.findall(rf"^{'#' * level} (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def code_in(text):
    """What a page sets as code: spans between backticks, and indented blocks."""
    return "\n".join(re.findall(r"`[^`]+`", text) + re.findall(r"^ {4,}.*$", text, re.MULTILINE))


def test_the_seven_elements_and_eleven_concepts_are_headings_in_order():
    assert [text for text in headings(2) if re.match(r"\d", text)] == [f"{n} {e}" for n, e in enumerate(ELEMENTS, 1)]
    assert [text for text in headings(3) if text.startswith("4.")] == [f"4.{n} {c}" for n, c in enumerate(CONCEPTS, 1)]


def submodels():
    """Heading -> text of every submodel of element 7."""
    parts = re.split(
        r"^### (7\.\d+ .*)$", ODD.read_text(encoding="utf-8").split("\n## What is left out")[0], flags=re.M
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_submodel_names_its_files_and_its_source():
    assert [text.split()[0] for text in submodels()] == [f"7.{n}" for n in range(1, 23)]
    for heading, text in submodels().items():
        if "Constants" not in heading:
            assert re.search(r"^Files?: `(sim|agents)/", text, re.MULTILINE), heading
            assert re.search(r"Source:\s[\w`]", text), heading


def test_every_equation_of_the_agents_has_its_file_on_the_page():
    named = set(re.findall(r"`(agents/\w+\.py)`", ODD.read_text(encoding="utf-8")))
    assert named == {f"agents/{path.name}" for path in (ROOT / "agents").glob("*.py")} - {"agents/__init__.py"}


def test_parameters_are_what_the_generator_writes():
    assert PARAMETERS.read_text(encoding="utf-8") == page(), "python -m sim.odd_tables > docs/odd_parameters.md"


def test_every_key_of_the_schema_is_in_one_table():
    rows = re.findall(r"^\| `([^`]+)` \|", PARAMETERS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows))
    stated = []
    for row in rows:
        head, _, tail = row.partition(".")
        places = [f"{place}.{tail}" for place in SHARED[head]] if head in SHARED else [row]
        present = [place for place in places if place in LEAVES]
        assert present, f"{row} is no key of the schema"
        stated += present
    assert sorted(stated) == sorted(key for key in LEAVES if not not_a_parameter(key))
    assert set(NO_PARAMETERS) <= dict(describe_fields()).keys()


def test_a_key_without_a_table_is_found():
    with pytest.raises(LookupError, match="no table of sim/odd_tables.py holds `tariffs.japan`"):
        table_of("tariffs.japan")


def test_every_table_has_rows_and_its_submodel():
    assert headings(2, PARAMETERS) == [heading for heading, _, _ in TABLES]
    numbers = {text.split()[0] for text in [*headings(2), *headings(3)]}
    for heading, element, _ in TABLES:
        assert set(re.findall(r"\d+(?:\.\d+)?", element)) <= numbers, heading


def test_every_parameter_is_named_in_the_description():
    said = code_in(ODD.read_text(encoding="utf-8"))
    keys = {key for key in LEAVES if not not_a_parameter(key)}
    names = {next(part for part in reversed(re.split(r"\.|\[\]", key)) if part and part != "<name>") for key in keys}
    missing = sorted(name for name in names if not re.search(rf"(?<!\w){name}(?!\w)", said))
    assert not missing, f"docs/odd.md has no word on {missing}"


def test_every_symbol_of_the_tables_is_in_an_equation_and_in_the_list_of_symbols():
    text = ODD.read_text(encoding="utf-8")
    listed = text.split("\n## Symbols")[1].split("\n## ")[0]
    rows = set(re.findall(r"^\| `([^`]+)` \| (\S+) \|", PARAMETERS.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == set(SYMBOLS.items())
    for symbol in SYMBOLS.values():
        assert re.search(rf"(?<!\w){symbol}(?!\w)", listed), symbol
        assert re.search(rf"(?<!\w){symbol}(?!\w)", code_in(text)), symbol


def test_every_key_says_what_it_means_and_numbers_have_a_unit():
    above = dict(describe_fields())
    for key, slot in LEAVES.items():
        place = key
        while place.endswith(".<name>"):  # what a mapping holds is described with the mapping
            place = place.removesuffix(".<name>")
        assert slot.description or above[place].description, key
        assert slot.unit or not slot.is_number, key
    for name, field in SeriesLevel.model_fields.items():
        assert field.description, name
        assert field.annotation is not float or (field.json_schema_extra or {}).get("unit"), name


def model_files():
    """Files of the model: ``agents``, what ``sim.market`` imports of ``sim`` itself, and how series are read."""
    found, todo = set((ROOT / "agents").glob("*.py")), [ROOT / "sim" / "market.py"]
    while todo:
        path = todo.pop()
        found.add(path)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            if modules == ["sim"]:
                modules = [f"sim.{alias.name}" for alias in node.names]
            files = [ROOT / f"{module.replace('.', '/')}.py" for module in modules if module.startswith("sim.")]
            todo += [file for file in files if file.is_file() and file.parent.name == "sim" and file not in found]
    return found | {ROOT / "sim" / "scenario" / name for name in ("between.py", "series.py")}


def test_every_parameter_is_read_somewhere_in_the_model():
    readers = model_files() | {ROOT / "sim" / "scenario" / "values.py"}  # it lays out the calendar
    nodes = [node for path in readers for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}
    by_text = {
        node.args[1].value
        for node in nodes
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("getattr", "hasattr") and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }  # fmt: skip
    owned = {"events[].from", "events[].to"}  # the loader turns dates into the scenario that holds in each period
    fields = {
        next(part for part in reversed(key.split(".")) if part != "<name>")
        for key in LEAVES
        if not not_a_parameter(key) and key not in owned
    }
    aliases = {"from": "start", "to": "end"}
    unread = sorted(name for name in fields if aliases.get(name, name) not in read | by_text)
    assert not unread, f"no rule of the model reads {unread}"


def numbers_in(node):
    """Numbers that an expression holds, in order."""
    found = [each for each in ast.walk(node) if isinstance(each, ast.Constant) and type(each.value) in (int, float)]
    return [float(each.value) for each in sorted(found, key=lambda each: (each.lineno, each.col_offset))]


def constants():
    """(File, name) -> numbers of every upper-case constant with numbers in the model."""
    held = {}
    for path in model_files():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and target.id.isupper() and numbers_in(node.value):
                held[str(path.relative_to(ROOT)), target.id] = numbers_in(node.value)
    return held


def test_constants_are_on_the_page_with_their_values_and_nowhere_else():
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \| `([^`]*)` \| [^|]+ \|$", ODD.read_text(encoding="utf-8"), re.M)
    stated = {(file, name): [float(n) for n in re.findall(r"\d+\.?\d*(?:e-?\d+)?", text)] for name, text, file in rows}
    assert len(stated) == len(rows)
    assert stated == constants()


def test_constants_and_files_named_in_the_text_exist():
    text = ODD.read_text(encoding="utf-8")
    for file in re.findall(r"`((?:agents|sim)/[a-z_/]+\.py)`", text):
        assert (ROOT / file).is_file(), file
    before = text.split("\n### 7.22")[0]
    names = set(re.findall(r"(?<!\w)[A-Z]+_[A-Z_]+(?!\w)", code_in(before)))
    assert names, "the equations name their constants"
    assert names <= {name for _, name in constants()}


def test_links_into_the_description_meet_a_heading():
    def anchor(heading):
        return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")

    anchors = {anchor(heading) for level in (1, 2, 3) for heading in headings(level)}
    pages = [*ROOT.glob("docs/*.md"), ROOT / "README.md"]
    links = [link for path in pages for link in re.findall(r"odd\.md#([^)]+)\)", path.read_text(encoding="utf-8"))]
    links += re.findall(r"\]\(#([^)]+)\)", ODD.read_text(encoding="utf-8"))
    assert len(links) > 5
    assert set(links) <= anchors
