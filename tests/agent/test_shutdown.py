"""The agent stops in order: what is under way is answered for afterwards, and nothing holds it up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from doorsync.agent import shutdown
from tests.agent.courier import Make
from tests.agent.hub import Hub, person
from tests.factories.terminals import VirtualTerminal, until


def test_the_agent_ends_the_order_under_way_and_answers_for_it_after_its_return(
    hub: Hub, gate: VirtualTerminal, agent_in: Make
) -> None:
    hub.terminals["gate"].wanted = {str(key): person(f"User {key}") for key in range(30)}
    agent = agent_in()
    agent.start()
    gate.tell(delay=0.02)
    with agent.client() as client:
        hub.hello(client.hello().hello)
        sealed = hub.next(hub.nonce)["batches"][0]["sealed"]
        with ThreadPoolExecutor(1) as couriers:
            couriers.submit(client.batch, sealed)
            until(gate.users, "it never began")
            assert agent.stop() == 0
    gate.behave()
    agent.start()
    with agent.client() as client:
        receipt = hub.read(client.batch(sealed).text)
    assert agent.stop() == 0
    there = [outcome for outcome in receipt.outcomes if outcome.found]  # whatever the terminal had said by then
    assert len(there) == len(gate.users())
    assert {outcome.result for outcome in there} <= {"done", "unknown"}
    assert receipt.state in ("partly", "done")


@pytest.mark.requirement(
    "O-02", mutation="batch_service.stop waits for all that is under way, or uvicorn for the page: the agent then hangs"
)
@pytest.mark.parametrize("answer_within", ["0.1", "3600"])
def test_the_agent_stops_while_a_terminal_hangs(hub: Hub, gate: VirtualTerminal, agent_in: Make, answer_within: str) -> None:
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    agent = agent_in()
    agent.start(DOORSYNC_AGENT_TERMINAL_TIMEOUT="3600", DOORSYNC_AGENT_ANSWER_WITHIN=answer_within)
    gate.tell(delay=3600)
    with agent.client() as client, ThreadPoolExecutor(1) as couriers:
        hub.hello(client.hello().hello)
        sealed = hub.next(hub.nonce)["batches"][0]["sealed"]
        answer = couriers.submit(client.batch, sealed)
        until(lambda: list((agent.folder / "chains").rglob("accepted.json")), "it never began")
        if answer_within == "0.1":
            assert answer.result().kind == "working"
        assert agent.stop() == 0
        assert answer_within == "0.1" or answer.exception()
    assert "Traceback" not in (agent.folder / "log").read_text()
    assert shutdown.MOMENT + shutdown.END_WORK < 1.8

    gate.behave()
    agent.start()
    with agent.client() as client:
        receipt = hub.read(client.batch(sealed).text)
    assert agent.stop() == 0
    assert receipt.state == "interrupted"
