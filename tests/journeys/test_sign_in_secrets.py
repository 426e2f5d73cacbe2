"""From the sample request to the sync page and past every error: no token, password or company code stays behind."""

from __future__ import annotations

import http.client
import io
import logging
import re
import secrets
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import structlog

from doorsync.hub.entry import logs
from doorsync.hub.entry.asgi import application
from doorsync.hub.entry.request_log import with_request_lines
from tests.factories import live, sinks, soap, world
from tests.factories.patience import PATIENCE
from tests.factories.visitor import LINK

CODE = "Kd#8(x<&;+^" + secrets.token_hex(10) + "Q"
PASSWORD = "Zwarte k@t & <77>"
WRONG = "Witte h0nd & <78>"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that the hub logs, through its own set-up."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    logs.configure(stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


class Browser:
    """Keeps its cookies, and every byte that it was sent."""

    def __init__(self, url: str) -> None:
        self.url, self.cookies, self.pages = url, dict[str, str](), list[bytes]()

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        given = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Origin": self.url, **headers}
        connection.request(method, address, body, {name: value for name, value in given.items() if value})
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = re.match(r"([^=]+)=([^;]*)", cookie).groups()  # type: ignore[union-attr]  # a cookie has a name
            self.cookies[name] = value
        shown = [(name, value) for name, value in answer.getheaders() if name != "set-cookie"]
        self.pages.append(repr(shown).encode() + answer.read())
        connection.close()
        return answer


def ask_for_token(browser: Browser, password: str = PASSWORD, code: str = CODE) -> str:
    message = soap.written(p_companyID=code, p_adminPassword=password)
    browser.ask("POST", soap.PATH, message, **soap.XML)
    found = re.search(rb"<return[^>]*>([^<]*)</return>", browser.pages.pop())  # the one answer that holds a token
    assert found
    return found[1].decode()


@pytest.mark.requirement("T-01", mutation="logging Django's refusals with their path")
@pytest.mark.urls("tests.factories.open_pages")
@pytest.mark.django_db(transaction=True)
def test_no_token_password_or_company_code_stays_behind(written: io.StringIO) -> None:
    world.administrator(world.company(code=CODE, slug="gym"), password=PASSWORD)
    with live.running(with_request_lines(application)) as hub:
        browser, other = Browser(hub.url), Browser(hub.url)
        tokens = [ask_for_token(browser) for _ in range(4)]
        assert ask_for_token(browser, WRONG) == "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"
        assert ask_for_token(browser, code=CODE[::-1]) == "ERROR_UNKNOWN_SECURITY_HASH"
        landing = browser.ask("GET", LINK + tokens[0]).headers["Location"]
        browser.ask("GET", landing)
        page = browser.ask("POST", landing).headers["Location"]
        assert browser.ask("GET", page).status == 200
        again = other.ask("GET", LINK + tokens[0]).headers["Location"]
        assert other.ask("POST", again).status == 410
        statuses = [
            other.ask("GET", "/users/totalsyncuserslogin/" + tokens[1]).status,
            other.ask("POST", LINK + tokens[1]).status,
            other.ask("GET", "/broken/?" + urlencode({"token": tokens[1], "password": PASSWORD})).status,
            other.ask("GET", LINK + tokens[2], Host="evil.example").status,
        ]
        assert statuses == [404, 405, 500, 400]
        for password in (WRONG, PASSWORD):
            form = urlencode({"company": "gym", "username": "username", "password": password}).encode()
            other.ask("POST", "/sign-in/", form, **FORM)
        assert "doorsync" in other.cookies
        kept = {
            "database": sinks.database(),
            "logs": written.getvalue().encode(),
            "pages": b"\n".join(browser.pages + other.pages),
        }
    hidden = {f"token {n}": token for n, token in enumerate(tokens)} | {"code": CODE, "password": PASSWORD, "wrong": WRONG}
    cookie = next(value for name, value in browser.cookies.items() if name.startswith("sync-"))
    assert sinks.leaks(hidden | {"cookie": cookie}, kept) == []
    assert all(kept.values())
    assert b"argon2" in kept["database"]  # it really is the database that was read
    assert b"SyncUsers?Login" in kept["logs"]
