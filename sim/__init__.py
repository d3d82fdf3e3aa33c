"""The simulated world: scenarios, calendar, market, ledger, measures, experiments and what users run.

``sim.load``, ``run``, ``compare``, ``sweep``, ``results``, ``open`` and ``report`` are those of ``sim.api``, imported
when first asked for.
"""

from typing import Any

__all__ = ["compare", "load", "open", "report", "results", "run", "sweep"]


def __getattr__(name: str) -> Any:
    """Fetch a verb of ``sim.api``."""
    if name in __all__:
        from sim import api

        return getattr(api, name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")
