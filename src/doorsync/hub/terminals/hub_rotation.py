"""Fresh keys for the hub. Agents change to them by themselves, each at a hello; the old ones are kept until all have."""

from __future__ import annotations

import json
from collections.abc import Callable

from django_scopes import scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.settings import key_files
from doorsync.hub.terminals.errors import AgentsLeft, NoRotation, RotationUnderWay
from doorsync.hub.terminals.identity import FILE, all_hub_keys, hub_keys, hub_keys_for, new_hub_keys, version_for
from doorsync.hub.terminals.models import Agent
from doorsync.messages.errors import OtherHubKeys
from doorsync.messages.key_handover import hand_over
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import HubRotation

ActorFor = Callable[[Company], Actor]


def begin_rotation(actor_for: ActorFor) -> str:
    """Make fresh keys; returns their fingerprint. Raises RotationUnderWay while older ones are still being replaced."""

    def renewed(document: str) -> str:
        old = json.loads(document)
        if old.get("before"):
            raise RotationUnderWay
        return json.dumps({**KeyPairs.generate().as_dict(), "before": [old]})

    key_files.change(FILE, new_hub_keys, renewed)
    _record("hub.keys-renewed", actor_for)
    return hub_keys().public.fingerprint()


def finish_rotation(actor_for: ActorFor, *, leaving: bool) -> list[Agent]:
    """Forget the old keys; returns whom that leaves behind. Raises NoRotation, or AgentsLeft if that is not `leaving`.

    Agents of a company that is turned off hold nothing up.
    """
    left = left_behind()

    def without_old(document: str) -> str:
        data = json.loads(document)
        if not data.pop("before", None):
            raise NoRotation
        if not leaving and any(agent.company.active for agent in left):
            raise AgentsLeft
        return json.dumps(data)

    key_files.change(FILE, new_hub_keys, without_old)
    _record("hub.keys-forgotten", actor_for)
    return left


def _record(event: str, actor_for: ActorFor) -> None:
    """Into the trail of each company whose agents this is about."""
    with scopes_disabled():
        companies = list(Company.objects.filter(pk__in=Agent.objects.filter(keys__isnull=False).values("company")))
    for company in companies:
        trail.record(event, actor=actor_for(company))


def has_agents() -> bool:
    """Whether there is anybody to change to other keys."""
    with scopes_disabled():
        return Agent.objects.filter(keys__isnull=False).exists()


def under_way() -> bool:
    """Whether some agents may still listen to older keys."""
    return len(all_hub_keys()) > 1


def left_behind() -> list[Agent]:
    """Enrolled agents of all companies that have not changed to the newest keys yet."""
    newest = hub_keys().public.fingerprint()
    with scopes_disabled():
        enrolled = Agent.objects.filter(keys__isnull=False, quarantined="").exclude(pinned=newest)
        return list(enrolled.select_related("company").order_by("company__slug", "name"))


def offered_to(agent: Agent) -> str:
    """The newest keys, signed with those that this agent listens to; empty when it has them. Raises OtherHubKeys."""
    old, new = hub_keys_for(agent), hub_keys()
    if agent.pinned == new.public.fingerprint():
        return ""
    return hand_over(HubRotation, company=agent.company.slug, agent=agent.public_id, old=old, new=new, version=version_for(agent))


def must_be_enrolled(agent: Agent) -> bool:
    """Whether the agent trusts expired hub keys, so that it must be enrolled again."""
    try:
        hub_keys_for(agent)
    except OtherHubKeys:
        return True
    return False
