"""Hello: an agent's nonce, what became of its batches, whether it lives twice, and the fresh keys of the hub."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit import trail
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.courier.agent_checks import actor_of, audited, is_old, require_agent
from doorsync.hub.courier.reconciliation import reconcile
from doorsync.hub.sync.models import Batch
from doorsync.hub.sync.run.batches import void_batches
from doorsync.hub.terminals import hub_rotation
from doorsync.hub.terminals.clone_detection import CloneVerdict, clone_verdict, quarantine, raise_challenge
from doorsync.hub.terminals.identity import agent_keys, hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused, OtherHubKeys, Quarantined, Replayed, UnknownKey
from doorsync.messages.schemas import Hello


class Behind(Replayed):
    """A hello with this count was taken before. Who can answer the challenge is alive.

    Where it is the very one that was taken last, and its nonce still counts, a second courier may go on with that.
    """

    def __init__(self, challenge: str, nonce: str = "") -> None:
        super().__init__()
        self.details = {"challenge": challenge, **({"nonce": nonce} if nonce else {})}

    @classmethod
    def code(cls) -> str:
        """As of any message that was seen before."""
        return Replayed.code()


def hello(agent: Agent, signed: str) -> dict[str, Any]:
    """Take a hello: its nonce kills older ones, and its heads tell what became of the batches that are open.

    Answers with the hub's fresh keys where the agent listens to older ones, unless receipts are on their way to those.
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
    """What a refusal writes must stay, so it is raised outside."""
    lock_company(agent.company)
    locked = Agent.objects.select_for_update().get(pk=agent.pk)
    if locked.keys != agent.keys:  # enrolled anew, or with other keys, since the signature was looked at
        raise UnknownKey
    digest = sha256(message.model_dump_json().encode()).hexdigest()
    found = clone_verdict(locked, count=message.count, digest=digest, challenge=message.challenge)
    if found is CloneVerdict.COPY:
        quarantine(locked, actor=actor_of(agent))
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
    locked.software, locked.nonce_at = message.software[:40], timezone.now()
    locked.seen_at = locked.nonce_at
    if not message.cloud:
        locked.waited_at = locked.silent_at = None  # it will not wait at the hub, so nobody need miss it
    locked.save(
        update_fields=[
            "hello_count",
            "hello_digest",
            "pinned",
            "nonce",
            "nonce_at",
            "seen_at",
            "software",
            "waited_at",
            "silent_at",
        ]
    )
    if lost:
        return OtherHubKeys()
    reconcile(locked, message.heads)
    return None


def should_change_keys(agent: Agent) -> bool:
    """Whether the hub has fresh keys that a hello would bring to the agent: not more often than hellos are due."""
    return is_old(agent) and hub_rotation.under_way() and agent.pinned != hub_keys().public.fingerprint()
