"""What makes the numbers: this program's source and the versions of what it computes with."""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import agents
import sim
from sim.kept import shipped_root

DRAWING = ("matplotlib", "pillow")
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


def surroundings() -> dict[str, Any]:
    """What may move the last digit of a number, or a pixel: program, machine, C library, drawing."""
    found: dict[str, Any] = {"program": source_hash(), "machine": platform.machine(), "system": platform.platform()}
    found["simd"] = _simd()
    for package in DRAWING:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return {**found, "shipped": shipped_root()}


def _simd() -> str:
    """Instruction sets of this processor that NumPy may use, as it was told to; empty where it does not say."""
    try:
        # It is no part of NumPy's promises, nor of its types.
        from numpy._core._multiarray_umath import __cpu_features__ as features  # type: ignore[import-not-found]
    except ImportError:
        return ""
    return " ".join(name for name, there in features.items() if there)


def source_hash() -> str:
    """SHA-256 of the program's own source."""
    digest = hashlib.sha256()
    for package in (agents, sim):
        folder = Path(package.__file__ or "").parent
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
