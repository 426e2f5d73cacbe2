"""`doorsync agent status`: who the agent is and how it does, in a few lines, from its files alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from doorsync.agent import data_folder, key_rotation, status_file
from doorsync.agent.diagnosis.terminals import host_and_port
from doorsync.agent.identity import Identity
from doorsync.agent.status_file import Status, TerminalStatus

WORDS = {
    "done": "carried out and read back",
    "partly": "lost on the way",
    "not-reached": "not reached",
    "other-device": "another device answers there",
    "interrupted": "the agent stopped on the way",
}


def report_lines(folder: Path) -> Iterator[str]:
    """The report. Raises NotEnrolled, BadIdentity or RotationFailed."""
    identity = Identity.load(folder)
    yield f"Agent '{identity.name}' of the company '{identity.company}' ({identity.agent})"
    yield f"Its key: {identity.keys.public.fingerprint()}"
    yield f"Hub: {identity.hub_url}, with the key {identity.hub.fingerprint()}"
    if key_rotation.pending_change(folder, identity):
        yield "A change of its keys is under way: the hub has not confirmed it yet."
    told = status_file.read_status(folder)
    if not data_folder.is_held(folder):
        yield "It does not run. Start it: doorsync agent run, or its service."
    elif told is None:
        yield "It runs."
    else:
        yield f"It runs since {_time(told.started)} and listens on {told.url}."
        yield f"Cloud courier: {_courier(told)}"
    terminals = told.terminals if told else {}
    yield "Terminals, with their last result:" if terminals else "No terminal has had work from this agent yet."
    yield from (f"  {_terminal(name, terminal)}" for name, terminal in terminals.items())


def _courier(told: Status) -> str:
    since = _time(told.since)
    return {
        "connected": f"connected to the hub since {since}.",
        "connecting": f"dialling out since {since}.",
        "away": f"NOT connected since {since}: {told.why} It keeps trying. See: doorsync agent doctor",
    }.get(told.courier, "off; a browser in this network must carry.")


def _terminal(name: str, terminal: TerminalStatus) -> str:
    at = host_and_port(terminal.address)
    where = f"{at[0]}:{at[1]} " if at else ""
    why = f": {terminal.message}" if terminal.message else ""
    return (
        f"{terminal.name or name} {where}({terminal.make}) {_time(terminal.at)}: {WORDS.get(terminal.state, terminal.state)}{why}"
    )


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
