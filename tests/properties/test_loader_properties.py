"""Loading, writing and loading again gives the same scenario, whatever is set within the schema's limits."""

import numpy as np
import pytest
from drawn import SCENARIOS, examples
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.scenario import ScenarioError, explain, load, write_yaml
from sim.scenario.child import child_yaml
from sim.scenario.fields import slot_at
from sim.scenario.problems import dotted
from sim.scenario.tree import leaves_of
from sim.shipped import game_market_names, scenario_path, shipped_folder

SMALL = {name: SCENARIOS / f"{name}.yaml" for name in ("tiny", "refunds", "duel")}
OWN = ("data", "events")  # lists: their places are no keys of a file that is changed


def written(loaded, folder, name="again.yaml"):
    """The scenario that its own text loads to."""
    path = folder / name
    path.write_text(write_yaml(loaded.resolved, str(folder)), encoding="utf-8")
    return load(path)


def assert_same(again, loaded):
    assert again.hash == loaded.hash
    assert again.scenario.model_copy(update={"data": []}) == loaded.scenario.model_copy(update={"data": []})
    assert np.array_equal(again.regime_of_period, loaded.regime_of_period)
    for one, other in zip(again.regimes, loaded.regimes, strict=True):
        assert one.model_copy(update={"data": []}) == other.model_copy(update={"data": []})
    assert again.series.values == loaded.series.values


# Parents, children and grandchildren, with other regimes, events, calendars and goods; others differ in a few numbers.
SHIPPED = [
    "history", "history_reconstructed", "multiple_sellers_reconstructed", "cash_trading", "no_export_subsidies",
    "drought_1988", "farm_bill_1996", "trade_war_escalation", "dairy_board", "dairy_no_refunds",
]  # fmt: skip


@pytest.mark.parametrize("name", [*SHIPPED, *(f"games/markets/{name}" for name in game_market_names())])
def test_shipped_scenarios_are_written_as_they_are(name, tmp_path):
    loaded = load(shipped_folder() / f"{name}.yaml")
    again = written(loaded, tmp_path)
    assert_same(again, loaded)
    assert again.changes == []
    assert write_yaml(again.resolved, str(tmp_path)) == (tmp_path / "again.yaml").read_text(encoding="utf-8")
    # Where a key is found changes; what it says does not.
    rows, more = ([row for row in explain(each) if not row[0].startswith("data")] for each in (loaded, again))
    assert [row[:2] for row in rows] == [row[:2] for row in more]


def limits_of(slot):
    found = {}
    for limit in slot.metadata:
        for name in ("ge", "gt", "le", "lt"):
            if getattr(limit, name, None) is not None:
                found[name] = getattr(limit, name)
    low, high = found.get("ge", found.get("gt", -1e6)), found.get("le", found.get("lt", 1e6))
    return low, high, {"exclude_min": "gt" in found, "exclude_max": "lt" in found}


def values_for(slot):
    """Values within the limits of a slot; None where the schema names things of the scenario itself."""
    if slot.is_number:
        low, high, ends = limits_of(slot)
        if slot.annotation is int:
            return st.integers(int(low), int(min(high, 60)))
        return st.floats(low, min(high, 1e6), **ends) | st.just(min(max(1.0, low), high)).filter(
            lambda x: low < x < high
        )
    if slot.annotation is bool:
        return st.booleans()
    choices = getattr(slot.annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return st.sampled_from(choices)
    return None


def settable(loaded):
    """Keys of a scenario that may be set, with values for each."""
    found = []
    for place, value in leaves_of(loaded.resolved):
        slot = slot_at(place) if place[0] not in OWN and not isinstance(value, list | dict) else None
        values = values_for(slot) if slot is not None else None
        if values is not None:
            found.append((dotted(place), values))
    return found


BASE = {name: load(path) for name, path in SMALL.items()}
KEYS = {name: settable(loaded) for name, loaded in BASE.items()}


def text_of(value):
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)


@st.composite
def changed(draw):
    """A small scenario, and up to four of its keys with other values."""
    name = draw(st.sampled_from(sorted(SMALL)))
    keys = draw(st.lists(st.sampled_from(range(len(KEYS[name]))), min_size=1, max_size=4, unique=True))
    chosen = [KEYS[name][n] for n in keys]
    return name, [(key, draw(values)) for key, values in chosen]


def loads(path, sets):
    """The scenario, or nothing where the values do not go together; there is no other way to fail."""
    try:
        return load(path, sets)
    except ScenarioError as error:
        assert error.problems and all(each.message for each in error.problems)
        return None


def test_nearly_every_number_and_choice_can_be_set():
    assert {name: len(keys) for name, keys in KEYS.items()}["tiny"] > 90


@examples(15)
@given(changed())
def test_a_changed_scenario_is_written_as_it_is(tmp_path_factory, change):
    name, values = change
    loaded = loads(SMALL[name], [f"{key}={text_of(value)}" for key, value in values])
    assume(loaded is not None)
    stated = {row[0]: row[1] for row in explain(loaded)}
    for key, value in values:
        assert key not in stated or stated[key] == value and type(stated[key]) in (type(value), float)
    again = written(loaded, tmp_path_factory.mktemp("written"))
    assert_same(again, loaded)
    alike = loaded.scenario.model_copy(update={"title": ""}) == BASE[name].scenario.model_copy(update={"title": ""})
    assert (loaded.hash == BASE[name].hash) == alike


@examples(8)
@given(changed(), st.integers(1, 500), st.integers(0, 2**31), st.text("a:#'\"é\\ {}-", max_size=12))
def test_a_child_with_settings_is_the_scenario_with_those_settings(tmp_path_factory, change, draws, seed, title):
    name, values = change
    values = [(key, value) for key, value in values if key not in ("draws", "seed", "title")]
    settings = [f"{key}={text_of(value)}" for key, value in values]
    loaded = loads(SMALL[name], [*settings, f"draws={draws}", f"seed={seed}"])
    assume(loaded is not None and title.strip())
    folder = tmp_path_factory.mktemp("child")
    numbers = {key: value for key, value in values if isinstance(value, float)}
    words = [text for (key, _), text in zip(values, settings, strict=True) if key not in numbers]
    text = child_yaml(str(SMALL[name]), str(folder), title, draws, seed, words, numbers)
    (folder / "child.yaml").write_text(text, encoding="utf-8")
    child = load(folder / "child.yaml")
    assert child.hash == loaded.hash and child.scenario.title == title


@examples(8)
@given(changed(), st.randoms(use_true_random=False))
def test_the_order_of_settings_of_different_keys_does_not_matter(change, random):
    name, values = change
    sets = [f"{key}={text_of(value)}" for key, value in values]
    mixed = random.sample(sets, len(sets))
    first, second = loads(SMALL[name], sets), loads(SMALL[name], mixed)
    assert (first is None) == (second is None)
    assert first is None or first.hash == second.hash
    # Of several settings of one key the last one counts.
    twice = loads(SMALL[name], ["seed=3", *sets, "seed=4"])
    assert twice is None or twice.scenario.seed == 4


@examples(12)
@given(st.text("abz_019: #\"'\\\n\té–{}[]&*!|>%@`,?-=~", max_size=30), st.text("x\u2028\x85\ufeff'\"\\: ", max_size=8))
def test_any_text_is_written_as_it_is(tmp_path_factory, title, description):
    assume(title.strip())
    loaded = load(SMALL["duel"])
    resolved = {**loaded.resolved, "title": title, "description": description}
    path = tmp_path_factory.mktemp("text") / "again.yaml"
    path.write_text(write_yaml(resolved), encoding="utf-8")
    again = load(path)
    assert (again.scenario.title, again.scenario.description) == (title, description) and again.hash == loaded.hash


def test_a_shipped_child_of_a_shipped_parent_names_it_from_anywhere(tmp_path):
    text = child_yaml(
        str(scenario_path("steady")), str(tmp_path), "Mine", 3, 9, ["eep.enabled=false"], {"traders.margin_cad_t": 1e-7}
    )
    (tmp_path / "child.yaml").write_text(text, encoding="utf-8")
    expected = load(scenario_path("steady"), ["traders.margin_cad_t=1e-07", "draws=3", "seed=9", "eep.enabled=false"])
    assert load(tmp_path / "child.yaml").hash == expected.hash
