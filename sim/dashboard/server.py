"""The dashboard's server: a port on this machine, Solara behind a door, quiet until it is stopped."""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
import warnings
import webbrowser
from collections.abc import Callable
from typing import Any

from sim.dashboard.doors import guarded
from sim.store import StoreError

HOST = "127.0.0.1"
PORT = 8765  # tried first when none is asked for
MOST_PORTS = 50  # tried from there on
KEEP = "1h"  # how long a page that was left without a word (a sleeping laptop) keeps its market
APP = "sim.dashboard.page"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TITLE = "singledesk: a live market"


def bind(host: str, port: int | None) -> socket.socket:
    """Take a port: the one that is asked for, or else the first free one from ``PORT`` on.

    Raises
    ------
    StoreError
        When the port is taken, or the host is none of this machine's.
    """
    ports = [port] if port is not None else range(PORT, PORT + MOST_PORTS)
    for each in ports:
        try:
            return _listen(host, each)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise StoreError(f"--host {host[:80]} --port {each}: cannot listen there ({error.strerror})") from error
        except UnicodeError as error:  # of a name with empty or endless parts
            raise StoreError(f"--host {host[:80]}: is no possible name of a machine") from error
    if port is not None:
        raise StoreError(f"--port {port}: in use already; give another, or none and the next free one is taken")
    raise StoreError(f"ports {PORT} to {PORT + MOST_PORTS - 1} are all in use; give a free one with --port")


def _listen(host: str, port: int) -> socket.socket:
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    taken = socket.socket(family, kind, proto)
    try:
        if os.name == "posix":  # elsewhere this would let two servers share the port
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(128)
    except OSError:
        taken.close()
        raise
    return taken


def address_of(taken: socket.socket) -> str:
    """Address to type into a browser."""
    host, port = taken.getsockname()[:2]
    host = {"0.0.0.0": HOST, "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{port}/"


def quiet() -> None:
    """Set Solara up before its first import: no telemetry, no word of its own on the screen, no banner."""
    os.environ.update(
        SOLARA_APP=APP,
        SOLARA_MODE="production",
        SOLARA_TELEMETRY_MIXPANEL_ENABLE="False",
        SOLARA_THEME_SHOW_BANNER="False",
        SOLARA_THEME_TITLE=TITLE,
        SOLARA_THEME_LOADER="plain",
        SOLARA_KERNEL_CULL_TIMEOUT=KEEP,
        SOLARA_SESSION_HTTP_ONLY="True",
        SOLARA_ASSETS_PROXY="True",
    )
    warnings.filterwarnings("ignore")
    for name in ("solara", "Solara", "uvicorn", "reacton", "mesa", "MESA", "asyncio", "watchdog", "root"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger().setLevel(logging.ERROR)


def application(any_name: bool) -> Any:
    """Solara's application with the page in it, behind the door. Takes the seconds of its imports."""
    quiet()
    import solara.server.settings as settings
    from solara.server import starlette

    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    return guarded(starlette.app, settings.assets.proxy_cache_dir, any_name)


def serve(taken: socket.socket, open_browser: bool, say: Callable[[str], None]) -> None:
    """Serve the page on a port until Ctrl-C or a termination request.

    Parameters
    ----------
    taken : socket
        From ``bind``.
    open_browser : bool
        Whether to open the page in the user's browser once it is there.
    say : callable
        Gets the address when the page is there.
    """
    host = taken.getsockname()[0]
    app = application(any_name=host not in LOOPBACK)
    import uvicorn

    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws_per_message_deflate=False, timeout_graceful_shutdown=1,
        ws_max_size=4 * 2**20, server_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    address = address_of(taken)

    def announce() -> None:
        while not server.started and not server.should_exit:
            threading.Event().wait(0.02)
        if server.started:
            say(address)
            if open_browser:
                webbrowser.open(address)

    threading.Thread(target=announce, daemon=True).start()
    try:
        server.run(sockets=[taken])
    except KeyboardInterrupt:
        pass  # the way to stop it
    finally:
        taken.close()
