"""Runs all checks of `doorsync agent doctor`, in the order in which a person would look."""

from __future__ import annotations

from collections.abc import Iterator

from doorsync.agent.diagnosis import hub, machine, ports, terminals
from doorsync.agent.diagnosis.finding import Finding, fail, ok
from doorsync.agent.errors import AgentError, NotEnrolled
from doorsync.agent.identity import Identity
from doorsync.agent.settings import Settings


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Run all checks. They change nothing, and none waits long."""
    yield from machine.versions()
    yield from machine.settings(settings)
    yield from machine.folder(settings.config.data)
    identity = _identity(settings)
    yield from _keys(identity)
    yield from ports.check_port(settings.config)
    yield from machine.drivers()
    if isinstance(identity, Identity):
        yield from hub.check_way_to_hub(settings.config, identity)
    yield from terminals.check_terminals(settings.config.data)


def _identity(settings: Settings) -> Identity | AgentError:
    try:
        return Identity.load(settings.config.data)
    except AgentError as error:
        return error


def _keys(identity: Identity | AgentError) -> Iterator[Finding]:
    if isinstance(identity, NotEnrolled):
        yield fail("not enrolled", "Make a code in the hub, under Agents; then run: doorsync agent enrol HUB")
    elif isinstance(identity, AgentError):
        yield fail(
            "the identity file cannot be read", "Enrol the agent again: make a code in the hub, then doorsync agent enrol HUB"
        )
    else:
        yield ok(f"enrolled: agent {identity.agent} of the company {identity.company} at {identity.hub_url}")
        for name, keys in (("own key", identity.keys.public), ("the hub's key", identity.hub)):
            yield ok(f"{name}: {keys.fingerprint()}")
