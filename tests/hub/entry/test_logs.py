"""Logs without secrets."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client

from doorsync.hub.entry import logs
from doorsync.hub.entry.request_log import route_of

TOKEN = "ab" * 64


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_values_with_secret_names_are_hidden(written: io.StringIO) -> None:
    structlog.get_logger().info("sign-in", password="passwrod", sync_token=TOKEN, company=7)

    event = json.loads(written.getvalue())
    assert (event["password"], event["sync_token"], event["company"]) == (logs.NEVER, logs.NEVER, 7)


@pytest.mark.parametrize(
    "name", ["password", "token", "code", "pin", "PIN", "card", "cards", "cookie", "secret", "kek_key", "Authorization"]
)
def test_each_kind_of_secret_is_hidden(written: io.StringIO, name: str) -> None:
    structlog.get_logger().info("event", **{name: "4711"})
    assert "4711" not in written.getvalue()
    assert logs.NEVER in written.getvalue()


@pytest.mark.django_db
def test_no_line_holds_the_path_of_a_token(written: io.StringIO) -> None:
    Client(raise_request_exception=False).get(f"/users/totalSyncUsersLogin/{TOKEN}")
    Client().get(f"/no/such/page/{TOKEN}")
    logging.getLogger("django.request").error("Internal Server Error: %s", f"/users/totalSyncUsersLogin/{TOKEN}")

    assert TOKEN not in written.getvalue()
    assert "A request failed" in written.getvalue()


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/webservicesesws", "webservicesesws"),
        ("/static/ui/x.css", "static"),
        (f"/no/such/page/{TOKEN}", "(none)"),
    ],
)
def test_route_names_the_page_without_its_values(path: str, route: str) -> None:
    assert route_of(path) == route
    assert TOKEN not in route_of(f"/users/totalSyncUsersLogin/{TOKEN}")
    assert "SyncUsers?Login" in route_of(f"/users/totalSyncUsersLogin/{TOKEN}")
