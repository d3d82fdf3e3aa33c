"""The historical tables: complete, consistent, and labelled for what they are."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DATA = Path(__file__).parents[1] / "scenarios" / "data"
TIDY_COLUMNS = ["series", "period", "value", "unit", "certainty", "source"]
ANNUAL_FILES = ["production_and_use", "trade", "prices", "policy", "freight", "exchange", "derived"]
TIDY_FILES = [*ANNUAL_FILES, "monthly", "reconstructed", "drought", "farm_bill_1996"]
OTHER_COLUMNS = {
    "segments": ["crop_year", "market", "grade", "central_kt", "low_kt", "high_kt", "certainty", "basis"],
    "events": ["date", "event", "source"],
    "reconstruction": [
        *["crop_year", "input", "unit", "prior", "prior_sd"],
        *["inferred", "stretch", "low", "high", "source"],
    ],
    "study_table1": ["period", "pair", "mean_difference_cad_t", "significant_95"],
    "study_table2": [
        "crop_year",
        *[f"{grade}_price_cad_t" for grade in ("feed", "six_row", "two_row")],
        "producer_revenue_million_cad",
    ],
    "study_table3": [
        "crop_year",
        "loss_great_falls_million_cad",
        "loss_devils_lake_million_cad",
        "movement_great_falls_cad_t",
        "movement_devils_lake_cad_t",
    ],
    "coordinates": ["names", "place", "longitude_deg_east", "latitude_deg_north"],
    "land": ["outline", "of", "longitude_deg_east", "latitude_deg_north"],
    "study_table4": ["series", "crop_year_cad_t", "subsequent_six_months_cad_t", "pnw_corn_basis_cad_t"],
}
CERTAINTIES = {"read", "derived", "estimate"}
UNITS = {"kt", "C$/t", "US$/t", "ECU/t", "C$ per US$", "A$ per US$", "yen per US$", "US$ per ECU"}
UNITS |= {"dimensionless", "million US$"}
CROP_YEARS = [f"{year}/{(year + 1) % 100:02d}" for year in range(1980, 1996)]
MONTHS = [str(month) for month in pd.period_range("1980-08", "1996-07", freq="M")]
MONTHLY_GAPS = {"minneapolis_feed_barley_usd_t": 5, "minneapolis_malting_barley_usd_t": 5}
SEGMENTS = [
    *[f"{market}_{grade}" for market in ("canada", "united_states", "offshore") for grade in ("six_row", "two_row")],
    *[f"{market}_feed" for market in ("japan", "united_states", "offshore")],
]
EXPORTERS = ["canada", "united_states", "australia", "eu15"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv")


def wide(names: list[str]) -> pd.DataFrame:
    tables = pd.concat([read(name) for name in names])
    return tables.pivot(index="period", columns="series", values="value")


@pytest.fixture(scope="module")
def annual() -> pd.DataFrame:
    """Values of all annual series, one column each, by crop year."""
    return wide(ANNUAL_FILES)


@pytest.fixture(scope="module")
def ecu_rate() -> np.ndarray:
    """US$ per ECU by crop year."""
    return wide(["monthly"])["usd_per_ecu"].loc[MONTHS].to_numpy().reshape(16, 12).mean(axis=1)


def test_no_table_is_unknown():
    assert {path.stem for path in DATA.glob("*.csv")} == {*TIDY_FILES, *OTHER_COLUMNS}


def test_every_table_is_described():
    text = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    others = ["segments", "events", "reconstruction", "study_table1", "study_table4", "coordinates", "land"]
    for name in [*TIDY_FILES, *others]:
        assert f"`{name}.csv`" in text


@pytest.mark.parametrize("name", TIDY_FILES)
def test_tidy_table(name):
    table = read(name)
    assert list(table.columns) == TIDY_COLUMNS
    assert not table.isna().any().any()
    assert np.isfinite(table["value"].to_numpy(dtype=float)).all()
    assert (table["value"] >= 0).all()
    assert set(table["certainty"]) <= CERTAINTIES
    assert set(table["unit"]) <= UNITS
    assert (table["source"].str.len() > 2).all()
    assert table["series"].str.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)?").all()
    assert table.sort_values(["series", "period"]).index.equals(table.index)
    assert (table.groupby("series")["unit"].nunique() == 1).all()


def test_no_figure_is_given_twice():
    tables = pd.concat([read(name).assign(file=name) for name in TIDY_FILES])
    assert not tables.duplicated(["series", "period"]).any()
    assert (tables.groupby("series")["file"].nunique() == 1).all()


@pytest.mark.parametrize("name", ANNUAL_FILES)
def test_annual_series_have_no_gap(name):
    for series, rows in read(name).groupby("series"):
        first, last = CROP_YEARS.index(rows["period"].iloc[0]), CROP_YEARS.index(rows["period"].iloc[-1])
        assert list(rows["period"]) == CROP_YEARS[first : last + 1], series


def test_monthly_series_cover_every_month():
    for series, rows in read("monthly").groupby("series"):
        assert set(rows["period"]) <= set(MONTHS)
        assert len(MONTHS) - len(rows) == MONTHLY_GAPS.get(series, 0), series


def test_derived_series_span_all_years():
    table = read("derived")
    expected = {
        "canada.seed_food",
        "price.row_feed_fob",
        "price.feed_pool_in_store_port",
        "price.six_row_malting_port",
        "price.two_row_malting_port",
        "price.eu_internal",
        "policy.eu_refund_path",
        "policy.eep_tonnage",
        "offshore.balance_ratio",
        "imports.ussr_filled",
        "freight.prairie_to_port",
        "united_states.domestic_feed_home_grown",
        *[f"segment.{segment}" for segment in SEGMENTS],
    }
    assert set(table["series"]) == expected
    for series, rows in table.groupby("series"):
        assert list(rows["period"]) == CROP_YEARS, series


@pytest.mark.parametrize("name", list(OTHER_COLUMNS))
def test_other_table_has_its_columns(name):
    table = read(name)
    assert list(table.columns) == OTHER_COLUMNS[name]
    assert not table.isna().any().any()
    assert np.isfinite(table.select_dtypes("number").to_numpy(dtype=float)).all()
    key_columns = {"segments": 3, "reconstruction": 2, "study_table1": 2, "events": 2, "land": 4}.get(name, 1)
    assert not table.duplicated(list(table.columns[:key_columns])).any()


def test_study_tables_hold_the_hundred_published_figures():
    figures = {name: read(name).select_dtypes("number") for name in OTHER_COLUMNS if name.startswith("study")}
    sizes = {name: table.size for name, table in figures.items()}
    # The basis of corn to itself is zero by definition, no result.
    own_basis = read("study_table4").set_index("series").loc["pnw_corn", "pnw_corn_basis_cad_t"]
    assert own_basis == 0
    sizes["study_table4"] -= 1
    assert sizes == {"study_table1": 9, "study_table2": 44, "study_table3": 36, "study_table4": 11}
    assert sum(sizes.values()) == 100
    assert read("study_table1")["significant_95"].dtype == bool


def test_places_are_on_the_globe():
    places, land = read("coordinates"), read("land")
    names = [name.strip() for line in places["names"] for name in line.split(";")]
    assert len(names) == len(set(names)) and all(re.fullmatch(r"[a-z0-9_]+", name) for name in names)
    assert places["longitude_deg_east"].between(-180, 180).all() and places["latitude_deg_north"].between(-60, 75).all()
    assert land["latitude_deg_north"].between(-60, 84).all() and set(land["of"]) == {"land", "water"}
    assert (land.groupby("outline").size() >= 3).all() and (land.groupby("outline")["of"].nunique() == 1).all()
    assert (DATA / "land.csv").stat().st_size < 60_000


def test_study_averages_are_those_of_their_rows():
    """Up to rounding, and up to the 0.03 by which the published price columns of Table 2 are known to differ."""
    for name, tolerance in (("study_table2", 0.5), ("study_table3", 0.05)):
        table = read(name).set_index("crop_year")
        difference = table.drop("average").mean() - table.loc["average"]
        assert (difference.abs() < tolerance).all(), difference
    prices = [column for column in OTHER_COLUMNS["study_table2"] if "price" in column]
    table = read("study_table2").set_index("crop_year")[prices]
    np.testing.assert_allclose((table.drop("average").mean() - table.loc["average"]).abs(), 0.03, atol=0.006)


@pytest.mark.parametrize("origin", EXPORTERS)
def test_supply_and_use_balance_closes(annual, origin):
    def of(item):
        return annual[f"{origin}.{item}"].to_numpy()

    supply = of("beginning_stocks") + of("production") + of("imports_my")
    use = of("domestic_feed") + of("domestic_fsi") + of("exports_my") + of("ending_stocks")
    np.testing.assert_array_equal(supply, use)
    np.testing.assert_array_equal(of("beginning_stocks")[1:], of("ending_stocks")[:-1])


def test_canada_balance_closes_with_the_uses_of_the_model(annual):
    canada = annual.filter(regex=r"^canada\.").rename(columns=lambda name: name.removeprefix("canada."))
    supply = canada["beginning_stocks"] + canada["production"] + canada["imports_my"]
    use = canada["domestic_feed_adjusted"] + canada["maltsters_use"] + canada["seed_food"]
    np.testing.assert_array_equal(supply, use + canada["exports_my"] + canada["ending_stocks"])


def test_canadian_segments_add_up_to_exports_and_malting(annual):
    """The bounds were made to; 1995/96 is carried over and does not."""
    known = annual.loc[:"1994/95"]
    abroad = sum(known[f"segment.{segment}"] for segment in SEGMENTS if not segment.startswith("canada"))
    np.testing.assert_array_equal(abroad, known["canada.exports_my"])
    maltsters = known["segment.canada_six_row"] + known["segment.canada_two_row"]
    np.testing.assert_allclose(maltsters, known["canada.maltsters_use"], atol=1)  # two halves, each rounded


def test_segment_bounds():
    table = read("segments")
    assert len(table) == 15 * 9
    assert set(table["market"] + "_" + table["grade"]) == set(SEGMENTS)
    assert set(table["certainty"]) == {"estimate"}
    assert (table["low_kt"] <= table["central_kt"]).all()
    assert (table["central_kt"] <= table["high_kt"]).all()


def test_feed_prices_follow_their_formulas(annual):
    rate, pool, fob = (annual[s] for s in ("fx.cad_per_usd", "price.feed_pool_in_store_port", "price.row_feed_fob"))
    early = CROP_YEARS[:5]
    np.testing.assert_allclose(fob[early] * rate[early] - 1, pool[early], atol=0.01)
    assert fob["1980/81"] == pytest.approx(annual.loc["1980/81", "price.us_farm_feed_barley"] - 5)
    np.testing.assert_array_equal(fob[CROP_YEARS[5:]], annual["price.row_feed_fob_vancouver"].dropna())
    np.testing.assert_array_equal(pool[CROP_YEARS[1:]], annual["price.cwb_feed_pool_in_store_port"].dropna())
    for grade, province in (("six_row", "manitoba"), ("two_row", "alberta")):
        premium = annual[f"price.malting_premium_farm_{province}"].bfill()
        np.testing.assert_allclose(annual[f"price.{grade}_malting_port"], pool + premium, atol=0.006)


def test_european_prices_follow_their_formulas(annual, ecu_rate):
    world = annual["price.row_feed_fob"] / ecu_rate
    refund = annual["policy.eu_refund_path"]
    np.testing.assert_allclose(annual["price.eu_internal"], world + refund - 12, atol=0.011)
    np.testing.assert_array_equal(refund[CROP_YEARS[5:]], annual["policy.eu_barley_refund"].dropna())
    assert annual.loc[CROP_YEARS[:6], "price.eu_internal"].nunique() == 1


def test_home_grown_feed_leaves_out_what_canada_sold(annual):
    rest = annual["united_states.domestic_feed"] - annual["segment.united_states_feed"]
    np.testing.assert_array_equal(annual["united_states.domestic_feed_home_grown"], rest)


def test_balance_ratio_follows_its_formula(annual):
    imports = annual.filter(regex=r"^imports\.").drop(columns=["imports.ussr_external"])
    excluded = imports[["imports.japan", "imports.united_states"]].sum(axis=1)
    malting = annual["segment.offshore_six_row"] + annual["segment.offshore_two_row"]
    exports = annual[[f"{origin}.exports_my" for origin in EXPORTERS]].sum(axis=1)
    ratio = (exports - excluded - malting) / (imports.sum(axis=1) - excluded)
    np.testing.assert_allclose(annual["offshore.balance_ratio"], ratio, atol=6e-5)


@pytest.mark.parametrize(
    ("filled", "source", "elsewhere"),
    [
        ("policy.eep_tonnage", "policy.eep_barley_tonnage_upper_bound", 0),
        ("freight.prairie_to_port", "freight.prairie_to_port_paid_by_farmer", 13),
    ],
)
def test_filled_series_keep_what_is_known(annual, filled, source, elsewhere):
    np.testing.assert_array_equal(annual[filled], annual[source].fillna(elsewhere))


def test_soviet_successors_get_what_exports_leave_unexplained(annual):
    known = annual["imports.ussr_external"].dropna()
    np.testing.assert_array_equal(annual["imports.ussr_filled"].loc[known.index], known)
    ratio = annual["offshore.balance_ratio"]
    usual = ratio.loc[known.index].mean()
    later = ratio.drop(known.index)
    filled = annual["imports.ussr_filled"].loc[later.index]
    np.testing.assert_allclose(later[filled > 0], usual, atol=2e-4)
    assert (later[filled == 0] < usual).all()


def test_nothing_built_on_an_estimate_is_called_more(annual):
    """A crop year that a source series does not cover must be marked as an estimate in the filled series."""
    table = read("derived").set_index(["series", "period"])["certainty"]
    for year in annual.index[annual["imports.ussr_external"].isna()]:
        assert table["imports.ussr_filled", year] == "estimate"
    assert (table[table.index.get_level_values(0).str.match(r"price\.|segment\.|offshore\.")] == "estimate").all()


def test_annual_exchange_rate_is_the_mean_of_its_months(annual):
    months = wide(["monthly"])["cad_per_usd"].loc[MONTHS].to_numpy().reshape(16, 12).mean(axis=1)
    np.testing.assert_allclose(annual["fx.cad_per_usd"], months, atol=0.006)
