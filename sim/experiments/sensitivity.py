"""Sensitivity indices of one outcome, through SALib: arrays in, a table out.

Every function returns a frame with the columns ``COLUMNS``: the name of the index, the factor, the other factor of a
second-order index (else empty), the value and its confidence interval. A value without an interval has NaN in ``low``
and ``high``.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ["index", "factor", "other", "value", "low", "high"]
NO_EFFECT = "(no effect)"
"""Stands for a factor that does nothing, where an index of such a factor is not zero."""
CONSTANT = 1e-12  # spread over size under which an outcome is rounding and nothing else
HARMONICS = 10  # of RBD-FAST's Fourier series: Tarantola et al. (2006) take 6 to 10
MIN_GIVEN = 6 * HARMONICS  # its bootstrap takes half the points, and needs more than two for each harmonic
SLIDES = 10  # of PAWN, as Pianosi and Wagener (2018)
RESOLUTION = 0.05  # a share of the variance too small to ask more points for


class Undetermined(ValueError):
    """Indices that these points cannot give; the message says why."""


@dataclass(frozen=True)
class Confidence:
    """How intervals are made: their level (0 to 1), bootstrap samples and the seed of these."""

    level: float = 0.95
    resamples: int = 200
    seed: int = 1997

    def arguments(self) -> dict[str, Any]:
        """Make the keyword arguments of SALib; it takes a seed of 0 for none."""
        return {"num_resamples": self.resamples, "conf_level": self.level, "seed": 1 + self.seed % (2**32 - 1)}


def is_constant(y: np.ndarray) -> bool:
    """Whether an outcome is the same at every point, up to rounding."""
    with np.errstate(under="ignore"):  # of outcomes next to nothing the part is nothing
        return bool(np.ptp(y) <= CONSTANT * np.abs(y).max())


def sobol_indices(y: np.ndarray, factors: Sequence[str], second_order: bool, confidence: Confidence) -> pd.DataFrame:
    """Shares of the variance due to each factor (S1, S2, ST), from a Saltelli design.

    S1 as equation (b) of Table 2 in Saltelli et al. (2010), *Computer Physics Communications* 181; ST as equation (f)
    there, Jansen (1999), *Computer Physics Communications* 117; S2 as Saltelli (2002), *ibid.* 145. Intervals: normal,
    from bootstrap samples of the base samples.

    Parameters
    ----------
    y : ndarray, shape (N * (k + 2),), or (N * (2 k + 2),) with second order
        Outcome at the points, in the order in which SALib makes them.
    factors : sequence of k str
    second_order : bool
        Whether the design has the points for S2.
    confidence : Confidence

    Raises
    ------
    Undetermined
        The outcome is the same in all base samples, though not at every point.
    """
    from SALib.analyze import sobol

    step = (2 if second_order else 1) * len(factors) + 2
    if is_constant(np.concatenate([y[::step], y[step - 1 :: step]])):
        raise Undetermined("it is the same in all base samples, though not at every point")
    with warnings.catch_warnings():  # of a bootstrap sample with one value in it
        warnings.simplefilter("ignore", UserWarning)
        found = sobol.analyze(_problem(factors), y, calc_second_order=second_order, **confidence.arguments())
    lines = [
        _line(name, factor, found[name][i], found[f"{name}_conf"][i])
        for name in ("S1", "ST")
        for i, factor in enumerate(factors)
    ]
    if second_order:
        lines += [
            _line("S2", factors[i], found["S2"][i, j], found["S2_conf"][i, j], factors[j])
            for i in range(len(factors))
            for j in range(i + 1, len(factors))
        ]
    return pd.DataFrame(lines, columns=COLUMNS)


def morris_indices(
    x: np.ndarray, y: np.ndarray, factors: Sequence[str], levels: int, confidence: Confidence
) -> pd.DataFrame:
    """Elementary effects of each factor: mean size (mu_star), mean (mu), standard deviation (sigma).

    Morris (1991), *Technometrics* 33; mu_star: Campolongo et al. (2007), *Environmental Modelling & Software* 22. An
    effect is the change of the outcome over that of the factor's place in its distribution, so its unit is that of the
    outcome per full range. Intervals: normal, from bootstrap samples of the trajectories.

    Parameters
    ----------
    x : ndarray, shape (trajectories * (k + 1), k)
        Factor values, one trajectory after the other.
    y : ndarray, shape (trajectories * (k + 1),)
    factors : sequence of k str
    levels : int
        Levels of the design's grid.
    confidence : Confidence

    Raises
    ------
    Undetermined
        Only one trajectory.
    """
    from SALib.analyze import morris

    size = len(factors) + 1
    if len(y) < 2 * size:
        raise Undetermined("it takes two trajectories to see a spread")
    problem, names = _problem(factors), ("mu_star", "mu", "sigma")
    walks = x.reshape(-1, size, len(factors)), y.reshape(-1, size)

    def effects(chosen: np.ndarray | slice) -> np.ndarray:
        found = morris.analyze(
            problem, walks[0][chosen].reshape(-1, len(factors)), walks[1][chosen].reshape(-1),
            num_levels=levels, num_resamples=2, seed=1,
        )  # fmt: skip
        return np.array([np.asarray(found[name], dtype=float) for name in names])

    values = effects(slice(None))
    rng = np.random.default_rng(confidence.seed)
    count = len(walks[1])
    samples = np.array([effects(rng.integers(count, size=count)) for _sample in range(confidence.resamples)])
    half = half_width(samples, confidence.level)
    lines = [
        _line(name, factor, values[n, i], half[n, i])
        for n, name in enumerate(names)
        for i, factor in enumerate(factors)
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def given_data_indices(
    x: np.ndarray, y: np.ndarray, factors: Sequence[str], confidence: Confidence
) -> pd.DataFrame:  # fmt: skip
    """S1 and PAWN from points that were drawn at random, whatever for.

    S1 by RBD-FAST: Tarantola et al. (2006), *Reliability Engineering & System Safety* 91; Plischke (2010), *ibid.* 95.
    ``pawn`` is the median Kolmogorov-Smirnov distance between the outcome's distribution and that within slides of the
    factor: Pianosi and Wagener (2018), *Environmental Modelling & Software* 108. Beside the factors stands what one
    without effect stays under at the level of confidence.

    Parameters
    ----------
    x : ndarray, shape (points, k)
    y : ndarray, shape (points,)
    factors : sequence of k str
    confidence : Confidence

    Raises
    ------
    Undetermined
        Fewer points than ``MIN_GIVEN``, or nearly all with the same outcome.
    """
    from SALib.analyze import pawn, rbd_fast
    from scipy.stats import rankdata

    if len(y) < MIN_GIVEN:
        raise Undetermined(f"{len(y)} points; indices from random points need at least {MIN_GIVEN}")
    problem = _problem(factors)
    with np.errstate(divide="ignore", invalid="ignore"):  # a bootstrap sample with one value in it
        first = rbd_fast.analyze(problem, x, y, M=HARMONICS, **confidence.arguments())
    if not np.isfinite([first["S1"], first["S1_conf"]]).all():
        raise Undetermined("nearly all points have the same outcome")
    # Ranks, because PAWN's slides leave out the highest value of a factor, and with it the last of a few levels.
    distance = pawn.analyze(problem, rankdata(x, axis=0, method="ordinal"), y, S=SLIDES)["median"]
    lines = [_line("S1", factor, first["S1"][i], first["S1_conf"][i]) for i, factor in enumerate(factors)]
    lines += [_line("pawn", factor, distance[i]) for i, factor in enumerate(factors)]
    lines.append(_line("pawn", NO_EFFECT, _pawn_of_nothing(len(y), confidence)))
    return pd.DataFrame(lines, columns=COLUMNS)


@cache
def _pawn_of_nothing(points: int, confidence: Confidence) -> float:
    """PAWN of factors without effect at the level of confidence; it depends on the number of points alone."""
    from SALib.analyze import pawn

    rng = np.random.default_rng(confidence.seed)
    shuffled = np.column_stack([rng.permutation(points) for _sample in range(100)])
    problem = _problem([str(i) for i in range(shuffled.shape[1])])
    distance = pawn.analyze(problem, shuffled, np.arange(points, dtype=float), S=SLIDES)["median"]
    return float(np.quantile(distance, confidence.level))


def half_width(samples: np.ndarray, level: float) -> np.ndarray:
    """Half the width of normal intervals, from bootstrap samples along the first axis."""
    from scipy.stats import norm

    half_width: np.ndarray = norm.ppf(0.5 + level / 2) * samples.std(axis=0, ddof=1)
    return half_width


def sample_needed(indices: pd.DataFrame, sample: int) -> tuple[int, Any] | None:
    """Sample size that would bring the least certain S1, ST or mu_star down to its own size, and its line.

    Intervals narrow with the square root of the sample. Indices under ``RESOLUTION`` (of the variance, or of the
    largest mu_star) need no more than that width. None when every interval is narrow enough.
    """
    own = indices[indices["index"].isin(["S1", "ST", "mu_star"]) & indices["high"].notna()]
    if own.empty:
        return None
    effects = own["index"] == "mu_star"
    least = np.where(effects, RESOLUTION * own["value"].where(effects, 0.0).max(), RESOLUTION)
    wanted = np.maximum(own["value"].to_numpy(), least)
    width = (own["high"] - own["value"]).to_numpy()
    ratio = np.divide(width, wanted, out=np.zeros_like(width), where=wanted > 0)
    worst = int(ratio.argmax())
    return None if ratio[worst] <= 1 else (math.ceil(sample * ratio[worst] ** 2), own.iloc[worst])


def _problem(factors: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}


def _line(index: str, factor: str, value: float, half: float = math.nan, other: str = "") -> list[Any]:
    return [index, factor, other, float(value), float(value - half), float(value + half)]
