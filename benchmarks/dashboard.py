"""(w) A month of the live page as seen in the browser: from the click until the charts are painted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.child import ROOT
from benchmarks.figures import Figure, at_most
from benchmarks.scale import Scale

TARGET_MS = 200
WAIT_MS = 120_000
CLICKS = 10  # months clicked through, per round
CLICK = """
(name) => new Promise((done) => {
  const button = [...document.querySelectorAll("button")].find((each) => each.innerText.trim().startsWith(name));
  const start = performance.now();
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  });
  seen.observe(document.querySelector(".sd-when"), { subtree: true, childList: true, characterData: true });
  button.click();
})
"""
PLAY = """
(months) => new Promise((done) => {
  const times = [];
  new MutationObserver((_, seen) => {
    times.push(performance.now());
    if (times.length > months) {
      seen.disconnect();
      done(times.slice(1).map((each, at) => each - times[at]));
    }
  }).observe(document.querySelector(".sd-progress-text"), { subtree: true, childList: true, characterData: true });
  [...document.querySelectorAll("button")].find((each) => each.innerText.trim().startsWith("▶")).click();
})
"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Play the history beside itself without subsidies; nothing where there is no Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("  no chromium here")
        return
    from playwright.sync_api import sync_playwright

    draws = min(scale.draws, 200)
    with _server(draws) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(address)
        page.wait_for_selector("canvas", timeout=WAIT_MS)
        what = f"history beside itself without subsidies, {draws} draws"
        page.get_by_role("button", name="All of them together").click()
        page.wait_for_selector(".sd-letter-B", timeout=WAIT_MS)
        page.wait_for_timeout(2000)
        for early in (True, False):
            clicks = tuple(page.evaluate(CLICK, "Step") for _ in range(CLICKS * scale.repeats))
            where = "in the first years" if early else "in the last years"
            yield Figure(f"a month, {what}, {where}", clicks, "ms", at_most(TARGET_MS))
            while early and int(page.inner_text(".sd-progress-text").split(" of ")[0].split()[-1]) < 120:
                page.get_by_role("button", name="+ 1 crop year").click()
                page.wait_for_timeout(3000)
        page.get_by_role("button", name="Fast").click()
        page.wait_for_timeout(500)
        months = tuple(page.evaluate(PLAY, CLICKS))
        yield Figure(f"a month while playing fast, {what}", months, "ms", at_most(TARGET_MS))
        browser.close()


class _server:  # noqa: N801 - used as a function
    """The dashboard on a free port, as long as a ``with`` lasts."""

    def __init__(self, draws: int) -> None:
        command = [sys.executable, "-m", "sim.cli", "dashboard", "history", "--no-open", "--draws", str(draws)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    def __enter__(self) -> str:
        return self._running.stdout.readline().strip()

    def __exit__(self, *_: Any) -> None:
        self._running.terminate()
        self._running.wait(timeout=30)
