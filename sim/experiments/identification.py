"""What a calibration's figures say about its parameters: slopes, sensitivities, errors, what is not identified.

Notation: ``G`` (moment, parameter) are the slopes of the simulated moments, ``W`` the weights (diagonal), ``omega`` the
covariance of published less simulated moments at the true parameters. A minimum of ``(m - p)' W (m - p)`` moves with
the published moments ``p`` by ``Lambda = (G'WG)^-1 G'W``. That is Andrews, Gentzkow and Shapiro (2017), whose moment is
``p - m`` with slopes ``-G``, so that their ``-(G'WG)^-1 G'W`` is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RANK_TOLERANCE = 1e-6
"""Part of the largest singular value under which a direction moves no moment."""
LOADING = 0.1
"""Part of such a direction from which a parameter belongs to it."""
IDENTIFIED, WEAK, UNIDENTIFIED, AT_BOUND = "identified", "weak", "not identified", "at bound"


@dataclass(frozen=True)
class Identification:
    """What the moments say about each parameter.

    Attributes
    ----------
    status : tuple of str
        ``identified``; ``weak``: the standard error is no smaller than the spread of a number known only to lie within
        its bounds (range / sqrt 12); ``not identified``: part of a direction that moves no moment; ``at bound``: held
        there, as are its standard error and sensitivity.
    slopes : ndarray, shape (moment, parameter)
        ``G``, unit of the moment per unit of the parameter.
    sensitivity : ndarray, shape (parameter, moment)
        ``Lambda``, NaN for parameters without one.
    standard_error, simulation_error : ndarray, shape (parameter,)
        Of everything, and of the draws' number alone.
    share : ndarray, shape (parameter, moment)
        Part of the parameter's standard error that one standard deviation of the moment alone would make.
    singular_values : ndarray
        Of ``W^1/2 G`` in ranges of the parameters: by how many scales the moments move along each direction.
    weakest : ndarray, shape (parameter,)
        Direction that moves the moments least, in ranges of the parameters; zero for parameters at a bound.
    condition_number : float
        Largest over smallest singular value; infinite when a direction moves nothing.
    """

    status: tuple[str, ...]
    slopes: np.ndarray
    sensitivity: np.ndarray
    standard_error: np.ndarray
    simulation_error: np.ndarray
    share: np.ndarray
    singular_values: np.ndarray
    weakest: np.ndarray
    condition_number: float


def identify(
    slopes: np.ndarray, weights: np.ndarray, covariance: np.ndarray, width: np.ndarray, at_bound: np.ndarray,
    draws: int, histories: int = 1,
) -> Identification:  # fmt: skip
    """Say what the moments tell about each parameter.

    The published figures are means over ``histories`` draws of the world's luck, the simulated ones over ``draws``;
    both have the covariance ``C`` of single draws, so ``omega = (1 / histories + 1 / draws) C`` and the estimates have
    the covariance ``Lambda omega Lambda'``. Limits: with as many draws as one likes only the world's luck is left; for
    one parameter and one moment the standard error is the moment's over the size of the slope, whatever the weight.

    Parameters
    ----------
    slopes : ndarray, shape (moment, parameter)
        ``G``.
    weights : ndarray, shape (moment,)
        Diagonal of ``W``.
    covariance : ndarray, shape (moment, moment)
        ``C``.
    width : ndarray, shape (parameter,)
        Distance of the bounds.
    at_bound : ndarray of bool, shape (parameter,)
    draws, histories : int
    """
    count = slopes.shape[1]
    free = np.flatnonzero(~at_bound)
    root = np.sqrt(weights)[:, None]
    scaled = root * slopes[:, free] * width[free]
    left, sizes, right = np.linalg.svd(scaled, full_matrices=False)
    moving = sizes > RANK_TOLERANCE * sizes.max(initial=0.0)
    inverse = (right[moving].T / sizes[moving]) @ left[:, moving].T * root.T * width[free, None]
    lost = np.sum(np.square(right[moving]), axis=0) < 1 - LOADING**2
    known = free[~lost]

    sensitivity = np.full((count, len(weights)), np.nan)
    sensitivity[known] = inverse[~lost]
    spread = np.einsum("pm,mn,pn->p", sensitivity, covariance, sensitivity)
    spread = np.sqrt(np.maximum(spread, 0.0))
    error = spread * np.sqrt(1 / histories + 1 / draws)
    alone = np.abs(sensitivity) * np.sqrt(np.diag(covariance))
    share = np.divide(alone, spread[:, None], out=np.full_like(alone, np.nan), where=spread[:, None] > 0)

    status = np.full(count, UNIDENTIFIED, dtype=object)
    status[known] = np.where(error[known] < width[known] / np.sqrt(12), IDENTIFIED, WEAK)
    status[at_bound] = AT_BOUND
    weakest = np.zeros(count)
    if len(free) and len(sizes):
        weakest[free] = right[-1]
    smallest = sizes.min(initial=np.inf)
    condition = sizes.max(initial=0.0) / smallest if len(sizes) and moving.all() else np.inf
    return Identification(
        status=tuple(status.tolist()), slopes=slopes, sensitivity=sensitivity, standard_error=error,
        simulation_error=spread / np.sqrt(draws), share=share, singular_values=sizes, weakest=weakest,
        condition_number=float(condition),
    )  # fmt: skip
