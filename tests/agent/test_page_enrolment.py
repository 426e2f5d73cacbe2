"""Enrolment carried by a page: neither side takes anything that does not fit the key that was typed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import uvicorn

from doorsync.agent import page_enrolment, shutdown
from doorsync.agent.config import Config
from doorsync.agent.errors import AgentError, EnrolmentFailed
from doorsync.agent.identity import Identity
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Enrolled, Enrolment
from tests.agent.hub import AGENT, CODE, COMPANY, ORIGIN
from tests.factories.patience import PATIENCE


@dataclass
class Waiting:
    """An agent that waits, in a thread."""

    config: Config
    hub: KeyPairs
    url: str = ""
    key: str = ""
    servers: list[uvicorn.Server] = field(default_factory=list)
    ended: queue.Queue[Identity | AgentError] = field(default_factory=queue.Queue)

    def ask(self, body: object, **headers: str) -> httpx2.Response:
        headers = {"Origin": ORIGIN, "X-Doorsync": "1", **headers}
        return httpx2.post(f"{self.url}/enrol", json=body, headers=headers, timeout=PATIENCE)

    def enrolment(self) -> Enrolment:
        return envelope.introduced(self.ask({"code": CODE}).json()["enrolment"], Enrolment)

    def enrolled(self, keys: KeyPairs | None = None, **changed: str) -> str:
        mine = keys or self.hub
        said = {"company": COMPANY, "agent": AGENT, "name": "Desk", "to": self.key, **changed}
        return envelope.sign(Enrolled(keys=mine.public.as_dict(), origins=[ORIGIN], **said), mine.sign)


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    made = Waiting(Config(data=tmp_path / "agent"), KeyPairs.generate())
    monkeypatch.setattr(shutdown, "stop_in_order", made.servers.append)  # signals belong to the main thread
    ready = threading.Event()

    def started(url: str, key: str) -> None:
        made.url, made.key = url, key
        ready.set()

    def wait() -> None:
        try:
            typed = made.hub.public.fingerprint().lower().replace("-", " ")
            made.ended.put(page_enrolment.enrol(made.config, hub_url=ORIGIN, hub_key=typed, started=started))
        except AgentError as error:
            made.ended.put(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert ready.wait(PATIENCE)
    yield made
    for server in made.servers:
        server.should_exit = True
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_page_carries_the_enrolment(waiting: Waiting) -> None:
    enrolment = waiting.enrolment()
    assert (enrolment.code, enrolment.url) == (CODE, waiting.url)

    assert waiting.ask({"enrolled": waiting.enrolled()}).json() == {"ok": True}

    identity = waiting.ended.get(timeout=PATIENCE)
    assert isinstance(identity, Identity)
    kept = Identity.load(waiting.config.data)
    assert (kept.agent, kept.hub_url, kept.hub.fingerprint()) == (AGENT, ORIGIN, waiting.hub.public.fingerprint())
    assert kept.keys.public.fingerprint() == waiting.key


def test_another_hub_or_another_agents_answer_is_not_taken(waiting: Waiting) -> None:
    waiting.enrolment()
    for signed in (
        waiting.enrolled(KeyPairs.generate()),
        waiting.enrolled(to=KeyPairs.generate().public.fingerprint()),
        waiting.enrolled(to=""),
        "x.y.z",
    ):
        assert waiting.ask({"enrolled": signed}).status_code == 409
    assert not (waiting.config.data / "identity.json").exists()
    assert waiting.ask({"enrolled": waiting.enrolled()}).status_code == 200


def test_only_pages_of_this_hub_are_answered(waiting: Waiting) -> None:
    assert waiting.ask({"code": CODE}, Origin="https://elsewhere.example").status_code == 403
    assert waiting.ask({"code": CODE}, Host="elsewhere.example").status_code == 403
    wrong: list[object] = [{}, [], {"code": 1}, {"code": CODE, "enrolled": "x"}, {"what": "x"}]
    for body in wrong:
        assert waiting.ask(body).status_code == 400
    assert waiting.ask({"code": "no code"}).status_code == 409
    assert waiting.ask({"code": "x" * 20000}).status_code == 413


def test_stopped_before_anybody_came_nothing_is_changed(waiting: Waiting) -> None:
    for server in waiting.servers:
        server.should_exit = True

    ended = waiting.ended.get(timeout=PATIENCE)

    assert isinstance(ended, EnrolmentFailed)
    assert "Nothing was changed" in str(ended)
    assert not (waiting.config.data / "identity.json").exists()


@pytest.mark.parametrize("key", ["", "hello", CODE + "-AAAAA", "UUUUU-UUUUU-UUUUU-UUUUU"])
def test_what_is_no_key_is_said_so(tmp_path: Path, key: str) -> None:
    with pytest.raises(EnrolmentFailed, match="Not a valid hub key"):
        page_enrolment.enrol(Config(data=tmp_path), hub_url=ORIGIN, hub_key=key, started=lambda *_: None)
