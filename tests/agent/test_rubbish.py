"""A hub that sends rubbish slows nobody for longer than the usual pause, and fills nobody's memory."""

from __future__ import annotations

import json
import time

import pytest

from doorsync.agent import backoff
from doorsync.agent import courier_loop as carrying
from doorsync.agent.backoff import Backoff
from doorsync.agent.batch_service import BatchService
from doorsync.agent.courier_loop import Round
from doorsync.agent.courier_ports import Hub as HubPort
from doorsync.agent.courier_ports import Next
from tests.agent.courier import carry, served
from tests.agent.hub import Hub, person
from tests.factories.terminals import VirtualTerminal


@pytest.mark.parametrize("wait", [10**9, -5, float("nan"), float("inf"), 0, 1e308])
def test_nobody_sleeps_as_long_as_a_hub_says(batch_service: BatchService, wait: float, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    course = Round(HubPort("http://127.0.0.1:1"), batch_service, None, over=lambda: False)  # type: ignore[arg-type]
    course._wait(Next.model_validate(json.loads(json.dumps({"batches": [], "wait": wait, "hello": False, "idle": True}))).wait)
    assert len(slept) == 1
    assert carrying.PAUSE <= slept[0] <= carrying.LONGEST


def test_a_hub_that_wants_hello_after_hello_is_greeted_ever_more_rarely(
    hub: Hub, batch_service: BatchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    class Insatiable(Hub):
        def next(self, nonce: str, busy: str = "", agent: str = "", commands: str = "") -> dict[str, object]:
            return {"batches": [], "wait": 0, "hello": True, "idle": False}

    hub.__class__ = Insatiable
    with served(hub) as url:
        port = HubPort(url)
        with pytest.raises(TimeoutError):
            Round(port, batch_service, None, over=lambda: len(slept) > 4).go()  # type: ignore[arg-type]
        port.close()
    assert slept == sorted(slept)
    assert slept[-1] > 4 * slept[0]


def test_what_was_refused_is_left_alone_for_twice_as_long_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    waits, kept = Backoff(), []
    for _ in range(12):
        waits.note("gate", taken=False)
        begun = now[0]
        while "gate" in waits.held_back():
            now[0] += 0.25
        kept.append(now[0] - begun)
    assert kept == [min(backoff.FIRST * 2**number, backoff.LONGEST) for number in range(12)]
    waits.note("gate", taken=False)
    waits.note("gate", taken=True)
    assert waits.held_back() == set()


def test_a_receipt_that_is_refused_is_not_brought_without_a_pause(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    brought: list[str] = []

    class Refusing(Hub):
        def receipt(self, receipt: str, agent: str = "") -> dict[str, object]:
            brought.append(receipt)
            return {"error": "malformed"}

    hub.__class__ = Refusing
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    with served(hub) as url, pytest.raises(TimeoutError):
        carry(url, batch_service, within=3)
    assert 2 <= len(brought) <= 4, "after half a second, one, two ..."
