"""A finished sweep written by hand: a design, and worlds that follow a formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.store import new_run

YEARS = ("1984/85", "1985/86", "1986/87")


def write_sweep(out, plan, design, measures, draws=4, parts=2, manifest=None):
    """Write a sweep and return its folder.

    ``measures`` gives (unit, function) by name; the function gets the design, a crop year's and a draw's number, and
    returns a value per point.
    """
    points = len(design)
    keys = np.indices((points, draws, len(YEARS))).reshape(3, -1)
    columns = {
        "point": pa.array(keys[0], pa.int32()),
        "draw": pa.array(keys[1], pa.int32()),
        "crop_year": pa.array([YEARS[i] for i in keys[2]]).dictionary_encode(),
    }
    fields = [
        pa.field("point", pa.int32()),
        pa.field("draw", pa.int32()),
        pa.field("crop_year", pa.dictionary(pa.int32(), pa.string())),
    ]
    for name, (unit, function) in measures.items():
        cube = np.empty((points, draws, len(YEARS)))
        for draw in range(draws):
            for year in range(len(YEARS)):
                cube[:, draw, year] = function(design, year, draw)
        columns[name] = pa.array(cube.ravel(), pa.float64(), from_pandas=False)
        fields.append(pa.field(name, pa.float64(), metadata={"unit": unit}))
    table = pa.table(columns, schema=pa.schema(fields))
    with new_run(out, "sweep-made_up", "0123456789") as draft:
        draft.parquet("design", design.assign(point=np.arange(points, dtype=np.int32)))
        (draft.path / "measures").mkdir()
        ends = [len(table) * i // parts for i in range(parts + 1)]
        for number, (start, end) in enumerate(zip(ends[:-1], ends[1:], strict=True)):
            pq.write_table(table.slice(start, end - start), draft.path / f"measures/part-{number:05d}.parquet")
        head = {"kind": "sweep", "stem": "made_up", "seed": 1997, "draws": draws, "scenario": {"title": plan["title"]},
                "scenario_hash": "0123456789"}  # fmt: skip
        draft.manifest({**head, "sweep": plan, **(manifest or {})})
    return draft.final


def uniform_plan(design, factors, title="A sweep made up for tests"):
    """Plan with factors of a unit from 0 to 1 each, unless ``factors`` gives other content."""
    default = {"unit": "US$/t", "title": ""}
    return {"title": title, "design": design, "factors": {name: {**default, **own} for name, own in factors.items()},
            "draws": 4, "seed": 1997}  # fmt: skip


def as_frame(x, names):
    """Design points as a table."""
    return pd.DataFrame(x, columns=list(names))
