"""What the properties draw their examples from: numbers of every size, arrays with the draw last, whole scenarios."""

from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

SCENARIOS = Path(__file__).parent.parent / "scenarios"
DRAWS = 3


def examples(count):
    """``count`` examples, and as many times more as the profile in force wants beyond the house's hundred."""
    return settings(max_examples=max(1, count * settings.default.max_examples // 100))


def arrays(item, *shape):
    """Arrays (..., draw) of an item."""
    size = int(np.prod(shape))
    return st.lists(item, min_size=size, max_size=size).map(lambda values: np.array(values, dtype=float).reshape(shape))


def draws_of(item, draws=DRAWS):
    """Arrays (draw,) of an item."""
    return arrays(item, draws)


MONEY = st.sampled_from([0.0, 50.0, 80.0]) | st.floats(0.0, 300.0)
"""Prices in C$/t, with zeros and ties."""

TONNES = st.sampled_from([0.0, 10.0]) | st.floats(0.0, 5000.0)
"""Tonnes in kt, with zeros and ties."""

POWERS = st.integers(-30, 30).map(lambda power: 2.0**power)
"""Changes of unit that floating point makes exactly: a result scaled by them has the same bits."""


@st.composite
def tenders(draw, offers=8, draws=DRAWS, money=MONEY, tonnes=TONNES):
    """Demand and up to so many offers: choke price, slope, tonnes, reserve prices."""
    count = draw(st.integers(0, offers))
    choke = draw(arrays(st.sampled_from([0.0, 0.25]) | st.floats(1e-3, 400.0), draws))
    slope = draw(arrays(st.floats(1e-3, 10.0), draws))
    return choke, slope, draw(arrays(tonnes, count, draws)), draw(arrays(money, count, draws))


def one(*values):
    """A column: several rows, one draw."""
    return np.array(values, dtype=float)[:, None]


def same_bits(left, right):
    """Whether two results, arrays or tuples of arrays, agree to the last bit."""
    if isinstance(left, tuple | list):
        return len(left) == len(right) and all(same_bits(a, b) for a, b in zip(left, right, strict=True))
    return np.array_equal(np.asarray(left), np.asarray(right))


def column(arrays_, number):
    """One draw of each of several arrays (..., draw), as arrays (..., 1)."""
    return [values[..., number : number + 1] for values in arrays_]
