"""The site of the documentation in a browser: served or opened as files, it asks nobody else and its search finds."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Silent(SimpleHTTPRequestHandler):
    """A server of files that writes no log."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(words, cwd=ROOT, env=environment, check=True)
    return target


@pytest.fixture(scope="module")
def served(site) -> Iterator[str]:
    """Address of the site on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(params=["served", "files"])
def start(request, site) -> str:
    return request.getfixturevalue("served") if request.param == "served" else f"{site.as_uri()}/"


def test_the_site_needs_no_network_and_its_search_finds(browser, start, artefacts):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in ("index.html", "tutorial.html", "scenarios.html", "gallery.html"):
        page.goto(start + name)
        page.wait_for_load_state("networkidle")
    page.screenshot(path=str(artefacts / "site.png"))
    page.locator(".md-search__input").click()
    page.keyboard.type("restitution")
    page.locator(".md-search-result__link[href*='reference.html']").first.wait_for(state="attached", timeout=20_000)
    assert said == []
    assert [url for url in asked if not url.startswith((start, "data:", "blob:"))] == []
    page.close()


def test_no_page_is_wider_than_a_telephone(browser, served, site):
    page = browser.new_page(viewport={"width": 400, "height": 900})
    wide = []
    for path in sorted(site.glob("*.html")):
        page.goto(served + path.name)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path.name)
    page.close()
    assert wide == []
