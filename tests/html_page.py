"""Reading a page as a browser would, as far as tests need it: elements with attributes, and text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

FETCHING = ("src", "href", "data", "action", "formaction", "poster", "srcset", "background", "xlink:href", "ping")
VOID = {"meta", "link", "img", "input", "br", "line", "hr"}


class Page(HTMLParser):
    """Elements as (tag, attributes), texts of script and style elements, and the visible text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.open: list[str] = []
        self.unclosed: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("script", "style"):
            (self.scripts if tag == "script" else self.styles).append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif self.open and self.open[-1] == "style":
            self.styles[-1] += data
        else:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def outside(self) -> list[str]:
        """Everything that would be fetched: addresses that are neither in the page nor data."""
        found = [
            value for _, attributes in self.elements for name, value in attributes.items()
            if name in FETCHING and not value.startswith(("#", "data:"))
        ]  # fmt: skip
        sheets = [*self.styles, *(attributes.get("style", "") for _, attributes in self.elements)]
        found += [
            address for sheet in sheets for address in re.findall(r"@import[^;]*|url\((?!['\"]?data:)[^)]*\)", sheet)
        ]
        return found
