"""The live page in Chromium: what a person does with it in ten minutes."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
WAIT = 60_000  # milliseconds: generous, a busy machine is slow
PLAYED = re.compile(r"(\d+) of (\d+) months played")
BROKEN = "extends: history.yaml\ntitle: Broken\ndrawz: 20\n"
MARKUP = "<img src=x onerror='window.hit=1'><script>window.hit=2</script>{{7*7}}"
HOSTILE = f"""extends: history.yaml
title: "{MARKUP}"
description: "{MARKUP}"
calendar: {{crop_years: 1}}
overrides: {{markets.japan.title: "J {MARKUP}", origins.canada.title: "C {MARKUP}", grades.feed.title: "F {MARKUP}"}}
"""
GOOD = "extends: history.yaml\ntitle: Two years of mine\ncalendar: {crop_years: 2}\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A server of its own, on a free port, with few draws."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sim.cli", "dashboard", "history", "--draws", "2", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        [*command, "--no-open"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        cwd=tmp_path_factory.mktemp("dashboard"),
    )  # fmt: skip
    try:
        assert running.stdout.readline().strip() == f"http://127.0.0.1:{port}/"
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.terminate()
        _, errors = running.communicate(timeout=30)
    assert errors == "", "the server complained"


@pytest.fixture
def page(browser, address) -> Iterator:
    """A fresh page; afterwards there must have been no error in it and no request to anybody else."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    found = context.new_page()
    errors, hosts = [], set()
    found.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    found.goto(address)
    found.wait_for_selector(".sd-progress-text", timeout=WAIT)
    found.wait_for_selector("canvas", timeout=WAIT)
    yield found
    context.close()
    assert errors == []
    assert hosts <= {"127.0.0.1", None}


POINTS = (  # of the first line of the first chart
    "(window.sdEcharts.then((echarts) => window.points = echarts.getInstanceByDom(document.querySelector("
    "'.sd-chart > div')).getOption().series.find((each) => each.id === 'm0')?.data.length), window.points)"
)


def played(page) -> int:
    """Months played, as the page says."""
    return int(PLAYED.search(page.inner_text(".sd-progress-text")).group(1))


def wait_for_month(page, month: int) -> None:
    page.wait_for_function(
        "month => { const found = document.querySelector('.sd-progress-text').innerText.match(/(\\d+) of/);"
        " return found && Number(found[1]) >= month }",
        arg=month, timeout=WAIT,
    )  # fmt: skip


def crop_year(page) -> None:
    """Play a crop year."""
    month = played(page)
    page.get_by_role("button", name="+ 1 crop year").click()
    wait_for_month(page, month + 1)


def test_a_step_two_crop_years_and_play(page, artefacts):
    assert page.inner_text(".sd-date") == "August 1980"
    page.screenshot(path=artefacts / "dashboard-start.png")
    page.get_by_role("button", name="Step").click()
    wait_for_month(page, 1)
    crop_year(page)
    assert (played(page), page.inner_text(".sd-date")) == (12, "July 1981")
    crop_year(page)
    assert (played(page), page.inner_text(".sd-date")) == (24, "July 1982")
    page.get_by_role("button", name="Fast").click()
    page.get_by_role("button", name="▶").click()
    wait_for_month(page, 30)
    page.get_by_role("button", name="❚❚").click()
    page.wait_for_selector("button:has-text('▶')", timeout=WAIT)
    page.screenshot(path=artefacts / "dashboard-playing.png")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("document.querySelector('.sd-progress-text').innerText.includes(' 0 of')", timeout=WAIT)
    page.get_by_role("button", name="Step").click()
    wait_for_month(page, 1)
    page.wait_for_function(POINTS + " === 1", timeout=WAIT)  # the charts follow the new market


def test_markup_in_a_scenario_is_text(page):
    field = page.locator(".sd-upload input")
    field.set_input_files({"name": f"{MARKUP}.yaml", "mimeType": "text/yaml", "buffer": HOSTILE.encode()})
    page.wait_for_function("document.querySelector('h1').innerText.includes('{{7*7}}')", timeout=WAIT)
    assert page.inner_text("h1") == MARKUP
    crop_year(page)
    page.wait_for_selector("text=Crop-year tables", timeout=WAIT)
    assert page.evaluate("window.hit") is None and page.locator("img[src=x]").count() == 0


def test_the_server_stops_while_a_market_plays(browser, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "sim.cli",
        "dashboard",
        "history",
        "--draws",
        "200",
        "--port",
        str(port),
        "--no-open",
    ]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        context = browser.new_context()
        found = context.new_page()
        found.goto(running.stdout.readline().strip())
        found.wait_for_selector("canvas", timeout=WAIT)
        found.get_by_role("button", name="▶").click()
        wait_for_month(found, 1)
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=WAIT / 1000) == ("", "") and running.returncode == 0
        context.close()
    finally:
        running.kill()


def test_a_lever_waits_for_the_restart(page, artefacts):
    lever = page.locator(".sd-lever", has_text="highest bonus")
    assert lever.locator("input[type=text]").input_value() == "60"
    slider = lever.locator("input[type=range]")
    for _ in range(3):
        slider.press("ArrowLeft")
    page.wait_for_selector("text=Levers changed", timeout=WAIT)
    assert lever.locator("input[type=text]").input_value() == "57"
    assert "sd-moved" in lever.get_attribute("class")
    page.screenshot(path=artefacts / "dashboard-lever.png")
    lever.locator("input[type=text]").fill("1000")
    lever.locator("input[type=text]").press("Enter")
    lever.locator(".sd-wrong").wait_for(timeout=WAIT)
    assert "out of range: 0 to 120" in lever.locator(".sd-wrong").inner_text()
    page.get_by_role("button", name="Apply and restart").click()
    page.wait_for_selector("text=Levers changed", state="hidden", timeout=WAIT)
    lever.get_by_role("button", name="as in the scenario").click()
    page.wait_for_selector("text=Levers changed", timeout=WAIT)
    assert lever.locator("input[type=text]").input_value() == "60"


def test_the_answer_to_the_question(page, artefacts):
    page.get_by_role("button", name=re.compile("^Export Enhancement Program: what it cost")).click()
    page.wait_for_selector(".sd-letter-B", timeout=WAIT)
    for _ in range(6):
        crop_year(page)
    page.wait_for_selector(".sd-answer-who canvas", timeout=WAIT)
    text = page.inner_text(".sd-answer")
    page.screenshot(path=artefacts / "dashboard-answer.png")
    assert re.search(r"US\$[\d,.]+ million\s+paid by taxpayers in the United States so far", text)
    assert re.search(r"[\d,.]+ kt\s+extra exports from the United States", text)
    assert re.search(r"US\$\d+\s+per extra tonne", text)
    assert re.search(r"Each extra tonne cost taxpayers in the United States US\$\d+", text)
    assert (
        "farmers in the United States" in text and "European Union" not in text.split("Who gained")[0].split("Per")[0]
    )
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_timeout(300)
    page.screenshot(path=artefacts / "dashboard-answer-narrow.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_broken_file_is_explained_and_a_good_one_plays(page, artefacts, tmp_path):
    page.get_by_role("button", name="Step").click()
    wait_for_month(page, 1)
    field = page.locator(".sd-upload input")
    field.set_input_files({"name": "broken.yaml", "mimeType": "text/yaml", "buffer": BROKEN.encode()})
    trouble = page.locator(".sd-trouble pre").first
    trouble.wait_for(timeout=WAIT)
    text = trouble.inner_text()
    assert "broken.yaml:3:1" in text and "drawz: 20" in text and "^" in text and "draws" in text
    assert played(page) == 1 and "as it happened" in page.inner_text("h1")
    page.screenshot(path=artefacts / "dashboard-broken-file.png")
    huge = {"name": "huge.yaml", "mimeType": "text/yaml", "buffer": b"#" * 300_000}
    field.set_input_files(huge)
    page.wait_for_selector("text=huge.yaml: larger than 256 KiB", timeout=WAIT)
    field.set_input_files({"name": "mine.yaml", "mimeType": "text/yaml", "buffer": GOOD.encode()})
    page.wait_for_function("document.querySelector('h1').innerText === 'Two years of mine'", timeout=WAIT)
    crop_year(page)
    crop_year(page)
    assert "the end" in page.inner_text(".sd-progress-text")
    page.wait_for_selector("text=Crop-year tables", timeout=WAIT)

    with page.expect_download(timeout=WAIT) as started:
        page.get_by_role("button", name="Scenario A (YAML)").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    from sim.scenario import load

    loaded = load(file)
    assert (loaded.scenario.title, len(loaded.timeline.crop_years)) == ("Two years of mine", 2)

    with page.expect_download(timeout=WAIT) as started:
        page.get_by_role("button", name="Tables (ZIP of CSV)").click()
    packed = tmp_path / "tables.zip"
    started.value.save_as(packed)
    with zipfile.ZipFile(io.BytesIO(packed.read_bytes())) as archive:
        names = archive.namelist()
        assert "mine/scenario.yaml" in names and "mine/series.csv" in names
        prices = next(name for name in names if name.endswith("prices.csv"))
        assert archive.read(prices).decode().startswith("crop_year,")


def test_two_tabs_do_not_share_a_market(page, browser, address):
    crop_year(page)
    other = browser.new_page()
    other.goto(address)
    other.wait_for_selector(".sd-progress-text", timeout=WAIT)
    assert (played(page), played(other)) == (12, 0)
    other.close()
