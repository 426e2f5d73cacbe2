"""The product as it stands in real networks: the hub public and on https, the agent in somebody's own network; and browsers.

Every host name leads to this machine. Chromium is told how private each address is, so it asks, allows and forbids as it
would between a real hub and a real agent.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
from playwright.sync_api import Browser, BrowserContext, Page

from tests.factories import browsing, tls
from tests.factories.patience import PATIENCE
from tests.factories.stack import Stack, stack, until
from tests.factories.world import SAMPLE_CODE

HUB, DESK, STRANGER, FOREIGN = "hub.doorsync.test", "desk.example.test", "desk.stranger.test", "desk.foreign.test"
GATE_PC = "192.168.77.5"


@dataclass
class Network:
    """Where everything is, and the pages of the third parties: path -> HTML."""

    stack: Stack
    hub: str
    agent: str
    desk: str
    stranger: str
    foreign: str  # the desk's server once more, under a third site
    agent_port: int
    space: str  # of the agent, for browsers
    pages: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def link(self) -> str:
        """A fresh sign-in link."""
        return f"{self.hub}/users/totalSyncUsersLogin/{self.stack.token()}"

    def load(self, people: list[dict[str, Any]]) -> None:
        """Make the company what these people say; the desk may frame the sync page, the stranger may not."""
        content = self.stack._company(people)
        content["company"]["frame_origins"] = [self.desk]
        file = self.stack.folder / "framed.yaml"
        file.write_text(json.dumps(content))
        self.stack.run(["company", "load", str(file), "--code-stdin", "--password-stdin"], f"{SAMPLE_CODE}\npasswrod\n")

    def arguments(self) -> list[str]:
        """What chromium is told of the networks."""
        spaces = {**dict.fromkeys(self.ports.values(), "public"), self.agent_port: self.space}
        names = ",".join(f"MAP {name} 127.0.0.1" for name in (HUB, DESK, STRANGER, FOREIGN, GATE_PC))
        return [
            *browsing.ARGUMENTS,
            "--ignore-certificate-errors",
            f"--host-resolver-rules={names}",
            "--ip-address-space-overrides=" + ",".join(f"127.0.0.1:{port}={space}" for port, space in spaces.items()),
        ]


@contextmanager
def network(folder: Path, people: list[dict[str, Any]], *, space: str) -> Iterator[Network]:
    """Everything runs. The agent is on this computer ("loopback"), or elsewhere in its network ("local")."""
    agent_host = {"loopback": "127.0.0.1", "local": GATE_PC}[space]
    pem = tls.certificate(folder, HUB, DESK, STRANGER, FOREIGN)
    with (
        stack(folder, people, cloud=False) as made,
        tls.front(pem, made.port) as hub_port,
        _third_parties() as (pages, plain),
        tls.front(pem, plain) as desk_port,
    ):
        hub, desk, stranger, foreign = (
            f"https://{host}:{port}"
            for host, port in ((HUB, hub_port), (DESK, desk_port), (STRANGER, desk_port), (FOREIGN, desk_port))
        )
        made.end("hub")
        made.hub_environment["DOORSYNC_PUBLIC_URL"] = hub
        made._start("hub", ["hub", "run"], made.hub_environment)
        until(lambda: _listens(hub_port), "the hub answering")
        agent_port = int((folder / "agent/port").read_text())
        agent = f"http://{agent_host}:{agent_port}"
        made.agent_environment |= {
            "DOORSYNC_AGENT_ORIGINS": json.dumps([hub]),
            "DOORSYNC_AGENT_HOSTS": json.dumps([f"{agent_host}:{agent_port}"]),
        }
        _tell_hub(made, agent)
        made.start_agent()
        yield Network(made, hub, agent, desk, stranger, foreign, agent_port, space, pages, {"hub": hub_port, "desk": desk_port})


def _listens(port: int) -> bool:
    try:
        return httpx2.get(f"https://127.0.0.1:{port}/webservicesesws?wsdl", verify=False).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


def _tell_hub(made: Stack, agent: str) -> None:
    """Where pages find the agent: the enrolment named the address that it listens on."""
    with sqlite3.connect(made.folder / "hub/hub.sqlite3", timeout=PATIENCE) as base:
        base.execute("UPDATE terminals_agent SET url = ?", [agent])


@contextmanager
def _third_parties() -> Iterator[tuple[dict[str, str], int]]:
    """A web server for the pages of programs that embed the sync page."""
    pages: dict[str, str] = {}

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield pages, server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def embedding(link: str, *, allow: str = "") -> str:
    """A page of a third party that frames the link, and keeps what it is told."""
    return f"""<!doctype html><title>Front desk</title><link rel="icon" href="data:,">
        <iframe src="{link}" allow="{allow}" width="420" height="900"></iframe>
        <script>window.told = []; addEventListener("message", (event) => told.push([event.origin, event.data]));</script>"""


class Outside:
    """A browser for which the hub is public, and what its person once answered it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._session = browser.new_browser_cdp_session()  # kept open: with its end the browser forgets the answers

    def answers(self, page: Page, origin: str, permission: str, state: str) -> None:
        """The person's answer for pages of this origin: granted, denied or prompt. Playwright does not know these names."""
        target = page.context.new_cdp_session(page)
        context = target.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
        target.detach()
        asked = {"permission": {"name": permission}, "origin": origin, "browserContextId": context}
        self._session.send("Browser.setPermission", {**asked, "setting": state})


@contextmanager
def outside(browser: Browser, running: Network, *more: str) -> Iterator[Outside]:
    """Chromium, somewhere in the world."""
    started = browser.browser_type.launch(executable_path="/usr/bin/chromium", args=[*running.arguments(), *more])
    yield Outside(started)
    started.close()


def cookies(context: BrowserContext, page: Page) -> list[dict[str, Any]]:
    """All cookies of a context as the browser keeps them, with their partitions."""
    session = context.new_cdp_session(page)
    found: list[dict[str, Any]] = session.send("Network.getAllCookies")["cookies"]
    session.detach()
    return found
