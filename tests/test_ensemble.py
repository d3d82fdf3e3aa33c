"""An ensemble is the same bits whatever the chunks and workers."""

from __future__ import annotations

import gc
import tempfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_ledger import fake_ledger, fake_loaded, simulate

from sim.checks import NotComputable
from sim.experiments.draw_files import join_draw_files
from sim.experiments.engine import chunks, open_engine
from sim.experiments.ensemble import run_ensemble
from sim.experiments.ledger_mean import LedgerSums
from sim.experiments.monthly import MonthlySeries

DRAWS = 11


def same_bits(one, two) -> None:
    assert one.measures.keys == two.measures.keys
    np.testing.assert_array_equal(one.measures.values.view(np.int64), two.measures.values.view(np.int64))
    for name in ("series", "ledger"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True, rtol=0, atol=0)


@pytest.fixture(scope="module")
def whole():
    return run_ensemble(fake_loaded(), DRAWS, 3, simulate=simulate)


@pytest.mark.parametrize("chunk", [1, 3, 4, 10, 11, 500])
def test_chunks_do_not_matter(whole, chunk):
    same_bits(whole, run_ensemble(fake_loaded(), DRAWS, 3, chunk=chunk, simulate=simulate))


def test_workers_do_not_matter(whole):
    done = []
    with open_engine(2) as engine:
        parallel = run_ensemble(
            fake_loaded(), DRAWS, 3, chunk=4, engine=engine, progress=done.append, simulate=simulate
        )
    same_bits(whole, parallel)
    assert sum(done) == 36 * len(chunks(DRAWS, 4))


def test_what_is_not_wanted_is_left_out(whole):
    part = run_ensemble(fake_loaded(), DRAWS, 3, chunk=4, simulate=simulate, tables=("producers",), records=False)
    wanted = [number for number, key in enumerate(whole.measures.keys) if key[0] == "producers"]
    assert part.measures.keys[: len(wanted)] == tuple(whole.measures.keys[number] for number in wanted)
    assert part.measures.lines(range(len(wanted))).tobytes() == whole.measures.lines(wanted).tobytes()
    assert part.series.empty and part.ledger.empty


def test_measures_outlive_the_run_and_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    measures = run_ensemble(fake_loaded(), 3, 3, chunk=2, simulate=simulate).measures
    assert measures.values.shape == (len(measures.keys), 3)
    assert list(tmp_path.iterdir())
    del measures
    gc.collect()
    assert not list(tmp_path.iterdir())


def fails(loaded, draws, first_draw=0, progress=None, seed=0):
    raise RuntimeError(f"draw {first_draw} is broken")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failure_in_a_chunk_ends_the_run(jobs):
    with open_engine(jobs) as engine, pytest.raises(RuntimeError, match="is broken"):
        run_ensemble(fake_loaded(), DRAWS, 3, chunk=4, engine=engine, simulate=fails)


def test_chunks_cover_every_draw_once():
    assert chunks(7, 3) == [(3, 0), (3, 3), (1, 6)]
    assert chunks(1, 250) == [(1, 0)]


def test_mean_ledger_agrees_with_the_ledger():
    ledger = fake_ledger(DRAWS)
    table = LedgerSums.of(ledger).table(ledger.rows)
    kt, price = ledger.sales["kt"], ledger.sales["price_cad_t"]
    sold = (kt > 0).any(axis=1)
    np.testing.assert_allclose(table["kt"], kt.mean(axis=1)[sold], rtol=1e-7)
    price = (kt * price).sum(axis=1)[sold] / kt.sum(axis=1)[sold]
    np.testing.assert_allclose(table["price_cad_t"], price, rtol=1e-6)
    np.testing.assert_array_equal(table["share_of_draws"], (kt > 0).mean(axis=1)[sold])


def test_mean_ledger_refuses_numbers_that_are_not():
    ledger = fake_ledger(2)
    ledger.sales["kt"][3, 1] = np.nan
    with pytest.raises(NotComputable):
        LedgerSums.of(ledger)


def test_monthly_series_agree_with_the_ledger():
    ledger = fake_ledger(DRAWS)
    series = MonthlySeries.of(ledger, "canada")
    index = series.index
    chosen = (index["series"] == "price_cad_t") & (index["label"] == "japan:feed") & (index["period"] == 5)
    rows = ledger.rows.query("period == 5 and market == 'japan' and origin == 'canada'").index
    kt, price = ledger.sales["kt"][rows], ledger.sales["price_cad_t"][rows]
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(series.values[chosen][0], (kt * price).sum(axis=0) / kt.sum(axis=0))
    assert not index.duplicated(["series", "label", "period", "crop_year"]).any()
    assert index["unit"].ne("").all()


def test_every_sale_of_every_draw_is_the_same_file_whatever_the_chunks(tmp_path):
    files = []
    for chunk in (2, 5, 100):
        scratch = tmp_path / str(chunk)
        scratch.mkdir()
        ensemble = run_ensemble(fake_loaded(), 5, 3, chunk=chunk, simulate=simulate, save_draws=True, scratch=scratch)
        files.append(scratch / "ledger_draws.parquet")
        join_draw_files(ensemble.draw_parts, files[-1])
    assert files[0].read_bytes() == files[1].read_bytes() == files[2].read_bytes()
    table = pq.read_table(files[0]).to_pandas()
    assert sorted(table["draw"].unique()) == [0, 1, 2, 3, 4] and (table["kt"] > 0).all()
    mean = ensemble.ledger["kt"].sum()
    np.testing.assert_allclose(table["kt"].sum() / 5, mean, rtol=1e-7)
