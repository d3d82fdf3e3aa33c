"""Reading a ledger: what its sale rows add up to, some draws at a time.

A hundred measures add up the same few amounts over different rows. A reading works out each amount once, over the rows
in which anything was sold, and adds rows up in their order, so that a draw gives the same bits alone or in company.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from sim.ledger import Ledger

AT_ONCE = 2**24  # bytes of one amount that is worked on at a time

AMOUNTS: dict[str, Callable[[Mapping[str, np.ndarray]], np.ndarray]] = {
    "kt": lambda b: b["kt"],
    "value_cad_k": lambda b: b["price_cad_t"] * b["kt"],
    "landed_cad_k": lambda b: (b["price_cad_t"] + b["freight_cad_t"]) * b["kt"],
    "received_cad_k": lambda b: (b["price_cad_t"] + b["subsidy_cad_t"]) * b["kt"],
    "freight_cad_k": lambda b: b["freight_cad_t"] * b["kt"],
    "subsidy_cad_k": lambda b: b["subsidy_cad_t"] * b["kt"],
    "subsidised_kt": lambda b: np.where(b["subsidy_cad_t"] > 0, b["kt"], 0.0),
}
"""Amounts of sale rows that add up: kt, or thousand C$ where the name ends in ``cad_k``."""


class SoldRows(dict):
    """Columns of the rows with a sale, copied out of a ledger when first asked for."""

    def __init__(self, sales: Mapping[str, np.ndarray], rows: np.ndarray) -> None:
        super().__init__()
        self._sales, self._rows = sales, rows

    def __missing__(self, column: str) -> np.ndarray:
        """Copy a column (row, draw)."""
        self[column] = self._sales[column][self._rows]
        return self[column]


@dataclass
class Reading(Ledger):
    """A ledger that does not change any more, or some of its draws.

    Attributes
    ----------
    sold : ndarray of int
        Rows with a sale in some draw, ascending.
    matrices : dict
        What adds rows up, by selection and columns; parts share it.
    """

    sold: np.ndarray | None = None
    matrices: dict[Hashable, tuple[np.ndarray, sparse.csr_array]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Start without any amount."""
        super().__post_init__()
        if self.sold is None:
            self.sold = np.flatnonzero(self.sales["kt"].any(axis=1))
        self._columns = SoldRows(self.sales, self.sold)
        self._amounts: dict[str, np.ndarray] = {}
        self._sums: dict[Hashable, np.ndarray] = {}

    @classmethod
    def of(cls, ledger: Ledger) -> Reading:
        """Read all draws of a ledger at once; a reading stays what it is."""
        if isinstance(ledger, cls):
            return ledger
        return cls(
            ledger.rows, ledger.periods, ledger.draws, ledger.first_draw, ledger.sales, ledger.states, ledger.index
        )

    def parts(self) -> Iterator[Reading]:
        """Yield the reading in parts of so few draws that what is worked out from one takes little memory."""
        step = max(1, AT_ONCE // (8 * max(len(self.sold), 1)))
        if step >= self.draws:
            yield self
            return
        for first in range(0, self.draws, step):
            draws = slice(first, min(first + step, self.draws))
            yield replace(
                self,
                draws=draws.stop - draws.start,
                first_draw=self.first_draw + first,
                sales={name: values[:, draws] for name, values in self.sales.items()},
                states={name: replace(s, values=s.values[..., draws]) for name, s in self.states.items()},
            )

    def amount(self, name: str) -> np.ndarray:
        """Amount of ``AMOUNTS`` of each row in ``sold``, shape (row, draw)."""
        if name not in self._amounts:
            self._amounts[name] = np.ascontiguousarray(AMOUNTS[name](self._columns))
        return self._amounts[name]

    @cached_property
    def _place(self) -> np.ndarray:
        """Position in ``sold`` of each row; -1 for the others."""
        place = np.full(len(self.rows), -1)
        place[self.sold] = np.arange(len(self.sold))
        return place

    def add_up(self, rows: np.ndarray, by: Mapping[str, Sequence], amounts: Sequence[str]) -> dict[str, np.ndarray]:
        """Add up amounts over ``rows``, cross-tabulated by columns.

        Parameters
        ----------
        rows : ndarray of int
            Row positions, ascending.
        by : dict of str to sequence
            Columns of the rows and their labels, in order; rows with other labels are left out.
        amounts : sequence of str
            Names in ``AMOUNTS``.

        Returns
        -------
        dict of str to ndarray
            For each amount, shape (label of the first column, ..., draw); rows are added in their order. The arrays
            must not be written to: they are given again to whoever asks for the same.
        """
        shape = tuple(len(labels) for labels in by.values())
        key = (id(rows), tuple((column, tuple(labels)) for column, labels in by.items()))
        matrix = self._matrix(key, rows, by, shape)
        result = {}
        for name in amounts:
            found = self._sums.get((key, name))
            if found is None:
                found = (matrix @ self.amount(name)).reshape(*shape, self.draws)
                found.flags.writeable = False
                if key in self.matrices:
                    self._sums[key, name] = found
            result[name] = found
        return result

    def _matrix(
        self, key: Hashable, rows: np.ndarray, by: Mapping[str, Sequence], shape: tuple[int, ...]
    ) -> sparse.csr_array:
        """Matrix of ones that adds rows up: a line per cell, a column per row of ``sold``.

        A product with it adds one row after the other for every draw alike; NumPy's own sums change their order with
        the shape of the array. Parts share the matrices of selections, which are never written to.
        """
        if key in self.matrices:
            return self.matrices[key][1]
        place = self._place[rows]
        codes = [self.index.codes(column, labels)[rows] for column, labels in by.items()]
        known = np.flatnonzero(np.all([place >= 0, *(code >= 0 for code in codes)], axis=0))
        cells = np.ravel_multi_index([code[known] for code in codes], shape) if len(known) else known
        columns = place[known][np.argsort(cells, kind="stable")]
        ends = np.cumsum(np.bincount(cells, minlength=int(np.prod(shape))))
        starts = np.concatenate([[0], ends])
        matrix = sparse.csr_array((np.ones(len(known)), columns, starts), shape=(len(ends), len(self.sold)))
        if not rows.flags.writeable:
            self.matrices[key] = rows, matrix  # with the rows, so that their id stays theirs
        return matrix
