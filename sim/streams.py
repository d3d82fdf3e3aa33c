"""Random streams: one per (purpose, agent, crop year, draw), keyed by name.

A stream is a block of a counter-based generator (Philox; Salmon et al., 2011). The key comes from the names, the
position from the number of the draw, so draw k holds the same numbers alone, in any ensemble and in any chunk of one; a
new agent or purpose has a key of its own and moves nobody's luck; and a longer horizon leaves earlier years alone.
"""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.special import ndtri

WORDS_PER_COUNT = 4  # Philox makes four 64-bit words per count, and a uniform number takes one word


class Streams:
    """Uniform and normal numbers for the draws ``first_draw .. first_draw + draws - 1``."""

    def __init__(self, seed: int, draws: int, first_draw: int = 0) -> None:
        if draws < 1 or first_draw < 0:
            raise ValueError(f"draws must be at least 1 and first_draw at least 0, got {draws} and {first_draw}")
        self.seed, self.draws, self.first_draw = seed, draws, first_draw

    def uniform(self, purpose: str, agent: str, crop_year: str, count: int) -> np.ndarray:
        """``count`` numbers in (0, 1) for every draw, shape (count, draw)."""
        name = "\x1f".join((str(self.seed), purpose, agent, crop_year))
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "little")
        counts = -(-count // WORDS_PER_COUNT)
        bits = np.random.Philox(key=key)
        bits.advance(self.first_draw * counts)
        block = np.random.Generator(bits).random((self.draws, counts * WORDS_PER_COUNT))
        # 2**-54 keeps an exact zero out of the inverse normal without touching any other value
        return np.ascontiguousarray(np.maximum(block[:, :count], 2.0**-54).T)

    def normal(self, purpose: str, agent: str, crop_year: str, count: int) -> np.ndarray:
        """``count`` standard normal numbers for every draw, by inversion, shape (count, draw)."""
        return ndtri(self.uniform(purpose, agent, crop_year, count))
