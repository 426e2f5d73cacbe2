"""Behind proxies: the agent's way out, with a password and a certificate of its own; and the hub's, wrongly set up."""

from __future__ import annotations

import html
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.factories import tls
from tests.factories.patience import PATIENCE
from tests.factories.ports import bound
from tests.factories.proxies import Proxy, proxy
from tests.factories.stack import LOCATIONS, Stack, stack, until
from tests.factories.visitor import LINK

ALICE, BOB = ({"id": str(number), "last_name": name, "groups": ["Members"]} for number, name in ((1, "Alice"), (2, "Bob")))
PASSWORD = "way-0ut-of-here"


@contextmanager
def tinyproxy(folder: Path) -> Iterator[tuple[int, Path]]:
    """Its port and its log. It asks for the name `agent` and the password."""
    with bound() as found:
        port = found.getsockname()[1]
    log = folder / "proxy.log"
    settings = f'Port {port}\nListen 127.0.0.1\nLogFile "{log}"\nLogLevel Connect\nBasicAuth agent {PASSWORD}\n'
    (folder / "proxy.conf").write_text(settings)
    process = subprocess.Popen(["tinyproxy", "-d", "-c", str(folder / "proxy.conf")], stdout=subprocess.DEVNULL)
    try:
        until(lambda: log.exists() and "done sending stored logs" in log.read_text(), "the proxy listening")
        yield port, log
    finally:
        process.terminate()
        process.wait(PATIENCE)


def is_everywhere(running: Stack, *names: str) -> bool:
    return all(sorted(running.people(name).values()) == list(names) for name in LOCATIONS)


def test_agent_enrols_and_works_through_the_proxy_and_says_when_it_may_not(tmp_path: Path) -> None:
    pem = tls.certificate(tmp_path, "localhost")
    with stack(tmp_path, [ALICE, BOB]) as running, tls.front(pem, running.port) as front, tinyproxy(tmp_path) as (port, log):
        running.hub_address = f"https://localhost:{front}"
        running.agent_environment["DOORSYNC_AGENT_CA_FILE"] = str(pem)
        running.agent_environment["DOORSYNC_AGENT_PROXY"] = f"http://agent:{PASSWORD}@127.0.0.1:{port}"
        running.enrol()
        running.start_agent()
        running.press()
        until(lambda: is_everywhere(running, "Alice", "Bob"), "both everywhere")
        running.load([BOB])
        until(lambda: is_everywhere(running, "Bob"), "Alice being gone without a press")
        assert f"CONNECT localhost:{front}" in log.read_text()
        assert f"reached through the proxy http://127.0.0.1:{port}" in doctor(running, ends=0)

        running.end("agent")
        running.agent_environment["DOORSYNC_AGENT_PROXY"] = f"http://agent:wrong@127.0.0.1:{port}"
        running.start_agent()
        until(lambda: "The hub is away" in running.log("agent"), "the agent saying so")
        assert "the proxy did not let this agent through to the hub" in doctor(running, ends=1)
        assert PASSWORD not in running.log("agent")


def doctor(running: Stack, *, ends: int) -> str:
    """What it says, which holds no password."""
    said = running.run(["agent", "doctor"], environment=running.agent_environment, ends=ends)
    assert PASSWORD not in said
    return said


@pytest.mark.browser
@pytest.mark.requirement("T-11", mutation="same_origin that refuses every Origin of null")
def test_every_form_works_behind_a_proxy_that_hides_where_forms_come_from(tmp_path: Path, page: Page) -> None:
    with proxy(adds={"Referrer-Policy": "no-referrer"}) as front, behind(front, tmp_path) as running:
        running.start_agent()
        origins: set[str | None] = set()
        page.on("request", lambda request: origins.add(request.headers.get("origin")))
        page.goto(f"{front.url}{LINK}{running.token()}")
        page.wait_for_url("**/sync/?s=*")
        page.get_by_label("Verify and repair").check()  # a fetch by htmx
        page.get_by_role("button", name="Sync", exact=True).click()
        expect(page.locator("#live")).to_contain_text("All 3 terminals are up to date.", timeout=30_000)  # the page as courier
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
        page.goto(f"{front.url}/sign-in/")
        for label, text in (("Company", "gym"), ("Name", "username"), ("Password", "passwrod")):
            page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Enter")
        page.wait_for_url("**/sync/?s=*")
        assert "null" in origins, "the proxy hid nothing"


@pytest.mark.browser
@pytest.mark.requirement("T-13", mutation="same_origin that believes any Origin of null")
def test_a_page_of_another_site_is_refused_behind_such_a_proxy_too(
    tmp_path: Path, open_page: Callable[..., Page], evil: str
) -> None:
    page = open_page(allowed=("403",))
    with proxy(adds={"Referrer-Policy": "no-referrer"}) as front, behind(front, tmp_path):
        for way in ("plain", "sandbox"):
            with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
                page.goto(f"{evil}{way}?{front.url}/sign-in/")
            assert refused.value.status == 403, way
            assert refused.value.request.all_headers()["origin"] == ("null" if way == "sandbox" else evil.rstrip("/"))


def test_a_proxy_that_sends_its_own_host_is_named_with_our_setting(tmp_path: Path) -> None:
    with proxy(tells={"Host": "inside-1:8000<script>"}) as front, behind(front, tmp_path, "https://doors.example.com") as running:
        answers = [httpx2.get(f"{front.url}{LINK}{running.token()}") for _ in range(3)]
        for answer in answers:
            assert answer.status_code == 400
            for part in ("DOORSYNC_PUBLIC_URL", "https://doors.example.com", "inside-1:8000?script?"):
                assert part in answer.text
            assert "<script>" not in answer.text
        log = running.log("hub")
        assert log.count("inside-1:8000?script?") == 1
        assert not [word for word in ("Traceback", "ALLOWED_HOSTS") if word in log]
        said = running.run(["hub", "check"], environment={**running.hub_environment, "DOORSYNC_PORT": "0"})
        assert "DOORSYNC_PUBLIC_URL" in said
        assert "inside-1:8000?script?" in said
        refused = httpx2.post(f"{front.url}/courier/hello", json={})
        assert refused.json()["error"] == "wrong-host"
        assert "DOORSYNC_PUBLIC_URL" in refused.json()["message"]


def test_a_public_url_with_another_scheme_or_port_is_named(tmp_path: Path) -> None:
    with proxy(tells={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}) as front, behind(front, tmp_path) as running:
        origin = f"https://127.0.0.1:{front.server_port}"
        for site in ({"Sec-Fetch-Site": "same-origin"}, {}):
            answer = httpx2.post(f"{front.url}/sign-in/", headers={"Origin": origin, **site})
            assert answer.status_code == 403
            assert f"People open the hub at {origin}, but DOORSYNC_PUBLIC_URL is {front.url}." in html.unescape(answer.text)
        older = httpx2.post(f"{front.url}/sign-in/", headers={"Origin": "null"})
        assert "Referrer-Policy: no-referrer" in html.unescape(older.text)
        strange = httpx2.post(f"{front.url}/sign-in/", headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
        assert "DOORSYNC" not in strange.text
        log = running.log("hub")
        for told in ("People open the hub at", "The proxy says that people come with https", "not in DOORSYNC_TRUSTED_PROXIES"):
            assert log.count(told) == 1, told


@contextmanager
def behind(front: Proxy, folder: Path, public_url: str = "") -> Iterator[Stack]:
    """A hub that knows itself by the proxy's address, or by another."""
    made = Stack(folder, cloud=False)
    front.hub = made.port
    made.hub_environment["DOORSYNC_PUBLIC_URL"] = public_url or front.url
    try:
        made.start_terminals()
        made.load([ALICE, BOB])
        made.start_hub()
        if not public_url:
            made.enrol()
        yield made
    finally:
        made.end_all()


class _Evil(BaseHTTPRequestHandler):
    """A page of the same site but another port, which posts by itself wherever its query says; in a sandbox if asked to."""

    def do_GET(self) -> None:
        script = "let f=document.forms[0];f.action=location.search.slice(1);f.submit()"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if self.path.startswith("/sandbox"):
            self.send_header("Content-Security-Policy", "sandbox allow-scripts allow-forms")
        self.end_headers()
        self.wfile.write(f'<link rel="icon" href="data:,"><form method=post></form><script>{script}</script>'.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def evil() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Evil)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()
