"""An agent changes its keys: a message signed with the old ones, and with the new one as proof that the agent holds it."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django_scopes import scope

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.courier.agents import audited
from doorsync.hub.sync.batches import void
from doorsync.hub.sync.models import Batch
from doorsync.hub.terminals.identity import agent_keys, hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import Malformed, UnknownKey, WrongAgent, WrongCompany
from doorsync.messages.keys import PublicKeys
from doorsync.messages.shapes import Rotated, Rotation


def take_rotation(agent: Agent, signed: str) -> str:
    """Pin the new keys. The same rotation again, because its answer was lost, gets the same answer. Raises MessageRefused."""
    digest = sha256(signed.encode(errors="surrogatepass")).hexdigest()
    with scope(company=agent.company), audited(agent):
        if digest != agent.rotation:
            message = envelope.verify(signed, Rotation, agent_keys(agent).sign)
            if message.company != agent.company.slug:
                raise WrongCompany
            if message.agent != agent.public_id:
                raise WrongAgent
            _pin(agent, _proven(message), digest)
            agent.refresh_from_db()
        to = agent_keys(agent).fingerprint()
        return envelope.sign(Rotated(company=agent.company.slug, agent=agent.public_id, to=to), hub_keys().sign)


def _proven(message: Rotation) -> PublicKeys:
    try:
        new = PublicKeys.load(message.keys)
    except ValueError as error:
        raise Malformed from error
    proof = envelope.verify(message.proof, Rotation, new.sign)
    if proof != message.model_copy(update={"proof": ""}):
        raise Malformed
    return new


@transaction.atomic
def _pin(agent: Agent, new: PublicKeys, digest: str) -> None:
    """Batches that are open are sealed to the old keys: nobody can open them now, so the next hello finds their chain forked."""
    locked = Agent.objects.select_for_update().get(pk=agent.pk)
    if locked.keys != agent.keys or locked.quarantined:
        raise UnknownKey
    locked.keys, locked.rotation, locked.nonce = new.as_dict(), digest, ""
    locked.save(update_fields=["keys", "rotation", "nonce"])
    for batch in Batch.objects.filter(agent=agent, status=Batch.OPEN):
        void(batch)
    actor = Actor(company_id=agent.company_id, via="agent", reference=agent.public_id)
    trail.record("agent.keys-rotated", actor=actor, agent=agent.pk)
