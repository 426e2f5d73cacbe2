"""Hand requests to open a door out to agents, each once, and take their answers."""

from __future__ import annotations

from typing import cast

from django.utils import timezone
from django_scopes import scope

from doorsync.domain.reason import NO_REASON
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.courier.agent_checks import actor_of, audited, require_agent
from doorsync.hub.terminals.connection import secret_of
from doorsync.hub.terminals.door_openings import note_answer, waiting_openings
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for, version_for
from doorsync.hub.terminals.models import Agent, DoorOpening
from doorsync.messages import envelope
from doorsync.messages.door_commands import LONGEST, LONGEST_HOLD, MODES_SINCE, Deed, DoorAnswer, DoorCommand
from doorsync.messages.errors import UnknownCommand

AT_ONCE = 8  # in one answer


def commands_for(agent: Agent) -> list[str]:
    """The sealed commands that this agent should carry out now. None of them is handed out again."""
    handed_out: list[str] = []
    with scope(company=agent.company):
        for opening in waiting_openings(agent, timezone.now())[:AT_ONCE]:
            with isolated("A command to open a door could not be made.", terminal=opening.terminal.public_id):
                handed_out += _handed_out(agent, opening)
    return handed_out


def take_answer(agent: Agent, sealed: str) -> None:
    """Take what an agent says of a command. Raises MessageRefused; UnknownCommand also for one that was answered before."""
    with scope(company=agent.company), audited(agent):
        answer = envelope.unseal(sealed, DoorAnswer, hub_keys_for(agent), agent_keys(agent))
        require_agent(answer, agent)
        asked = {"terminal__agent": agent, "terminal__public_id": answer.terminal, "public_id": answer.id}
        opening = DoorOpening.objects.filter(**asked).first()
        why = answer.reason.stated() if answer.reason else NO_REASON
        if opening is None or not note_answer(opening, result=answer.result, reason=why, actor=actor_of(agent), mode=answer.mode):
            raise UnknownCommand


def _handed_out(agent: Agent, opening: DoorOpening) -> list[str]:
    """The sealed command, if there is time for it, and no other process was faster."""
    if (age := _nonce_age(agent, opening)) < 1 or (opening.do != "open" and version_for(agent) < MODES_SINCE):
        return []
    sealed = envelope.seal(_command(agent, opening, age), hub_keys_for(agent), agent_keys(agent))
    free = DoorOpening.objects.filter(pk=opening.pk, sent_at=None, result="")
    return [sealed] if free.update(sent_at=timezone.now()) else []


def _nonce_age(agent: Agent, opening: DoorOpening) -> int:
    """How many seconds after the agent's hello the request expires."""
    since = agent.nonce_at
    return min(int((opening.expires_at - since).total_seconds()), LONGEST) if since else 0


def _seconds(opening: DoorOpening) -> int:
    """For how much longer a door is held open."""
    left = (opening.until - timezone.now()).total_seconds() if opening.until else 0
    return min(max(1, int(left)), LONGEST_HOLD) if opening.until else 0


def _command(agent: Agent, opening: DoorOpening, age: int) -> DoorCommand:
    terminal = opening.terminal
    return DoorCommand(
        v=version_for(agent),
        company=agent.company.slug,
        agent=agent.public_id,
        terminal=terminal.public_id,
        name=terminal.name,
        make=terminal.make,
        address=terminal.address,
        serial=terminal.serial,
        secret=secret_of(terminal),
        options=terminal.options,
        zone=terminal.location.time_zone,
        id=opening.public_id,
        nonce=agent.nonce,
        nonce_age=age,
        do=cast("Deed", opening.do),
        door=opening.door,
        seconds=_seconds(opening),
    )
