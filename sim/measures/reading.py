"""Reading a ledger: what its sale rows add up to, some draws at a time.

A hundred measures add up the same few amounts over different rows. A reading that has been rehearsed knows which sums
will be asked for, and finds all of them while it goes through the ledger once, crop year by crop year. Rows are added
in their order, so that a draw gives the same bits alone or in company.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse

from agents.arrays import Mask
from sim.ledger import Ledger
from sim.row_index import RowIndex

AT_ONCE = 2**27  # bytes of one amount of the draws that are worked on at a time
REHEARSED_FROM_DRAWS = 32  # from here adding up in one pass saves more than finding out what to add up

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


@dataclass(frozen=True)
class Request:
    """Amounts to be added up over some rows: a cell for each combination of labels of the columns ``by``."""

    rows: np.ndarray
    by: tuple[tuple[str, tuple[Any, ...]], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of labels of each column."""
        return tuple(len(labels) for _, labels in self.by)

    @property
    def key(self) -> Hashable:
        """What tells requests apart; a selection stays in the row index, so its id stays its own."""
        return id(self.rows), self.by

    def cells(self, index: RowIndex, sold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows that count, ascending, and the cell of each; rows without a sale and other labels are left out."""
        codes = [index.codes(column, labels)[self.rows] for column, labels in self.by]
        known = np.flatnonzero(np.all([sold[self.rows], *(code >= 0 for code in codes)], axis=0))
        cells = np.ravel_multi_index([code[known] for code in codes], self.shape) if len(known) else known
        return self.rows[known], cells


@dataclass(frozen=True)
class Year:
    """Rows of a crop year, and the sums they enter: request, amounts, cells they belong to, and what adds them up."""

    start: int
    stop: int
    sums: list[tuple[Request, tuple[str, ...], np.ndarray, sparse.csr_array]]


def adder(rows: np.ndarray, cells: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    """Matrix of ones, shape (cell, row), that adds rows up, one after the other for every draw alike.

    NumPy's own sums change their order with the shape of the array.
    """
    starts = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=shape[0]))])
    return sparse.csr_array((np.ones(len(rows)), rows[np.argsort(cells, kind="stable")], starts), shape)


@dataclass
class Reading(Ledger):
    """A ledger that does not change any more, or some of its draws.

    Attributes
    ----------
    sold : ndarray of bool
        Whether a row has a sale in some draw.
    requests : dict or None
        While it is a rehearsal: what has been asked for, with the amounts.
    """

    sold: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))
    requests: dict[Hashable, tuple[Request, set[str]]] | None = None

    def __post_init__(self) -> None:
        """Start without any sum."""
        super().__post_init__()
        if len(self.sold) != len(self.rows):
            self.sold = np.logical_or.reduce(self.sales["kt"], axis=1)
        self._sums: dict[Hashable, np.ndarray] = {}

    @classmethod
    def of(cls, ledger: Ledger) -> Reading:
        """Read all draws of a ledger at once; a reading stays what it is."""
        if isinstance(ledger, cls):
            return ledger
        return cls(
            ledger.rows, ledger.periods, ledger.draws, ledger.first_draw, ledger.sales, ledger.states, ledger.index
        )

    def parts(self, read: Callable[[Reading], object]) -> Iterator[Reading]:
        """Yield the reading in parts of so few draws that what is worked out from one takes little memory.

        ``read`` is what will be done with each part; it is rehearsed, so that a part has its sums at hand.
        """
        most = max(1, AT_ONCE // (8 * max(len(self.rows), 1)))
        count = -(-self.draws // most)
        step = -(-self.draws // count)
        plan = self._plan(self._rehearsed(read)) if step >= REHEARSED_FROM_DRAWS else []
        for first in range(0, self.draws, step):
            part = self if count == 1 else self._some(first, min(first + step, self.draws))
            part._add_up_at_once(plan)
            yield part

    def _some(self, first: int, stop: int) -> Reading:
        """Draws ``first`` to ``stop``, by their columns."""
        return replace(
            self,
            draws=stop - first,
            first_draw=self.first_draw + first,
            sales={name: values[:, first:stop] for name, values in self.sales.items()},
            states={name: replace(s, values=s.values[..., first:stop]) for name, s in self.states.items()},
        )

    def _rehearsed(self, read: Callable[[Reading], object]) -> list[tuple[Request, set[str]]]:
        """Find out what ``read`` adds up, from one draw of which all sums are said to be zero."""
        asked: dict[Hashable, tuple[Request, set[str]]] = {}
        read(replace(self._some(0, 1), requests=asked))
        return list(asked.values())

    def add_up(
        self, rows: np.ndarray, by: Mapping[str, Sequence[Any]], amounts: Sequence[str]
    ) -> dict[str, np.ndarray]:
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
        request = Request(rows, tuple((column, tuple(labels)) for column, labels in by.items()))
        if self.requests is not None:
            self.requests.setdefault(request.key, (request, set()))[1].update(amounts)
            return {name: np.zeros((*request.shape, self.draws)) for name in amounts}
        missing = [name for name in amounts if (request.key, name) not in self._sums]
        own = self._sums if not rows.flags.writeable else {}  # only a selection is asked for again
        if missing:
            counted, cells = request.cells(self.index, self.sold)
            matrix = adder(np.arange(len(counted)), cells, (int(np.prod(request.shape)), len(counted)))
            for name in missing:
                values = AMOUNTS[name]({column: values[counted] for column, values in self.sales.items()})
                own[request.key, name] = matrix @ values
        found = own if own is self._sums else {**own, **self._sums}
        return {name: found[request.key, name].reshape(*request.shape, self.draws) for name in amounts}

    def _plan(self, requests: Sequence[tuple[Request, set[str]]]) -> list[Year]:
        """Sort what has been asked for by crop year.

        Requests whose cells do not belong to a crop year each, and those of passing selections, are left for later.
        """
        year = self.index.column("crop_year")[0]
        if not len(year) or np.any(np.diff(year) < 0):
            return []
        wanted = [
            (request, *request.cells(self.index, self.sold), tuple(amounts))
            for request, amounts in requests
            if not request.rows.flags.writeable and any(column in self.times for column, _ in request.by)
        ]
        bounds = np.searchsorted(year, np.arange(year[-1] + 2))
        years = []
        for start, stop in zip(bounds[:-1], bounds[1:], strict=True):
            sums = []
            for request, rows, cells, amounts in wanted:
                inside = slice(*np.searchsorted(rows, (start, stop)))
                touched, compact = np.unique(cells[inside], return_inverse=True)
                matrix = adder(rows[inside] - start, compact, (len(touched), stop - start))
                sums.append((request, amounts, touched, matrix))
            years.append(Year(start, stop, sums))
        return years

    def _add_up_at_once(self, plan: Sequence[Year]) -> None:
        """Find all planned sums while going through the ledger once."""
        for year in plan:
            found: dict[str, np.ndarray] = {}
            for request, amounts, touched, matrix in year.sums:
                for name in amounts:
                    if name not in found:
                        found[name] = self._amount(name, year.start, year.stop)
                    if (request.key, name) not in self._sums:
                        self._sums[request.key, name] = np.zeros((int(np.prod(request.shape)), self.draws))
                    self._sums[request.key, name][touched] = matrix @ found[name]

    def _amount(self, name: str, start: int, stop: int) -> np.ndarray:
        """Amount of ``AMOUNTS`` of consecutive rows, shape (row, draw)."""
        columns = {column: values[start:stop] for column, values in self.sales.items()}
        return np.ascontiguousarray(AMOUNTS[name](columns))
