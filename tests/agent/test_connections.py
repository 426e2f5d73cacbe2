"""How the agent reaches a terminal is what the terminal's last batch says, after a restart too."""

from __future__ import annotations

from typing import Any

from doorsync.agent.batch_service import BatchService
from doorsync.agent.connections import settings_in
from tests.agent.hub import Hub, put
from tests.factories.terminals import VirtualTerminal


def test_after_a_restart_the_secret_comes_from_the_sealed_batch_on_the_disk(
    hub: Hub, open_batch_service: Any, gate: VirtualTerminal
) -> None:
    carried_out(hub, open_batch_service())
    found = open_batch_service().connections.of("gate")
    assert found
    assert (found.address, found.secret) == (gate.address, "sesame-4711")


def test_a_terminal_that_had_no_batch_is_not_known(batch_service: BatchService) -> None:
    assert batch_service.connections.of("gate") is None


def test_a_hub_that_names_no_time_zone_means_universal_time(hub: Hub, batch_service: BatchService) -> None:
    assert settings_in(hub.batch("gate").model_copy(update={"zone": ""})).zone == "UTC"
    assert settings_in(hub.batch("gate").model_copy(update={"zone": "Europe/Amsterdam"})).zone == "Europe/Amsterdam"


def carried_out(hub: Hub, batch_service: BatchService) -> None:
    hub.hello(batch_service.hello().hello)
    batch = hub.batch("gate", put("1")).model_copy(update={"secret": "sesame-4711"})
    hub.read(batch_service.batch(hub.seal(batch)).text)
