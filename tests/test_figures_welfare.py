"""Figures of comparisons, the study, sweeps, games and incidence: legible, and their marks are the tables' numbers."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from figure_checks import check
from matplotlib.colors import to_hex
from saved_runs import rewrite_manifest

import sim
from sim.experiments.compare import compare
from sim.experiments.destination import LOSS, SHARE, SIDES
from sim.experiments.ensemble import run_ensemble
from sim.experiments.gains import MOST_COUNTRIES, OTHERS, welfare_by_country, who_gains
from sim.experiments.incidence import incidence
from sim.experiments.incidence_report import frame
from sim.figures import KINDS
from sim.figures.cells import coloured, ink
from sim.measures import PARTS, Measures, Table
from sim.measures.incidence import gains_tables
from sim.scenario import load
from sim.shipped import scenario_path
from sim.store import StoreError
from sim.verbs.plot import plot

YEAR = ["calendar.start=1986/87", "calendar.crop_years=1"]
RUN = "20260101T000000Z-01234567-abcd"


def figure(kind, name, frames, meta):
    return KINDS[kind].figures[name](frames, {"run_id": RUN, **meta})


@pytest.fixture(scope="module")
def peace():
    """History against history without export programmes, one crop year."""
    return sim.compare("no_export_subsidies", "history", draws=2, seed=1997, set=YEAR)


@pytest.fixture(scope="module")
def war():
    """The incidence of the same year on the same luck."""
    loaded = load(scenario_path("history"), YEAR)
    result = incidence(loaded, 2, 1997)
    meta = {"stem": "history", "draws": 2, "programmes": result.origins, "scenario": loaded.resolved}
    return result, {"incidence": frame(result, {})}, meta


def bars(panel):
    """Left end and width of every bar of a panel, from the top."""
    found = [patch for patch in panel.patches if patch.get_height() < 1]
    return [(bar.get_x(), bar.get_width()) for bar in sorted(found, key=lambda bar: bar.get_y())]


# --- welfare


def test_welfare_of_a_comparison_is_the_incidence_of_all_programmes(peace, war):
    result, _, _ = war
    mine = peace.read("welfare").set_index(["row", "column"])["mean"]
    theirs = result.gains["all"].bands().set_index(["row", "column"])["mean"]
    own = [key for key in mine.index if not key[1].startswith(f"{OTHERS}:")]
    assert set(own) == set(theirs.index)
    assert np.allclose(mine[own], theirs[own], atol=1e-9)
    assert mine["average", "world:deadweight_loss"] > 1


def test_the_waterfall_ends_at_the_world_s_total(peace):
    drawn = figure("comparison", "welfare", {"welfare": peace.read("welfare")}, peace.meta)
    (panel,) = drawn.axes
    *steps, world = bars(panel)
    lines = peace.read("welfare").query("row == 'average'").set_index("column")
    assert world == pytest.approx((0, lines.at["world:total", "mean"]))
    assert sum(width for _, width in steps) == pytest.approx(world[1], rel=2e-3)
    assert steps[0][0] == 0
    for (left, width), (after, _) in itertools.pairwise(steps):
        assert after == pytest.approx(left + width)
    values = lines["mean"].to_numpy()
    assert all(np.isclose(values, width).any() for _, width in steps)
    assert f"{-world[1]:,.1f} million" in panel.get_title(loc="left")
    check(drawn, RUN)


def made_up(countries: int, years=("1990/91", "1991/92"), draws: int = 3, scale: float = 1.0) -> Measures:
    """Measures of a run in which country ``c<i>`` gains ``scale * (i + draw + year)`` on every side."""
    names = [f"c{i}:{part}" for i in range(countries) for part in PARTS]
    size = np.repeat(np.arange(countries), len(PARTS))
    grid = size[None, :, None] + np.arange(len(years))[:, None, None] + np.arange(draws)[None, None, :]
    values = scale * np.where(size[None, :, None] > 0, grid, 0.001 * grid)
    held = ("c0:change_kt", "c0:price_cad_t")
    stocks = Table("stocks", years, held, ("kt", "C$/t"), np.zeros((len(years), 2, draws)))
    return Measures.from_tables([Table("gains", years, tuple(names), ("million C$",) * len(names), values), stocks])


def test_small_countries_are_taken_together_draw_by_draw():
    gains = who_gains(made_up(10), made_up(10, scale=0.0))
    table = welfare_by_country(gains).query("row == 'average'").set_index("column")
    alone = {name for name in table["group"] if name not in (OTHERS, "world")}
    assert alone == {f"c{i}" for i in range(10 - MOST_COUNTRIES, 10)}
    together = [f"c{i}" for i in range(10 - MOST_COUNTRIES)]
    sums = np.sum([gains.cell("average", f"{name}:buyers") for name in together], axis=0)
    assert table.at[f"{OTHERS}:buyers", "mean"] == pytest.approx(sums.mean())
    assert table.at[f"{OTHERS}:buyers", "p95"] == pytest.approx(np.quantile(sums, 0.95))
    meta = {"stem": "s", "draws": 3, "scenario": {"title": "Ten", "origins": {}}, "base": "a_b", "other": "c" * 70}
    drawn = figure("comparison", "welfare", {"welfare": welfare_by_country(gains)}, meta)
    labels = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert any(f"Other buyers ({len(together)})" in label for label in labels)
    *steps, world = bars(drawn.axes[0])
    assert sum(width for _, width in steps) == pytest.approx(world[1])
    check(drawn, RUN)


def test_gains_of_runs_with_other_countries_and_years():
    one, other = made_up(3, years=("1990/91", "1991/92")), made_up(5, years=("1991/92", "1992/93"))
    gains = who_gains(other, one)
    assert gains.rows == ("1991/92", "average")
    alone = gains.cell("1991/92", "c4:producers")  # nothing of it in the other run
    assert np.allclose(alone, 4 + np.arange(3))
    assert np.allclose(gains.cell("1991/92", "c1:producers"), -1)  # a year later in `one`


def test_markets_with_other_origins_compare(tmp_path):
    """A country that only one scenario has counts as nothing in the other; its accounts close all the same."""
    from test_incidence import DOCKING

    two = load(DOCKING / "duopoly.yaml", ["calendar.crop_years=6"])
    one = load(DOCKING / "cournot.yaml", ["calendar.crop_years=6", "sellers.firm.number=1"])
    measures = [run_ensemble(each, 1, 1, extra=gains_tables).measures for each in (one, two)]
    result = compare(*measures, "home", ("monopoly", "duopoly"))
    frame = result.welfare_bands()
    lines = frame[frame["row"] == two.timeline.crop_years[-1]].set_index("column")["mean"]
    a, b, c = 200.0, 0.1, 60.0
    alone, each = (a - c) / (2 * b), (a - c) / (3 * b)
    assert lines["abroad:producers"] == pytest.approx(b * each**2 / 1000, rel=1e-3)
    assert lines["home:producers"] == pytest.approx(b * (each**2 - alone**2) / 1000, rel=1e-3)
    assert lines["world:buyers"] == pytest.approx(b * ((2 * each) ** 2 - alone**2) / 2000, rel=1e-3)
    meta = {"stem": "s", "draws": 1, "scenario": one.resolved, "other_scenario": two.resolved}
    drawn = figure("comparison", "welfare", {"welfare": frame}, {**meta, "base": "one", "other": "two"})
    assert any("Abroad" in label.get_text() for label in drawn.axes[0].get_yticklabels())
    check(drawn, RUN)


def test_nothing_gained_is_not_drawn_and_older_comparisons_go_without(peace, tmp_path):
    same = who_gains(made_up(2), made_up(2))
    meta = {"stem": "s", "draws": 3, "scenario": {"title": "t"}, "base": "a", "other": "b"}
    assert figure("comparison", "welfare", {"welfare": welfare_by_country(same)}, meta) is None
    assert figure("comparison", "welfare", {}, meta) is None
    folder = peace.save(tmp_path)
    files = json.loads((folder / "run.json").read_text(encoding="utf-8"))["files"]
    rewrite_manifest(folder, files={name: each for name, each in files.items() if name != "welfare.parquet"})
    files = plot([str(folder)], [], [], "png", tmp_path, tmp_path / "images")
    assert [file.name.rpartition("-")[2] for file in files] == ["effects.png"]
    with pytest.raises(StoreError, match="nothing to draw"):
        plot([str(folder)], ["welfare"], [], "png", tmp_path, tmp_path / "images")


# --- Table 2


def table2_lines(draws: int = 3) -> pd.DataFrame:
    """A published cell inside the band, one outside, the average, and a crop year that was not published."""
    rows = ["1985/86", "1986/87", "1987/88", "average", "average 1985/86-1986/87"]
    lines = []
    for place, row in enumerate(rows):
        for column in ("feed_price_cad_t", "producer_revenue_million_cad"):
            mean = -10.0 * (place + 1)
            wide = 4.0 * (draws > 1)
            known = {"1985/86": mean + 1, "1986/87": mean - 40, rows[-1]: mean + 2}.get(row, np.nan)
            lines.append({"table": "table2", "row": row, "column": column, "mean": mean, "p05": mean - wide,
                          "p25": mean - wide / 2, "p50": mean, "p75": mean + wide / 2, "p95": mean + wide,
                          "published": known})  # fmt: skip
    return pd.DataFrame(lines)


@pytest.mark.parametrize("draws", [1, 3])
def test_table2_shows_every_miss_with_its_size(draws):
    meta = {"stem": "s", "draws": draws, "scenario": {"title": "t"}, "base": "a_b", "other": "c_d"}
    drawn = figure("comparison", "table2", {"comparison": table2_lines(draws)}, meta)
    check(drawn, RUN)
    feed, revenue = (axes for axes in drawn.axes if axes.axison)
    assert [text.get_text() for text in feed.texts] == ["\N{MINUS SIGN}1", "+40", "\N{MINUS SIGN}2", "miss"]
    crosses = next(line for line in feed.lines if line.get_marker() == "x")
    assert list(crosses.get_xdata()) == [-9, -60, -48] and list(crosses.get_ydata()) == [0, 1, 2]
    faces = {line.get_markerfacecolor(): list(line.get_xdata()) for line in feed.lines if line.get_marker() == "o"}
    hollow = [x for face, xs in faces.items() if to_hex(face) == "#ffffff" for x in xs]
    assert hollow == ([-20] if draws > 1 else [-10, -20, -50])
    assert r"million C\$" in revenue.get_xlabel() and revenue.get_title(loc="left").startswith("Producer revenue")


def test_table2_of_the_study_names_the_evidence():
    lines = table2_lines().query("published.notna()")
    own = lines.rename(columns={"mean": "simulated", "p05": "low", "p95": "high"}).assign(table=2, label="prediction")
    again = own.assign(simulated=own["published"], label="replication")
    frames = {"published": pd.concat([own, again, own.assign(table=1, label="fitted")])}
    meta = {"stem": "study", "draws": 3, "scenario": {"title": "t"}, "base": "history", "other": "multiple_sellers"}
    drawn = figure("study", "table2", frames, meta)
    check(drawn, RUN)
    (legend,) = [axes.get_legend() for axes in drawn.axes if axes.get_legend()]
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["published", "agents (prediction)", "study's own model (replication)"]
    squares = [line for line in drawn.axes[-1].lines if line.get_marker() == "s"]
    assert sorted(x for line in squares for x in line.get_xdata()) == [-60, -48, -9]


def test_table2_needs_published_figures(peace):
    assert figure("comparison", "table2", {"comparison": peace.read("comparison")}, peace.meta) is None
    drawn = figure("comparison", "effects", {"comparison": peace.read("comparison")}, peace.meta)
    check(drawn, RUN)


# --- incidence


def test_spending_goes_somewhere_in_every_draw(war):
    result, _, _ = war
    for name, table in result.destination.items():
        parts = np.sum([table.column(side) for side in (*SIDES, LOSS)], axis=0)
        assert np.allclose(parts, table.column("spending")), name
        shares = np.sum([table.column(f"{side}{SHARE}") for side in (*SIDES, LOSS)], axis=0)
        assert np.allclose(shares, 1)
        gains, origin = result.gains[name], result.origins[name]
        assert np.allclose(table.column("own_producers"), gains.column(f"{origin}:producers"))
        buyers = sum(table.column(side) for side in ("favoured_buyers", "other_buyers", "own_buyers"))
        assert np.allclose(buyers, gains.column("world:buyers"))
        assert (table.column("favoured_buyers") > 0).all()
        assert np.allclose(table.column("spending"), result.additional[name].column("spending_million_cad"))


def test_cost_in_the_programme_s_currency_is_the_same_cost(war):
    result, _, _ = war
    for name, unit in (("eep", "usd"), ("restitution", "ecu")):
        table = result.additional[name]
        rate = table.column("spending_million_cad") / table.column(f"spending_million_{unit}")
        per_tonne = [table.column(f"spending_per_additional_tonne_{each}_t") for each in ("cad", unit)]
        assert np.allclose(per_tonne[0], rate * per_tonne[1])
        assert (rate > 1.2).all() and (rate < 1.7).all()  # C$ per US$ and per ECU in 1986/87
        spent = table.column("spending_per_subsidised_tonne_cad_t") * table.column("subsidised_kt")
        assert np.allclose(spent, 1000 * table.column("spending_million_cad"))


def test_cost_per_tonne_draws_the_table(war):
    result, frames, meta = war
    drawn = figure("incidence", "cost_per_tonne", frames, meta)
    check(drawn, RUN)
    for name, (cost, went) in zip(result.origins, np.reshape(drawn.axes, (-1, 2)), strict=True):
        table = result.additional[name]
        expected = [
            table.cell("average", f"spending_per_{kind}_tonne_cad_t").mean() for kind in ("subsidised", "additional")
        ]
        assert [width for _, width in bars(cost)] == pytest.approx(expected)
        cents = sum(width for _, width in bars(went))
        assert cents == pytest.approx(100, abs=len(SIDES))  # sides that move by less than a cent have no bar
        lost = 100 * result.destination[name].cell("average", f"{LOSS}{SHARE}").mean()
        assert bars(went)[-1][1] == pytest.approx(lost)
        assert f"{round(lost)} are lost" in went.get_title(loc="left").replace("\n", " ")
    words = " ".join(text.get_text() for text in drawn.axes[0].texts)
    assert r"= US\$" in words and "ECU" in " ".join(text.get_text() for text in drawn.axes[2].texts)


def test_incidence_of_before_is_drawn_without_the_cost(war):
    _, frames, meta = war
    older = frames["incidence"].query("table != 'destination'")
    assert figure("incidence", "cost_per_tonne", {"incidence": older}, meta) is None
    for name in ("who_gains", "desk_and_war"):
        check(figure("incidence", name, {"incidence": older}, meta), RUN)


# --- sweeps


def grid(factors: dict[str, list], draws: int = 3, drop: int = 0):
    """Frames and run.json of a made-up grid; a point's value is its number, its band as wide as a tenth of that."""
    points = list(itertools.product(*factors.values()))[: -drop or None]
    design = pd.DataFrame(points, columns=list(factors))
    design.insert(0, "point", range(len(design)))
    lines = []
    for point in design["point"]:
        for column, unit in (("canada:revenue", "million C$"), ("japan", "C$/t")):
            spread = {f"p{q:02d}": point + (q - 50) / 900 * point * (draws > 1) for q in (5, 25, 50, 75, 95)}
            lines.append({"point": point, "crop_year": "mean", "table": "producers", "column": column, "unit": unit,
                          "mean": float(point), **spread, "missing": 0})  # fmt: skip
    described = [
        {"name": name, "title": name.upper(), "unit": "US$/t" if name == "bonus" else "",
         "numeric": not isinstance(values[0], str), "keys": []}
        for name, values in factors.items()
    ]  # fmt: skip
    meta = {"stem": "sweep-x", "draws": draws, "factors": described, "scenario": {"title": "A sweep"}}
    return {"design": design, "bands": pd.DataFrame(lines)}, {**meta, "sweep": {"measures": None}}


SYSTEMS = ["single_desk", "open_feed", "multiple_sellers"]


def test_cells_of_a_heat_map_are_the_sweep_s_means_and_widths():
    drawn = figure("sweep", "heat_map", *grid({"system": SYSTEMS, "bonus": [60.0, 0.0]}))
    check(drawn, RUN)
    assert len(drawn.axes) == 4  # two measures, each with its width
    mean, width = drawn.axes[:2]
    assert mean.images[0].get_array().tolist() == [[1, 0], [3, 2], [5, 4]]  # lower bonus first
    assert np.allclose(width.images[0].get_array(), np.array([[1, 0], [3, 2], [5, 4]]) / 10)
    assert [text.get_text() for text in mean.texts] == ["1.0", "0.0", "3.0", "2.0", "5.0", "4.0"]
    assert [label.get_text() for label in mean.get_yticklabels()] == [name.replace("_", " ") for name in SYSTEMS]


def test_a_third_factor_makes_panels_of_the_same_colours():
    frames, meta = grid({"system": SYSTEMS, "bonus": [0.0, 30.0, 60.0, 90.0], "luck": [0.1, 0.2]}, draws=1)
    drawn = figure("sweep", "heat_map", frames, meta)
    check(drawn, RUN)
    assert ["LUCK: 0.1" in axes.get_title(loc="left") for axes in drawn.axes] == [True, False]
    norms = {(axes.images[0].norm.vmin, axes.images[0].norm.vmax) for axes in drawn.axes}
    assert norms == {(0, 23)}


@pytest.mark.parametrize(
    ("factors", "drop"),
    [({"bonus": [0.0, 1.0]}, 0), ({"system": SYSTEMS, "bonus": [0.0, 1.0]}, 1),
     ({"bonus": [float(i) for i in range(13)], "system": SYSTEMS}, 0)],
)  # fmt: skip
def test_designs_that_are_no_grid_to_read_have_no_heat_map(factors, drop):
    assert figure("sweep", "heat_map", *grid(factors, drop=drop)) is None


def test_ink_is_readable_on_every_colour():
    from matplotlib.figure import Figure

    panel = Figure().subplots()
    image = coloured(panel, np.linspace(0, 1, 21)[None], ["a"], [str(i) for i in range(21)])

    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return float(np.dot((0.2126, 0.7152, 0.0722), linear))

    shades = [luminance(image.cmap(image.norm(value))[:3]) for value in np.linspace(0, 1, 21)]
    assert all(dark < light for light, dark in itertools.pairwise(shades))  # more is darker in greyscale too
    for value, shade in zip(np.linspace(0, 1, 21), shades, strict=True):
        other = 1.0 if ink(image, value) == "white" else 0.0
        high, low = max(shade, other), min(shade, other)
        assert (high + 0.05) / (low + 0.05) >= 4.5  # WCAG's contrast for text


# --- games


def game(size: int, spread: float):
    """A game of two players with a made-up table; the last strategies of both are the equilibrium."""
    names = [str(7 * i) for i in range(size)]
    lines = []
    for (i, first), (j, second) in itertools.product(enumerate(names), repeat=2):
        for player in ("home", "abroad"):
            value = 100.0 + (i - j if player == "home" else j - i)
            lines.append({"first": first, "second": second, "player": player, "mean": value, "low": value - spread,
                          "high": value + spread, "best_response": (i if player == "home" else j) == size - 1,
                          "equilibrium": i == j == size - 1})  # fmt: skip
    players = [{"name": name, "title": f"Treasury {name}", "strategies": names, "unit": "C$/t"}
               for name in ("home", "abroad")]  # fmt: skip
    meta = {"stem": "g", "draws": 3, "scenario": {"title": "t"}, "title": "A game", "players": players}
    return {"cells": pd.DataFrame(lines), "lines": pd.DataFrame()}, meta


@pytest.mark.parametrize(("size", "spread"), [(2, 0.0), (3, 2.0), (5, 3.0)])
def test_payoffs_are_in_the_cells_and_equilibria_framed(size, spread):
    frames, meta = game(size, spread)
    drawn = figure("game", "payoffs", frames, meta)
    check(drawn, RUN)
    home = drawn.axes[0]
    numbers = [text.get_text() for text in home.texts if " to " not in text.get_text()]
    expected = frames["cells"].query("player == 'home'")["mean"]
    assert numbers == [f"{value:,.1f}" for value in expected]
    ranges = [text.get_text() for text in home.texts if " to " in text.get_text()]
    assert len(ranges) == (size**2 if spread else 0)
    (frame_,) = home.patches
    assert (frame_.get_x() + 0.48, frame_.get_y() + 0.47) == pytest.approx((size - 1, size - 1))
    assert len(home.lines) == size  # a dot for the best response to each strategy


def test_best_responses_are_legible():
    lines = []
    for player in ("home", "abroad"):
        for level in (0.0, 10.0, 20.0):
            best = 30 - level / 2
            lines.append((player, "best response", level, best, best - 1, best + 1))
        rest = (("intercept", 30), ("slope", -0.5), ("crossing", 20))
        lines += [(player, what, np.nan, value, value, value) for what, value in rest]
    frames, meta = game(3, 1.0)
    frames["lines"] = pd.DataFrame(lines, columns=["player", "what", "rival_level", "mean", "low", "high"])
    check(figure("game", "best_responses", frames, meta), RUN)
