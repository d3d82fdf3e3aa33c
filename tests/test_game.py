"""The subsidy game: the textbook's against its closed form, its tables, and the command."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

import sim.cli
from sim.experiments import game_tables as tables
from sim.experiments.engine import open_engine
from sim.experiments.ensemble import run_chunk
from sim.experiments.game import Played, play, side_accounts
from sim.experiments.game_solution import equilibria, response_lines
from sim.figures import KINDS
from sim.measures import Table
from sim.scenario.game_loader import load_game
from sim.shipped import game_path
from sim.verbs.game import _notes

A, C, SLOPE = 200.0, 60.0, 0.1  # demand and cost in games/markets/two_treasuries.yaml
LEVELS = [0.0, 7.0, 14.0, 21.0, 28.0, 35.0, 42.0]


def gain(own, other):
    """A country's profit less its subsidy, million C$: (P - c) q with q = (a - c + 2 s - s') / 3 b."""
    return (A - C - own - other) * (A - C + 2 * own - other) / (9 * SLOPE) / 1000


@pytest.fixture(scope="module")
def textbook():
    with np.errstate(all="raise"):
        return play(load_game(game_path("textbook")), 1, 1997)


def test_payoffs_are_the_closed_form(textbook):
    own, rival = np.array(LEVELS)[:, None], np.array(LEVELS)[None, :]
    assert textbook.payoffs[0, ..., 0] == pytest.approx(gain(own, rival), rel=1e-3)
    assert textbook.payoffs[1, ..., 0] == pytest.approx(gain(own, rival).T, rel=1e-3)


def test_equilibrium_is_the_war_and_a_prisoners_dilemma(textbook):
    (war,), mixed = equilibria(textbook)
    assert war.cell == (4, 4) and not mixed.note and not mixed.equilibria
    assert war.share_of_draws == war.share_dilemma == 1 and war.is_dilemma
    assert war.payoffs[:, 0] == pytest.approx([gain(28, 28)] * 2, rel=1e-3)
    assert war.alone[:, 0] == pytest.approx([gain(0, 28) - gain(28, 28)] * 2, rel=5e-3) and (war.alone < 0).all()
    assert war.together[:, 0] == pytest.approx([gain(0, 0) - gain(28, 28)] * 2, rel=5e-3) and (war.together > 0).all()


def test_continuous_best_responses_cross_at_a_fifth(textbook):
    lines = response_lines(textbook)
    for player in range(2):
        assert lines.crossing[player] == pytest.approx([(A - C) / 5], rel=0.01)
        assert lines.responses[player][:, 0] == pytest.approx((A - C - np.array(LEVELS)) / 4, rel=0.01)
        assert lines.misfit[player] < 0.01


def test_tables_of_the_textbook(textbook):
    best = tables.best_response_frame(textbook)
    assert best[best["player"] == "home"]["best"].tolist() == ["35", "35", "28", "28", "28", "28", "21"]
    cells = tables.cells_frame(textbook)
    assert len(cells) == 98 and cells["equilibrium"].sum() == 2
    peace = cells[(cells["first"] == "0") & (cells["second"] == "0")]
    assert (peace["change_mean"] == 0).all()
    top = tables.joint_maximum_frame(textbook).iloc[0]
    assert (top["first"], top["second"]) == ("0", "0") and top["mean"] == pytest.approx(2 * gain(0, 0), rel=1e-3)
    assert len(tables.payoffs_frame(textbook)) == 98 * 5


def test_dear_public_funds_shrink_the_war(tmp_path):
    side = "{{title: T, origin: {0}, weights: {{taxpayers: 1.2}}, levels: {{key: {1}, values: [0, 10, 20]}}}}".format
    keys = {name: side(name, f"export_subsidies.{name}.rate_cad_t.world") for name in ("home", "abroad")}
    path = tmp_path / "dear.yaml"
    players = "".join(f"  {name}: {text}\n" for name, text in keys.items())
    path.write_text(f"title: T\nbase: two_treasuries\ncrop_years: [2001/02]\nplayers:\n{players}")
    lines = response_lines(play(load_game(path), 1, 1))
    # s = (4/3 - m) (a - c - s') / (4 m - 8/3), which at m = 1 is (a - c - s') / 4
    weight = (4 / 3 - 1.2) / (4 * 1.2 - 8 / 3)
    for player in range(2):
        assert lines.responses[player][:, 0] == pytest.approx(weight * (A - C - np.array([0, 10, 20])), rel=0.01)
        assert lines.crossing[player] == pytest.approx([weight * (A - C) / (1 + weight)], rel=0.01)


# --- pay-offs


GAME = """
title: Two strategies each
base: two_treasuries
draws: 2
crop_years: [2001/02]
players:
  home:
    title: Home
    origin: [home, world]
    weights: {producers: 2, buyers: 0.5, taxpayers: 3}
    strategies: {none: {}, some: {export_subsidies: {home: {rate_cad_t: {world: 28}}}}}
  abroad:
    title: Abroad [of it]
    origin: abroad
    strategies: {none: {}, also_none: {}}
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(GAME)
    return path


def test_a_payoff_weighs_its_accounts(small):
    rows, unit = ("2000/01", "2001/02"), "million C$"

    def table(columns, values):
        spread = np.repeat(np.array(values, float)[:, :, None], 2, axis=2)
        return Table("account", rows, columns, (unit,) * len(columns), spread)

    accounts = SimpleNamespace(
        producers=table(("abroad", "home"), [[9, 9], [1, 10]]),
        consumers=table(("world",), [[9], [4]]),
        taxpayers=table(("abroad", "home"), [[9, 9], [2, 5]]),
        merchants=table(("abroad", "home"), [[9, 9], [3, 3]]),
    )
    game = load_game(small)
    found = side_accounts(accounts, game.sides, game.crop_years)
    assert found["payoff"].tolist() == [[2 * 10 + 0.5 * 4 - 3 * 5] * 2, [1 - 2] * 2]
    assert found["buyers"].tolist() == [[4, 4], [0, 0]]
    both = side_accounts(accounts, game.sides, rows)
    assert both["producers"].tolist() == [[9.5] * 2, [5] * 2]


def test_equal_scenarios_are_simulated_once_and_chunks_change_nothing(small, monkeypatch):
    calls = []

    def counted(loaded, draws, *rest):
        calls.append((loaded.hash, draws))
        return run_chunk(loaded, draws, *rest)

    monkeypatch.setattr("sim.experiments.game.run_chunk", counted)
    loaded = load_game(small, ["shocks.demand_sd=0.1"])
    whole, parts = play(loaded, 3, 7), play(loaded, 3, 7, chunk=2)
    assert [draws for _, draws in calls] == [3, 3, 2, 1, 2, 1] and len({each for each, _ in calls}) == 2
    assert np.array_equal(whole.payoffs, parts.payoffs) and np.ptp(whole.payoffs[0, 0, 0]) > 0
    assert np.array_equal(whole.payoffs[:, :, 0], whole.payoffs[:, :, 1])  # the second's strategies are the same


def test_workers_change_nothing(small):
    loaded = load_game(small, ["calendar.crop_years=2", "shocks.demand_sd=0.1"])
    with open_engine(2) as engine:
        assert np.array_equal(play(loaded, 2, 7).payoffs, play(loaded, 2, 7, engine=engine).payoffs)


def test_a_game_without_stakes_is_degenerate():
    found, mixed = equilibria(of_matrices([[1, 1], [1, 1]], [[1, 1], [1, 1]]))
    assert len(found) == 4 and "degenerate" in mixed.note and not any(each.is_dilemma for each in found)


def of_matrices(one, other, draws=3):
    payoffs = np.repeat(np.array([one, other], float)[..., None], draws, axis=-1)
    labels = ["a", "b"], ["c", "d"]
    return Played(("us", "eu"), labels, (0, 0), (None, None), {"payoff": payoffs})


def test_a_game_with_only_a_mixed_equilibrium():
    played = of_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    (found,), _ = equilibria(played)
    assert found.cell is None and not found.is_dilemma and np.isnan(found.share_of_draws)
    assert found.payoffs == pytest.approx(np.zeros((2, 3)))
    assert found.alone == pytest.approx(np.zeros((2, 3)))  # who mixes does not care
    assert found.together[:, 0].tolist() == pytest.approx([1, -1])
    frame = tables.equilibria_frame(played, [found])
    assert frame["plays"].tolist() == ["a 0.5, b 0.5", "c 0.5, d 0.5"]
    assert response_lines(played) is None and len(tables.lines_frame(played, None)) == 0


def test_luck_shows_in_the_share_of_draws():
    played = of_matrices([[1, 1], [0, 0]], [[2, 0], [2, 0]], draws=4)
    played.payoffs[0, 1, 0, 3] = 2.0  # in the last draw the first would rather play b against c
    (found,), _ = equilibria(played)
    assert found.cell == (0, 0) and found.share_of_draws == 0.75
    best = tables.best_response_frame(played)
    assert best[(best["player"] == "us") & (best["against"] == "c")]["share_of_draws"].tolist() == [0.75]


# --- the command


def invoke(*words):
    return CliRunner().invoke(sim.cli.app, [str(word) for word in words])


def test_command_prints_saves_and_draws(small, tmp_path):
    result = invoke("game", small, "--out", tmp_path / "results", "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content["draws"] == 2 and content["seed"] == 1997 and content["crop_years"] == ["2001/02"]
    assert [player["disarmed"] for player in content["players"]] == ["none", "none"]
    assert len(content["cells"]) == 8 and content["lines"] == [] and "degenerate" in content["notes"][0]
    (folder,) = (tmp_path / "results" / "game-small").iterdir()
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"run.json", "payoffs.parquet", "tables/cells.csv", "tables/equilibria.csv", "figures/payoffs.png"} <= files
    assert "figures/best_responses.png" not in files
    again = invoke("plot", folder, "--to", tmp_path / "images")
    assert again.exit_code == 0 and (tmp_path / "images" / "small-payoffs.png").is_file(), again.output
    seen = invoke("game", small, "--draws", "1", "--out", tmp_path / "results")
    assert seen.exit_code == 0 and "Abroad [of it]" in seen.output and "Equilibria" in seen.output, seen.output


def test_figures_of_levels(textbook):
    side = {"title": "T", "strategies": textbook.labels[0], "unit": "C$/t"}
    meta = {
        "players": [{"name": name, **side} for name in textbook.names],
        "title": "T", "stem": "t", "draws": 1, "run_id": "r", "scenario": {"title": "S"},
    }  # fmt: skip
    frames = {"cells": tables.cells_frame(textbook), "lines": tables.lines_frame(textbook, response_lines(textbook))}
    figures = KINDS["game"].figures
    for function in figures.values():
        assert function(frames, meta) is not None
        assert function({name: frame.iloc[:0] for name, frame in frames.items()}, meta) is None
    axes = figures["best_responses"](frames, meta).axes[0]
    assert "crossing: 28.0 and 28.0" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_bad_input_leaves_nothing(small, tmp_path):
    for words in (["nowhere"], [small, "--draws", "0"], [small, "--set", "calendar.crop_years=1"], ["history"]):
        result = invoke("game", *words, "--out", tmp_path / "results")
        assert result.exit_code == 2 and "Traceback" not in result.output, result.output
        assert not (tmp_path / "results").exists()


def test_interrupted_games_keep_nothing(small, tmp_path, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setitem(KINDS["game"].figures, "payoffs", interrupted)
    assert invoke("game", small, "--draws", "1", "--out", tmp_path / "results").exit_code == 1
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("crossing, outside", [(-3e-6, False), (50.00001, False), (-1.0, True), (51.0, True)])
def test_a_crossing_on_the_edge_of_the_levels_is_no_extrapolation(crossing, outside):
    played = SimpleNamespace(names=["north", "south"], levels=[np.array([0.0, 50.0])] * 2)
    lines = SimpleNamespace(crossing=np.array([[crossing], [25.0]]))
    notes = _notes(played, {"equilibria": [1]}, "", lines)
    assert [("north" in note and "outside" in note) for note in notes] == [True] * outside


def test_best_responses_with_several_firms_a_side_are_the_closed_form(tmp_path):
    """n firms against m: s = X (m + 1 - n) / (2 n (m + 1)), X = a - (m + 1) c + m (c' - s'), c with freight."""
    (tmp_path / "market.yaml").write_text(
        f"extends: {game_path('textbook').parent / 'markets' / 'two_treasuries.yaml'}\ntitle: Three firms against two\n"
        "calendar: {crop_years: 4}\n"
        "freight_usd_t: {home: {world: 7}, abroad: {world: 11}}\n"
        "importers: {world: {demand: {feed: {intercept: 330, slope: 0.25}}}}\n"
        "sellers: {home_firm: {cost_cad_t: 83, number: 3}, foreign_firm: {cost_cad_t: 71, number: 2}}\n",
        encoding="utf-8",
    )
    key, levels = "export_subsidies.{}.rate_cad_t.world", "[0, 20, 45]"
    (tmp_path / "game.yaml").write_text(
        "title: Three against two\nbase: market.yaml\ndraws: 1\ncrop_years: [2003/04]\nplayers:\n"
        f"  home: {{title: Home, origin: home, levels: {{key: {key.format('home')}, values: {levels}}}}}\n"
        f"  abroad: {{title: Abroad, origin: abroad, levels: {{key: {key.format('abroad')}, values: {levels}}}}}\n",
        encoding="utf-8",
    )
    played = play(load_game(tmp_path / "game.yaml"), 1, 1997)
    lines = response_lines(played)
    # Home has a firm too many for any subsidy; abroad X = 330 - 4 x 82 + 3 (90 - s') = 272 - 3 s'.
    assert [float(side[0]) for side in lines.crossing] == pytest.approx([0.0, 34.0], abs=0.02)
    assert [float(slope[0]) for _, slope in lines.lines] == pytest.approx([0.0, -0.375], abs=0.002)
