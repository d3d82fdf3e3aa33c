"""The pages as a site: it builds without a warning, says what the pages say, and needs no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
OUTSIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "scenarios/data/SOURCES.md")
SOURCES = ("mkdocs.yml", "docs", *OUTSIDE)
# What the site's Markdown takes as plain text and GitHub does not: lists, tables and code without a blank line before.
SWALLOWED = re.compile(r"<(p|li)>((?:(?!</\1>)(?!<pre).)*?\n *(?:[-*] |\d+\. |\||```).*?)</\1>", re.DOTALL)
LOADED = re.compile(r"""<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=["']?([^"'\s>]+)""")


def build(folder: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of the pages in a folder, as ``make docs`` does."""
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    return subprocess.run(words, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    done = build(ROOT, target)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr and "not included in the" not in done.stderr, done.stderr
    return target


@pytest.fixture
def copy(tmp_path) -> Path:
    for name in SOURCES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        place = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        place(ROOT / name, tmp_path / name)
    return tmp_path


def test_every_page_is_in_the_site(site):
    own = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"README"}
    pages = own | {"index", "front_page", "sources", "contributing", "changes"}
    assert {path.stem for path in site.glob("*.html")} == pages | {"404"}
    assert not list(site.rglob("*.py")) and (site / "notebooks" / "first_results.ipynb").is_file()


def test_nothing_comes_from_elsewhere(site):
    for path in [*site.glob("*.html"), *site.glob("site/*.css")]:
        text = path.read_text(encoding="utf-8")
        elsewhere = [url for url in LOADED.findall(text) if "//" in url] + re.findall(
            r"(?:@import|url\()[^;)]*//", text
        )
        assert elsewhere == [], path.name


def test_every_image_and_link_within_is_there(site):
    for path in site.glob("*.html"):
        for url in re.findall(r"""\b(?:src|href)=["']?([^"'\s>#]+)""", path.read_text(encoding="utf-8")):
            assert ":" in url or url == "." or path.name == "404.html" or (site / url).exists(), f"{path.name}: {url}"


def test_lists_and_tables_are_not_taken_for_text(site):
    found = {
        path.name: match[2] for path in site.glob("*.html") for match in SWALLOWED.finditer(path.read_text("utf-8"))
    }
    assert found == {}


def test_links_that_lead_nowhere_stop_the_build(copy):
    mistakes = ["nowhere.md", "scenarios.md#no-such-heading", "../Makefile"]
    with (copy / "docs" / "report.md").open("a", encoding="utf-8") as page:
        page.write("\n" + " ".join(f"[lost]({mistake})" for mistake in mistakes) + "\n")
    done = build(copy, copy / "site")
    assert done.returncode != 0
    warned = [line for line in done.stderr.splitlines() if "WARNING" in line and "report.md" in line]
    assert len(warned) == 3 and all(any(mistake in line for line in warned) for mistake in mistakes), done.stderr
