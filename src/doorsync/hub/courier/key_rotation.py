"""Change an agent's keys, by a message signed with the old key, and with the new one as proof that the agent holds it."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django_scopes import scope

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.courier.agent_checks import audited
from doorsync.hub.sync.run.batches import void_batches
from doorsync.hub.terminals.identity import agent_keys, all_hub_keys, version_for
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import UnknownKey
from doorsync.messages.key_handover import taken_over
from doorsync.messages.keys import PublicKeys
from doorsync.messages.schemas import Rotated, Rotation


def apply_rotation(agent: Agent, signed: str) -> str:
    """Pin the new keys. The same rotation again, because its answer was lost, gets the same answer. Raises MessageRefused."""
    digest = sha256(signed.encode()).hexdigest()
    with scope(company=agent.company), audited(agent):
        if digest != agent.rotation:
            new = taken_over(signed, Rotation, company=agent.company.slug, agent=agent.public_id, old=agent_keys(agent).sign)
            _pin(agent, new, digest)
            agent.refresh_from_db()
        rotated = Rotated(
            v=version_for(agent), company=agent.company.slug, agent=agent.public_id, to=agent_keys(agent).fingerprint()
        )
        # Under each of the hub's keys: what the agent listens to may have changed since its last hello came through.
        return " ".join(envelope.sign(rotated, pair.sign) for pair in all_hub_keys().values())


@transaction.atomic
def _pin(agent: Agent, new: PublicKeys, digest: str) -> None:
    """Pin the new keys, and void open batches: they are sealed to the old keys, and cannot be opened any more."""
    lock_company(agent.company)
    locked = Agent.objects.select_for_update().get(pk=agent.pk)
    if locked.rotation == digest:  # another courier brought the same
        return
    if locked.keys != agent.keys or locked.quarantined:
        raise UnknownKey
    locked.keys, locked.rotation, locked.nonce = new.as_dict(), digest, ""
    locked.save(update_fields=["keys", "rotation", "nonce"])
    void_batches(agent)
    actor = Actor(company_id=agent.company_id, via="agent", reference=agent.public_id)
    trail.record("agent.keys-rotated", actor=actor, agent=agent.pk)
