"""Work for engines, in a module that a worker imports in no time."""

import os
import signal
from pathlib import Path

import numpy as np


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def first_time(marker):
    """Whether nobody has been here before, in any process."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


class Numbers:
    def __init__(self, **settings):
        vars(self).update(settings)

    def run(self, number, progress):
        progress(2)
        return np.random.default_rng(number).normal(size=3).tobytes()


class Talkative:
    """Says more than a pipe holds, about work that a pipe does not hold either."""

    def run(self, number, load, progress):
        for _ in range(5000):
            progress(1)
        return number, len(load)


class KilledOnce(Numbers):
    def run(self, number, progress):
        if number == 3 and first_time(self.marker):
            die()
        return super().run(number, progress)


class Poisoned(Numbers):
    def run(self, number, progress):
        if number == 3:
            die()
        return super().run(number, progress)


class TwoWords(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


class Failing(Numbers):
    def run(self, number, progress):
        if number == 3:
            raise self.error
        return super().run(number, progress)


class Unpacked(Numbers):
    def run(self, number, progress):
        return lambda: number


class OfTheWorker(Numbers):
    def run(self, number, progress):
        return os.getpid(), os.environ.get("OMP_NUM_THREADS")


class Begun(Numbers):
    def run(self, number, progress):
        (Path(self.folder) / str(number)).touch()
        return number


class FailingOnTheSpot(Numbers):
    def run(self, number, progress):
        raise TwoWords("not", "so")


def killed_half_way(loaded, draws, first_draw=0, progress=None, seed=None, marker=""):
    """Simulate a chunk; the first worker to reach the seventh period of draw 1 is killed there."""
    from sim.experiments.ensemble import run_chunk

    periods = 0

    def count(done):
        nonlocal periods
        periods += done
        if first_draw == 1 and periods == 7 and first_time(marker):
            die()
        progress(done)

    return run_chunk(loaded, draws, first_draw, count, seed)
