"""The report: words and tables equal the saved numbers, nothing is fetched, and no title can do harm."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from html_page import Page
from saved_runs import rewrite_manifest, save_effects, save_run
from typer.testing import CliRunner

import sim.cli
from sim.figures import KINDS
from sim.frames import run_tables
from sim.headings import programme_title
from sim.reports import comparison_words, gather, page_of
from sim.reports.gather import Shown
from sim.reports.highlights import highlights
from sim.reports.incidence_words import incidence_sentences
from sim.reports.inheritance import differences, inheritance, yaml_of
from sim.reports.page import told
from sim.reports.printed import caught
from sim.reports.run_words import programme_sentences
from sim.reports.study_grids import beside_run, published_grids
from sim.reports.tables import figure_cell, grid_of, narrow, year_grids
from sim.reports.words import amount, change, listing
from sim.scenario import load
from sim.screen import grid, number
from sim.shipped import scenario_path

HOSTILE = (
    "</script><script>alert(1)</script><img src=http://x.invalid/a onerror=alert(2)> $x_{y}$ C$5 %{x} "
    + "\"'& ]]> \u2028 ü ☃ "
    + "long " * 80
)
MARKETS = {
    "japan": {"title": HOSTILE}, "united_states": {"title": "<b>US</b> $1 $2"}, "offshore": {"title": "{{ 7*7 }}"},
    "canada": {"title": "Canada"},
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A run, another one on the same draws that sells dearer, and a comparison of the two."""
    out = tmp_path_factory.mktemp("results")
    save_run(out, "made_up")
    save_run(out, "other", title="Other")
    save_effects(out)
    return out


@contextmanager
def few_figures():
    """Draw some of a run's figures only, of every form: all of them are in the page of the hostile titles."""
    kind = KINDS["run"]
    some = {name: kind.figures[name] for name in ("prices", "sales", "trade_map")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(KINDS, "run", replace(kind, figures=some))
        yield


@pytest.fixture(scope="module")
def whole(results):
    """The report of all three."""
    shown, _ = gather(["made_up", "other", "compare-made_up-other"], results)
    with few_figures():
        return shown, page_of(shown)


@pytest.fixture
def without_figures(monkeypatch):
    """Figures take most of the time, and not every test is about them."""
    monkeypatch.setattr("sim.reports.page.pictures", lambda _shown: iter(()))


def call(*arguments: object):
    return CliRunner().invoke(sim.cli.app, [str(a) for a in arguments])


# --- words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(3.24, "C$/t", "C$3.2/t"), (-0.456, "C$/t", "-C$0.46/t"), (1234.5, "million C$", "C$1,234 million"),
     (0.0, "million C$", "C$0 million"), (12.3, "kt", "12.3 kt"), (np.nan, "kt", "no value"),
     (-0.001, "C$/t", "C$0.00/t")],
)  # fmt: skip
def test_amounts_carry_their_units(value, unit, text):
    assert amount(value, unit) == text


def test_the_direction_follows_the_sign():
    assert change(3.0, 2.0, 4.0, "C$/t", 9) == "rises by C$3.0/t (5-95 % of draws: 2.0 to 4.0)"
    assert change(-3.0, -4.0, -2.0, "C$/t", 9) == "falls by C$3.0/t (5-95 % of draws: 2.0 to 4.0)"
    assert change(-3.0, -4.0, -2.0, "C$/t", 1) == "falls by C$3.0/t"
    assert change(np.nan, np.nan, np.nan, "C$/t", 9) == "has no value"


def test_an_interval_with_zero_in_it_is_said_to_have_it():
    text = change(-1.0, -3.0, 0.5, "C$/t", 9)
    assert text.startswith("falls by C$1.0/t") and "contains zero" in text and "-C$3.0/t to C$0.5/t" in text
    assert "contains zero" not in change(-1.0, -3.0, -0.5, "C$/t", 9)
    assert change(0.001, -1.0, 1.0, "C$/t", 9).startswith("does not change")


def test_lists():
    assert [listing(each) for each in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


# --- content


def test_every_number_of_the_crop_year_tables_is_in_the_page(whole):
    shown, text = whole
    words = Page(text).text
    run = shown[0]
    for table in run_tables(run.frames["summary"], run.meta):
        assert table.title in words
        for line in table.frame.itertuples():
            cell = figure_cell(line.mean, line.p05, line.p95, run.draws)
            assert f"{cell.text} {cell.range}".strip() in words


def test_sentences_hold_the_saved_means(results):
    (run,), _ = gather(["made_up"], results)
    summary = run.frames["summary"]
    lines = summary[(summary["table"] == "producers") & (summary["column"] == "canada:producer_revenue_million_cad")]
    sentences = " ".join(told(run)[0])
    assert amount(lines["mean"].mean(), "million C$") in sentences
    gaps = summary[(summary["table"] == "price_gap") & (summary["column"] == "canada:feed:japan-united_states")]
    word = "more" if gaps["mean"].mean() > 0 else "less"
    assert f"Japan pays {amount(abs(gaps['mean'].mean()), 'C$/t')} {word} than United States" in sentences


def test_programmes_cost_what_they_spent_per_tonne_subsidised(results):
    (run,), _ = gather(["made_up"], results)
    summary = run.frames["summary"]
    spend, kt = (summary[summary["table"] == f"programme_{name}"] for name in ("spend", "tonnes"))
    texts = programme_sentences(run)
    paying = [
        name for name in dict.fromkeys(spend["column"]) if spend.loc[spend["column"] == name, "mean"].abs().sum() > 0
    ]
    assert len(texts) == len(paying) > 0
    for name, text in zip(paying, texts, strict=True):
        total = spend.loc[spend["column"] == name, "mean"].sum()
        tonnes = kt.loc[kt["column"] == name, "mean"].sum()
        assert text.startswith(programme_title(run.meta["scenario"], name))
        assert f"{amount(total, 'million C$')} in" in text
        assert f"{amount(1000 * total / tonnes, 'C$/t')} per tonne subsidised" in text


def test_a_dearer_run_is_said_to_be_dearer_and_why_only_means(whole):
    words = Page(whole[1]).text
    assert "What producers in Western Canada get for feed rises by C$" in words
    assert "Differences are of means over draws" in words and "common random numbers" in words
    assert "singledesk compare made_up other" in words


def test_the_other_way_round_it_falls(results, without_figures):
    shown, _ = gather(["other", "made_up"], results)
    words = Page(page_of(shown)).text
    assert "What producers in Western Canada get for feed falls by C$" in words
    assert "What producers in Western Canada get for feed rises" not in words


def test_other_luck_is_said(results, tmp_path, without_figures):
    one, other = save_run(tmp_path, "one"), save_run(tmp_path, "two", seed=2)
    words = Page(page_of(gather([one.path, other.path], tmp_path)[0])).text
    assert "a part of each difference is luck" in words and "common random numbers" not in words


def test_only_common_crop_years_are_compared(tmp_path, monkeypatch, without_figures):
    import fake_ledger

    save_run(tmp_path, "long")
    monkeypatch.setattr(fake_ledger, "YEARS", ("1985/86", "1986/87", "1987/88", "1988/89"))
    save_run(tmp_path, "late")
    words = Page(page_of(gather(["long", "late"], tmp_path)[0])).text
    assert "the 2 crop years that all runs have (1985/86 to 1986/87)" in words and "Their calendars differ" in words
    monkeypatch.setattr(fake_ledger, "YEARS", ("1999/00",))
    save_run(tmp_path, "apart")
    words = Page(page_of(gather(["long", "apart"], tmp_path)[0])).text
    assert "no crop year in common" in words


def test_a_comparison_is_in_words_and_figures(whole):
    shown, text = whole
    frame, words = shown[2].frames["comparison"], Page(text).text
    feed = frame[(frame["column"] == "feed_price_cad_t") & (frame["row"] == "average")].iloc[0]
    assert f"Feed price that producers in Western Canada get rises by {amount(feed['mean'], 'C$/t')}" in words
    for line in frame.itertuples():
        assert number(line.mean) in words


def test_a_single_draw_has_no_ranges(tmp_path, without_figures):
    save_run(tmp_path, draws=1)
    text = page_of(gather(["made_up"], tmp_path)[0])
    words = Page(text).text
    assert "a single draw, so there are no ranges" in words
    assert "contains zero" not in words and '<span class="range">' not in text


# --- the study's tables


def test_misses_are_the_distance_to_the_published_figure(tmp_path):
    (run,), _ = gather([save_run(tmp_path).path], tmp_path)
    row, column = "1980/81-1994/95 japan-offshore", "mean_difference_cad_t"
    line = {"table": "table1", "row": row, "column": column, "unit": "C$/t", "mean": 30.0, "p05": 29.0, "p95": 31.0}
    run.frames["summary"] = run.frames["summary"].head(0).copy()
    run.frames["summary"].loc[0, list(line)] = list(line.values())
    frame = beside_run(run)
    assert list(frame["published"]) == [20.73] and list(frame["label"]) == ["fitted"]
    (made,) = published_grids(frame, 3, run.meta["scenario"])
    name, published, simulated, miss = made.rows[0]
    assert name.text == "1980/81-1994/95: Japan less Other offshore"
    assert (published.text, simulated.text, simulated.range) == ("20.73", "30.0", "29.0 to 31.0")
    assert (miss.text, miss.range, miss.mark) == ("+9.3", "outside", "outside")


# --- one file and nothing else


def test_nothing_is_fetched(whole):
    read = Page(whole[1])
    assert read.outside() == [] and read.unclosed == [] and read.open == []
    assert all("src" not in attributes for attributes in read.all("script"))
    assert not {"iframe", "object", "embed", "base", "video", "audio", "form"} & {tag for tag, _ in read.elements}


def test_only_its_own_scripts_may_run(whole):
    read = Page(whole[1])
    policy = next(each["content"] for each in read.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';") and "unsafe-eval" not in policy and "http" not in policy
    kinds = [attributes.get("type", "") for attributes in read.all("script")]
    for kind, script in zip(kinds, read.scripts, strict=True):
        if kind != "application/json":
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
    assert not any(name.startswith("on") for _, attributes in read.elements for name in attributes)
    assert sum("plotly.js v" in script[:400] for script in read.scripts) == 1


def test_the_same_results_give_the_same_bytes(whole):
    shown, text = whole
    with few_figures():
        same = page_of(shown) == text  # pytest would take long to show where two pages differ
    assert same


def test_a_page_without_runs_carries_no_charts(results):
    text = page_of(gather(["compare-made_up-other"], results)[0])
    assert len(text) < 1_000_000 and "plotly" not in text.lower()


def test_it_can_be_read_with_the_ears(whole):
    read = Page(whole[1])
    assert read.all("html")[0]["lang"] == "en"
    assert all(len(image["alt"]) > 20 for image in read.all("img")) and read.all("img")
    assert all(each.get("scope") in ("col", "row", "colgroup") for each in read.all("th"))
    levels = [int(tag[1]) for tag, _ in read.elements if tag in ("h1", "h2", "h3")]
    assert levels.count(1) == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(each["href"][1:] in ids for each in read.all("a"))


# --- hostile input


def test_titles_are_words_and_nothing_else(tmp_path):
    save_run(tmp_path, "hostile", title=HOSTILE, description=HOSTILE, markets=MARKETS)
    shown, _ = gather(["hostile"], tmp_path)
    text = page_of(shown, title=HOSTILE)
    read = Page(text)
    assert len(read.all("img")) >= len(KINDS["run"].figures) - 3, "a made-up market has nothing to show in some"
    assert read.outside() == [] and read.unclosed == [] and read.open == []
    assert len(read.scripts) == 4 and not any("alert(" in each for each in read.scripts[1:])
    assert not any(name.startswith("on") for _, attributes in read.elements for name in attributes)
    assert "{{ 7*7 }}" in read.text and "</script><script>alert(1)" in read.text
    data = json.loads(read.scripts[0])
    names = {trace["name"] for chart in data["charts"] for trace in chart["traces"] if "name" in trace}
    assert names and not any("<" in name for name in names)


def test_a_command_says_nothing_of_the_folders_of_a_machine(whole):
    assert "/somewhere" not in whole[1]


# --- the scenario


def test_what_differs_from_the_parent_is_listed():
    loaded = load(scenario_path("multiple_sellers"))
    found = inheritance({}, loaded.resolved, str(scenario_path("multiple_sellers")), loaded.hash)
    rows = {each.key: (each.before, each.after) for each in found.differences}
    assert found.parent == "history.yaml"
    assert rows["marketing.canada.feed"] == ("single_desk", "multiple_sellers")
    assert found.differences[0].place.startswith("multiple_sellers.yaml:")


def test_what_set_changed_is_listed_too():
    loaded = load(scenario_path("history"), ["shocks.yield_sd=0.5"])
    meta = {"command": ["singledesk", "run", "history", "--set", "shocks.yield_sd=0.5"]}
    found = inheritance(meta, loaded.resolved, str(scenario_path("history")), loaded.hash)
    assert [(each.key, each.after) for each in found.differences] == [("shocks.yield_sd", "0.5")]
    assert "--set" in found.note


def test_a_parent_that_is_gone_is_said_to_be(tmp_path):
    found = inheritance({}, {"title": "x"}, str(tmp_path / "gone.yaml"), "")
    assert found.differences == [] and "not here" in found.note


def test_a_section_taken_out_is_one_line_and_events_are_wholes():
    before = {"eep": {"title": "A programme", "a": 1, "b": 2}, "events": [{"from": "1985-05", "to": "1986-05"}], "x": 1}
    found = differences(before, {"x": 2, "events": []})
    assert [(each.key, each.after) for each in found] == [("eep", ""), ("x", "2"), ("events", "")]


def test_the_yaml_loads_again(tmp_path):
    loaded = load(scenario_path("history"))
    text = yaml_of(loaded.resolved)
    assert "/" not in next(line for line in text.splitlines() if line.startswith("data:"))
    for file in loaded.resolved["data"]:
        (tmp_path / file.rpartition("/")[2]).write_bytes(Path(file).read_bytes())
    (tmp_path / "again.yaml").write_text(text)
    assert load(tmp_path / "again.yaml").hash == loaded.hash


# --- tables


def test_wide_tables_are_split_and_keep_the_names_of_their_rows():
    wide = grid_of("Wide", ["row", *"abcdefghijk"], [["r", *map(str, range(11))]])
    parts = narrow(wide)
    assert [len(part.headings) for part in parts] == [7, 6] and all(part.rows[0][0].text == "r" for part in parts)
    assert [cell.text for part in parts for cell in part.rows[0][1:]] == [str(i) for i in range(11)]


def test_runs_stand_side_by_side_in_the_crop_year_tables(whole):
    one, other = whole[0][:2]
    tables = [run_tables(each.frames["summary"], each.meta)[0] for each in (one, other)]
    made = year_grids(tables, ["A", "B"], [3, 3])
    assert [span for _, span in made[0].groups] == [2] * len(made[0].groups)
    assert sum(len(each.groups) for each in made) == len(tables[0].columns)


def test_what_a_command_prints_is_caught():
    def show(console):
        console.print("A heading", style="bold")
        console.print(grid("T [x]", ["", "a"], [["r\\[1]", "2"]], "below"))
        console.print("- a line", markup=False)

    record = caught(show)
    assert record.lines == ["a line"]
    assert (record.grids[0].rows[0][0].text, record.grids[0].note) == ("r[1]", "below")


# --- the command


def test_the_command_writes_one_file(results, tmp_path, monkeypatch, without_figures):
    monkeypatch.chdir(tmp_path)
    result = call("report", "made_up", "made_up", "--out", results, "--title", "A & B", "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content["file"] == "report-made_up.html" and [each["letter"] for each in content["results"]] == ["A"]
    assert [path.name for path in tmp_path.iterdir()] == ["report-made_up.html"]
    assert (tmp_path / "report-made_up.html").stat().st_size == content["bytes"]
    assert "A & B" in Page((tmp_path / "report-made_up.html").read_text("utf-8")).text
    assert "shown once" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["made_up", "--to", "x.pdf"], ["made_up", "--to", "no/where/x.html"]]
)
def test_bad_input_leaves_nothing_behind(results, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    result = call("report", *arguments, "--out", results)
    assert result.exit_code == 2 and len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.stderr and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["summary", "manifest", "scenario", "kind"])
def test_damaged_results_are_named_and_earlier_reports_stay(tmp_path, damage):
    run = save_run(tmp_path / "results")
    target = tmp_path / "earlier.html"
    target.write_text("earlier")
    manifest = run.path / "run.json"
    content = json.loads(manifest.read_text())
    if damage == "summary":
        (run.path / "summary.parquet").write_bytes(b"nothing")
    elif damage == "manifest":
        manifest.write_text("{")
    elif damage == "scenario":
        content["scenario"].pop("markets")
        rewrite_manifest(run.path, **content)
    else:
        rewrite_manifest(run.path, kind="poem")
    result = call("report", run.path, "--to", target)
    assert result.exit_code == 2 and str(run.path) in result.stderr, result.stderr
    assert target.read_text() == "earlier" and len(list(tmp_path.iterdir())) == 2


def test_a_report_never_lies_in_the_folder_of_a_run(tmp_path):
    run = save_run(tmp_path)
    assert call("report", run.path, "--to", run.path / "x.html").exit_code == 2
    assert not (run.path / "x.html").exists()


def test_crop_years_without_any_effect_count_once():
    rows = [("1980/81", 0.0, 0.0), ("1981/82", 1.0, 2.0), ("1982/83", -2.0, -1.0), ("1983/84", -1.0, 1.0),
            ("1984/85", 0.0, 1.0)]  # fmt: skip
    frame = pd.DataFrame([{"row": y, "column": "feed", "mean": 0.0, "p05": a, "p95": b} for y, a, b in rows])
    said = comparison_words._open_years(frame, "feed", 3)
    assert said == "; of 5 crop years the range is above zero in 2, below in 1, open in 1, zero in 1"


# --- what comes first


def test_what_matters_most_comes_first(whole):
    shown, text = whole
    first = highlights(shown)
    assert [letter for letter, _ in first] == ["C", "C"]
    line = shown[2].frames["comparison"]
    line = line[(line["row"] == "average") & (line["column"] == "producer_revenue_million_cad")].iloc[0]
    verb = "gain" if line["mean"] > 0 else "lose"
    assert (
        f"Other: producers in Western Canada {verb} {amount(abs(line['mean']), 'million C$')} a crop year"
        in first[0][1]
    )
    markets = shown[2].frames["markets"]
    gaps = markets[markets["row"].str.startswith("price_gap ") & (markets["column"] == "difference")]
    largest = gaps.loc[gaps["mean"].abs().idxmax(), "row"]
    sides = markets[markets["row"] == largest].set_index("column")["mean"].abs()
    assert amount(sides["base"], "C$/t") in first[1][1] and amount(sides["other"], "C$/t") in first[1][1]
    words = Page(text).text
    assert words.index(first[0][1][:60]) < words.index("A simulation of")
    assert highlights(shown[:2]) == []


def incidence_frame():
    """An incidence of one programme: what it cost and where the money went."""
    lines = [
        ("additional", "additional_kt", "kt", 700.0), ("additional", "subsidised_kt", "kt", 1000.0),
        ("additional", "spending_million_cad", "million C$", 46.0),
        ("additional", "spending_per_additional_tonne_cad_t", "C$/t", 66.0),
        ("additional", "spending_per_additional_tonne_usd_t", "US$/t", 52.0),
        ("destination", "own_producers_per_dollar", "", 1.7), ("destination", "own_buyers_per_dollar", "", -1.3),
        ("destination", "middlemen_per_dollar", "", 0.001), ("destination", "deadweight_loss_per_dollar", "", 0.6),
    ]  # fmt: skip
    return pd.DataFrame(
        [{"table": table, "programme": "eep", "row": "average", "column": column, "unit": unit, "mean": mean,
          "p05": mean - abs(mean) / 10, "p95": mean + abs(mean) / 10, "published": np.nan}
         for table, column, unit, mean in lines]
    )  # fmt: skip


def test_an_additional_tonne_costs_the_programmes_own_money():
    scenario = {"origins": {"us": {"title": "United States"}}, "markets": {}}
    stored = SimpleNamespace(manifest={"scenario": scenario, "draws": 9, "seed": 1, "programmes": {"eep": "us"}})
    shown = Shown("A", "incidence", stored, {"incidence": incidence_frame()})
    ((_, text),) = highlights([shown])
    assert "cost taxpayers in United States US$52.0 (46.8 to 57.2), C$66.0. Per dollar spent" in text
    assert "gained: producers in United States 1.70; lost beside the taxpayers: buyers in United States 1.30;" in text
    assert text.endswith("0.60 bought nobody anything (deadweight loss).") and "iddlemen" not in text
    sentences = incidence_sentences(shown)
    assert "so each additional tonne cost US$52.0/t (46.8 to 57.2), C$66.0/t." in sentences[1]
    assert "er dollar spent, gained" in sentences[2]


def test_progress_counts_every_figure(results):
    shown, _ = gather(["made_up"], results)
    seen = []
    page_of(shown, progress=lambda _text, done, count: seen.append((done, count)))
    counts = [done for done, _ in seen]
    assert counts == sorted(counts) and 0 < counts[-1] <= seen[-1][1] == len(KINDS["run"].figures)
