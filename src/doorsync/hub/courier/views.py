"""The courier's endpoints, one for each message. Couriers are not trusted: the messages are signed and sealed."""

from __future__ import annotations

from functools import partial

from doorsync.hub.courier import agent_checks, agent_hello, dispatch, door_commands
from doorsync.hub.courier.delegation import Answer, Body
from doorsync.hub.courier.endpoints import body_text, endpoint
from doorsync.hub.courier.enrolment import enrol_agent
from doorsync.hub.courier.key_rotation import apply_rotation
from doorsync.hub.courier.terminal_events import store_events
from doorsync.hub.sync.run.memory_parts import KnownPart
from doorsync.messages.errors import Replayed


@endpoint
def enrol(body: Body) -> Answer:
    """An agent brings its keys and a code."""
    return {"enrolled": enrol_agent(body_text(body, "enrolment"))}


@partial(endpoint, carries=True)
def hello(body: Body) -> Answer:
    """A courier brings an agent's hello."""
    return agent_hello.hello(agent_checks.find_agent(body_text(body, "agent")), body_text(body, "hello"))


@partial(endpoint, carries=True)
def next_batches(body: Body) -> Answer:
    """A courier asks for work."""
    busy = frozenset(body.get("busy", "").split())
    agent = agent_checks.find_agent(body_text(body, "agent"))
    answer = dispatch.next_batches(agent, body_text(body, "nonce"), busy)
    asks = body.get("commands") == "1" and not answer["hello"]
    return {**answer, "commands": door_commands.commands_for(agent)} if asks else answer


@endpoint
def reached(body: Body) -> Answer:
    """An agent that waits for work found a terminal again."""
    return dispatch.note_reached(
        agent_checks.find_agent(body_text(body, "agent")), body_text(body, "nonce"), body_text(body, "terminal")
    )


@endpoint
def changed(body: Body) -> Answer:
    """An agent that waits for work found a terminal changed by others."""
    return dispatch.note_changed(
        agent_checks.find_agent(body_text(body, "agent")), body_text(body, "nonce"), body_text(body, "terminal")
    )


@partial(endpoint, carries=True)
def receipt(body: Body) -> Answer:
    """A courier brings a receipt."""
    try:
        dispatch.take_receipt(agent_checks.find_agent(body_text(body, "agent")), body_text(body, "receipt"))
    except Replayed:  # two couriers carried the same batch: the other was faster
        return {"ok": True, "known": True}
    return {"ok": True}


@partial(endpoint, carries=True)
def part(body: Body) -> Answer:
    """A courier brings a part of a snapshot that precedes a receipt. Answers with the number of the next part."""
    try:
        return {
            "ok": True,
            "next": dispatch.take_part(agent_checks.find_agent(body_text(body, "agent")), body_text(body, "part")),
        }
    except KnownPart as error:
        return {"ok": True, "known": True, "next": error.follows}


@endpoint
def events(body: Body) -> Answer:
    """An agent brings events of a terminal's log."""
    return {"stored": store_events(agent_checks.find_agent(body_text(body, "agent")), body_text(body, "events"))}


@endpoint
def answer(body: Body) -> Answer:
    """An agent says what became of a command to open a door."""
    door_commands.take_answer(agent_checks.find_agent(body_text(body, "agent")), body_text(body, "answer"))
    return {"ok": True}


@partial(endpoint, carries=True)
def refused(body: Body) -> Answer:
    """A courier brings the agent's refusal of a batch."""
    dispatch.note_refused(agent_checks.find_agent(body_text(body, "agent")), body_text(body, "refused"))
    return {"ok": True}


@partial(endpoint, carries=True)
def rotate(body: Body) -> Answer:
    """A courier brings an agent's new keys."""
    return {"rotated": apply_rotation(agent_checks.find_agent(body_text(body, "agent")), body_text(body, "rotation"))}
