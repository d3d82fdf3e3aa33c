"""The simulated world: scenarios, calendar, market, ledger, measures, experiments and what users run.

``sim.load``, ``run``, ``compare``, ``sweep``, ``results``, ``open`` and ``report`` are those of ``sim.api``, imported
when first asked for.
"""

from typing import Any

_VERBS = ("load", "run", "compare", "sweep", "results", "open", "report")


def __getattr__(name: str) -> Any:
    """Fetch a verb of ``sim.api``."""
    if name in _VERBS:
        from sim import api

        return getattr(api, name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")
