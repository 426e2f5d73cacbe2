"""Hello: take an agent's nonce, reconcile its batches, detect copies of it, and hand out the hub's fresh keys."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit import trail
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.courier.agent_checks import actor_of, audited, is_old, require_agent
from doorsync.hub.courier.hello_reconciliation import reconcile
from doorsync.hub.sync.models import Batch
from doorsync.hub.sync.run.batches import void_batches
from doorsync.hub.terminals import hub_rotation
from doorsync.hub.terminals.clone_detection import CloneVerdict, clone_verdict, quarantine_agent, raise_challenge
from doorsync.hub.terminals.identity import agent_keys, hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused, OtherHubKeys, Quarantined, Replayed, UnknownKey
from doorsync.messages.schemas import Hello


class Behind(Replayed):
    """A hello with this count was taken before. The agent has to answer the challenge with a new one.

    Where it is the very hello that was taken last, and its nonce is still valid, a second courier may go on with that nonce.
    """

    def __init__(self, challenge: str, nonce: str = "") -> None:
        super().__init__()
        self.details = {"challenge": challenge, **({"nonce": nonce} if nonce else {})}

    @classmethod
    def code(cls) -> str:
        """The same code as for any message that was seen before."""
        return Replayed.code()


def hello(agent: Agent, signed: str) -> dict[str, Any]:
    """Take a hello: its nonce replaces older ones, and its heads tell what became of open batches. Raises a MessageRefused.

    Answers with the hub's fresh keys where the agent trusts older ones, unless receipts may be on their way to those.
    """
    with scope(company=agent.company), audited(agent):
        message = envelope.verify(signed, Hello, agent_keys(agent).sign)
        require_agent(message, agent)
        if refusal := _greeted(agent, message):
            raise refusal
        agent.refresh_from_db()
        busy = not message.hub or Batch.objects.filter(agent=agent, status=Batch.OPEN).exists()
        keys = "" if busy else hub_rotation.offered_to(agent)
    return {"nonce": message.nonce, **({"keys": keys} if keys else {})}


@transaction.atomic
def _greeted(agent: Agent, message: Hello) -> MessageRefused | None:
    """Apply the hello. A refusal is returned, not raised, so that what was written with it is committed."""
    lock_company(agent.company)
    locked = Agent.objects.select_for_update().get(pk=agent.pk)
    if locked.keys != agent.keys:  # enrolled anew, or with other keys, since the signature was looked at
        raise UnknownKey
    digest = sha256(message.model_dump_json().encode()).hexdigest()
    found = clone_verdict(locked, count=message.count, digest=digest, challenge=message.challenge)
    if found is CloneVerdict.COPY:
        quarantine_agent(locked, actor=actor_of(agent))
        return Quarantined()
    if found is CloneVerdict.LATE:
        newest = (message.count, digest, message.nonce) == (locked.hello_count, locked.hello_digest, locked.nonce)
        return Behind(raise_challenge(locked), locked.nonce if newest else "")
    pinned = message.hub or locked.pinned
    if locked.pinned and locked.pinned != pinned:
        void_batches(locked)  # a receipt of these may be sealed to keys that the agent knew before
        trail.record("agent.follows-other-keys", actor=actor_of(agent), agent=agent.pk)
    locked.hello_count, locked.hello_digest, locked.pinned = message.count, digest, pinned
    lost = hub_rotation.must_be_enrolled(locked)
    locked.nonce = "" if lost else message.nonce
    locked.version = message.v
    locked.makes = [make.model_dump() for make in message.makes]
    locked.nearby = [found.model_dump() for found in message.nearby]
    locked.software, locked.nonce_at = message.software[:40], timezone.now()
    locked.seen_at = locked.nonce_at
    if not message.cloud:
        locked.waited_at = locked.silent_at = None  # it does not wait at the hub, so it is not missed either
    locked.save(
        update_fields=[
            "hello_count",
            "hello_digest",
            "pinned",
            "nonce",
            "nonce_at",
            "seen_at",
            "software",
            "version",
            "makes",
            "nearby",
            "waited_at",
            "silent_at",
        ]
    )
    if lost:
        return OtherHubKeys()
    reconcile(locked, message.heads)
    return None


def should_change_keys(agent: Agent) -> bool:
    """Whether the agent should say hello to get the hub's fresh keys. Asked no more often than hellos are due."""
    return is_old(agent) and hub_rotation.under_way() and agent.pinned != hub_keys().public.fingerprint()
