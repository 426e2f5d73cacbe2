"""A company whose provider really runs, and people at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from django_scopes import scope

from doorsync.hub.providers import discovery
from doorsync.hub.settings.config import config
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym
from tests.factories.openid_provider import CLIENT, SECRET, openid_provider

SIGN_IN, PROVIDER, OWN = "/sign-in/company/", "/settings/company-accounts/", "/account/company-account/"
ANSWER = "/sign-in/company/gym/answer/"
ACCOUNTS = {
    "a-1001": {"email": "Bob@gym.example", "email_verified": True, "preferred_username": "bob"},
    "a-1002": {"email": "bob@gym.example", "email_verified": True},  # the same address, another account
    "a-1003": {"email": "carol@gym.example", "email_verified": False},
    "a-1004": {"email": "alice@gym.example", "email_verified": True},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with openid_provider(config().origin + ANSWER, ACCOUNTS) as address:
        yield address


@pytest.fixture
def club(db: None, setting: Callable[..., None]) -> Iterator[Gym]:
    """A gym whose owner is `username`, with a manager called bob."""
    setting(PROVIDER_NETWORKS='["127.0.0.0/8"]')
    discovery.forget()
    made = gym(["Alice"])
    made.company.slug = "gym"
    made.company.save()
    world.administrator(made.company, username="bob", level="manager")
    with scope(company=made.company):
        yield made
    discovery.forget()


@pytest.fixture
def owner(club: Gym) -> Desk:
    return desk_of(club, "username")


def desk_of(club: Gym, username: str) -> Desk:
    made = Desk()
    assert made.sign_in_fully(club.company.slug, username).status_code == 303
    made.proof = made.fields(made.get("/sync/"))
    return made


def settings_with(issuer: str, **other: str) -> dict[str, str]:
    given = {"issuer": issuer, "client_id": CLIENT, "secret": SECRET, "claim": "email", "domain": "", "passwords": "on", **other}
    return {name: value for name, value in given.items() if value}


def sent_to(page: str) -> str:
    """Where a page leads on to."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found, page
    return unescape(found[1])


def local(address: str) -> str:
    """Path and query of an address of the hub's."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
