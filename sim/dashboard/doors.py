"""Who may talk to the page: only a browser that was sent to this address, never another site's page.

The server listens on this machine alone, yet any site open in the same browser can send requests to it, by its address
(a form, a websocket) or by a name of its own that it points here (DNS rebinding). Both say so in their headers: a
rebound name stands in ``Host``, a foreign page in ``Origin``.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = Mapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]
ASSETS = "/_solara/cdn/"  # scripts and fonts; the server would fetch what it lacks from the network
KERNEL = "/jupyter/api/kernels/"
LEAVING = "/_solara/api/close/"  # a tab that goes away says so here; Solara stumbles when it does not say which
CLOSED = (  # what Solara offers to administrators, and nothing here needs
    "/resourcez",
    "/static/public",
    "/_solara/api/evict",
)


def is_local(name: str) -> bool:
    """Whether a host name can only mean an address: ``localhost``, or an address written in figures."""
    name = name.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def host_name(host: str) -> str:
    """Name in a ``Host`` header, without the port; empty when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def refusal(headers: Mapping[str, str], any_name: bool) -> str:
    """Why a request is turned away; empty when it is welcome.

    Parameters
    ----------
    headers : mapping of str to str
        Headers of the request, names in lower case.
    any_name : bool
        Whether the host may be called by a name, as when the user opened the page to other machines.
    """
    host = headers.get("host", "")
    name = host_name(host)
    if not name or not (any_name or is_local(name)):
        return "this page answers to localhost and to addresses in figures only"
    origin = headers.get("origin")
    if origin is not None and urlsplit_netloc(origin) != host.lower():
        return "another site's page may not use this one"
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    if headers.get("sec-fetch-site") == "cross-site" and not opened:  # also not in a frame, under something else
        return "another site's page may not use this one"
    return ""


def urlsplit_netloc(origin: str) -> str:
    """Host and port of an ``Origin`` header; empty when it is none (``null``: a file, or a sandboxed frame)."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""


def guarded(app: App, assets: str | os.PathLike[str], any_name: bool = False) -> App:
    """Put a door in front of an ASGI application.

    Parameters
    ----------
    app : ASGI application
    assets : path
        Folder of the scripts and fonts: only what is in it is served, so that nothing is fetched from the network.
    any_name : bool
        See ``refusal``.
    """
    folder = os.path.realpath(assets)

    async def door(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        reason, status = refusal(headers, any_name), 403
        path = scope["path"]
        shut = path.startswith(CLOSED) or _is_missing_asset(path, folder) or _says_no_page(scope)
        if not reason and shut:
            reason, status = "not found", 404
        if not reason:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            kind = (b"content-type", b"text/plain; charset=utf-8")
            await send({"type": "http.response.start", "status": status, "headers": [kind]})
            await send({"type": "http.response.body", "body": f"{reason}\n".encode()})

    return door


def _says_no_page(scope: Scope) -> bool:
    """Whether a request that needs the number of a page has none: every kernel's socket, and a tab that goes away."""
    if not (scope["path"].startswith(LEAVING) or (scope["type"] == "websocket" and KERNEL in scope["path"])):
        return False
    return not parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_id")


def _is_missing_asset(path: str, folder: str) -> bool:
    if not path.startswith(ASSETS):
        return False
    wanted = os.path.realpath(os.path.join(folder, path.removeprefix(ASSETS)))
    return not (wanted.startswith(folder + os.sep) and os.path.exists(wanted))
