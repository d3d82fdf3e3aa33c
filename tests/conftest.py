"""Every test runs with floating-point faults as errors, so that a silent NaN or overflow cannot pass."""

import numpy as np
import pytest

from sim.scenario import load
from sim.shipped import scenario_path


@pytest.fixture(autouse=True)
def faults_are_errors():
    with np.errstate(all="raise", under="ignore"):
        yield


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
