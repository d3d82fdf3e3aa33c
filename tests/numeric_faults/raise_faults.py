"""Floating-point faults raise in every thread of a process, and in every process that it starts.

NumPy keeps what it does about a fault per thread, and asks for nothing in a new process. So threads are told when they
start, and Python processes by ``sitecustomize`` in this folder, which is on their path.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path

HERE = str(Path(__file__).parent)


def raise_faults() -> None:
    """Let this thread raise ``FloatingPointError`` on every fault, underflow too; nothing before NumPy is imported."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "seterr"):
        numpy.seterr(all="raise")


def in_threads() -> None:
    """Tell every thread that starts from now on."""
    start = threading.Thread.start

    def starting(thread: threading.Thread) -> None:
        run = thread.run

        def running() -> None:
            raise_faults()
            run()

        thread.run = running
        start(thread)

    threading.Thread.start = starting


def in_processes() -> None:
    """Put this folder on the path of every Python process started from now on, also of those given an environment."""
    os.environ["PYTHONPATH"] = with_folder(os.environ)
    popen = subprocess.Popen.__init__

    def opening(process: subprocess.Popen, *arguments: object, **options: object) -> None:
        environment = options.get("env")
        if environment is not None:
            options["env"] = {**environment, "PYTHONPATH": with_folder(environment)}
        popen(process, *arguments, **options)

    subprocess.Popen.__init__ = opening


def with_folder(environment: dict[str, str]) -> str:
    """``PYTHONPATH`` of an environment, with this folder first."""
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path and path != HERE]
    return os.pathsep.join([HERE, *paths])


class AfterNumPy(importlib.abc.MetaPathFinder):
    """Raises faults as soon as NumPy is imported, and does not import it for that."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        """Let the others find NumPy, and step in once it has been executed."""
        if name != "numpy":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def executing(module: object) -> None:
                execute(module)
                raise_faults()

            spec.loader.exec_module = executing
        return spec


def everywhere() -> None:
    """Raise faults in this thread, in threads and processes to come, and as soon as NumPy is there."""
    if "numpy" not in sys.modules:
        sys.meta_path.insert(0, AfterNumPy())
    raise_faults()
    in_threads()
    in_processes()
