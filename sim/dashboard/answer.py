"""The parts of an answer to what a subsidy cost: ranges over draws, costs of programmes, gains of sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measures.bands import bands

SAME = 0.01  # of the spending: what is less is no more than how cargoes happen to fall


@dataclass(frozen=True)
class Range:
    """A mean over the draws with 5 and 95 % of them."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: np.ndarray) -> Range:
        """Range of values (draw,); NaN where no draw has one."""
        found = bands(values[None])
        return cls(*(float(found[name][0]) for name in ("mean", "p05", "p95")))


@dataclass(frozen=True)
class Cost:
    """What a programme cost and added so far: the world with (more of) it less the other one.

    Attributes
    ----------
    programme, title, origin, origin_title : str
    currency : str
        What the programme pays in, as people write it: ``US$``. Names that end in ``own`` are in it.
    spent_million_own, spent_million_cad : Range
        In all so far.
    others_million_own : float
        What the other world spends on it all the same; zero where it has no such programme.
    crop_years : float
        Crop years in which it has paid, a part of the last one included.
    subsidised_kt, additional_kt : Range
        Tonnes that were paid for, and exports of the origin that were added.
    additional_own_t, additional_cad_t : float
        What an additional tonne cost: money over tonnes, each the mean over draws; NaN where none was added.
    additional_range_own_t, additional_range_cad_t : Range
        The same draw by draw, over those in which exports were added.
    share_of_draws : float
        Share of the draws in which they were.
    subsidised_own_t, subsidised_cad_t : float
        What a subsidised tonne cost.
    """

    programme: str
    title: str
    origin: str
    origin_title: str
    currency: str
    spent_million_own: Range
    spent_million_cad: Range
    others_million_own: float
    crop_years: float
    subsidised_kt: Range
    additional_kt: Range
    additional_own_t: float
    additional_cad_t: float
    additional_range_own_t: Range
    additional_range_cad_t: Range
    share_of_draws: float
    subsidised_own_t: float
    subsidised_cad_t: float

    @property
    def is_same(self) -> bool:
        """Whether both worlds spend practically the same: what one spends more is less than 1 % of the other's."""
        return abs(self.spent_million_own.mean) < SAME * self.others_million_own

    @property
    def a_year_million_own(self) -> float:
        """Spending per crop year."""
        return self.spent_million_own.mean / self.crop_years if self.crop_years else 0.0


@dataclass(frozen=True)
class Gain:
    """What one side gained (below zero: lost).

    Attributes
    ----------
    key, title : str
    million_cad : Range
        Per crop year.
    million_usd, total_million_cad : float
        The mean per crop year at the mean exchange rate, and over all the years.
    per_dollar : float
        Mean gain per dollar spent, in the same currency.
    """

    key: str
    title: str
    million_cad: Range
    million_usd: float
    total_million_cad: float
    per_dollar: float


@dataclass(frozen=True)
class Answer:
    """The answer so far.

    Attributes
    ----------
    with_it, without_it : str
        Titles of the world with (more of) the programmes, and of the other one.
    costs : tuple of Cost
        One per programme that is not the same in both.
    gains : tuple of Gain
        Who gained and who lost; with the deadweight loss, which comes last, they add up to zero.
    crop_years : tuple of str
        Whole crop years that ``gains`` cover, from the first one in which something was paid.
    until : str
        Last month simulated.
    finished : bool
    short, who, headline : str
        The answer in words: what an extra tonne cost; who got it; the same with all that was spent and added.
    notes : tuple of str
        What a reader must know before quoting it.
    """

    with_it: str
    without_it: str
    costs: tuple[Cost, ...]
    gains: tuple[Gain, ...]
    crop_years: tuple[str, ...]
    until: str
    finished: bool
    short: str
    who: str
    headline: str
    notes: tuple[str, ...]
