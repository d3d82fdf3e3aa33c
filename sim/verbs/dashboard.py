"""``singledesk dashboard``: a live market in the browser."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.guard import plain, warn
from sim.store import StoreError, find_run

NEEDED = ("solara", "ipyvuetify", "altair", "networkx", "uvicorn", "starlette")
INSTALL = "the dashboard needs packages that are not here ({}): pip install 'singledesk[dashboard]' or `make dashboard`"


def dashboard(
    name: str | None, out: Path, host: str, port: int | None, draws: int, seed: int | None, open_browser: bool,
    console: Console, errors: Console,
) -> None:  # fmt: skip
    """Serve the page until Ctrl-C.

    Raises
    ------
    StoreError
        When packages are missing, the port is taken, or no such run is found.
    ScenarioError
        When the scenario cannot run.
    """
    check_packages()
    from sim.dashboard.server import HOST, bind, serve

    taken = bind(host, port)  # before the seconds of loading: a wrong port is said at once
    try:
        from sim.dashboard.start import DEFAULT, ask

        ask(start_of(name or DEFAULT, out, draws, seed))
        if host not in (HOST, "localhost", "::1"):
            warn(errors, f"--host {host}: whoever reaches this machine can use the page; there is no password")
        serve(taken, open_browser, lambda address: plain(console, address))
    finally:
        taken.close()


def check_packages() -> None:
    """Raise ``StoreError`` when what the page is made of is not installed."""
    missing = [package for package in NEEDED if importlib.util.find_spec(package) is None]
    if missing:
        raise StoreError(INSTALL.format(", ".join(missing)))


def start_of(name: str, out: Path, draws: int, seed: int | None) -> Any:
    """First market of every page: that of a scenario (a shipped name, a YAML file), or else of a saved run."""
    from sim.dashboard.limits import check_size
    from sim.dashboard.plans import open_run, open_shipped
    from sim.dashboard.start import Start
    from sim.scenario import load
    from sim.shipped import shipped_path

    if shipped_path(name) is not None:
        loaded = open_shipped(Path(name).stem)
    elif Path(name).suffix in (".yaml", ".yml"):
        loaded = load(name)
    else:
        run = find_run(name, out)
        loaded, name = open_run(run), str(run.manifest.get("stem"))
    check_size(loaded, draws)
    return Start(Path(name).stem, loaded, draws, seed)
