"""Somebody with a browser, as far as cookies, forms and links go; and tokens to open the door with."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.settings.config import config

LINK = "/users/totalSyncUsersLogin/"


def token_for(administrator: Administrator) -> str:
    actor = Actor(company_id=administrator.company_id, administrator_id=administrator.pk, via="esws")
    return actions.issue_sync_token(administrator=administrator, actor=actor)


@cache
def handler() -> ClientHandler:
    """Shared by all visitors, because it looks for all static files when it is made."""
    made = ClientHandler(enforce_csrf_checks=False)
    made.load_middleware()
    return made


class Visitor:
    """One browser. `origin` is what it says its pages come from."""

    def __init__(self, origin: str = "") -> None:
        self.client = Client()
        self.client.handler = handler()
        self.origin = origin or config().origin

    def get(self, address: str, **headers: str) -> HttpResponse:
        answer: Any = self.client.get(address, headers={"host": self._host, **headers})
        return cast("HttpResponse", answer)

    def post(self, address: str, fields: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        headers = {"host": self._host, "origin": self.origin, **headers}
        answer: Any = self.client.post(address, fields or {}, headers=headers)
        return cast("HttpResponse", answer)

    def follow(self, token: str, link: str = LINK) -> str:
        """Open a sign-in link: the address of the landing page."""
        answer = self.get(link + token)
        assert answer.status_code == 303
        return answer["Location"]

    def sign_in(self, token: str, link: str = LINK) -> HttpResponse:
        """Open a sign-in link and let the landing page post, as its script does."""
        landing = self.follow(token, link)
        self.get(landing)
        return self.post(landing)

    def sign_in_fully(self, company: str, username: str = "username", password: str = "passwrod") -> HttpResponse:
        return self.post("/sign-in/", {"company": company, "username": username, "password": password})

    def fields(self, page: HttpResponse) -> dict[str, str]:
        """The hidden fields of a page's form."""
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))

    @property
    def sync_cookies(self) -> dict[str, str]:
        return {name: morsel.value for name, morsel in self.client.cookies.items() if "sync-" in name and morsel.value}

    @property
    def _host(self) -> str:
        return config().origin.split("//")[1]


def session_of(answer: HttpResponse) -> str:
    """The public id of the session that a landing led to."""
    assert answer.status_code == 303, answer.status_code
    return re.fullmatch(r"/sync/\?s=([\w-]{22})", answer["Location"])[1]  # type: ignore[index]  # a failed match fails the test
