"""The dashboard's door, port and start: who may talk to the page, and what is said when it cannot start."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.dashboard.doors import guarded, is_local, refusal
from sim.dashboard.server import PORT, address_of, bind
from sim.store import StoreError

HERE = "127.0.0.1:8765"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "192.168.1.7", "page.localhost"])
def test_addresses_in_figures_are_local(name):
    assert is_local(name)


@pytest.mark.parametrize("name", ["example.org", "localhost.example.org", "127.0.0.1.nip.io", "", "1"])
def test_names_are_not(name):
    assert not is_local(name)


@pytest.mark.parametrize(
    ("headers", "any_name", "welcome"),
    [
        ({"host": HERE}, False, True),
        ({"host": HERE, "origin": f"http://{HERE}"}, False, True),
        ({"host": "rebound.example:8765"}, False, False),
        ({"host": "rebound.example:8765"}, True, True),
        ({}, False, False),
        ({"host": HERE, "origin": "http://other.example"}, False, False),
        ({"host": HERE, "origin": "http://127.0.0.1:9000"}, False, False),
        ({"host": HERE, "origin": "null"}, False, False),
        ({"host": HERE, "origin": "http://other.example"}, True, False),
        ({"host": HERE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, False, False),
        ({"host": HERE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False, True),
        ({"host": HERE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
         False, True),
        ({"host": HERE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
         False, False),
    ],
)
def test_who_is_welcome(headers, any_name, welcome):
    assert (refusal(headers, any_name) == "") is welcome


def call(path, headers, folder, kind="http", query=b""):
    """Messages that come back from the door, and whether the page behind it was reached."""
    sent, reached = [], []

    async def page(scope, receive, send):
        reached.append(scope["path"])

    async def send(message):
        sent.append(message)

    pairs = [(k.encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": kind, "path": path, "query_string": query, "headers": pairs}
    asyncio.run(guarded(page, folder)(scope, None, send))
    return sent, bool(reached)


def test_door_lets_its_own_page_in(tmp_path):
    assert call("/", {"Host": HERE}, tmp_path) == ([], True)


def test_door_closes_a_foreign_websocket(tmp_path):
    headers = {"Host": HERE, "Origin": "http://other.example"}
    sent, reached = call("/jupyter/api/kernels/1/channels", headers, tmp_path, "websocket")
    assert sent == [{"type": "websocket.close", "code": 1008}] and not reached


@pytest.mark.parametrize(
    ("kind", "path"), [("http", "/_solara/api/close/1"), ("websocket", "/jupyter/api/kernels/1/channels")]
)
def test_door_stops_what_names_no_page(tmp_path, kind, path):
    """Solara would stumble over it, and say so on the screen."""
    sent, reached = call(path, {"Host": HERE}, tmp_path, kind, b"session_id=")
    assert sent and not reached
    assert call(path, {"Host": HERE}, tmp_path, kind, b"session_id=2") == ([], True)


@pytest.mark.parametrize("path", ["a.js", "folder/a.js"])
def test_door_serves_only_assets_that_are_there(tmp_path, path):
    (tmp_path / "cdn" / "folder").mkdir(parents=True)
    (tmp_path / "secret.js").write_text("")
    file = tmp_path / "cdn" / path
    folder, headers = tmp_path / "cdn", {"Host": HERE}
    sent, reached = call(f"/_solara/cdn/{path}", headers, folder)
    assert sent[0]["status"] == 404 and not reached  # Solara would fetch it from the network
    file.write_text("")
    assert call(f"/_solara/cdn/{path}", headers, folder)[1]
    assert not call("/_solara/cdn/../secret.js", headers, folder)[1]


def test_a_taken_port_is_an_error_and_the_default_moves_on():
    with bind("127.0.0.1", None) as first, bind("127.0.0.1", None) as second:
        ports = [each.getsockname()[1] for each in (first, second)]
        assert PORT <= ports[0] < ports[1]
        assert address_of(first) == f"http://127.0.0.1:{ports[0]}/"
        with pytest.raises(StoreError, match=f"--port {ports[0]}: in use already"):
            bind("127.0.0.1", ports[0])


def test_an_address_of_another_machine_is_an_error():
    with pytest.raises(StoreError, match="cannot listen there"):
        bind("192.0.2.1", 8765)


@pytest.mark.parametrize("host", ["a..b", "." * 10, "a" * 300, ""])
def test_a_host_that_is_no_name_is_an_error(host):
    with pytest.raises(StoreError, match="^--host .*(no possible name|cannot listen there)"):
        bind(host, 8765)


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr("sim.verbs.dashboard.NEEDED", ("solara_that_is_not_here",))
    result = CliRunner().invoke(app, ["dashboard", "--no-open"])
    assert result.exit_code == 2 and "make dashboard" in result.output and "singledesk[dashboard]" in result.output


@pytest.mark.parametrize("name", ["no_such_run", "no_such_file.yaml"])
def test_a_scenario_that_is_not_there(tmp_path, name):
    result = CliRunner().invoke(app, ["dashboard", name, "--no-open", "--out", str(tmp_path)])
    assert result.exit_code == 2 and name in result.output


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_server_says_its_address_only_and_stops_cleanly(tmp_path, ending):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sim.cli", "dashboard", "steady", "--draws", "2", "--port", str(port), "--no-open"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert running.stdout.readline() == f"http://127.0.0.1:{port}/\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert page.status == 200
        running.send_signal(ending)
        out, err = running.communicate(timeout=30)
    finally:
        running.kill()
    assert (running.returncode, out, err) == (0, "", "")
