"""A finished run and a finished sweep made up without simulating."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.measures import Table
from sim.measures.bands import bands
from sim.store import new_run

YEARS = ("1985/86", "1986/87")
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
    with new_run(out, stem, "0123456789abcdef") as draft:
        point = pd.Series(range(len(design)), name="point", dtype="int32")
        pd.concat([point, design], axis=1).to_parquet(draft.path / "design.parquet", index=False)
        _write_parts(draft.path / "measures", values, years, measures, points_of_part)
        _bands_of(values, years, measures).to_parquet(draft.path / "bands.parquet", index=False)
        units = {names[0]: "US$/t", names[1]: ""}
        factors = [{"name": name, "title": name, "unit": unit, "keys": []} for name, unit in units.items()]
        meta = {"kind": "sweep", "stem": stem, "draws": draws, "seed": 7, "factors": factors}
        draft.manifest({**meta, "scenario": {"title": "Made up"}})
    return draft.final


def _write_parts(folder, values, years, measures, points_of_part):
    folder.mkdir()
    points, draws = values.shape[:2]
    fields = [pa.field("point", pa.int32()), pa.field("draw", pa.int32()), pa.field("crop_year", pa.string())]
    fields += [pa.field(name, pa.float64(), metadata={"unit": unit}) for name, unit in measures.items()]
    for part, first in enumerate(range(0, points, points_of_part)):
        block = values[first : first + points_of_part]
        lines = len(block) * draws
        keys = [
            np.repeat(np.arange(first, first + len(block)), draws * len(years)),
            np.tile(np.repeat(np.arange(draws), len(years)), len(block)),
            np.tile(np.array(years, dtype=object), lines),
        ]
        table = pa.table([*keys, *block.reshape(-1, len(measures)).T], schema=pa.schema(fields))
        pq.write_table(table, folder / f"part-{part:05d}.parquet")


def _bands_of(values, years, measures):
    every = np.concatenate([values, values.mean(axis=2, keepdims=True)], axis=2)
    found = {name: stat.reshape(-1) for name, stat in bands(np.moveaxis(every, 1, -1)).items()}
    points, labels = len(values), (*years, "mean")
    names = list(measures)
    keys = {
        "point": np.repeat(np.arange(points, dtype="int32"), len(labels) * len(names)),
        "crop_year": np.tile(np.repeat(np.array(labels, dtype=object), len(names)), points),
        "table": np.tile([name.partition(":")[0] for name in names], points * len(labels)),
        "column": np.tile([name.partition(":")[2] for name in names], points * len(labels)),
        "unit": np.tile(list(measures.values()), points * len(labels)),
    }
    return pd.DataFrame({**keys, **found})
