"""The harness itself: what it promises to every other test."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from django.db import connection
from playwright.sync_api import Page

from tests.factories import world
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE


def test_sockets_reach_this_machine_only() -> None:
    with socket.socket() as outward, pytest.raises(UserWarning, match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))


def test_live_hub_answers_on_the_database_of_the_test(hub: LiveHub) -> None:
    world.company()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{hub.url}/there-is-no-such-page/", timeout=PATIENCE)

    assert refused.value.code == 404
    refused.value.close()
    assert connection.vendor == "postgresql" or ":memory:" not in str(connection.settings_dict["NAME"])


@pytest.mark.browser
def test_browser_complaints_are_heard(open_page: Callable[..., Page], request: pytest.FixtureRequest) -> None:
    page = open_page(allowed=("expected",))
    page.evaluate("console.error('expected')")
    page.evaluate("console.error('surprise')")
    contexts = open_page.__self__  # type: ignore[attr-defined]  # the object behind the fixture

    assert [text for text in contexts.complaints if "surprise" in text]
    assert not [text for text in contexts.complaints if "expected" in text]
    contexts.complaints.clear()
