"""What a run reports is known before it is run."""

from sim.experiments.ensemble import run_chunk
from sim.experiments.measured import measured
from sim.measures import summary
from sim.measures.study_tables import study_tables
from sim.scenario import load
from sim.shipped import scenario_path
from sim.study_points import study_points


def test_the_list_is_what_a_run_reports():
    loaded = load(scenario_path("history"), ["calendar.crop_years=1"])
    listed = measured(loaded)
    ledger = run_chunk(loaded, 1)
    found = summary(ledger, extra=study_tables(ledger, study_points(loaded))).keys
    assert set(zip(listed["table"], listed["column"], listed["unit"], strict=True)) == {
        (table, column, unit) for table, _, column, unit in found
    }
    yearly = {table for table, row, _, _ in found if row == "1980/81"} - {
        table for table, row, _, _ in found if row != "1980/81"
    }
    assert set(listed["table"][listed["yearly"]]) == yearly
    assert {"producers", "price_gap"} <= yearly and "bonus_fiscal_year" not in yearly
