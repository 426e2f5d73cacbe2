"""The hub is told to end while agents wait, pages listen, callers are slow and a request is stuck: it lets all of them go."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorsync.hub.entry import shutdown
from tests.factories.patience import PATIENCE
from tests.factories.stack import SAMPLE, Stack, until


class TwoAgents(Stack):
    """The pool's agent is never enrolled, so that a run there stays open."""

    def _company(self, people: list[dict[str, Any]]) -> dict[str, Any]:
        company = super()._company(people)
        company["agents"].append("Away")
        company["terminals"][1]["agent"] = "Away"
        return company


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Stack]:
    made = TwoAgents(tmp_path, cloud=True, terminals={"Gate": "North", "Pool": "South"})
    try:
        made.start_terminals()
        made.load([{"id": "1", "last_name": "Alice", "groups": ["Members"]}])
        made.start_hub()
        made.enrol()
        made.start_agent()
        made.press()
        until(lambda: made.people("Gate"), "the first sync")
        yield made
    finally:
        made.end_all()


def logged(running: Stack) -> list[dict[str, Any]]:
    return [json.loads(line) for line in running.log("hub").splitlines() if line.startswith("{")]


def connected(running: Stack, data: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", running.port))
    made.settimeout(PATIENCE)
    made.sendall(data)
    return made


def begun(running: Stack) -> socket.socket:
    """A call whose body the hub has begun to wait for."""
    length = len(SAMPLE.read_bytes())
    head = (
        f"POST /webservicesesws HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\nExpect: 100-continue"
    )
    made = connected(running, f"{head}\r\n\r\n".encode())
    assert made.recv(100).startswith(b"HTTP/1.1 100")
    return made


@pytest.mark.requirement("O-02", mutation="waiters.let_go not called, or the streams not ended: the hub then drops them")
def test_hub_lets_go_of_all_who_only_wait(running: Stack) -> None:
    with running.signed_in() as page, closing(connected(running, b"")), closing(connected(running, b"GET / HT")):
        run = httpx2.URL(page.press())
        with page.browser.stream("GET", run.copy_with(path=f"{run.path}events/")) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: lines"
            until(lambda: "connected" in running.run(["agent", "status"], "", running.agent_environment), "the agent waiting")
            running.processes["hub"].send_signal(signal.SIGTERM)
            assert list(lines), "the stream ends as a whole answer"
    assert running.processes["hub"].wait(PATIENCE) in (0, -signal.SIGTERM)

    assert "Traceback" not in running.log("hub")
    assert [line for line in logged(running) if line["level"] != "info"] == []


@pytest.mark.requirement("O-02", mutation="Server.shutdown without its own moment: the hub waits until the caller has sent all")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_hub_drops_whoever_takes_longer_than_a_moment(running: Stack, number: signal.Signals) -> None:
    with (
        closing(begun(running)) as slow,
        closing(begun(running)) as stuck,
        closing(sqlite3.connect(running.folder / "hub/hub.sqlite3", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")  # whoever writes now waits in a thread that nobody can end
        stuck.sendall(SAMPLE.read_bytes())
        running.processes["hub"].send_signal(number)
        assert (slow.recv(1), stuck.recv(1)) == (b"", b"")
        assert running.processes["hub"].wait(PATIENCE) == 0
    assert shutdown.MOMENT < 1.5, "with what is around it, the hub ends within two seconds"

    assert "Traceback" not in running.log("hub")
    dropped = [line["event"] for line in logged(running) if line["level"] != "info"]
    assert dropped == ["The hub ends. Requests that were still under way were dropped."]
    running.start_hub()
    assert running.people("Gate"), "and nothing was lost"
