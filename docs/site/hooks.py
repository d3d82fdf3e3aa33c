"""What MkDocs does for these pages: files beside ``docs/`` that pages link to become pages of the site as well.

On GitHub every link is relative to the file it stands in. Here ``docs/`` is the root, so that ``../README.md`` would
lead out of the site; the files below are read in, and links to and from them are turned round.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

OUTSIDE = {
    "README.md": "front_page.md",
    "scenarios/data/SOURCES.md": "sources.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changes.md",
    "CITATION.cff": "CITATION.cff",
}
INSIDE = {page: file for file, page in OUTSIDE.items()}
LINK = re.compile(r"(\]\()([^)#\s:]+)((?:#[^)\s]*)?\))")
FILE_NAME = re.compile(r"\[(?:docs/)?(\w+)\.md\](?=\()")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Read in the files that lie outside ``docs/``."""
    root = Path(config.config_file_path).parent
    for file, page in OUTSIDE.items():
        files.append(File.generated(config, page, content=(root / file).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links that leave ``docs/``, or come from outside it, to pages of the site; call a page by its name."""
    own = page.file.src_uri
    at = posixpath.dirname(INSIDE.get(own, f"docs/{own}"))

    def turned(link: re.Match[str]) -> str:
        file = posixpath.normpath(posixpath.join(at, link[2]))
        inside = OUTSIDE.get(file, file.removeprefix("docs/") if file.startswith("docs/") else None)
        return (
            link[0] if inside is None else link[1] + posixpath.relpath(inside, posixpath.dirname(own) or ".") + link[3]
        )

    named = FILE_NAME.sub(lambda name: f"[{name[1].replace('_', ' ')}]", markdown)
    return LINK.sub(turned, named)
