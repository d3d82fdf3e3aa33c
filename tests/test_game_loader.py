"""Game files: what they make of a base scenario, and the exact report of every kind of mistake in them."""

import os
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from sim.scenario.game_loader import load_game
from sim.shipped import game_names, game_path, scenario_path, shipped_folder

FOLDER = Path(__file__).parent / "golden" / "games"
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml") if not path.name.startswith("_"))
MARKET = shipped_folder() / "games" / "markets" / "two_treasuries.yaml"


@pytest.mark.parametrize("name", [*CASES, "nowhere", "textbok"])
def test_report(name, monkeypatch):
    monkeypatch.chdir(FOLDER)
    with pytest.raises(ScenarioError) as caught:
        load_game(f"{name}.yaml")
    expected = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(f"{caught.value}\n", encoding="utf-8")
    assert f"{caught.value}\n" == expected.read_text(encoding="utf-8")


def test_every_expected_text_has_its_case():
    assert {path.stem for path in FOLDER.glob("*.txt")} == {*CASES, "nowhere", "textbok"}


def game(tmp_path, home, abroad, base=MARKET):
    path = tmp_path / "game.yaml"
    lines = [f"title: G\nbase: {base}\nplayers:"]
    for name, strategies in (("home", home), ("abroad", abroad)):
        lines.append(f"  {name}: {{title: {name}, origin: {name}, {strategies}}}")
    path.write_text("\n".join(lines) + "\n")
    return load_game(path)


def test_a_strategy_is_laid_over_the_base_as_a_child_is(tmp_path):
    child = tmp_path / "child.yaml"
    subsidies = "{home: {rate_cad_t: {world: 9}}, abroad: null}"
    child.write_text(f"extends: {MARKET}\ntitle: C\nexport_subsidies: {subsidies}\n")
    found = game(
        tmp_path,
        "strategies: {none: {}, some: {overrides: {export_subsidies.home.rate_cad_t.world: 9}}}",
        "strategies: {all: {}, none: {export_subsidies: {abroad: null}}}",
    )
    assert found.cells[1, 1].hash == load(child).hash
    assert found.cells[0, 0].hash == found.base.hash == load(MARKET).hash
    assert len({cell.hash for cell in found.cells.values()}) == 4
    assert not found.warnings


def test_events_of_both_players_stand_beside_those_of_the_base(tmp_path):
    base = tmp_path / "base.yaml"
    event = "{{from: 2000-09, to: 2000-12, export_subsidies: {{{0}: {{rate_cad_t: {{world: {1}}}}}}}}}".format
    dated = "{from: 2001-01, to: 2001-02, tender: {format: pay_as_bid}}"
    base.write_text(f"extends: {MARKET}\ntitle: B\nevents: [{dated}]\n")
    found = game(
        tmp_path,
        f"strategies: {{none: {{}}, dated: {{events: [{event('home', 3)}]}}}}",
        f"strategies: {{none: {{}}, dated: {{events: [{event('abroad', 4)}]}}}}",
        base,
    )
    both = found.cells[1, 1]
    assert len(both.scenario.events) == 3 and len(found.cells[1, 0].scenario.events) == 2
    regime = both.regimes[both.regime_of_period[1]]
    assert [regime.export_subsidies[name].rate_cad_t["world"] for name in ("home", "abroad")] == [3, 4]


def test_disarmed_strategy(tmp_path):
    sides = "strategies: {some: {}, disarmed: {}}", "strategies: {some: {}, none: {}}, disarmed: none"
    assert [side.disarmed for side in game(tmp_path, *sides).sides] == [1, 1]
    sides = (
        "levels: {key: export_subsidies.home.rate_cad_t.world, values: [0, 2.5]}",
        "strategies: {some: {}, none: {}}",
    )
    found = game(tmp_path, *sides)
    assert [side.disarmed for side in found.sides] == [0, 0] and found.sides[0].labels == ["0", "2.5"]


def test_shipped_games_are_found_by_name_and_load():
    assert game_names() == ["eep_against_restitution", "textbook"]
    assert game_path("textbook") == game_path("textbook.yaml") == shipped_folder() / "games" / "textbook.yaml"
    found = load_game(game_path("eep_against_restitution"))
    assert found.warnings == []
    as_it_was = [side.labels.index("as_it_was") for side in found.sides]
    assert found.cells[tuple(as_it_was)].hash == load(scenario_path("history")).hash
    none = found.cells[found.sides[0].disarmed, found.sides[1].disarmed].scenario
    without = load(scenario_path("no_export_subsidies")).scenario
    # The dates of a programme that is gone change nothing.
    assert none.eep is without.eep is None and none.restitution is without.restitution is None
    assert none.origins == without.origins


def test_sets_reach_every_pair():
    found = load_game(game_path("textbook"), ["importers.world.title=X"])
    assert {cell.scenario.importers["world"].title for cell in found.cells.values()} == {"X"}


def test_a_game_loads_no_more_than_a_bound(tmp_path, monkeypatch):
    from sim.scenario import effort

    path = tmp_path / "game.yaml"
    path.write_text(
        f"title: g\nbase: {Path(__file__).parent / 'scenarios' / 'duel.yaml'}\ndraws: 1\nplayers:\n"
        "  one: {title: One, origin: home, levels: {key: sellers.home_firm.cost_cad_t, values: [1, 2, 3]}}\n"
        "  two: {title: Two, origin: rival, strategies: {none: {}}}\n"
    )
    values = len(load_game(path).base.origins)
    monkeypatch.setattr(effort, "MOST_VALUES", 8 * values)  # the base, four strategies, three pairs
    assert len(load_game(path).cells) == 3
    monkeypatch.setattr(effort, "MOST_VALUES", 8 * values - 1)
    with pytest.raises(ScenarioError, match=f"3 pairs of strategies over a base of {values} values"):
        load_game(path)
