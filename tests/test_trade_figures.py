"""Trade on a map and as a flow diagram: nothing lost, nothing on top of another, and arrows as wide as their tonnes."""

from __future__ import annotations

import fake_ledger as made_up
import numpy as np
import pandas as pd
import pytest
from figure_checks import check
from matplotlib.patches import Polygon

from sim.experiments.ensemble import run_ensemble
from sim.figures import KINDS
from sim.figures.arrows import arrow, bend
from sim.figures.atlas import LAND, MAP, lay, window_around
from sim.figures.chart import chart, lane_tonnes, shipped_tonnes
from sim.figures.eras import halves
from sim.figures.map_labels import MapLabels
from sim.figures.places import buyer_place, coordinates, origin_place, outlines
from sim.figures.ribbons import stack
from sim.figures.trade import abroad, destinations, round_down, tonnes_text
from sim.figures.trade_sankey import streams
from sim.scenario import load
from sim.shipped import shipped_folder

RUN_ID = "20260101T000000Z-01234567-abcd"
TRADE_MAP, SANKEY = (KINDS["run"].figures[name] for name in ("trade_map", "trade_sankey"))
REGIONS = {"gulf": ["kuwait", "iraq", "jordan"], "mediterranean": ["algeria", "tunisia", "libya", "cyprus"]}


def make(count: int = 4, draws: int = 2, **changes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_up, "YEARS", tuple(f"{1983 + i}/{(84 + i) % 100:02d}" for i in range(count)))
        loaded = made_up.fake_loaded(**changes)
        ensemble = run_ensemble(loaded, draws, 1, simulate=made_up.simulate)
    meta = {"stem": "made_up", "run_id": RUN_ID, "draws": draws, "pairs": [], "scenario": loaded.resolved}
    return {"series": ensemble.series, "summary": None, "ledger": ensemble.ledger}, meta


@pytest.fixture(scope="module")
def run():
    return make()


def world(frames, meta):
    """The made-up run, its sales offshore spread over buyers of several regions as in a shipped scenario."""
    buyers = [(name, region) for region, names in REGIONS.items() for name in names]
    ledger = frames["ledger"].copy()
    offshore = ledger["buyer"] == "saudi_arabia"
    parts = [
        ledger[offshore].assign(buyer=name, kt=ledger["kt"] * (0.02 + 0.01 * place))
        for place, (name, _region) in enumerate(buyers)
    ]
    sections = {name: {"title": name.capitalize(), "market": "offshore", "region": region} for name, region in buyers}
    scenario = {**meta["scenario"], "importers": {**meta["scenario"]["importers"], **sections}}
    return {**frames, "ledger": pd.concat([ledger, *parts], ignore_index=True)}, {**meta, "scenario": scenario}


@pytest.mark.parametrize("figure", [TRADE_MAP, SANKEY], ids=["map", "sankey"])
@pytest.mark.parametrize(
    ("count", "draws", "changes"),
    [(1, 1, {}), (4, 2, {"title": "A title with a $ and a US$ in it " * 5}), (40, 1, {"events": []})],
    ids=["one year, one draw", "four years, long title", "forty years, no events"],
)
def test_figures_are_legible(figure, count, draws, changes):
    frames, meta = make(count, draws, **changes)
    check(figure(frames, meta), RUN_ID)
    check(figure(*world(frames, meta)), RUN_ID)


def arrows_of(panel) -> list[Polygon]:
    return [patch for patch in panel.patches if isinstance(patch, Polygon)]


def test_a_policy_divides_the_map(run):
    frames, meta = run
    figure = TRADE_MAP(frames, meta)
    maps = [axes for axes in figure.axes if axes.get_gid() == MAP]
    before, after = (axes.get_title(loc="left") for axes in maps)
    assert before == "1983/84-1984/85, before Export Enhancement Program begins (May 1985)"
    assert after.startswith("1985/86-1986/87, after")
    assert len(arrows_of(maps[0])) == len(arrows_of(maps[1])) > 0
    short = {**meta, "scenario": {**meta["scenario"], "events": []}}
    assert len([axes for axes in TRADE_MAP(frames, short).axes if axes.get_gid() == MAP]) == 1


def test_a_date_counts_as_the_nearest_turn_of_the_year(run):
    _frames, meta = run
    years = [f"{1980 + i}/{81 + i}" for i in range(6)]

    def event(first, last):
        return {**meta, "scenario": {"events": [{"from": first, "to": last, "name": "Policy"}]}}

    assert halves(event("1982-08", "1989-07"), years)[0][1] == years[:2]
    assert halves(event("1983-02", "1989-07"), years)[0][1] == years[:3]
    assert halves(event("1979-08", "1983-07"), years)[0][1] == years[:3]
    assert "ends (July 1983)" in halves(event("1979-08", "1983-07"), years)[1][0]
    assert halves(event("1981-07", "1989-07"), years) == []  # one year before it
    assert halves(event("1982-08", "1983-01"), years) == []  # half a year long


def test_lanes_hold_the_ledger(run):
    frames, meta = world(*run)
    ledger = frames["ledger"]
    drawn = chart(ledger, meta["scenario"])
    trade = abroad(ledger)
    np.testing.assert_allclose(
        lane_tonnes(ledger, drawn).sum() + sum(drawn.placeless.values()), trade["kt"].sum(), rtol=1e-12
    )
    np.testing.assert_allclose(shipped_tonnes(ledger, drawn).sum(), trade["kt"].sum(), rtol=1e-12)
    assert set(drawn.placeless) == {"us feeders", "brewers abroad"}
    each = {name for found in drawn.found for name in found.buyers}
    assert each == {"japan", "saudi_arabia", *sum(REGIONS.values(), [])}


def test_what_has_no_place_is_said_and_what_is_placed_is_named(run):
    frames, meta = run
    figure = TRADE_MAP(frames, meta)
    note = " ".join(text.get_text() for text in figure.texts)
    assert "Not on the map" in note and "brewers abroad" in note and "us feeders" in note
    words = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
    assert "Saudi Arabia" in words and "Western Canada ships" in words


def test_no_map_without_places_but_a_diagram(run):
    frames, meta = run
    nowhere = frames["ledger"].assign(buyer="someone")
    assert TRADE_MAP({**frames, "ledger": nowhere}, meta) is None
    check(SANKEY({**frames, "ledger": nowhere}, meta), RUN_ID)
    at_home = frames["ledger"][frames["ledger"]["origin"] == frames["ledger"]["country"]]
    assert TRADE_MAP({**frames, "ledger": at_home}, meta) is None
    assert SANKEY({**frames, "ledger": at_home}, meta).get_suptitle().startswith("Sales")
    empty = {**frames, "ledger": frames["ledger"].head(0)}
    assert TRADE_MAP(empty, meta) is None and SANKEY(empty, meta) is None


def test_ribbons_add_up_to_the_ledger(run):
    frames, meta = world(*run)
    trade = abroad(frames["ledger"])
    flows, orders, _groups = streams(trade, meta, 4)
    bars, ribbons = stack(flows, orders, gap=10.0)
    for column in range(3):
        own = [bar for bar in bars if bar.column == column]
        assert sum(bar.kt for bar in own) == pytest.approx(trade["kt"].sum() / 4)
        assert [bar.name for bar in own] == orders[column]
        lower = [bar.bottom for bar in own[:-1]]
        assert all(low >= bar.bottom + bar.kt - 1e-9 for low, bar in zip(lower, own[1:], strict=True))
    by_origin = trade.groupby("origin")["kt"].sum() / 4
    assert {bar.name: bar.kt for bar in bars if bar.column == 0} == pytest.approx(
        {"Western Canada": by_origin["canada"], "United States": by_origin["united_states"]}
    )
    for bar in bars:
        ends = [r for r in ribbons if (r.column, r.left) == (bar.column, bar.name)]
        starts = [r for r in ribbons if (r.column + 1, r.right) == (bar.column, bar.name)]
        for parts, side in ((ends, "bottom_left"), (starts, "bottom_right")):
            if not parts:
                continue
            edges = sorted((getattr(part, side), part.kt) for part in parts)
            assert edges[0][0] == pytest.approx(bar.bottom)
            for (low, kt), (following, _kt) in zip(edges, edges[1:], strict=False):
                assert low + kt == pytest.approx(following)  # side by side, without a gap
            assert sum(kt for _low, kt in edges) == pytest.approx(bar.kt)


def test_subsidised_tonnes_are_hatched(run):
    frames, meta = run
    trade = abroad(frames["ledger"])
    assert (trade["subsidy_cad_t"] > 0).any() and (trade["subsidy_cad_t"] <= 0).any()
    flows, _orders, _groups = streams(trade, meta, 1)
    paid = sum(flow.kt for flow in flows if flow.hatched)
    assert paid == pytest.approx(trade.loc[trade["subsidy_cad_t"] > 0, "kt"].sum())
    assert any(patch.get_hatch() for patch in SANKEY(frames, meta).axes[0].patches)
    plain = {**frames, "ledger": frames["ledger"].assign(subsidy_cad_t=0.0)}
    assert not any(patch.get_hatch() for patch in SANKEY(plain, meta).axes[0].patches)


def test_small_buyers_are_put_together_by_region():
    scenario = {
        "markets": {},
        "importers": {
            "kuwait": {"title": "Kuwait", "region": "gulf"},
            "iraq": {"title": "Iraq", "region": "gulf"},
            "iran": {"title": "Iran", "region": "gulf"},
            "somewhere": {"title": "Somewhere", "region": "far"},
        },
    }
    ledger = pd.DataFrame({"buyer": ["iran", "kuwait", "iraq", "somewhere"], "kt": [90.0, 4.0, 2.0, 4.0]})
    found = {each.title: each for each in destinations(ledger, scenario, 0.05, 9)}
    assert list(found) == ["Iran", "Other Gulf (2)", "Somewhere"]
    east = (4 * coordinates()["kuwait"][0] + 2 * coordinates()["iraq"][0]) / 6
    assert found["Other Gulf (2)"].place[0] == pytest.approx(east)
    assert found["Other Gulf (2)"].buyers == ("kuwait", "iraq") and found["Somewhere"].place is None
    few = destinations(ledger, scenario, 0.0, 2)
    assert [each.title for each in few] == ["Iran", "Other (3)"] and few[1].buyers == ("kuwait", "somewhere", "iraq")


def test_an_arrow_is_as_wide_as_its_tonnes():
    line = bend(np.array([0.0, 0.0]), np.array([100.0, 0.0]), 0.0)
    for width in (1.0, 8.0):
        shape = arrow(line, width)
        middle = shape[np.abs(shape[:, 0] - 50) < 5]
        assert np.ptp(middle[:, 1]) == pytest.approx(width)
        assert shape[:, 0].max() == pytest.approx(100) and np.ptp(shape[:, 1]) > width  # a head
    bent = bend(np.array([100.0, 10.0]), np.array([0.0, 10.0]), 0.1)
    assert bent[:, 1].max() > 10  # northward, whichever way it goes
    assert bend(np.array([0.0, -40.0]), np.array([50.0, -40.0]), 0.1)[:, 1].min() < -40


def test_arrows_take_the_shorter_way_and_stay_whole():
    vancouver, rouen, tokyo, sydney = (-123.0, 49.0), (1.0, 49.0), (140.0, 35.0), (151.0, -34.0)
    lanes = lay([vancouver, rouen, sydney], [tokyo, rouen], np.array([[5.0, 5.0], [5.0, 0.0], [5.0, 0.0]]))
    ends = {(lane.origin, lane.destination): (lane.start[0], lane.end[0]) for lane in lanes}  # all around the globe
    assert ends == {(0, 0): (-123, 140 - 360), (0, 1): (-123, 1), (1, 0): (1, 140), (2, 0): (151, 140)}
    lanes = lay([vancouver, sydney], [tokyo], np.array([[5.0], [5.0]]))  # nothing over the Atlantic: cut there
    assert len({lane.end[0] for lane in lanes}) == 1 and all(abs(lane.start[0] - lane.end[0]) < 180 for lane in lanes)
    small = lay([vancouver, rouen], [tokyo, rouen], np.array([[1.0, 9.0], [9.0, 0.0]]), least=2.0)
    assert {lane.end[0] for lane in small if lane.destination == 0} == {140}  # too small for an image of its own
    both = lay([vancouver, sydney, (-90.0, 30.0)], [tokyo, rouen], np.array([[9.0, 9.0], [9.0, 9.0], [1.0, 9.0]]), 2.0)
    assert [lane.end[0] for lane in both if lane.destination == 0] == [-220, 140, -220]  # but takes one that is there


def test_land_is_under_the_places():
    points = np.concatenate([shape for of, shape in outlines() if of == "land"])
    for name in ("canada", "united_states", "japan", "saudi_arabia", "australia", "eu"):
        east, north = coordinates()[name]
        assert np.hypot(*(points - [east, north]).T).min() < 8, name
    window = window_around(np.array([[0.0, 0.0], [10.0, 5.0]]))
    assert window.east - window.west >= 60 and LAND != "#FFFFFF"
    assert window.shaped(2.0).shape == pytest.approx(2.0)


@pytest.mark.parametrize("name", ("history", "history_reconstructed"))
def test_shipped_scenarios_have_places(name):
    """All who ship, and all importers but those that stand for "other offshore"."""
    scenario = load(shipped_folder() / f"{name}.yaml", []).resolved
    assert all(origin_place(scenario, origin) for origin in scenario["origins"])
    buyers = [*scenario["importers"], *scenario["state_importers"]]
    assert [buyer for buyer in buyers if not buyer_place(scenario, buyer)] in ([], ["offshore_importers"])


def test_names_are_found_by_title_region_and_market():
    scenario = {
        "markets": {"m": {"title": "Japan"}},
        "origins": {"x": {"title": "Côte d'Ivoire"}, "y": {"title": "South Korea"}},
        "importers": {
            "a": {"title": "SAUDI ARABIA", "region": "r", "market": "m"},
            "b": {"title": "B", "region": "kuwait", "market": "m"},
            "c": {"title": "C", "region": "r", "market": "m"},
        },
    }
    at = coordinates()
    assert [buyer_place(scenario, name) for name in "abc"] == [at["saudi_arabia"], at["kuwait"], at["japan"]]
    assert buyer_place(scenario, "nobody") is None and origin_place(scenario, "y") == at["south_korea"]


def test_tonnages_are_written_and_rounded():
    assert [tonnes_text(kt) for kt in (0.0, 0.123, 12.4, 999.4, 999.6, 12345.0)] == [
        "0 kt", "0.12 kt", "12 kt", "999 kt", "1.0 Mt", "12.3 Mt",
    ]  # fmt: skip
    assert [round_down(kt) for kt in (1.0, 1.9, 2.0, 7.3, 999.0, 0.03)] == [1, 1, 2, 5, 500, pytest.approx(0.02)]


def test_labels_keep_their_place_when_tonnages_change(run):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    frames, meta = run
    drawn = chart(frames["ledger"], meta["scenario"])
    figure = Figure()
    FigureCanvasAgg(figure)
    tonnes = lane_tonnes(frames["ledger"], drawn)
    labels = MapLabels(figure.add_subplot(), drawn, meta, tonnes, shipped_tonnes(frames["ledger"], drawn), 0.0)
    places = [text.get_position() for text in labels.texts]
    labels.write(0 * tonnes, np.zeros(len(drawn.origins)))
    assert [text.get_position() for text in labels.texts] == places
    assert all("0 kt" in text.get_text() for text in labels.texts)
