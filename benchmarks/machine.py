"""The machine: its cores, and how much two processes get done against one, which bounds what two workers can."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version

from benchmarks.clock import timed
from benchmarks.figures import Figure
from benchmarks.scale import Scale

SPINS = {
    "counting": "for _ in range(int({size} * 3e7)): pass",
    "arrays": "import numpy as np; x = np.ones(8_000_000); y = x.copy()\n"
    "for _ in range(int({size} * 80)): np.add(x, y, out=y)",
}


def describe() -> str:
    """One line: cores, system, Python and the libraries that matter."""
    libraries = [f"{name} {version(name)}" for name in ("numpy", "mesa", "pandas")]
    system = f"{platform.system()} {platform.machine()}"
    return ", ".join([f"{os.cpu_count()} cores", system, f"Python {platform.python_version()}", *libraries])


def measure(scale: Scale) -> list[Figure]:
    """Spin alone and spin two at once: twice the time alone over the time together."""
    size = min(scale.draws / 1000, 1.0)
    return [
        Figure(
            f"two processes against one, {kind}",
            tuple(_speed_up(code.format(size=size)) for _ in range(scale.repeats)),
            "x",
        )
        for kind, code in SPINS.items()
    ]


def _speed_up(code: str) -> float:
    return 2 * timed(lambda: _spin(code, 1)).wall / timed(lambda: _spin(code, 2)).wall


def _spin(code: str, processes: int) -> None:
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(processes)]
    for process in running:
        process.wait()
