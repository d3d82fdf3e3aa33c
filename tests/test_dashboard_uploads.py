"""Scenarios somebody sends: the loader's own messages, and no way to any other file."""

import os

import pytest
from small_scenario import SMALL

from sim.dashboard.limits import MOST_DRAWS, check_size, most_draws
from sim.dashboard.plans import open_shipped, open_text
from sim.scenario import ScenarioError, load
from sim.scenario.text import TEXT_BYTES
from sim.shipped import shipped_folder, shipped_path

GOOD = b"extends: history\ntitle: Mine\n"
BOMB = "\n".join(
    [
        "a: &a [1,1,1,1,1,1,1,1,1,1]",
        *(f"{n}: &{n} [{','.join(10 * ['*' + p])}]" for p, n in zip("abcdefgh", "bcdefghi", strict=True)),
    ]
)


def message(raw, name="mine.yaml"):
    with pytest.raises(ScenarioError) as caught:
        open_text(name, raw)
    text = str(caught.value)
    assert "Traceback" not in text and str(shipped_folder()) not in text
    return text


def test_a_good_text_is_the_scenario_that_a_file_would_be(tmp_path):
    raw = b"extends: history\ntitle: Mine\noverrides: {shocks.yield_sd: 0.1}\neep: {max_bonus_usd_t: 20}\n"
    (tmp_path / "mine.yaml").write_bytes(raw)
    loaded, file = open_text("mine.yaml", raw), load(tmp_path / "mine.yaml")
    assert loaded.hash == file.hash and loaded.regimes == file.regimes and loaded.changes == file.changes
    assert open_text("history.yaml", shipped_path("history").read_bytes()).hash == open_shipped("history").hash


@pytest.mark.parametrize(
    "extends",
    ["/etc/passwd", "../history.yaml", "games/../history.yaml", "./history.yaml", "https://example.org/a.yaml",
     "file:///etc/passwd", "C:\\\\a.yaml", "~/a.yaml", "$HOME/a", "/proc/self/environ", "//host/share/a.yaml"],
)  # fmt: skip
def test_no_other_file_is_extended(extends):
    text = message(f'extends: "{extends}"\ntitle: x\n'.encode())
    assert "mine.yaml:1:10: extends:" in text and "a file elsewhere is not read" in text and "^" in text


def test_a_file_beside_the_server_is_not_found_either(tmp_path, monkeypatch):
    (tmp_path / "secret.yaml").write_text("extends: history\ntitle: Secret\n")
    (tmp_path / "history.yaml").write_text("title: Another history\n")
    os.symlink(shipped_path("history"), tmp_path / "link.yaml")
    os.symlink("/etc/passwd", tmp_path / "prices.csv")
    monkeypatch.chdir(tmp_path)
    for name in ("secret", "secret.yaml", "link.yaml", "link"):
        assert "there is no shipped scenario of that name" in message(f"extends: {name}\n".encode())
    assert open_text("a.yaml", GOOD).hash == open_shipped("history").hash
    assert open_text("a.yaml", GOOD + TABLES.replace(b"data/prices.csv", b"prices.csv")).series.values


@pytest.mark.parametrize(
    "data",
    [b"data: [/etc/passwd]", b"data: [data/../../../etc/passwd]", b"data: [../data/prices.csv]",
     b"data: ['http://example.org/a.csv']", b"overrides: {\"data[0]\": /etc/passwd}",
     b"overrides: {data: [/etc/passwd]}", b"data: [/proc/self/environ]"],
)  # fmt: skip
def test_no_other_table_is_read(data):
    assert "a file elsewhere is not read" in message((GOOD if b"data[0]" in data else SMALL) + data)


def test_a_shipped_table_may_be_named_and_a_misspelt_one_has_a_hint():
    assert open_text("a.yaml", GOOD + TABLES).hash == open_shipped("history").hash
    assert "did you mean `prices`?" in message(GOOD + TABLES.replace(b"prices", b"prises"))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "holds only comments"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is binary"),
        ("title: Käse".encode("latin-1"), "not UTF-8"),
        ("title: x".encode("utf-16"), "UTF-16"),
        (b"title: a\0b\n", "binary"),
        (b"title: \x1b[31mred\n", "cannot be printed"),
        (b"#" * (TEXT_BYTES + 1), "longer than 256 KiB"),
        (BOMB.encode(), "more than 25,000 values"),
        (b"a: " + b"[" * 400, "nested more than 40 levels"),
        (b"title: !!python/object/apply:os.system [ls]\n", "tag"),
        (b"a: &a [*a]\n", "inside the value it repeats"),
        (b"title: a\n---\ntitle: b\n", "more than one YAML document"),
        (b"- a\n", "the top level must be a mapping"),
        (b"<<: {a: b}\ntitle: x\n", "merge key"),
        (SMALL + b"draws: many\n", "mine.yaml:10:8: draws:"),
        (SMALL + b"draws: 1" + 100 * b"0" + b"\n", "more than 20 digits"),
        (SMALL + b"shocks: {yield_sd: .inf}\n", "not a finite number"),
        (SMALL + b"calendar: {crop_years: 2000}\n", "out of range"),
        (SMALL + b"eepp: null\n", "did you mean `eep`?"),
        (b"extends: histroy\n", "did you mean `history`?"),
        (b"extends: [history]\n", "extends: a list is not allowed here"),
        (b"extends: 3\n", "extends: 3 is not allowed here"),
        (b"players: {}\n", "is a game"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(raw, text):
    assert text in message(raw)


@pytest.mark.parametrize("name", ["../../etc/mine.yaml", "C:\\users\\mine.yaml", "/mine.yaml"])
def test_folders_in_a_name_are_left_out(name):
    assert message(SMALL + b"draws: x\n", name).startswith("mine.yaml:10:8")


@pytest.mark.parametrize("name", ["", ".", "..", "--set", "a/", "\0\x1b"])
def test_any_name_will_do(name):
    assert open_text(name, SMALL).scenario.title == "Small"


def test_too_large_a_market_is_refused_before_it_is_built():
    many = open_text("many.yaml", b"extends: steady\ntitle: x\ndraws: 1000000\n")
    with pytest.raises(ScenarioError, match=f"1,000,000 draws; the live page takes 1 to {MOST_DRAWS:,}"):
        check_size(many, many.scenario.draws)
    long = open_text("long.yaml", b"extends: steady\ntitle: x\ncalendar: {crop_years: 200, periods_per_year: 52}\n")
    with pytest.raises(ScenarioError, match="10,400 periods; the live page takes at most"):
        check_size(long, 1)
    crowd = open_text("crowd.yaml", CROWD)
    with pytest.raises(ScenarioError, match="possible sales"):
        check_size(crowd, 1)
    history = open_shipped("history")
    check_size(history, most_draws(history))
    with pytest.raises(ScenarioError, match=f"it takes {most_draws(history)} draws"):
        check_size(history, most_draws(history) + 1)
    assert most_draws(long) == most_draws(crowd) == 0


TABLES = b"data: [%s]\n" % b", ".join(
    b"data/%s.csv" % name
    for name in (b"production_and_use", b"trade", b"prices", b"policy", b"freight", b"exchange", b"monthly", b"derived")
)
CROWD = (
    b"""
title: A crowd
calendar: {start: 2000/01, crop_years: 40}
money: {cad_per_usd: 1, usd_per_ecu: 1}
grades: {feed: {title: Feed, pool: feed}}
markets: {third: {title: Third country}}
origins: {home: {title: Home}}
freight_usd_t: {home: {third: 0}}
sellers:
"""
    + b"".join(b"  s%d: {title: S, origin: home, number: 200}\n" % n for n in range(40))
    + b"""
importers:
  buyer: {title: Buyer, market: third, region: third, demand: {feed: {currency: cad, intercept: 100, slope: 0.1}}}
"""
)
