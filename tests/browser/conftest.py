"""Chromium for the tests of pages, and a folder for what it saw.

The browser lives as long as tests of this package run: Playwright keeps an event loop in the main thread, which the
tests of notebooks and clusters must not meet.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ARGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
ARTEFACTS = "SINGLEDESK_SCREENSHOTS"  # environment variable with another folder for screenshots
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium; without one the test is skipped, or fails where CI says that there must be one."""
    path = shutil.which("chromium")
    if path is None and not os.environ.get("CI"):
        pytest.skip("no chromium here")
    assert path, "CI is set and there is no chromium"
    return path


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator:
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(ARGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Folder for screenshots and printed pages."""
    folder = Path(os.environ.get(ARTEFACTS) or HERE.parents[1] / "build" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
