"""The cloud courier: the agent dials out, does what comes, and comes back to a hub that was away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doorsync.agent import cloud_courier, key_rotation
from doorsync.agent.batch_service import BatchService
from doorsync.agent.cloud_courier import CloudCourier
from doorsync.agent.identity import Identity
from tests.agent.courier import served
from tests.agent.hub import Hub, person
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, until

Dial = Callable[[str], CloudCourier]


@pytest.fixture
def dial(batch_service: BatchService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dial]:
    """Start a courier to this hub; it tries again sooner than in life."""
    monkeypatch.setattr(cloud_courier, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(cloud_courier, "LONGEST_PAUSE", 0.1)
    couriers: list[CloudCourier] = []

    def start(url: str) -> CloudCourier:
        couriers.append(CloudCourier(url, batch_service))
        couriers[-1].start()
        return couriers[-1]

    yield start
    for courier in couriers:
        courier.stop()
        courier._thread.join(PATIENCE)
        assert not courier._thread.is_alive()


def right(hub: Hub, gate: VirtualTerminal) -> Callable[[], bool]:
    return lambda: gate.users() == hub.terminals["gate"].wanted == hub.terminals["gate"].held


def test_work_that_comes_later_is_done_too(hub: Hub, gate: VirtualTerminal, dial: Dial) -> None:
    with served(hub) as url:
        dial(url)
        for name in ("Alice", "Alice Jansen"):
            hub.terminals["gate"].wanted = {"1": person(name)}
            until(right(hub, gate), f"{name} did not arrive")


def test_a_hub_that_was_away_is_served_when_it_is_back(hub: Hub, gate: VirtualTerminal, dial: Dial) -> None:
    with served(hub) as url:
        port = int(url.rpartition(":")[2])
        dial(url)
        hub.terminals["gate"].wanted = {"1": person("Alice")}
        until(right(hub, gate), "Alice did not arrive")
    hub.terminals["gate"].wanted = {"2": person("Bob")}
    with served(hub, port):
        until(right(hub, gate), "Bob did not arrive")


def test_a_hub_that_refuses_and_then_thinks_better_of_it_is_served(hub: Hub, gate: VirtualTerminal, dial: Dial) -> None:
    count, hub.count = hub.count, 10**6
    with served(hub) as url:
        dial(url)
        hub.terminals["gate"].wanted = {"1": person("Alice")}
        hub.count = count
        until(right(hub, gate), "Alice did not arrive")


@pytest.mark.parametrize("nonsense", [[], "x", {}, {"batches": 5, "hello": 0}, {"batches": [{}], "hello": False, "idle": False}])
def test_a_hub_that_talks_nonsense_for_a_while_does_not_end_the_courier(
    hub: Hub, gate: VirtualTerminal, dial: Dial, nonsense: object
) -> None:
    told: list[object] = []

    class Confused(Hub):
        def next(self, nonce: str, busy: str = "", agent: str = "", commands: str = "") -> dict[str, object]:
            if len(told) < 2:
                told.append(nonsense)
                return nonsense  # type: ignore[return-value]  # that is the point
            return super().next(nonce)

    hub.__class__ = Confused
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    with served(hub) as url:
        dial(url)
        until(right(hub, gate), "Alice did not arrive")
    assert len(told) == 2


@pytest.fixture
def told(hub: Hub) -> list[str]:
    """What is asked of the hub, which lets agents wait in vain six times, and finds their nonces old after that."""
    asked: list[str] = []

    class Quiet(Hub):
        def hello(self, hello: str, agent: str = "") -> dict[str, object]:
            asked.append("hello")
            return super().hello(hello)

        def next(self, nonce: str, busy: str = "", agent: str = "", commands: str = "") -> dict[str, object]:
            asked.append("next")
            return {**super().next(nonce), "hello": asked[-2] == "wait"}

        def wait(self, nonce: str, agent: str = "") -> dict[str, object]:
            asked.append("wait")
            time.sleep(0.02)
            return {"work": asked.count("wait") > 6}

    hub.__class__ = Quiet
    return asked


def test_an_agent_that_waits_in_vain_waits_again_and_says_hello_now_and_then(
    hub: Hub, dial: Dial, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An idle agent costs the hub one small request each time, not a hello and a look for batches."""
    monkeypatch.setattr(cloud_courier, "QUIET", 3)
    with served(hub) as url:
        dial(url)
        until(lambda: told.count("wait") > 8, "the agent did not wait again")
    again = ["next", "hello", "next"]
    in_vain = ["wait"] * 3
    assert told[:15] == ["hello", "next", *in_vain, *again, *in_vain, *again, "wait"]
    assert told[15:18] == again, "work is fetched at once"


def test_a_change_of_keys_that_is_begun_meanwhile_waits_for_no_work(hub: Hub, dial: Dial, told: list[str], folder: Path) -> None:
    with served(hub) as url:
        dial(url)
        until(lambda: "wait" in told, "the agent did not wait")
        new = key_rotation.begin_rotation(folder)
        until(lambda: hub._agent().fingerprint() == new, "the hub did not hear of it")
        until(lambda: Identity.load(folder).keys.public.fingerprint() == new, "the agent did not change")
        until(lambda: told.count("hello") == 2, "the agent did not say hello with its new keys")
        until(lambda: told.count("wait") > 5, "the agent did not go on waiting")
    assert told.count("hello") == 2


def test_a_hub_that_was_started_anew_gets_the_wait_again_and_no_hello(hub: Hub, dial: Dial, told: list[str]) -> None:
    """All agents come back at once, and a hello with a look for batches costs the hub far more than a wait."""
    with served(hub) as url:
        port = int(url.rpartition(":")[2])
        courier = dial(url)
        until(lambda: "wait" in told, "the agent did not wait")
    until(lambda: courier._away, "the agent did not notice")
    told.clear()
    with served(hub, port):
        until(lambda: len(told) > 2, "the agent did not come back")
    assert set(told[:3]) == {"wait"}


def test_a_hub_that_ends_a_wait_with_nonsense_does_not_end_the_courier(hub: Hub, gate: VirtualTerminal, dial: Dial) -> None:
    class Confused(Hub):
        def wait(self, nonce: str, agent: str = "") -> dict[str, object]:
            return {}

    hub.__class__ = Confused
    with served(hub) as url:
        dial(url)
        for name in ("Alice", "Alice Jansen"):
            hub.terminals["gate"].wanted = {"1": person(name)}
            until(right(hub, gate), f"{name} did not arrive")
