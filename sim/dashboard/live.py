"""One market that is being simulated, and what there is to see of it so far."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.dashboard.accounts import YearAccounts
from sim.dashboard.growing import Bands, Book
from sim.dashboard.question import programmes_of
from sim.frames import YearTable, run_tables
from sim.market import BarleyMarket
from sim.scenario import Loaded
from sim.shipped import market_pairs


class LiveWorld:
    """A market that is stepped period by period.

    Attributes
    ----------
    name, title : str
        What it is called.
    loaded : Loaded
        The scenario, with its levers moved.
    programmes : dict of str to str
        Export programmes that are ever in force, and the origin each subsidises.
    book : Book
        Bands and flows, up to the last period.
    accounts : YearAccounts
        Accounts of crop years that have closed; they are read a part at a time, see :meth:`YearAccounts.work`.
    """

    def __init__(self, loaded: Loaded, name: str, title: str, draws: int, seed: int, incidence: bool = False) -> None:
        self.name, self.title, self.loaded, self.draws, self.seed = name, title, loaded, draws, seed
        self._market: BarleyMarket | None = BarleyMarket(loaded, draws=draws, seed=seed)
        self.ledger = self._market.ledger
        self.periods = len(self.ledger.periods)
        self.book = Book(self.ledger, loaded.resolved)
        self._year_of_period = self.ledger.year_codes
        self.programmes = programmes_of(loaded)
        self.accounts = YearAccounts(self.ledger, loaded.resolved, incidence)

    @property
    def running(self) -> bool:
        """Whether there are periods left."""
        return self.done < self.periods

    @property
    def done(self) -> int:
        """Periods simulated."""
        return self.book.monthly.done

    @property
    def years_done(self) -> int:
        """Crop years that have closed."""
        return self.book.yearly.done

    def step(self) -> None:
        """Simulate one period and read it."""
        assert self._market is not None, "a world that was let go is not played on"
        self._market.step()
        t = self.done
        self.book.take_period(t)
        year = self._year_of_period[t]
        if t + 1 == self.periods or self._year_of_period[t + 1] != year:
            self.book.take_year(int(year))
            self.accounts.close(int(year))
        if not self.running:
            self.release()

    def release(self) -> None:
        """Let go of the agents: Mesa keeps every model for as long as the process lives. What has been read stays."""
        if self._market is not None:
            self._market.release()
            self._market = None

    def forget(self) -> None:
        """Let go of everything; there is nothing to be seen any more."""
        self.release()
        vars(self).clear()
        self._market = None

    def months(self) -> list[str]:
        """Months of the periods so far, ``1980-08``."""
        return list(self.ledger.periods["month"].iloc[: self.done])

    def crop_years(self) -> list[str]:
        """Crop years that have closed."""
        return list(self.ledger.crop_years[: self.years_done])

    def series(self) -> dict[str, tuple[str, str]]:
        """Unit and time (``period`` or ``crop_year``) of every series there are bands of."""
        found = {name: (unit, "period") for name, (_, unit) in self.book.monthly.series.items()}
        return found | {name: (unit, "crop_year") for name, (_, unit) in self.book.yearly.series.items()}

    def bands(self, series: str) -> dict[str, Bands]:
        """Bands of a series so far, by label; empty where the scenario has no such series."""
        for growing in (self.book.monthly, self.book.yearly):
            if series in growing.series:
                return growing.bands(series)
        return {}

    def flows(self, last_periods: int = 12) -> pd.DataFrame:
        """Trade of the last periods: origin, seller, market, kt (mean over draws); lanes without any are left out."""
        first = max(0, self.done - last_periods)
        kt = self.book.flow_kt[first : self.done].sum(axis=0)
        frame = pd.DataFrame(self.book.flows, columns=["origin", "seller", "market"]).assign(kt=kt)
        return frame[frame["kt"] > 0].reset_index(drop=True)

    def year_table(self) -> pd.DataFrame:
        """Lines of a run's summary for the crop years read so far: table, row (crop year), column, mean ..."""
        return self.accounts.lines()

    def year_tables(self) -> list[YearTable]:
        """Tables for people of the crop years read so far: those a run prints."""
        lines = self.year_table()
        return [] if lines.empty else run_tables(lines, self.meta)

    @property
    def meta(self) -> dict[str, Any]:
        """What figures and tables want to know of a run."""
        return {
            "stem": self.name,
            "scenario": self.loaded.resolved,
            "scenario_hash": self.loaded.hash,
            "draws": self.draws,
            "seed": self.seed,
            "pairs": market_pairs(self.loaded.resolved),
        }
