"""Finished runs and sweeps made up without simulating."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.measures import Table
from sim.measures.bands import bands
from sim.store import new_run
from sim.stored.layout import BANDS, DESIGN, WORLD_KEYS, measure_field, part_name
from sim.stored.layout import MEASURES as MEASURES_FOLDER

YEARS = ("1985/86", "1986/87")
FORMULA_YEARS = ("1984/85", "1985/86", "1986/87")
MEASURES = {"producers:canada:revenue_cad_k": "thousand C$", "price_gap:canada:feed:japan-offshore": "C$/t"}
GAP = list(MEASURES)[1]


def fake_run(out, stem="history", shift=0.0, years=("1985/86", "1986/87")):
    """A run with two tables: the price gap by crop year with its average, and one of the whole run."""
    rows = (*years, "average")
    gap = np.array([[[1.0, 3.0]], [[5.0, 9.0]], [[3.0, 6.0]]])[: len(rows)] + shift
    tables = [
        Table("price_gap", rows, (GAP.partition(":")[2],), ("C$/t",), gap),
        Table("table4", ("corn",), ("sd",), ("C$/t",), np.array([[[2.0, np.nan]]])),
    ]
    with new_run(out, stem, "fedcba9876543210") as draft:
        draft.parquet("summary", pd.concat([table.bands() for table in tables]))
        draft.manifest({"kind": "run", "stem": stem, "draws": 2, "seed": 5, "scenario": {"title": "A title"}})
    return draft.final


def fake_sweep(
    out, bonuses=(0.0, 20.0, 40.0), systems=("single_desk", "open"), draws=3, stem="sweep-eep", years=YEARS,
    measures=MEASURES, points_of_part=4, names=("bonus", "system"),
):  # fmt: skip
    """Write the dataset of a full grid and return its folder.

    Values are 100 + bonus + 10 x measure + draw / 2 in every crop year.
    The price gap is missing where the bonus is zero.
    """
    design = pd.DataFrame([(bonus, system) for bonus in bonuses for system in systems], columns=list(names))
    values = np.zeros((len(design), draws, len(years), len(measures)))
    values += 100 + design[names[0]].to_numpy()[:, None, None, None]
    values += np.arange(draws)[:, None, None] / 2 + 10.0 * np.arange(len(measures))
    values[design[names[0]].to_numpy() == 0, :, :, 1] = np.nan
    units = {names[0]: "US$/t", names[1]: ""}
    factors = [
        {"name": name, "title": name, "unit": unit, "numeric": bool(unit), "keys": []} for name, unit in units.items()
    ]
    manifest = {"seed": 7, "factors": factors, "scenario": {"title": "Made up"}, "sweep": {"measures": None}}
    return write_dataset(out, stem, design, values, years, measures, points_of_part, manifest)


def formula_sweep(out, plan, design, measures, draws=4, years=FORMULA_YEARS, manifest=None):
    """Write a sweep whose worlds follow formulas, in two parts, and return its folder.

    ``measures`` gives (unit, function) by name; the function gets the design, a crop year's and a draw's number, and
    returns a value per point.
    """
    values = np.empty((len(design), draws, len(years), len(measures)))
    for place, (_, function) in enumerate(measures.values()):
        for draw, year in np.ndindex(draws, len(years)):
            values[:, draw, year, place] = function(design, year, draw)
    units = {name: unit for name, (unit, _) in measures.items()}
    head = {"seed": 1997, "scenario": {"title": plan["title"]}, "sweep": plan, **(manifest or {})}
    return write_dataset(out, "sweep-made_up", design, values, years, units, -(-len(design) // 2), head)


def uniform_plan(design, factors, title="A sweep made up for tests"):
    """Plan with factors of a unit from 0 to 1 each, unless ``factors`` gives other content."""
    default = {"unit": "US$/t", "title": ""}
    return {"title": title, "design": design, "factors": {name: {**default, **own} for name, own in factors.items()},
            "draws": 4, "seed": 1997}  # fmt: skip


def write_dataset(out, stem, design, values, years, units, points_of_part, manifest):
    """Write a sweep with values of shape (point, draw, crop year, measure) and units by measure."""
    with new_run(out, stem, "0123456789abcdef") as draft:
        draft.parquet(DESIGN, design.rename_axis("point").reset_index().astype({"point": "int32"}))
        _write_parts(draft.path, values, years, units, points_of_part)
        draft.parquet(BANDS, _bands_of(values, years, units))
        head = {"kind": "sweep", "stem": stem, "draws": values.shape[1]}
        draft.manifest({**head, "scenario_hash": "0123456789abcdef", **manifest})
    return draft.final


def _write_parts(folder, values, years, units, points_of_part):
    (folder / MEASURES_FOLDER).mkdir()
    draws = values.shape[1]
    kinds = (pa.int32(), pa.int32(), pa.dictionary(pa.int32(), pa.string()))
    fields = [pa.field(*pair) for pair in zip(WORLD_KEYS, kinds, strict=True)]
    fields += [measure_field(name, unit) for name, unit in units.items()]
    for part, first in enumerate(range(0, len(values), points_of_part)):
        block = values[first : first + points_of_part]
        lines = len(block) * draws
        keys = [
            np.repeat(np.arange(first, first + len(block)), draws * len(years)),
            np.tile(np.repeat(np.arange(draws), len(years)), len(block)),
            pa.array(np.tile(np.array(years, dtype=object), lines)).dictionary_encode(),
        ]
        columns = [pa.array(column) for column in block.reshape(-1, len(units)).T]
        pq.write_table(pa.table([*keys, *columns], schema=pa.schema(fields)), folder / part_name(part))


def _bands_of(values, years, units):
    every = np.concatenate([values, values.mean(axis=2, keepdims=True)], axis=2)
    found = {name: stat.reshape(-1) for name, stat in bands.__wrapped__(np.moveaxis(every, 1, -1)).items()}
    points, labels = len(values), (*years, "mean")
    names = list(units)
    keys = {
        "point": np.repeat(np.arange(points, dtype="int32"), len(labels) * len(names)),
        "crop_year": np.tile(np.repeat(np.array(labels, dtype=object), len(names)), points),
        "table": np.tile([name.partition(":")[0] for name in names], points * len(labels)),
        "column": np.tile([name.partition(":")[2] for name in names], points * len(labels)),
        "unit": np.tile(list(units.values()), points * len(labels)),
    }
    return pd.DataFrame({**keys, **found})
