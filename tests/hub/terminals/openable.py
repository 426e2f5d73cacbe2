"""A terminal whose door can be opened from the hub, and the agent's half of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.administrators.actions import change_role
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import door_commands
from doorsync.hub.terminals.door_openings import ask_to_open
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent, DoorOpening, Terminal
from doorsync.messages import envelope
from doorsync.messages.door_commands import DoorAnswer, DoorCommand
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart


@dataclass
class Opener:
    """The terminal Gate, and its agent, which the test plays."""

    club: Gym
    there: Counterpart

    @property
    def gate(self) -> Terminal:
        with scope(company=self.club.company):
            return Terminal.objects.select_related("agent", "company", "location").get(pk=self.club.terminals[0].pk)

    @property
    def agent(self) -> Agent:
        return self.there.row()

    def ask(self, door: int = 1) -> DoorOpening:
        return ask_to_open(terminal=self.gate, door=door, actor=self.club.actor)

    def fetch(self) -> list[DoorCommand]:
        """What the agent is given now."""
        return [envelope.unseal(each, DoorCommand, self.there.keys, hub_keys().public) for each in self.fetch_sealed()]

    def fetch_sealed(self) -> list[str]:
        return door_commands.commands_for(self.agent)

    def answer(self, command: DoorCommand, result: str = "opened", **changed: Any) -> str:
        """Sealed; `changed` makes it one that should not be taken."""
        said = {"company": command.company, "agent": command.agent, "terminal": command.terminal, "id": command.id}
        answer = DoorAnswer.model_validate({**said, "result": result, **changed})
        return envelope.seal(answer, self.there.keys, hub_keys().public)

    def take(self, sealed: str) -> None:
        door_commands.take_answer(self.agent, sealed)

    def let_pass(self, opening: DoorOpening, seconds: float) -> None:
        """As if it had been asked for so much earlier."""
        earlier = timedelta(seconds=seconds)
        row = self.stored(opening)
        with scope(company=self.club.company):
            times = {"asked_at": row.asked_at - earlier, "expires_at": row.expires_at - earlier}
            DoorOpening.objects.filter(pk=opening.pk).update(**times)

    def stored(self, opening: DoorOpening) -> DoorOpening:
        with scope(company=self.club.company):
            return DoorOpening.objects.get(pk=opening.pk)

    def change(self, **fields: Any) -> None:
        """What the hub knows of the terminal."""
        with scope(company=self.club.company):
            Terminal.objects.filter(pk=self.club.terminals[0].pk).update(**fields)

    def change_agent(self, **fields: Any) -> None:
        with scope(company=self.club.company):
            Agent.objects.filter(pk=self.club.agent.pk).update(**fields)

    def audited(self) -> list[tuple[str, dict[str, Any]]]:
        """What the audit says of doors, the oldest first."""
        with scope(company=self.club.company):
            return [(each.event, each.subject) for each in Entry.objects.filter(event__startswith="door.").order_by("number")]


def openable(club: Gym, doors: Sequence[str] = ("1",)) -> Opener:
    """Its agent has just said hello, waits at the hub, and has told what the terminal can do."""
    made = Opener(club, Counterpart(club.agent))
    made.there.hello()
    made.change(serial="S1", pinned_at=timezone.now(), limits=Capabilities(remote_doors=tuple(doors)).as_dict())
    made.change_agent(waited_at=timezone.now())
    return made


def colleague(club: Gym, level: Level, name: str = "colleague") -> Administrator:
    """Somebody of another level."""
    made = world.administrator(club.company, username=name)
    change_role(administrator=made, role=Role(level), actor=club.actor)
    return made
