"""Agents that wait at a hub, this one's or another process's, until it has something for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from doorsync.hub.courier import long_poll
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.hub.sync.counterpart import Counterpart


def ask(hub: LiveHub, body: object) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{hub.url}{long_poll.PATH}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))


@contextmanager
def waiting_at(hub: LiveHub, there: Counterpart) -> Iterator[list[dict[str, Any]]]:
    """The agent waits while the block runs; at its end the hub has answered."""
    answers: list[dict[str, Any]] = []
    waiter = threading.Thread(target=lambda: answers.append(ask(hub, {"agent": there.agent.public_id, "nonce": there.nonce})))
    waiter.start()
    yield answers
    waiter.join(PATIENCE)


def until(true: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def on_this_database() -> dict[str, str]:
    """The environment of a command that works on the database of the test."""
    at = connection.settings_dict
    database = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    return {**os.environ, "DOORSYNC_DATABASE_URL": database, "DOORSYNC_PORT": "0"}


@contextmanager
def hub_process() -> Iterator[LiveHub]:
    """Another process of the same hub, on the database of the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "doorsync", "hub", "run"], env=on_this_database(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        hub = LiveHub(url=process.stdout.readline().split()[-1])
        assert ask(hub, {}) == {"error": "malformed"}  # it tells its address first, and answers once it has begun its epoch
        yield hub
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
