"""What a case is: files of any kind in a folder, what is done with them, and what came of it."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path


class Failure(Exception):
    """The product broke a promise; the message says which."""


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True)
class Special:
    """Something that is no ordinary file: a ``folder`` or a ``pipe``."""

    kind: str


Entry = bytes | Link | Special


@dataclass
class Case:
    """One case.

    Attributes
    ----------
    files : dict of str to Entry
        What lies in its folder, by name; folders come from the names.
    main : str
        Name of the file that is opened.
    how : list of str
        What was done to it, for people.
    spoiled : str
        Why it must be refused; empty when it need not be.
    """

    kind: str
    dice: random.Random
    files: dict[str, Entry] = field(default_factory=dict)
    main: str = "main.yaml"
    sets: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    spoiled: str = ""

    def lay_out(self, folder: Path) -> None:
        """Put the files into a folder."""
        for name, entry in self.files.items():
            path = os.path.join(folder, name)
            if "/" in name:
                os.makedirs(os.path.dirname(path), exist_ok=True)
            if isinstance(entry, bytes):
                with open(path, "wb") as file:
                    file.write(entry)
            elif isinstance(entry, Link):
                os.symlink(entry.target, path)
            elif entry.kind == "pipe":
                os.mkfifo(path)
            else:
                os.makedirs(path, exist_ok=True)
