"""Scenarios: merging, precedence, events, series, hash and round trip."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calendar import Timeline, crop_year_label, month_label
from sim.scenario import (
    ScenarioError,
    SeriesLevel,
    SeriesTable,
    describe_fields,
    explain,
    load,
    schema_json,
    write_yaml,
)
from sim.scenario.problems import Report
from sim.scenario.reader import parse
from sim.scenario.tree import plain
from sim.scenario.writer import _flow
from sim.shipped import shipped_path

HERE = Path(__file__).parent / "scenarios"
TINY = HERE / "tiny.yaml"


@pytest.fixture
def folder(tmp_path):
    for name in ("tiny.yaml", "tiny_data.csv"):
        shutil.copy(HERE / name, tmp_path)
    return tmp_path


def child(folder, text, name="child.yaml", parent="tiny.yaml"):
    path = folder / name
    path.write_text(f"extends: {parent}\n{text}", encoding="utf-8")
    return path


# merging -------------------------------------------------------------------------------------------------------------


def test_a_child_changes_only_what_it_states(folder):
    base = load(folder / "tiny.yaml")
    loaded = load(child(folder, "boards: {wheat_board: {cost_cad_t: 5}}\ndraws: 9\n"))
    assert loaded.scenario.boards["wheat_board"].cost_cad_t == 5.0
    assert loaded.scenario.boards["wheat_board"].growers == base.scenario.boards["wheat_board"].growers
    assert loaded.changes == ["draws: 2 -> 9", "boards.wheat_board.cost_cad_t: 3 -> 5"]
    assert loaded.origins["draws"] == (str(folder / "child.yaml"), 3)
    assert loaded.origins["seed"] == (str(folder / "tiny.yaml"), 5)


@pytest.mark.parametrize("name", ["steady", "steady.yaml"])
def test_a_shipped_name_is_a_parent_from_any_folder(folder, name):
    loaded = load(child(folder, "title: Mine\n", parent=name))
    assert loaded.scenario.title == "Mine" and loaded.scenario.importers["kuwait"].region == "gulf"
    (folder / "steady").mkdir()  # a folder of that name is no parent
    assert load(folder / "child.yaml").scenario == loaded.scenario


def test_a_file_beside_wins_over_a_shipped_name(folder):
    shutil.copy(folder / "tiny.yaml", folder / "history.yaml")
    assert load(child(folder, "title: Mine\n", parent="history.yaml")).scenario.importers.keys() == {"desert"}
    assert "kuwait" in load(child(folder, "title: Mine\n", parent="history")).scenario.importers
    with pytest.raises(ScenarioError, match="not found"):  # a path is a path, not a name
        load(child(folder, "title: Mine\n", parent="./steady.yaml"))


def test_lists_are_replaced_and_null_removes(folder):
    text = "eep: null\nevents: []\nimporters: {desert: null}\ntraders: {companies: {trader_a: {origins: [canada]}}}\n"
    loaded = load(child(folder, text))
    assert loaded.scenario.eep is None and loaded.scenario.importers == {} and loaded.scenario.events == []
    assert loaded.scenario.traders.companies["trader_a"].origins == ["canada"]


def test_a_removed_entry_may_come_back_in_a_grandchild(folder):
    child(folder, "importers: {desert: null}\n", "middle.yaml")
    demand = "{feed: {price: 80, quantity_kt: 5, elasticity: 1}}"
    text = f"importers: {{desert: {{title: New, market: offshore, region: desert, demand: {demand}}}}}"
    loaded = load(child(folder, text, parent="middle.yaml"))
    assert loaded.scenario.importers["desert"].demand["feed"].quantity_kt == 5.0


def test_a_level_with_its_own_series_replaces_the_parents_level(folder):
    base = "feeders: {us_feeders: {demand: {feed: {price: %s}}}}\n"
    whole = load(child(folder, base % "{series: price.malting_fob}"))
    assert whole.scenario.feeders["us_feeders"].demand["feed"].price == SeriesLevel(series="price.malting_fob")
    part = load(child(folder, base % "{plus: -20}"))
    assert part.scenario.feeders["us_feeders"].demand["feed"].price == SeriesLevel(series="price.feed_fob", plus=-20)
    number = load(child(folder, base % "70"))
    assert number.scenario.feeders["us_feeders"].demand["feed"].price == 70.0


def test_precedence_parent_then_body_then_overrides_then_set(folder):
    text = "draws: 3\nseed: 3\noverrides: {boards.wheat_board.cost_cad_t: 4, traders.margin_cad_t: 4}\n"
    child(folder, text, "middle.yaml")
    path = child(folder, "seed: 5\noverrides: {boards.wheat_board.cost_cad_t: 6}\n", parent="middle.yaml")
    loaded = load(path, ["traders.margin_cad_t=8", "traders.margin_cad_t=9"])
    scenario = loaded.scenario
    assert (scenario.draws, scenario.seed) == (3, 5)
    assert (scenario.boards["wheat_board"].cost_cad_t, scenario.traders.margin_cad_t) == (6.0, 9.0)
    assert loaded.changes[-2:] == ["traders.margin_cad_t: 4 -> 8", "traders.margin_cad_t: 8 -> 9"]
    assert loaded.origins["traders.margin_cad_t"] == ("--set", 2)


def test_set_reaches_lists_events_and_whole_sections():
    sets = [
        "boards.wheat_board.growers=[prairie_near]",
        "events[0].to=1981-04",
        "eep.initiatives.desert.buyer=island",
        "restitution=null",
    ]
    loaded = load(TINY, sets)
    assert loaded.scenario.boards["wheat_board"].growers == ["prairie_near"]
    assert loaded.scenario.events[0].end == "1981-04" and loaded.scenario.eep.initiatives["desert"].buyer == "island"
    assert loaded.scenario.restitution is None


def test_data_paths_start_from_the_file_that_states_them(folder):
    (folder / "below").mkdir()
    loaded = load(child(folder, "draws: 4\n", "below/child.yaml", "../tiny.yaml"))
    assert loaded.scenario.data == [str(folder / "tiny_data.csv")]


# warnings ------------------------------------------------------------------------------------------------------------


def test_a_scenario_equal_to_its_parent_runs_with_a_warning(folder):
    path = child(folder, "title: Nothing new\neep: {undercut: 0.02}\n")
    loaded = load(path)
    assert len(loaded.warnings) == 1 and "equal to its parent" in loaded.warnings[0]
    assert loaded.hash == load(folder / "tiny.yaml").hash
    assert load(path, ["draws=5"]).warnings == []


def test_a_set_without_effect_and_an_event_outside_the_calendar_warn():
    assert "already has" in load(TINY, ["draws=2"]).warnings[0]
    loaded = load(TINY, ["events[0].from=1990-01", "events[0].to=1990-02"])
    assert "outside the calendar" in loaded.warnings[0] and len(loaded.regimes) == 2


def test_a_key_that_an_event_of_the_parent_overrules_warns(folder):
    loaded = load(child(folder, "marketing: {canada: {feed: open_feed}}\n"))
    assert len(loaded.warnings) == 1 and "events[1] sets another value" in loaded.warnings[0]
    assert load(folder / "tiny.yaml").warnings == []


# events --------------------------------------------------------------------------------------------------------------


def test_events_make_distinct_regimes():
    loaded = load(TINY)
    assert loaded.regime_of_period.tolist() == [0] * 6 + [1] * 6 + [2] * 3 + [3] * 9
    assert [regime.eep.enabled for regime in loaded.regimes] == [False, True, True, False]
    assert [regime.marketing["canada"].feed for regime in loaded.regimes] == ["single_desk"] * 2 + ["continental"] * 2
    assert loaded.regimes[0] == loaded.scenario
    assert loaded.over_time(lambda s: s.eep.enabled)[5:7] == [False, True]


def test_without_effect_events_leave_one_regime():
    assert len(load(TINY, ["events=[{from: 1981-01, to: 1981-03, eep: {enabled: false}}]"]).regimes) == 1
    loaded = load(TINY, ["events=[]"])
    assert len(loaded.regimes) == 1 and not loaded.regime_of_period.any()


def test_events_follow_months_in_a_weekly_calendar():
    loaded = load(TINY, ["calendar.periods_per_year=52"])
    months = np.array(loaded.timeline.month_of_period)
    on = np.array(loaded.over_time(lambda s: s.eep.enabled))
    assert sorted(set(months[on])) == [month_label(1980, month) for month in range(6, 15)]


def test_overlapping_events_may_agree_or_set_different_keys():
    event = "{from: 1980-08, to: 1981-07, eep: {%s}}"
    load(TINY, [f"events=[{event % 'undercut: 0.1'}, {event % 'undercut: 0.1, enabled: true'}]"])
    with pytest.raises(ScenarioError, match="both set `eep.undercut`"):
        load(TINY, [f"events=[{event % 'undercut: 0.1'}, {event % 'undercut: 0.2'}]"])


def test_an_event_may_end_an_agreement_and_change_a_level():
    keys = "state_importers: {island: {agreement: null}}, importers: {desert: {demand: {feed: {quantity_kt: 5}}}}"
    loaded = load(TINY, [f"events=[{{from: 1981-08, to: 1982-07, {keys}}}]"])
    assert [regime.state_importers["island"].agreement is None for regime in loaded.regimes] == [False, True]
    by_year = loaded.levels(lambda s: s.importers["desert"].demand["feed"].quantity_kt, "year")
    assert by_year.tolist() == [2900.0, 5.0]
    agreed = loaded.levels(lambda s: getattr(s.state_importers["island"].agreement, "quantity_kt", None))
    assert agreed[0] == 700.0 and np.isnan(agreed[-1])


# calendar and series -------------------------------------------------------------------------------------------------


def test_timeline_labels():
    months = Timeline.build("1998/99", 3, 12)
    assert months.crop_years == ("1998/99", "1999/00", "2000/01")
    assert months.month_of_period[0] == "1998-08" and months.month_of_period[-1] == "2001-07"
    assert months.month_of_year[:13].tolist() == [*range(12), 0]
    weeks = Timeline.build("1998/99", 2, 52)
    assert len(weeks) == 104 and len(weeks.months) == 24
    assert (np.diff(weeks.month_of_year[:52]) >= 0).all() and weeks.month_of_year[51] == 11
    assert weeks.periods()["weight"].sum() == pytest.approx(2)
    assert list(weeks.periods().columns) == ["period", "crop_year", "year", "month", "weight"]
    assert (crop_year_label(1999), month_label(1999, 5)) == ("1999/00", "2000-01")


def table():
    monthly = {month_label(1980 + n // 12, n % 12): float(n) for n in range(24)}
    return SeriesTable({"a": {"1980/81": 10.0, "1981/82": 20.0}, "b": {"1980/81": 1.0, "1981/82": 2.0}, "m": monthly})


@pytest.mark.parametrize("per_year", [12, 52])
def test_levels_resolve_to_values_per_period(per_year):
    line = Timeline.build("1980/81", 2, per_year)
    assert (table().resolve(3, line) == 3).all() and np.isnan(table().resolve(None, line)).all()
    year, month = line.year_of_period, line.year_of_period * 12 + line.month_of_year
    value = table().resolve(SeriesLevel(series=["a", "b"], scale=2, times="b", plus=-1), line)
    np.testing.assert_array_equal(value, np.array([2 * 11 * 1 - 1, 2 * 22 * 2 - 1])[year])
    np.testing.assert_array_equal(table().resolve(SeriesLevel(series="m"), line), month)
    product = table().resolve(SeriesLevel(series="m", times="a"), line)
    assert product[:per_year].mean() == pytest.approx(55, rel=0.02)
    np.testing.assert_array_equal(table().annual("m", ["1981/82", "1980/81"]), [17.5, 5.5])
    np.testing.assert_array_equal(table().annual("a", ["1981/82"]), [20])
    assert table().missing("a", Timeline.build("1981/82", 2, per_year)) == ["1982/83"]


@pytest.mark.parametrize("per_year", [12, 52])
def test_a_calendar_on_hold_reads_one_year_throughout(per_year):
    line = Timeline.build("1990/91", 3, per_year, "1981/82")
    assert line.crop_years == ("1990/91", "1991/92", "1992/93") and line.month_of_period[0] == "1990-08"
    assert line.record_years == ("1981/82",) and line.months == tuple(month_label(1981, n) for n in range(12))
    np.testing.assert_array_equal(table().resolve(SeriesLevel(series="a", plus=1), line), np.full(3 * per_year, 21))
    np.testing.assert_array_equal(table().resolve(SeriesLevel(series="m"), line), np.full(3 * per_year, 17.5))
    assert table().missing("a", line) == [] and table().missing("m", line) == []
    beyond = Timeline.build("1980/81", 1, per_year, "1982/83")
    assert table().missing("a", beyond) == ["1982/83"] and len(table().missing("m", beyond)) == 12
    spring = line.within("1982-02", "1982-04")
    assert [spring[line.year_of_period == year].sum() for year in range(3)] == [per_year // 4] * 3


def test_a_market_on_hold_repeats_the_events_of_its_year():
    loaded = load(TINY, ["calendar.hold=1980/81", "calendar.start=1995/96"])  # bonus from 1981-02, continental after it
    enabled = np.array(loaded.over_time(lambda s: s.eep.enabled)).reshape(2, 12)
    assert enabled.tolist() == [[False] * 6 + [True] * 6] * 2
    assert set(loaded.over_time(lambda s: s.marketing["canada"].feed)) == {"single_desk"}
    assert (loaded.levels(loaded.scenario.origins["canada"].production_kt, "year") == 10000).all()
    assert np.ptp(loaded.levels(loaded.scenario.corn_usd_t)) == 0
    outside = load(TINY, ["calendar.hold=1982/83"])
    assert len(outside.regimes) == 1 and outside.warnings == []  # that the others hold elsewhere is what was asked for


def test_an_opening_stock_needs_its_first_crop_year_only():
    load(TINY, ["calendar.start=1981/82", "calendar.crop_years=2", "events=[]"])
    with pytest.raises(ScenarioError, match="1983/84"):
        load(TINY, ["calendar.start=1982/83", "calendar.crop_years=2", "events=[]"])


# hash, round trip, explanations --------------------------------------------------------------------------------------


def test_hash_ignores_texts_layout_and_defaults_but_no_value(folder):
    base = load(TINY).hash
    assert load(folder / "tiny.yaml").hash == base
    assert load(TINY, ["title=Another", "description=Text"]).hash == base
    assert load(TINY, ["tender.format=uniform", "boards.wheat_board.cost_cad_t=3.0"]).hash == base
    lines = (folder / "tiny_data.csv").read_text().splitlines()
    (folder / "tiny_data.csv").write_text("\r\n".join([lines[0], *lines[:0:-1]]))
    assert load(folder / "tiny.yaml").hash == base
    sets = ("seed=8", "draws=3", "events[0].to=1981-05", "shocks.corn_sd=0.1")
    different = {load(TINY, [text]).hash for text in sets}
    (folder / "tiny_data.csv").write_text("\n".join(lines).replace("10000", "10001"))
    assert len(different | {base, load(folder / "tiny.yaml").hash}) == 6


def test_hash_covers_the_order_of_entries(folder):
    companies = "trader_a: {title: Trader A, origins: [canada, united_states]}"
    text = (folder / "tiny.yaml").read_text().replace(f"    {companies}\n", "")
    last = "    trader_b: {title: Trader B, origins: [united_states]}\n"
    (folder / "swapped.yaml").write_text(text.replace(last, f"{last}    {companies}\n"))
    swapped, base = load(folder / "swapped.yaml"), load(folder / "tiny.yaml")
    assert swapped.scenario == base.scenario and swapped.hash != base.hash


def test_written_yaml_loads_to_the_same_scenario(tmp_path):
    sets = [
        "title='Quoted: \"yes\", # and 1980/81'",
        "description='no'",
        "events[0].name='1981'",
        "shocks.corn_sd=1e-7",
    ]
    loaded = load(TINY, sets)
    for folder in (None, str(tmp_path)):
        path = tmp_path / "again.yaml"
        path.write_text(write_yaml(loaded.resolved, folder), encoding="utf-8")
        again = load(path)
        assert again.hash == loaded.hash and again.changes == []
        assert (again.scenario.title, again.scenario.events) == (loaded.scenario.title, loaded.scenario.events)
        assert (again.regime_of_period == loaded.regime_of_period).all()


NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]))


@given(st.recursive(SCALARS, lambda below: st.lists(below, max_size=4), max_leaves=8))
def test_written_values_read_back(value):
    node = parse(f"key: {_flow(value)}\n", "text", report := Report())
    assert report.problems == []
    assert plain(node)["key"] == value and type(plain(node)["key"]) is type(value)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.text("{}[]:,-*&!#'\"|>@%?ab01.\n\t ~", max_size=6))
def test_a_damaged_scenario_gives_a_report_and_never_a_traceback(place, noise):
    text = TINY.read_text(encoding="utf-8")
    place %= len(text)
    damaged = HERE / f"_damaged_{abs(hash(noise))}.yaml"
    damaged.write_text(text[:place] + noise + text[place + len(noise) :], encoding="utf-8")
    try:
        load(damaged)
    except ScenarioError as error:
        assert all(problem.mark.file and problem.message for problem in error.problems)
    finally:
        damaged.unlink()


def test_explain_names_the_place_of_every_key():
    rows = {path: (value, place) for path, value, place in explain(load(TINY, ["draws=4"]))}
    assert rows["draws"] == (4, "--set:1")
    assert rows["boards.wheat_board.initial_share"] == (0.8, "default")
    line = TINY.read_text().splitlines().index("    cost_cad_t: 3") + 1
    assert rows["boards.wheat_board.cost_cad_t"] == (3.0, f"{TINY}:{line}")
    assert rows["events[1].marketing.canada.feed"][0] == "continental"


def test_schema_json_and_fields_speak_of_every_key():
    schema = schema_json()
    assert {"extends", "overrides", "eep", "boards"} <= set(schema["properties"])
    assert schema["$defs"]["Board"]["properties"]["cost_cad_t"]["unit"] == "C$/t"
    assert "from" in schema["$defs"]["Event"]["properties"]
    fields = dict(describe_fields())
    assert fields["boards.<name>.initial_share"].wanted == "a number from 0 to 1 (share of expected pool return)"
    assert all(slot.description for path, slot in fields.items() if not path.endswith((">", "[]")))


def test_an_event_may_begin_and_end_on_a_day(tmp_path):
    border = "marketing: {canada: {feed: continental, continental_market: united_states}}"
    text = f"extends: history\ntitle: a border\nevents:\n  - {{from: 1993-08-01, to: 1993-09-10, {border}}}\n"
    file = tmp_path / "border.yaml"
    file.write_text(text)
    years = ["calendar.start=1993/94", "calendar.crop_years=1"]
    for periods, held in ((12, 2), (52, 7)):  # the weeks that begin on the 1st, 8th, ... of a month
        loaded = load(file, [*years, f"calendar.periods_per_year={periods}"])
        assert (loaded.regime_of_period == loaded.regime_of_period[0]).sum() == held
        assert loaded.regimes[loaded.regime_of_period[0]].marketing["canada"].feed == "continental"


def test_a_child_drops_and_adds_events_of_its_parent_by_name(tmp_path):
    file = tmp_path / "border.yaml"
    text = "extends: history\ntitle: x\nwithout_events: [Export Enhancement Program]\nmore_events:\n"
    file.write_text(text + "  - {from: 1990-01, to: 1990-03, name: later, tender: {format: pay_as_bid}}\n")
    before, after = ([event.name for event in load(path).scenario.events] for path in (shipped_path("history"), file))
    assert "Export Enhancement Program" in before
    assert after == [name for name in before if name != "Export Enhancement Program"] + ["later"]
