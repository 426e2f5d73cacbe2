"""Anybody on the network can copy an Origin and call the agent's port without end. That must hold up no removal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from doorsync.agent.batch_service import BatchService
from doorsync.agent.kept_state import COUNT
from doorsync.agent.validation import AT_ONCE, SPACING
from doorsync.messages import envelope
from doorsync.messages.schemas import Hello
from tests.agent.courier import AgentProcess, Make, carry, served
from tests.agent.hub import ORIGIN, Hub, person, put
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, until

FLOODERS, ENOUGH = 4, 100


@contextmanager
def flooded(agent: AgentProcess, body: Callable[[int], dict[str, str]]) -> Iterator[list[str]]:
    """Hellos as fast as they are answered, as a page of the hub would ask for them; what came back."""
    said: list[str] = []
    over = threading.Event()

    def flood() -> None:
        with httpx2.Client(base_url=agent.url, headers={"Origin": ORIGIN, "X-Doorsync": "1"}, timeout=PATIENCE) as client:
            while not over.is_set():
                said.append(client.post("/hello", json=body(len(said))).json()["hello"])

    threads = [threading.Thread(target=flood) for _ in range(FLOODERS)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(said) > ENOUGH, "the flood did not begin")
        yield said
        until(lambda: len(said) > 2 * ENOUGH, "the flood did not go on")
    finally:
        over.set()
        for thread in threads:
            thread.join()


BODIES: dict[str, Callable[[int], dict[str, str]]] = {
    "hello": lambda _: {},
    "challenge": lambda number: {"challenge": f"{number:032x}"},
    "keys": lambda _: {"keys": "a.b.c"},
}


@pytest.mark.requirement("A-01", mutation="`Acceptance.hello` saying a fresh hello to whoever asks, however often")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_flood_of_hellos_keeps_no_removal_from_a_page(
    hub: Hub, gate: VirtualTerminal, agent_in: Make, folder: Path, body: Callable[[int], dict[str, str]]
) -> None:
    hub.terminals["gate"].held = {"1": person("Gone")}
    gate.change("INSERT INTO user VALUES ('1', 'Gone', '[]', '', '[]', '')")
    agent = agent_in()
    agent.start()
    began = time.monotonic()
    with served(hub) as url, flooded(agent, body) as said, agent.client() as client:
        carry(url, client, within=PATIENCE)
    assert gate.users() == {}
    assert len(said) > 2 * ENOUGH
    own = 1 + len(hub.refused_codes)
    assert int((folder / COUNT).read_text()) <= AT_ONCE + (time.monotonic() - began) / SPACING + own
    agent.stop()


def test_a_flood_of_hellos_keeps_no_removal_from_the_cloud_courier(
    hub: Hub, gate: VirtualTerminal, agent_in: Make, folder: Path
) -> None:
    hub.terminals["gate"].held = {"1": person("Gone")}
    gate.change("INSERT INTO user VALUES ('1', 'Gone', '[]', '', '[]', '')")
    with served(hub) as url:
        identity = (folder / "identity.json").read_text()
        (folder / "identity.json").write_text(identity.replace(ORIGIN, url, 1))
        agent = agent_in(DOORSYNC_AGENT_CLOUD="true", DOORSYNC_AGENT_ORIGINS=f'["{ORIGIN}"]')
        agent.start()
        with flooded(agent, BODIES["hello"]):
            until(lambda: gate.users() == {}, "the removal did not happen")
        agent.stop()


def test_a_page_that_asks_too_often_hears_the_last_hello_again_and_its_nonce_lives_on(
    hub: Hub, batch_service: BatchService
) -> None:
    said = [batch_service.hello(sparing=True).hello for _ in range(AT_ONCE + 5)]
    assert len(set(said)) == AT_ONCE
    assert len(set(said[AT_ONCE - 1 :])) == 1
    assert hub.hello(said[-1]) == {"nonce": hub.nonce}
    assert hub.read(batch_service.batch(hub.seal(hub.batch("gate", put("1")))).text).state == "done"
    assert batch_service.hello(sparing=True).hello == said[-1], "also after a batch: the hub takes it only once"


def test_the_agents_own_courier_always_gets_a_fresh_hello(hub: Hub, batch_service: BatchService) -> None:
    for _ in range(AT_ONCE + 5):
        batch_service.hello(sparing=True)
    assert hub.agent_keys
    challenge = "a" * 32
    said = envelope.verify(batch_service.hello(challenge=challenge).hello, Hello, hub.agent_keys.sign)
    assert said.challenge == challenge
    again = envelope.verify(batch_service.hello(sparing=True).hello, Hello, hub.agent_keys.sign)
    assert again == said
