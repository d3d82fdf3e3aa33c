"""Every test runs with floating-point faults as errors, so that a silent NaN or overflow cannot pass.

So do fixtures of a module or the session, threads, and processes that tests start: see ``tests/numeric_faults``.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, settings

sys.path.insert(0, str(Path(__file__).parent / "numeric_faults"))

import raise_faults

from sim.scenario import load
from sim.shipped import scenario_path

# The same examples in every run; `pytest tests/properties --hypothesis-profile=long` looks further, by hand.
settings.register_profile("house", derandomize=True, deadline=None, database=None, max_examples=100)
settings.register_profile("long", deadline=None, database=None, max_examples=5000)
# With errors planted a property has to fail, not to explain itself: no search for the smallest example.
settings.register_profile("planted", settings.get_profile("house"), phases=(Phase.explicit, Phase.generate))
settings.load_profile("house")


@pytest.fixture(autouse=True)
def faults_are_errors():
    with np.errstate(all="raise"):  # also after a test that set something else
        yield


def pytest_configure():
    """Fixtures that serve several tests are made outside of ``faults_are_errors``.

    A worker of pytest-xdist is told the terminal's width; tables printed in tests are as wide as without a terminal.
    """
    raise_faults.everywhere()
    os.environ.pop("COLUMNS", None)


def run_market(scenario, draws=1, first_draw=0, periods=None, sets=(), seed=None):
    """Run a scenario file for some periods and return the model."""
    from sim.market import BarleyMarket

    market = BarleyMarket(load(scenario, sets=list(sets)), draws=draws, first_draw=first_draw, seed=seed)
    while market.running and (periods is None or market.steps < periods):
        market.step()
    return market


@pytest.fixture(scope="session")
def shipped():
    """Path of a shipped scenario by name."""
    return scenario_path


QUIET = tuple(f"shocks.{name}_sd=0" for name in ("yield", "demand", "corn", "exchange", "freight"))
