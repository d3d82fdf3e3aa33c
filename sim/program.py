"""What makes the numbers: this program's source and the versions of what it computes with."""

from __future__ import annotations

import hashlib
import sys
from importlib import metadata
from pathlib import Path

import agents
import sim

PACKAGES = ("numpy", "pandas", "mesa", "scipy", "pyarrow", "singledesk")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that make the numbers."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def source_hash() -> str:
    """SHA-256 of the program's own source."""
    digest = hashlib.sha256()
    for package in (agents, sim):
        folder = Path(package.__file__ or "").parent
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
