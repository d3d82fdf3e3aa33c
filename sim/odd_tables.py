"""The parameter tables of the ODD description: ``python -m sim.odd_tables > docs/odd_parameters.md``.

Keys, units, limits and defaults are the schema's; values are those of the shipped history, and where they come from is
what its data tables and the comments in its file say. Only the order of the tables, and the symbols under which
``docs/odd.md`` writes a parameter in an equation, are stated here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.odd_values import Shown, source_text, value_text
from sim.reference import allowed, default_text
from sim.scenario import describe_fields, load
from sim.scenario.fields import Slot
from sim.scenario.schema.buyers import BUYERS
from sim.shipped import scenario_path

SHOWN = "history"
REACTIONS = ("export_subsidies.<name>.reaction", "eep.reaction", "restitution.reaction")
SEARCHES = ("sellers.<name>.initial_payment_search", "export_subsidies.<name>.search")
SHARED = {"buyers": BUYERS, "reaction": REACTIONS, "search": SEARCHES}
"""Parts of the schema that several sections have alike: one row of a table stands for all of them."""

NO_PARAMETERS = ("title", "description", "data", "wording", "published", "events[].name")
"""Texts, and names of tables: what a run computes does not depend on them. ``title`` is that of any section."""

TABLES = (  # heading of the table, element of the description that uses it, keys it holds with all that lies below
    ("Calendar, draws and what is traded", "2 and 4", ("calendar", "draws", "seed", "grades", "base_price_origin")),
    ("Buyers' demand", "7.1", ("buyers",)),
    ("Clearing", "7.2", ("tender",)),
    ("Marketing systems", "7.3", ("marketing",)),
    ("Growers and origins", "7.4", ("origins", "growers")),
    ("Boards", "7.5 to 7.8", ("boards",)),
    ("Supply agreement", "7.9", ("buyers.<name>.agreement",)),
    ("Trading companies", "7.10", ("traders",)),
    ("Sellers at cash markets", "7.11", ("exporters",)),
    ("Export bonuses", "7.12", ("eep",)),
    ("Export refunds", "7.13", ("restitution",)),
    ("Intervention", "7.14", ("origins.<name>.intervention",)),
    ("Subsidies by lane", "7.15", ("export_subsidies",)),
    ("Searches", "7.16", ("search",)),
    ("Treasuries that answer each other", "7.17", ("reaction",)),
    ("Sellers by cost", "7.18", ("sellers",)),
    ("Guarantors", "7.7", ("treasuries",)),
    ("Freight and exchange", "7.19", ("freight_usd_t", "money", "corn_usd_t")),
    ("Shocks", "7.20", ("shocks",)),
    ("Observation", "4", ("reference_prices",)),
    ("Dated changes", "6", ("events",)),
)
SYMBOLS = {
    "buyers.<name>.demand.<name>.price": "P0",
    "buyers.<name>.demand.<name>.quantity_kt": "Q0",
    "buyers.<name>.demand.<name>.elasticity": "e",
    "buyers.<name>.demand.<name>.intercept": "a",
    "buyers.<name>.demand.<name>.slope": "b",
    "buyers.<name>.demand.<name>.corn_response": "γ",
    "buyers.<name>.agreement.bargaining_weight": "ω",
    "buyers.<name>.agreement.flexibility": "φ",
    "boards.<name>.beliefs.rivals_response": "ρ",
    "boards.<name>.beliefs.forgetting": "λ",
    "boards.<name>.adjustment": "η",
    "boards.<name>.cover_periods": "κ",
    "boards.<name>.initial_share": "σ",
    "boards.<name>.outlook_lag": "ℓ",
    "boards.<name>.published_lag": "ℓ",
    "boards.<name>.agreed_share": "α",
    "traders.beliefs.rivals_response": "ρ",
    "traders.beliefs.forgetting": "λ",
    "traders.adjustment": "η",
    "traders.cover_periods": "κ",
    "traders.margin_cad_t": "μ",
    "growers.<name>.inertia_cad_t": "ι",
    "growers.<name>.captive_share": "χ",
    "growers.<name>.share": "θ",
    "origins.<name>.storage_elasticity": "ε",
    "eep.undercut": "u",
    "restitution.rounds_per_year": "R",
    "restitution.normal_stock_kt": "N",
    "restitution.target_kt": "T",
    "shocks.persistence": "ρs",
    "search.trial_cad_t": "h",
}
HEAD = """\
# ODD: parameters

<!-- Made by `python -m sim.odd_tables > docs/odd_parameters.md` from sim/scenario/schema and history.yaml. -->

Every parameter of the model, as [the description](odd.md) uses them; the key is where a scenario states it, and
[reference.md](reference.md) says what it means in a sentence each. `<name>` stands for a name the scenario chooses.
*Symbol* is the letter that stands for it in the equations, where it has one. *history* is the value in
`scenarios/history.yaml` (`singledesk show history` prints all of it): one for all entries, or each with its entries.
*From* says where that comes from:

- a data table and the certainty of its figures (`read`, `derived`, `estimate`;
  [SOURCES.md](../scenarios/data/SOURCES.md) has the publishers);
- *assumption*: a number that no source gives, with the comment of the file where it has one; *(default)* when the file
  leaves it to the schema;
- *structure*: what is no number, such as who belongs where.

`buyers` stands for the four sections `state_importers`, `importers`, `maltsters` and `feeders`, which have these keys
alike; `reaction` for those of `eep`, `restitution` and `export_subsidies.<name>`; `search` for
`export_subsidies.<name>.search` and `sellers.<name>.initial_payment_search`.
"""
COLUMNS = "| key | symbol | unit | allowed | default | history | from |\n|---|---|---|---|---|---|---|"


@dataclass
class Row:
    """A parameter: the keys of the schema it stands for, and its place there."""

    key: str
    slot: Slot
    keys: list[str] = field(default_factory=list)


def shared_key(key: str) -> str:
    """Key of the row that holds a key of the schema: ``maltsters.<name>.region`` is ``buyers.<name>.region``."""
    for name, places in SHARED.items():
        for place in places:
            if key == place or key.startswith(f"{place}."):
                return name + key[len(place) :]
    return key


def parameters() -> dict[str, Row]:
    """Every parameter of the schema by the key of its row; texts and what only holds other keys left out."""
    rows: dict[str, Row] = {}
    for key, slot in describe_fields():
        if not is_leaf(slot) or key.endswith("[]") or not_a_parameter(key):
            continue
        row = rows.setdefault(shared_key(key), Row(shared_key(key), slot))
        row.keys.append(key)
    return rows


def is_leaf(slot: Slot) -> bool:
    """Whether a value stands here, and not a section, a mapping of names or a list of sections."""
    if slot.is_list:
        return slot.element.model is None
    return slot.is_level or not (slot.is_dict or slot.model)


def not_a_parameter(key: str) -> bool:
    """Whether a key is a text that no result depends on."""
    return key.split(".")[0] in NO_PARAMETERS or key in NO_PARAMETERS or key.endswith(".title")


def table_of(key: str) -> str:
    """Heading of the table a row belongs to: the one whose key reaches furthest down."""
    below = [(part, heading) for heading, _, keys in TABLES for part in keys]
    fits = [(len(part), heading) for part, heading in below if key == part or key.startswith((f"{part}.", f"{part}["))]
    if not fits:
        raise LookupError(f"no table of sim/odd_tables.py holds `{key}`")
    return max(fits)[1]


def page() -> str:
    """Markdown of the whole page."""
    shown = Shown(load(scenario_path(SHOWN)))
    grouped: dict[str, list[Row]] = {heading: [] for heading, _, _ in TABLES}
    for row in parameters().values():
        grouped[table_of(row.key)].append(row)
    parts = [HEAD]
    for heading, element, keys in TABLES:
        rows = "\n".join(_line(row, shown) for row in grouped[heading])
        parts.append(f"\n## {heading}\n\nUsed in {element} of the description.\n\n{COLUMNS}\n{rows}\n")
        sections = [each for key in keys for each in SHARED.get(key, (key,)) if "." not in each]
        notes = [f"- `{section}`: {_cell(text)}" for section in sections for text in shown.section_comments(section)]
        if notes:
            parts.append("\nWhat `history.yaml` says of it:\n\n" + "\n".join(notes) + "\n")
    return "".join(parts)


def _line(row: Row, shown: Shown) -> str:
    slot = row.slot
    entries = [each for key in row.keys for each in shown.values(key)]
    cells = (
        f"`{row.key}`", SYMBOLS.get(row.key, ""), slot.unit or "-", allowed(slot), default_text(slot),
        value_text(entries), source_text(entries, slot, shown),
    )  # fmt: skip
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Print the page."""
    print(page(), end="")


if __name__ == "__main__":
    main()
