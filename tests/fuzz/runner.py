"""Runs cases in forked processes, watches what each takes, and keeps what failed."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import shlex
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import numpy as np

from tests.fuzz import commands, files, results
from tests.fuzz.case import Case, Failure
from tests.fuzz.sandbox import Watch

CPU_SECONDS = 10  # of one case: a bound against hanging, no claim of speed
STUCK_SECONDS = 90  # by the clock, for what waits and takes no processor time
MORE_BYTES = 2**30
SHARES = {"scenario": 45, "upload": 30, "sweep": 10, "results": 7, "game": 3, "calibration": 3, "cli": 2}
SCHEDULE = tuple(kind for kind, share in SHARES.items() for _ in range(share))
"""Kinds in a hundred cases."""
KINDS = tuple(dict.fromkeys(SCHEDULE))


@dataclass
class Outcome:
    """What came of one case; ``fault`` is empty where every promise held."""

    number: int
    kind: str
    what: str
    how: list[str]
    seconds: float
    fault: str = ""


@dataclass
class Tally:
    """Outcomes counted, and the faults among them."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[Outcome] = field(default_factory=list)
    slowest: list[Outcome] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.counts[outcome.kind, outcome.what] += 1
        self.seconds[outcome.kind] += outcome.seconds
        if outcome.fault:
            self.faults.append(outcome)
        self.slowest = sorted([*self.slowest, outcome], key=lambda each: -each.seconds)[:5]

    @property
    def total(self) -> int:
        """Number of cases."""
        return sum(self.counts.values())

    def of(self, kind: str, *whats: str) -> int:
        """Number of cases of a kind that ended in one of some ways, in any when none is given."""
        return sum(
            count for (each, what), count in self.counts.items() if each == kind and (not whats or what in whats)
        )


def kind_of(seed: int, number: int) -> str:
    """Kind of a case."""
    order = list(SCHEDULE)
    random.Random(f"{seed}/order/{number // len(order)}").shuffle(order)
    return order[number % len(order)]


def numbers(seed: int, kinds: Sequence[str]) -> Iterator[int]:
    """Numbers of the cases of some kinds, without end."""
    number = 0
    while True:
        if kind_of(seed, number) in kinds:
            yield number
        number += 1


def make(seed: int, number: int) -> Case:
    """Make a case again, the same every time."""
    kind = kind_of(seed, number)
    maker = {"results": results.make, "cli": commands.make}.get(kind, files.make)
    return maker(kind, random.Random(f"{seed}/{number}"))


class _TooLong(BaseException):
    """More processor time than a case may take."""


def run_case(seed: int, number: int, watch: Watch) -> Outcome:
    """Run one case in this process."""
    begun, case, fault = time.process_time(), None, ""
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="fuzz-")))
    what = "fault"
    try:
        case = make(seed, number)
        runner = {"results": results.run, "cli": commands.run}.get(case.kind, files.run)
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        what = runner(case, folder / "case" if (folder / "case").mkdir() is None else folder, watch)
    except Failure as error:
        fault = str(error)
    except _TooLong:
        fault = f"more than {CPU_SECONDS} s of processor time"
    except BaseException as error:
        trace = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {str(error)[:300]} ({Path(trace.filename).name}:{trace.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        watch.on = False
    seconds = time.process_time() - begun
    if not fault and (beside := sorted(set(os.listdir(folder)) - {"case"})):
        fault = f"wrote beside its folder: {beside[:3]}"
    shutil.rmtree(folder, ignore_errors=True)
    return Outcome(number, kind_of(seed, number), "fault" if fault else what, case.how if case else [], seconds, fault)


def _work(seed: int, mine: Any, here: Any, out: Any) -> None:
    """Run cases until there are no more; note the one at hand, in case this process does not live to tell."""
    np.seterr(under="ignore")  # as in use; what is too small to be told from nothing is nothing
    watch, grown = Watch(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + MORE_BYTES
    signal.signal(signal.SIGPROF, _stop)
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + 3 * MORE_BYTES, resource.RLIM_INFINITY))  # rather than the machine
    parent = os.getppid()
    while (number := _next(mine, parent)) is not None:
        here[0], here[1] = number, time.monotonic()
        outcome = run_case(seed, number, watch)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if used > grown and not outcome.fault:
            outcome.fault, outcome.what = f"took {(used - grown + MORE_BYTES) / 2**20:.0f} MiB", "fault"
            grown = used
        out.put(outcome)
    out.put(None)


def _next(mine: Any, parent: int) -> int | None:
    """Return the next number; None when there are no more, or nobody to tell what comes of it."""
    while os.getppid() == parent:
        with suppress(Empty):
            return mine.get(timeout=5)
    return None


def _stop(_number: int, _frame: Any) -> None:
    raise _TooLong


class _Worker:
    def __init__(self, context: Any, seed: int, mine: Any, out: Any) -> None:
        self.here = context.Array("d", [-1.0, 0.0], lock=False)
        self.process = context.Process(target=_work, args=(seed, mine, self.here, out), daemon=True)
        self.process.start()


def fuzz(seed: int, cases: int | None, kinds: Sequence[str] = KINDS, jobs: int = 2, seconds: float | None = None,
         told: Any = None) -> Tally:  # fmt: skip
    """Run cases of some kinds.

    Parameters
    ----------
    seed : int
        Root of all cases.
    cases : int or None
        How many; None for as many as there is time for.
    seconds : float, optional
        When to stop by the clock.
    told : callable, optional
        Called with each fault.
    """
    prepare(kinds)
    context = multiprocessing.get_context("fork")
    mine, out, tally = context.Queue(maxsize=200), context.Queue(), Tally()
    workers = [_Worker(context, seed, mine, out) for _ in range(jobs)]
    todo, end = numbers(seed, kinds), time.monotonic() + (seconds or 1e9)
    sent = 0
    while True:
        while sent - tally.total < 100 and (cases is None or sent < cases) and time.monotonic() < end:
            mine.put(next(todo))
            sent += 1
        if tally.total >= sent:
            break
        with suppress(Empty):
            outcome = out.get(timeout=1)
            tally.add(outcome)
            if outcome.fault and told:
                told(outcome)
        for at, worker in enumerate(workers):
            waited = time.monotonic() - worker.here[1] if worker.here[0] >= 0 else 0.0
            stuck = waited > STUCK_SECONDS and worker.process.is_alive()
            if stuck:
                worker.process.kill()
                worker.process.join()
            if not worker.process.is_alive():
                number = int(worker.here[0])
                what = "it hangs" if stuck else f"the process died ({worker.process.exitcode})"
                lost = Outcome(number, kind_of(seed, number), "fault", [], 0.0, what)
                tally.add(lost)
                if told:
                    told(lost)
                workers[at] = _Worker(context, seed, mine, out)
    for _ in workers:
        mine.put(None)
    for worker in workers:
        worker.process.join(10)
        if worker.process.is_alive():
            worker.process.kill()
    return tally


def prepare(kinds: Sequence[str]) -> None:
    """Import and read once, before processes are forked, what every case needs."""
    from sim.dashboard import plans  # noqa: F401
    from sim.sweeps import loader  # noqa: F401
    from tests.fuzz.seeds import seeds

    for kind in ("scenario", "sweep", "game", "calibration"):
        for seed in seeds(kind):
            seed.tree()
    if "results" in kinds:
        results.saved()
    import sim.cli  # noqa: F401
    import sim.market  # noqa: F401
    import sim.verbs.results  # noqa: F401
    import sim.verbs.sweep  # noqa: F401


def keep(seed: int, outcome: Outcome, place: Path) -> Path:
    """Save the files of a case with a line that repeats it."""
    folder = place / f"{outcome.kind}-{seed}-{outcome.number}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "case").mkdir(parents=True)
    case = make(seed, outcome.number)
    with suppress(OSError):
        case.lay_out(folder / "case")
    lines = [f"python -m tests.fuzz --seed {seed} --case {outcome.number}", outcome.fault, *outcome.how]
    if case.sets:
        lines.append("arguments: " + shlex.join(case.sets))
    (folder / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", errors="backslashreplace")
    return folder
