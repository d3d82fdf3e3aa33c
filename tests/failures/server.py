"""Runs commands in children of one process that has imported everything, and hits them where a test says.

A request is a line of JSON: the words of a command, and what happens at the n-th change to the files under a folder:
the child is killed as by ``kill -9``, or an error comes from the system, then or from then on. So is the answer.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import pkgutil
import signal
import sys
import tempfile
from pathlib import Path

CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate")
FREEING = ("os.remove", "os.rmdir")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Hit:
    """An audit hook that counts changes to files under a folder, and does something at one of them."""

    def __init__(self, under: str, at: int | None, do: str, lasting: bool) -> None:
        self.under, self.at, self.do, self.lasting = under, at, do, lasting
        self.count = 0

    def __call__(self, event: str, arguments: tuple) -> None:
        if event not in CHANGES and not (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING):
            return
        if not isinstance(arguments[0], (str, bytes, os.PathLike)):
            return
        path = os.fsdecode(arguments[0])
        try:
            path = os.path.abspath(path)
        except FileNotFoundError:  # the working folder has gone
            return
        if not path.startswith(self.under):
            return
        self.count += 1
        if self.at is None or self.count < self.at or (self.count > self.at and not self.lasting):
            return
        if self.do == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if not (self.do == "ENOSPC" and event in FREEING):  # a full disk lets go of files
            number = getattr(errno, self.do)
            raise OSError(number, os.strerror(number), path)


def child(request: dict, files: list[int], ready: int, go: int) -> None:
    """Run the command of a request and leave with its exit code."""
    for number, handle in enumerate(files, start=1):
        os.dup2(handle, number)
    os.chdir(request.get("cwd", "/"))
    if request.get("gone"):
        os.rmdir(request["cwd"])
    if request.get("uid"):
        os.setgid(request["uid"])
        os.setuid(request["uid"])
    hit = Hit(
        request.get("under", "/nowhere"), request.get("at"), request.get("do", "kill"), request.get("lasting", False)
    )
    sys.argv = ["singledesk", *request["words"]]
    os.write(ready, b"x")
    os.read(go, 1)
    sys.addaudithook(hit)
    code = 70
    try:
        from sim.cli import main

        main()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(2, f"\nchanges: {hit.count}".encode())
        os._exit(code)


def answer(request: dict) -> list[dict]:
    """Run the command as often as wanted, all at once."""
    ready, go = os.pipe(), os.pipe()
    started = []
    for _ in range(request.get("times", 1)):
        files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115 - closed when they have been read
        pid = os.fork()
        if pid == 0:
            child(request, [file.fileno() for file in files], ready[1], go[0])
        started.append((pid, files))
    for _ in started:
        os.read(ready[0], 1)
    os.write(go[1], b"x" * len(started))
    found = []
    for pid, files in started:
        _, status = os.waitpid(pid, 0)
        texts = []
        for file in files:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
            file.close()
        err, _, count = texts[1].partition("\nchanges: ")
        found.append(
            {"code": os.waitstatus_to_exitcode(status), "out": texts[0], "err": err, "changes": int(count or 0)}
        )
    for handle in (*ready, *go):
        os.close(handle)
    return found


def serve() -> None:
    """Answer requests until there are no more."""
    replies = os.fdopen(os.dup(1), "w")
    importlib.import_module("encodings.utf_8_sig")  # a user who may not read Python's own files has it all the same
    import sim.verbs

    for module in pkgutil.iter_modules(sim.verbs.__path__):
        if module.name not in ("dashboard", "animate"):
            importlib.import_module(f"sim.verbs.{module.name}")
    if "--no-figures" in sys.argv:
        import sim.verbs.compare
        import sim.verbs.game
        import sim.verbs.run

        for verb in (sim.verbs.run, sim.verbs.compare, sim.verbs.game):
            verb.drawn = lambda *_given: iter(())
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=replies, flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    serve()
