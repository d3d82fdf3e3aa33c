"""Saved results are listed, shown, filtered and joined; what is damaged or asked wrongly is said, never a traceback."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_results import GAP, YEARS, fake_run, fake_sweep
from typer.testing import CliRunner

import sim.cli
from sim.store import StoreError, find_run, new_run, open_run
from sim.stored.catalogue import catalogue
from sim.stored.conditions import compile_condition
from sim.stored.query import ask, connection
from sim.stored.question import Question
from sim.stored.tidy import tidy

ROOT = Path(__file__).parents[1]
COLUMNS = {"bonus": True, "system": False, "mean": True}


def invoke(*words, code=0):
    result = CliRunner().invoke(sim.cli.app, ["results", *map(str, words)])
    assert result.exit_code == code, result.output
    return result


def query(*words, code=0):
    """Lines of a query as a frame, or its message."""
    result = invoke("query", *words, *([] if code else ["--format", "csv"]), code=code)
    return result.stderr if code else pd.read_csv(io.StringIO(result.stdout))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder with two runs and a sweep; nobody may change it."""
    out = tmp_path_factory.mktemp("results")
    fake_run(out)
    fake_run(out, "other", shift=2.0)
    fake_sweep(out)
    return out


def test_list_names_everything_and_says_what_is_not_whole(tmp_path):
    run, sweep = fake_run(tmp_path), fake_sweep(tmp_path)
    broken, cut, bare = (fake_run(tmp_path, name) for name in ("broken", "cut", "bare"))
    (broken / "run.json").write_text("{")
    (cut / "summary.parquet").write_bytes(b"short")
    (bare / "run.json").unlink()
    (tmp_path / "history" / f".{run.name}.tmp").mkdir()
    (tmp_path / "sweep-eep" / "20260101T000000Z-aaaaaaaa.unfinished").mkdir()
    (tmp_path / "history" / "notes").mkdir()  # somebody's own
    (tmp_path / "benchmarks.json").write_text("[]")
    found = {line["folder"]: line for line in json.loads(invoke("list", "--out", tmp_path, "--json").stdout)}
    states = {line["stem"]: line["status"] for line in found.values() if line["status"] != "unfinished"}
    assert states == {"history": "finished", "sweep-eep": "finished"} | dict.fromkeys(
        ("broken", "cut", "bare"), "damaged"
    )
    assert sum(line["status"] == "unfinished" for line in found.values()) == 2 and len(found) == 7
    whole = found[str(sweep)]
    assert (whole["kind"], whole["draws"], whole["seed"], whole["scenario"]) == ("sweep", 3, 7, "Made up")
    assert whole["bytes"] == sum(path.stat().st_size for path in sweep.rglob("*") if path.is_file())
    text = invoke("list", "--out", tmp_path).stdout
    assert "summary.parquet has another size" in text and run.name in text


def test_list_is_filtered_and_knows_what_there_is(shelf):
    def names(*words):
        return [line["stem"] for line in json.loads(invoke("list", "--out", shelf, "--json", *words).stdout)]

    assert names() == ["history", "other", "sweep-eep"]
    assert names("--kind", "run") == ["history", "other"] and names("--scenario", "other") == ["other"]
    assert names("--since", "2020-01-01") == names() and names("--since", "2999-01-01") == []
    assert "did you mean `sweep`" in invoke("list", "--out", shelf, "--kind", "swep", code=2).stderr
    assert "here" in invoke("list", "--out", shelf, "--scenario", "histroy", code=2).stderr
    assert "write a date" in invoke("list", "--out", shelf, "--since", "yesterday", code=2).stderr


def test_list_of_nothing_is_no_error(tmp_path):
    assert "no results" in invoke("list", "--out", tmp_path / "none").stderr
    assert json.loads(invoke("list", "--out", tmp_path, "--json").stdout) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be read as a folder"):
        catalogue(tmp_path / "file")


def test_five_hundred_runs_are_listed(tmp_path):
    first = fake_run(tmp_path)
    for number in range(499):
        shutil.copytree(first, tmp_path / "history" / f"20260101T{number:06d}Z-00000000-0000")
    assert len(catalogue(tmp_path)) == 500


def test_show_tells_what_can_be_asked(shelf):
    found = json.loads(invoke("show", "sweep-eep", "--out", shelf, "--json").stdout)
    assert found["points"] == 6
    assert found["factors"] == {"bonus": "0 to 40 US$/t (3 values)", "system": "open | single_desk"}
    assert {line["table"]: line["units"] for line in found["measures"]} == {
        "producers": ["thousand C$"],
        "price_gap": ["C$/t"],
    }
    text = invoke("show", "history", "--out", shelf).stdout
    assert "A title" in text and "summary.parquet" in text and "table4" in text
    assert "no run found" in invoke("show", "nothing", "--out", shelf, code=2).stderr


def test_runs_are_found_by_id_and_its_beginning(shelf):
    run = find_run("history", shelf).path
    assert find_run(run.name, shelf).path == find_run(f"history/{run.name}", shelf).path == run
    with pytest.raises(StoreError, match="fits 3 runs"):
        find_run(run.name[:9], shelf)


def test_a_query_gives_the_values_of_the_files(shelf):
    lines = query("history", "--out", shelf)
    assert list(lines["crop_year"]) == ["1985/86", "1986/87", "mean", "all"]
    assert list(lines["mean"]) == [2, 7, 4.5, 2] and list(lines["missing"]) == [0, 0, 0, 1]
    assert list(lines["column"])[-1] == "corn:sd"
    frame = find_run("history", shelf).frame("summary")
    np.testing.assert_array_equal(lines["p95"], frame["p95"])


def test_a_sweep_is_filtered_by_its_factors(shelf):
    where = "bonus >= 20 and system == 'open'"
    lines = query("sweep-eep", "--out", shelf, "--where", where, "--crop-year", "mean", "--measure", GAP)
    assert list(lines["bonus"]) == [20, 40] and set(lines["system"]) == {"open"}
    assert list(lines["mean"]) == [130.5, 150.5] and list(lines["point"]) == [3, 5]
    lines = query("sweep-eep", "--out", shelf, "--where", "mean < 1e9", "--stat", "mean", "--measure", GAP)
    assert lines["mean"].notna().all() and set(lines["bonus"]) == {20, 40}  # what is missing meets no condition


def test_draws_of_a_sweep(shelf):
    lines = query("sweep-eep", "--out", shelf, "--draws", "--measure", "price_gap", "--crop-year", "1986/87")
    assert len(lines) == 6 * 3 and set(lines["crop_year"]) == {"1986/87"}
    expected = np.where(lines["bonus"] == 0, np.nan, 110 + lines["bonus"] + lines["draw"] / 2)
    np.testing.assert_array_equal(lines["value"], expected)
    assert set(lines["unit"]) == {"C$/t"} and list(lines["point"]) == sorted(lines["point"])
    assert "keeps no single draws" in query("history", "--out", shelf, "--draws", code=2)


def test_runs_below_and_beside_each_other(shelf):
    below = query("history", "other", "--out", shelf, "--measure", "price_gap", "--stat", "mean")
    assert below.groupby("run", sort=False)["mean"].apply(list).tolist() == [[2, 7, 4.5], [4, 9, 6.5]]
    beside = query("history", "other", "--out", shelf, "--difference", "--measure", "price_gap")
    assert list(beside["other less history"]) == [2, 2, 2]
    assert list(beside["history"]) == [2, 7, 4.5] and list(beside["crop_year"]) == ["1985/86", "1986/87", "mean"]
    joined = query("history", "sweep-eep", "--out", shelf, "--difference", "--measure", GAP, "--where", "bonus == 20")
    assert len(joined) == 6  # two systems, two years and their mean: the run is repeated at every point
    assert list(joined["sweep-eep less history"]) == [128.5, 128.5, 123.5, 123.5, 126, 126]


def test_sweeps_beside_each_other_need_shared_factors(tmp_path):
    fake_sweep(tmp_path)
    fake_sweep(tmp_path, bonuses=(20.0, 40.0), stem="sweep-same")
    fake_sweep(tmp_path, stem="sweep-foreign", names=("tariff", "system"))
    lines = query("sweep-eep", "sweep-same", "--out", tmp_path, "--difference", "--measure", GAP)
    assert len(lines) == 6 * 3 and lines["sweep-same less sweep-eep"].dropna().eq(0).all()
    assert lines["sweep-same"].isna().sum() == 6
    assert "differ" in query("sweep-eep", "sweep-foreign", "--out", tmp_path, "--beside", code=2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--measure", "price_gp"], "did you mean `price_gap`"),
        (["--measure", f"{GAP}x"], "did you mean `canada:feed:japan-offshore`"),
        (["--crop-year", "1999/00"], "here are 1985/86, 1986/87"),
        (["--where", "bonus > 100"], "nothing fits"),
        (["--where", "bonos > 100"], "did you mean `bonus`"),
        (["--where", "system == 3"], "it is a text"),
        (["--where", "bonus == 'x'"], "it is a number"),
        (["--where", "1=1; COPY (select 1) TO '/tmp/x'"], "cannot be read"),
        (["--where", "bonus > 1 union select 1"], "found `union`"),
        (["--where", "bonus in (select 1)"], "found `select`"),
        (["--where", "read_csv('/etc/passwd') == 1"], "no column"),
        (["--where", "(" * 60 + "bonus > 1"], "too deep"),
        (["--where", "bonus > 1 or " * 500], "at most 4000"),
        (["--stat", "median"], "choose of mean, p05"),
        (["--difference", "--stat", "p05"], "no quantile of the difference"),
        (["--beside"], "several runs"),
        (["--draws", "--beside"], "leave out"),
        (["--format", "xls"], "choose of table, csv, json, parquet"),
        (["--format", "parquet"], "needs a file"),
        (["--to", "x.txt"], "choose of csv, json, parquet"),
    ],
)
def test_bad_questions_are_answered_clearly(shelf, words, message):
    assert message in query("sweep-eep", "--out", shelf, *words, code=2)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("bonus = 20", {20}),
        ("bonus <> 20 and not system == 'open'", {0, 40}),
        ('bonus in (0, 4e1) and system not in ("x")', {0, 40}),
        ("bonus < 20 or bonus > +20 and (system = 'open' or system = 'single_desk')", {0, 40}),
        ("NOT (bonus >= 20 AND bonus <= 40)", {0}),
    ],
)
def test_the_grammar_of_conditions(shelf, text, kept):
    assert set(query("sweep-eep", "--out", shelf, "--measure", "producers", "--where", text)["bonus"]) == kept


def test_conditions_carry_no_text_of_the_user():
    sql, values = compile_condition("system == 'a''; drop' and bonus > 2".replace("''", ""), COLUMNS)
    assert sql == '(("system" = ?) and ("bonus" > ?))' and values == ["a; drop", 2.0]


def test_names_with_quotes_and_wildcards_are_only_names(tmp_path):
    place = tmp_path / "a'b[1]*"
    place.mkdir()
    fake_sweep(place, systems=("it's", 'say "x"'), names=("bonus", "mean"))
    lines = query("sweep-eep", "--out", place, "--measure", "producers", "--where", 'factor_mean == "it\'s"')
    assert set(lines["factor_mean"]) == {"it's"} and set(lines["bonus"]) == {0, 20, 40}


@pytest.mark.parametrize("name", ["bands.parquet", "design.parquet", "measures/part-00001.parquet"])
def test_damaged_files_are_noticed(tmp_path, name):
    folder = fake_sweep(tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    draws = ["--draws"] if "part" in name else []
    assert "checksum differs" in query("sweep-eep", "--out", tmp_path, *draws, code=2)
    (folder / name).unlink()
    assert "missing" in query("sweep-eep", "--out", tmp_path, *draws, code=2)


def test_single_draws_of_all_parts_are_one_table(tmp_path):
    stored = open_run(fake_sweep(tmp_path))
    frame = stored.frame("measures")
    assert frame["point"].tolist() == [point for point in range(6) for _ in range(3 * len(YEARS))]
    assert frame["crop_year"].tolist() == [*YEARS] * 18
    last = frame[(frame["point"] == 5) & (frame["draw"] == 2)]
    assert last["producers:canada:revenue_cad_k"].tolist() == [141.0, 141.0] and last[GAP].tolist() == [151.0, 151.0]
    (stored.path / "measures/part-00001.parquet").unlink()
    with pytest.raises(StoreError, match="part-00001.parquet: missing"):
        stored.frame("measures")


def test_what_is_no_table_of_measures_is_refused(tmp_path):
    with new_run(tmp_path, "study", "0123456789") as draft:
        draft.parquet("published", pd.DataFrame({"x": [1]}))
        draft.manifest({"kind": "study"})
    assert "results of kind 'study' hold no measures" in query("study", "--out", tmp_path, code=2)
    with new_run(tmp_path, "odd", "0123456789") as draft:
        draft.parquet("summary", pd.DataFrame({"x": [1]}))
        draft.manifest({"kind": "run"})
    assert "cannot be read" in query("odd", "--out", tmp_path, code=2)
    assert json.loads(invoke("show", "study", "--out", tmp_path, "--json").stdout)["measures"] == []


def test_files_are_written_whole_or_not_at_all(shelf, tmp_path, monkeypatch):
    frames = []
    for name in ("a.csv", "a.json", "a.parquet"):
        invoke("query", "sweep-eep", "--out", shelf, "--to", tmp_path / name)
        reader = {"csv": pd.read_csv, "json": pd.read_json, "parquet": pd.read_parquet}[name[2:]]
        frames.append(reader(tmp_path / name))
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0], check_dtype=False)
    before = (tmp_path / "a.csv").read_bytes()
    assert "nothing fits" in query(
        "sweep-eep", "--out", shelf, "--where", "bonus > 99", "--to", tmp_path / "a.csv", code=2
    )
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert "disk is full" in query("sweep-eep", "--out", shelf, "--to", tmp_path / "a.csv", code=1)
    assert (tmp_path / "a.csv").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.json", "a.parquet"]


def test_files_go_nowhere_they_should_not(shelf, tmp_path):
    run = find_run("history", shelf).path
    assert "finished run" in query("history", "--out", shelf, "--to", run / "tables" / "x.csv", code=2)
    assert "cannot be written" in query("history", "--out", shelf, "--to", tmp_path / "no" / "x.csv", code=2)
    (tmp_path / "x.csv").mkdir()
    assert "is a folder" in query("history", "--out", shelf, "--to", tmp_path / "x.csv", code=2)


def test_the_table_on_screen_says_when_it_is_cut(shelf):
    result = invoke("query", "sweep-eep", "--out", shelf, "--lines", "3", "--measure", GAP)
    assert len(result.stdout.splitlines()) == 3 + 3 and "only the first 3" in result.stderr
    assert "unit: C$/t" in result.stdout and "sweep-eep" in result.stdout


def test_tidy_lines_of_a_run():
    frame = pd.DataFrame(
        {"table": "t", "row": ["1980/81", "average", "corn"], "column": "c", "unit": "kt", "mean": [1.0, 2.0, 3.0]}
    )
    found = tidy(frame)
    assert list(found["crop_year"]) == ["1980/81", "mean", "all"] and list(found["column"]) == ["c", "c", "corn:c"]


def test_a_query_over_a_million_rows_stays_small(tmp_path):
    """Every draw of a measure, and one of its lines: in a process of its own, whose peak memory is its own."""
    bonuses = tuple(np.linspace(0, 60, 250))
    folder = fake_sweep(tmp_path, bonuses=bonuses, draws=2000, years=("1985/86",), points_of_part=50)
    rows = sum(pq.read_metadata(path).num_rows for path in folder.glob("measures/*"))
    assert rows == 1_000_000
    code = (
        "import resource, sys\n"
        "from sim.store import find_run\n"
        "from sim.stored.query import ask, connection\n"
        "from sim.stored.question import Question\n"
        "with connection() as con:\n"
        f"    question = Question(({GAP!r},), where=\"bonus >= 20 and system == 'open'\", draws=True)\n"
        f"    answer = ask(con, [find_run('sweep-eep', {str(tmp_path)!r})], question)\n"
        "    lines = sum(len(batch) for batch in answer.batches())\n"
        "scale = 1 if sys.platform == 'darwin' else 1024\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale\n"
        "print(lines, peak / 1e6)\n"
    )
    shell = ["/bin/sh", "-c", '"$0" "$@"; exit $?', sys.executable]  # else the parent's peak counts as the child's
    done = subprocess.run([*shell, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    lines, megabytes = map(float, done.stdout.split())
    assert lines == 2000 * sum(bonus >= 20 for bonus in bonuses)
    assert megabytes < 650  # imports, DuckDB's buffers and a piece of the answer


def test_ask_of_the_same_run_twice_is_once(shelf):
    runs = [find_run("history", shelf)] * 2
    with connection() as con:
        assert len(ask(con, runs, Question()).frame()) == 4


def test_paths_that_cannot_be_are_refused(shelf, tmp_path):
    (tmp_path / "taken").write_text("mine")
    for to in (tmp_path / "taken" / "x.csv", tmp_path / f"{'a' * 300}.csv", tmp_path / "nowhere" / "x.csv"):
        found = query("history", "--measure", GAP, "--out", shelf, "--to", to, code=2)
        assert "cannot be written" in found, found
    assert (tmp_path / "taken").read_text() == "mine"
    for out in ("x" * 300, tmp_path / "taken"):
        invoke("query", "history", "--measure", "*", "--out", out, code=2)


def test_a_file_that_is_replaced_is_named_as_such(shelf, tmp_path):
    words = ("query", "history", "--measure", GAP, "--out", shelf, "--to", tmp_path / "gap.csv")
    assert "in place of" not in invoke(*words).stderr
    assert "in place of an earlier file" in invoke(*words).stderr
