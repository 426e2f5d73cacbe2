"""The courier without a browser: to the batch_service in its own process, and to an agent behind its server."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.agent.batch_service import Answer, BatchService
from doorsync.agent.errors import AgentUnreachable, HubUnreachable
from tests.agent.courier import HttpAgent, Make, carry, served
from tests.agent.hub import AGENT, ORIGIN, Hub, Terminal, person
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, virtual_terminal


def test_carry_makes_every_terminal_right_and_ends(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal, tmp_path: Path
) -> None:
    with virtual_terminal(tmp_path / "back") as back:
        hub.terminals["back"] = Terminal(back.address, serial=back.serial)
        for terminal in hub.terminals.values():
            terminal.wanted = {str(key): person(f"User {key}") for key in range(10)}
        with served(hub) as url:
            assert carry(url, batch_service, within=PATIENCE) == 2
            assert carry(url, batch_service, within=PATIENCE) == 0
        for memory, terminal in ((gate, hub.terminals["gate"]), (back, hub.terminals["back"])):
            assert memory.users() == terminal.wanted == terminal.held


def test_carry_to_an_agent_behind_its_server(hub: Hub, gate: VirtualTerminal, agent_in: Make) -> None:
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    agent = agent_in()
    agent.start()
    with served(hub) as url, agent.client() as client:
        assert carry(url, client, within=PATIENCE) == 1
    assert gate.users() == hub.terminals["gate"].wanted
    assert agent.stop() == 0


class Interrupted:
    """A batch_service before which another courier says hello, just before the first batch arrives."""

    def __init__(self, batch_service: BatchService) -> None:
        self.agent, self.hello, self.part, self._batch_service, self._batches = (
            batch_service.agent,
            batch_service.hello,
            batch_service.part,
            batch_service,
            0,
        )

    def batch(self, sealed: str) -> Answer:
        self._batches += 1
        if self._batches == 1:
            self._batch_service.hello()
        return self._batch_service.batch(sealed)


def test_a_batch_whose_nonce_has_died_is_refused_and_issued_anew(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    with served(hub) as url:
        assert carry(url, Interrupted(batch_service), within=PATIENCE) == 1
    assert hub.refused_codes == ["stale-nonce"]
    assert gate.users() == hub.terminals["gate"].wanted


def test_an_unreachable_terminal_holds_nobody_up(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    hub.terminals["off"] = Terminal("127.0.0.1:1", wanted={"1": person("Alice")})

    def answered() -> bool:
        return {receipt.terminal for receipt in list(hub.receipts)} == {"gate", "off"}

    with served(hub) as url, pytest.raises(TimeoutError):
        carry(url, batch_service, within=PATIENCE, enough=answered)
    assert gate.users() == hub.terminals["gate"].wanted
    assert hub.terminals["off"].held == {}
    assert {receipt.state for receipt in hub.receipts if receipt.terminal == "off"} == {"not-reached"}


def test_a_hub_that_refuses_the_hello_is_said_so(hub: Hub, batch_service: BatchService) -> None:
    hub.count = 10**6
    with served(hub) as url, pytest.raises(HubUnreachable, match="replayed"):
        carry(url, batch_service, within=PATIENCE)


def test_an_agent_that_is_off_is_said_so(hub: Hub) -> None:
    client = HttpAgent(AGENT, "http://127.0.0.1:1", origin=ORIGIN)
    with served(hub) as url, pytest.raises(AgentUnreachable):
        carry(url, client, within=PATIENCE)
    client.close()


def test_an_agent_that_knows_another_hub_is_said_so(hub: Hub, agent_in: Make) -> None:
    agent = agent_in()
    agent.start()
    client = HttpAgent(AGENT, agent.url, origin="https://evil.example")
    with served(hub) as url, pytest.raises(AgentUnreachable, match="403"):
        carry(url, client, within=PATIENCE)
    client.close()
    assert agent.stop() == 0
