"""The study's confidential prices and tonnages, inferred: the least stretched inputs that give each row of Table 2.

An inference, not data: public figures bound the inputs, Table 2's four figures a year pin down four combinations of
them, and the rest stays where the prior put it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from sim.experiments.least_stretch import Solution, least_stretch
from sim.experiments.study_priors import INPUTS, PRICES, Priors, read_priors, segments_of
from sim.measures.arrays import mean, total
from sim.shipped import AVERAGE
from sim.streams import Streams
from sim.study import COLUMNS, DEFAULT, Assumptions, Effects, effects
from sim.study_segments import Segments

DRAWS, SEED = 200, 1997
LOWEST_PREMIUM_CAD_T = 5.0
"""What malting barley earns over the pooled feed price at least: a third of what the study leaves it without a desk."""
LOWEST_QUANTITY_KT = 1.0
MARGIN_CAD_T = 0.1
"""How far a feed market stays from the price at which it would leave the market under multiple sellers."""
REACH = 2.0
"""Draws of a prior are cut at this many standard deviations; nothing public reaches further."""
NEARER = (0.5, 0.0)
"""Where a draw is not made to give its row, the search starts again from this share of its distance to the prior."""
HALF_PRINTED = (0.005, 0.005, 0.005, 0.5)
"""Half a unit of the last printed digit of each column of Table 2."""
TOLERANCE = (0.01, 0.01, 0.01, 0.5)
"""How closely a draw must give its row to count: C$/t, and million C$."""
DECIMALS = 3
RANGES = {
    "reference_elasticity": (10.0, 40.0),
    "domestic_elasticity": (0.2, 1.0),
    "malting_premium_cad_t": (5.0, 25.0),
    "supply_elasticity": (0.0, 0.5),
}
"""Assumptions of the joint draws: uniform, the reference elasticity in its logarithm; demand is linear."""


class ReconstructionError(ValueError):
    """No set of inputs was found that gives a crop year's row."""


@dataclass(frozen=True)
class Reconstruction:
    """Inferred inputs of every crop year, in the order of ``INPUTS``.

    Attributes
    ----------
    priors : Priors
    inputs : ndarray, shape (input, crop year, 1)
        The least stretched set, C$/t and kt, rounded as published in ``scenarios/data/reconstruction.csv``.
    stretch : ndarray, shape (input, crop year)
        Inferred less prior, in prior standard deviations.
    draws : ndarray, shape (input, crop year, draw)
        What else would give the rows; each draw within the rounding of the printed figures.
    reached_share : ndarray, shape (crop year,)
        Share of draws that gave their row at once; the others were drawn nearer to the prior until they did.
    """

    priors: Priors
    inputs: np.ndarray
    stretch: np.ndarray
    draws: np.ndarray
    reached_share: np.ndarray

    @property
    def segments(self) -> Segments:
        """The inferred segments, arrays of shape (segment, crop year, 1)."""
        return segments_of(self.inputs)

    def effects(self, assumptions: Assumptions = DEFAULT) -> Effects:
        """Return the study's effects on the inferred segments, arrays of shape (crop year, 1)."""
        return effects(self.segments, assumptions, strict=False)


def unit_of(name: str) -> str:
    """Unit of an input."""
    return "C$/t" if name in PRICES else "kt"


def reconstruct(draws: int = DRAWS, seed: int = SEED, priors: Priors | None = None) -> Reconstruction:
    """Infer the inputs of all crop years, and draw from what else is compatible with Table 2.

    Parameters
    ----------
    draws, seed : int
        Draws of the inputs. Each is a draw from the prior, moved as little as possible until it gives the printed row
        plus a rounding error.
    priors : Priors, optional
        The shipped public figures when absent.

    Raises
    ------
    ReconstructionError
        A crop year for which nothing was found; the message names it and the miss.
    """
    priors = priors or read_priors()
    found = _solve(priors, priors.published[..., None], np.zeros((*priors.mean.shape, 1)))
    if not found.converged.all():
        lost = [year for year, good in zip(priors.crop_years, found.converged[:, 0], strict=True) if not good]
        raise ReconstructionError(f"no least stretched inputs found for {', '.join(lost)}")
    inputs = priors.mean[..., None] + priors.sd[..., None] * found.stretch
    inputs = np.round(inputs, DECIMALS)
    stretch = (inputs[..., 0] - priors.mean) / priors.sd
    return Reconstruction(priors, inputs, stretch, *_draw(priors, draws, seed))


def _draw(priors: Priors, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Randomise, then project: draws (input, crop year, draw) and the share of each year that worked at once."""
    streams, years = Streams(seed, draws), priors.crop_years
    low, high = ndtr(-REACH), ndtr(REACH)
    near = [ndtri(low + (high - low) * streams.uniform("reconstruction", "inputs", y, len(INPUTS))) for y in years]
    error = np.stack([streams.uniform("reconstruction", "rounding", y, len(COLUMNS)) for y in years], axis=1)
    target = priors.published[..., None] + (2 * error - 1) * np.reshape(HALF_PRINTED, (-1, 1, 1))
    found = _solve(priors, target, np.stack(near, axis=1))
    stretch, miss = found.stretch, found.miss
    off = _misses(miss)
    reached = 1 - off.mean(axis=-1)
    for part in NEARER:
        if off.any():
            again = _solve(priors, target, part * np.stack(near, axis=1), off)
            stretch, miss = np.where(off, again.stretch, stretch), np.where(off, again.miss, miss)
            off = _misses(miss)
    if off.any():
        lost = [year for year, bad in zip(years, np.logical_or.reduce(off, axis=-1), strict=True) if bad]
        raise ReconstructionError(f"draws that cannot be made to give the row of {', '.join(lost)}")
    return priors.mean[..., None] + priors.sd[..., None] * stretch, reached


def _misses(miss: np.ndarray) -> np.ndarray:
    misses: np.ndarray = ~(np.abs(miss) < np.reshape(TOLERANCE, (-1, 1, 1))).all(axis=0)
    return misses


@dataclass(frozen=True)
class _Rows:
    """Rows of Table 2 to reproduce: a case is a crop year in one draw."""

    prior: np.ndarray
    sd: np.ndarray
    feed_change_cad_t: np.ndarray

    def figures(self, z: np.ndarray, cases: np.ndarray) -> np.ndarray:
        return effects(segments_of(self.prior[:, cases] + self.sd[:, cases] * z)).columns()

    def lowest(self, z: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """Keep the offshore price in sight of its prior, the desk feasible and every market in business."""
        prior, sd = self.prior[:, cases], self.sd[:, cases]
        inputs = prior + sd * z
        bound = np.full(z.shape, LOWEST_QUANTITY_KT)
        reference, pool = inputs[0], segments_of(inputs).pool_price_cad_t
        marginal = reference * (1 - 1 / DEFAULT.reference_elasticity)
        # a market's demand ends at 2 P less marginal revenue, and the new feed price must stay below that
        bound[1:3] = np.maximum(marginal, (marginal + pool + self.feed_change_cad_t[cases]) / 2) - reference
        bound[1:3] += MARGIN_CAD_T
        bound[3 : len(PRICES)] = LOWEST_PREMIUM_CAD_T
        bound = (bound - prior) / sd
        bound[0] = -2 * REACH
        lowest: np.ndarray = bound
        return lowest


def _solve(priors: Priors, target: np.ndarray, near: np.ndarray, chosen: np.ndarray | None = None) -> Solution:
    """Solve crop years and draws at once, arrays of shape (..., crop year, draw); only the ``chosen`` where given."""
    cases = near.shape[1:]
    at = np.arange(near[0].size) if chosen is None else np.flatnonzero(chosen)
    year = at // cases[1]
    rows = _Rows(priors.mean[:, year], priors.sd[:, year], priors.published[0, year])
    found = least_stretch(rows, target.reshape(len(target), -1)[:, at], near.reshape(len(near), -1)[:, at])

    def shaped(values: np.ndarray) -> np.ndarray:
        whole = np.zeros((*values.shape[:-1], near[0].size), dtype=values.dtype)
        whole[..., at] = values
        return whole.reshape(*values.shape[:-1], *cases)

    return Solution(shaped(found.stretch), shaped(found.miss), shaped(found.converged))


def assumption_draws(draws: int, seed: int) -> Assumptions:
    """Assumptions drawn from ``RANGES``, one set per draw, the same for all crop years."""
    uniform = Streams(seed, draws).uniform("reconstruction", "assumptions", "all", len(RANGES))
    values = {}
    for (name, (low, high)), u in zip(RANGES.items(), uniform, strict=True):
        values[name] = low * (high / low) ** u if name == "reference_elasticity" else low + (high - low) * u
    return Assumptions(**values)


def interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """5 and 95 % of the draws (last axis) that have a value; NaN where none has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, for an empty set of draws
        low, high = np.nanquantile(draws, [0.05, 0.95], axis=-1)
    return low, high


def with_average(rows: np.ndarray) -> np.ndarray:
    """Append the plain mean of the crop years to (column, crop year, draw)."""
    return np.concatenate([rows, (total(np.moveaxis(rows, 1, 0)) / rows.shape[1])[:, None]], axis=1)


def replication_table(
    draws: int = DRAWS, seed: int = SEED, reconstruction: Reconstruction | None = None
) -> pd.DataFrame:
    """Table 2: published, reproduced, and the 90 % interval of joint draws.

    Parameters
    ----------
    draws, seed : int
        Draws of the inputs and, jointly, of the assumptions in ``RANGES``.
    reconstruction : Reconstruction, optional
        One made with the same draws and seed, to save the time of making it.

    Returns
    -------
    DataFrame
        row (crop year or ``average``), column, published, simulated (the least stretched inputs at the study's
        assumptions), low, high (5 % and 95 % of the draws in which the single desk is feasible).
    """
    made = reconstruction or reconstruct(draws, seed)
    point = with_average(made.effects().columns())[..., 0]
    cloud = with_average(effects(segments_of(made.draws), assumption_draws(draws, seed), strict=False).columns())
    low, high = interval(cloud)
    published = np.column_stack([made.priors.published, made.priors.published_average])
    rows = [*made.priors.crop_years, AVERAGE]
    return pd.DataFrame(
        [
            (row, column, *(float(table[c, r]) for table in (published, point, low, high)))
            for r, row in enumerate(rows)
            for c, column in enumerate(COLUMNS)
        ],
        columns=["row", "column", "published", "simulated", "low", "high"],
    )


def printed_average_gap(priors: Priors) -> np.ndarray:
    """Printed averages of Table 2 less the mean of its printed rows, shape (column,)."""
    printed_average_gap: np.ndarray = priors.published_average - mean(priors.published.T)
    return printed_average_gap
