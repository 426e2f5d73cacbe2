"""A terminal that was in use before it was added to the hub, for tests of adopting it."""

from __future__ import annotations

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Mode
from doorsync.hub.terminals.models import Terminal
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import limit, send


def at_terminal(name: str, *cards: str, pin: str = "") -> dict[str, object]:
    """Somebody whom another program put there."""
    return {"name": name, "cards": list(cards), "pin": pin, "schedules": [], "until": ""}


def read_in_use(club: Gym, gate: Terminal, people: dict[str, dict[str, object]], **can: object) -> Counterpart:
    """The gate holds these people, by its own keys, and was read whole. Nobody of the hub was sent to it yet."""
    there = Counterpart(club.agent)
    if can:
        limit(club, there, gate, **can)
    there.device(gate).memory = {(Kind.USER, key): dict(fields) for key, fields in people.items()}
    send(club, there, gate, mode=Mode.VERIFY, groups=frozenset({club.staff.pk}))
    gate.refresh_from_db()
    return there
