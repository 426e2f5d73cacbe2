"""A terminal of the club that keeps its entries in numbered places, or under cards, for tests."""

from __future__ import annotations

from doorsync.domain.capabilities import KeyForm
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart, Device
from tests.hub.sync.sending import limit, send


def there_with(club: Gym, gate: Terminal, **can: object) -> Counterpart:
    """The gate keeps its entries as said, and is in sync."""
    there = Counterpart(club.agent)
    limit(club, there, gate, **can)
    send(club, there)
    gate.refresh_from_db()
    return there


def in_places(club: Gym, gate: Terminal, **can: object) -> Counterpart:
    """The gate numbers people from 1 and time schedules from 2."""
    places = {"key_form": KeyForm.PLACE, "schedule_key_form": KeyForm.PLACE, "first_schedule_place": 2}
    return there_with(club, gate, **{**places, **can})


def names_in(device: Device) -> dict[str, str]:
    """The names of the people in it, by the terminal's own keys."""
    return {key: str(fields["name"]) for key, fields in device.people().items()}


def user(name: str) -> User:
    return User.objects.get(last_name=name)


def all_same(gate: Terminal) -> bool:
    """Whether the hub says of everything at this terminal that it is as it should be."""
    return not Holding.objects.filter(terminal_id=gate.pk).exclude(state=HoldingState.SAME).exists()
