"""What must hold of an answer, whoever gave it: a report of problems, an accepted scenario, a simulated market."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from sim.scenario import Loaded, ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.text import load_text
from sim.scenario.writer import write_yaml
from tests.fuzz.case import Failure
from tests.fuzz.limits import faults, unknown_keys

LONGEST = 2**20  # characters of a report
OWN = ("extends", "overrides", "without_events", "more_events")


def check_report(text: str) -> None:
    """A report names what is wrong, can be printed, and is of a length that can be read."""
    if not text.strip():
        raise Failure("refused without a word")
    if len(text) > LONGEST:
        raise Failure(f"a report of {len(text)} characters")
    if "Traceback" in text or 'File "' in text:
        raise Failure(f"a traceback in the report: {text[:300]}")
    bad = next((char for char in text if not char.isprintable() and char != "\n"), None)
    if bad is not None:
        raise Failure(f"the report holds {bad!r}: {text[:300]!r}")


def check_problems(error: ScenarioError) -> None:
    """Every problem says where and what."""
    if not error.problems:
        raise Failure("refused, but no problem is named")
    if not all(problem.mark.file and problem.message for problem in error.problems):
        raise Failure("a problem without a place or a message")
    check_report(str(error))


@cache
def schema() -> dict[str, Any]:
    """JSON Schema of a resolved scenario."""
    return Scenario.model_json_schema(by_alias=True)


def check_loaded(loaded: Loaded) -> None:
    """Each number of an accepted scenario lies within its limits, and the calendar is whole."""
    found = list(faults(loaded.resolved, schema(), schema()))
    if found:
        raise Failure(f"accepted against its schema: {found[0]}")
    periods = len(loaded.timeline.months)
    if len(loaded.regime_of_period) != periods or not loaded.regimes:
        raise Failure("periods without a scenario")


def check_as_written(raw: bytes) -> None:
    """Read an accepted file by another reader of YAML: keys are known, and none comes twice."""
    data = YAML(typ="safe", pure=True).load(raw.decode("utf-8-sig"))  # a key that comes twice raises
    if not isinstance(data, dict):
        raise Failure("accepted, but it is no mapping")
    bare = {key: value for key, value in data.items() if key not in OWN}
    found = list(unknown_keys(bare, schema(), schema()))
    if found:
        raise Failure(f"an unknown key was accepted: {found[0]}")


def check_round_trip(loaded: Loaded) -> None:
    """Written out and read again it is the same scenario."""
    text = write_yaml(loaded.resolved)
    again = load_text("again.yaml", text.encode(), tables_as_named=True)
    if again.hash != loaded.hash or again.resolved != loaded.resolved:
        raise Failure("written out and read again it is another scenario")


def simulate(loaded: Loaded, periods: int) -> str:
    """Step a market; ``simulated``, or ``stopped`` where it says in which period it cannot go on, and why."""
    from sim.checks import IdentityError, NotComputable
    from sim.market import BarleyMarket

    market = None
    try:
        market = BarleyMarket(loaded, draws=1)
        while market.running and market.steps < periods:
            market.step()
        ledger = market.release()
    except NotComputable as error:
        check_report(str(error))
        return "stopped"
    except IdentityError as error:
        check_report(str(error))
        if market is not None and market.period_name not in str(error):
            raise Failure(f"stopped without a period: {error}") from None
        return "stopped"
    check_sales(ledger)
    return "simulated"


def check_sales(ledger: Any) -> None:
    """No sale is of negative tonnes or at a price that is no number."""
    for name, values in ledger.sales.items():
        if not np.isfinite(values).all():
            raise Failure(f"{name} of a sale is not finite")
    if (ledger.sales["kt"] < 0).any():
        raise Failure("negative tonnes were sold")
    for name, series in ledger.states.items():
        if np.isinf(series.values).any():
            raise Failure(f"state {name} is infinite")


def check_finite(data: Any, path: str = "") -> None:
    """Every number in plain data is one."""
    if isinstance(data, dict):
        for key, value in data.items():
            check_finite(value, f"{path}.{key}")
    elif isinstance(data, (list, tuple)):
        for at, value in enumerate(data):
            check_finite(value, f"{path}[{at}]")
    elif isinstance(data, float) and not math.isfinite(data):
        raise Failure(f"{path} is {data}")
