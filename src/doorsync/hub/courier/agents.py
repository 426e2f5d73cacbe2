"""The hub's half of the conversation with an agent: hello, next, receipt, refused, enrolment. The same for both couriers."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.changing import take_turn
from doorsync.hub.courier.reconciling import reconcile
from doorsync.hub.sync.batches import issue, void_all
from doorsync.hub.sync.models import Batch, Line
from doorsync.hub.sync.progress import is_due
from doorsync.hub.sync.receipts import take_receipt
from doorsync.hub.sync.runs import OPEN, give_up_overdue
from doorsync.hub.sync.unprompted import catch_up_with
from doorsync.hub.terminals import hub_rotation
from doorsync.hub.terminals.copies import Verdict, quarantine, raise_challenge, verdict
from doorsync.hub.terminals.identity import agent_keys, hub_keys
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused, OtherHubKeys, Quarantined, Replayed, UnknownKey, WrongAgent, WrongCompany
from doorsync.messages.shapes import Hello, Refused

NONCE_LIFE = timedelta(seconds=45)  # the agent's own limit is 60 s
PAUSE = 1.0  # seconds until asking again makes sense, when something is under way
QUIET = 3600.0  # seconds in which the same refusal of one agent's messages is written down once
_told: dict[tuple[int, str], float] = {}


def find_agent(public_id: str) -> Agent:
    """The enrolled agent of this name, whatever its company: its messages prove the rest. Raises WrongAgent."""
    with scopes_disabled():
        agent = Agent.objects.select_related("company").filter(public_id=public_id, company__active=True).first()
    if agent is None:
        raise WrongAgent
    if agent.quarantined:
        raise Quarantined
    if not agent.keys:
        raise UnknownKey
    return agent


def is_newest(agent: Agent, nonce: str) -> bool:
    """Whether this is the nonce of the agent's last hello."""
    return bool(agent.nonce) and hmac.compare_digest(agent.nonce, nonce)


def _is_old(agent: Agent) -> bool:
    return not agent.nonce_at or agent.nonce_at < timezone.now() - NONCE_LIFE


def should_change_keys(agent: Agent) -> bool:
    """Whether the hub has fresh keys that a hello would bring to the agent: not more often than hellos are due."""
    return _is_old(agent) and hub_rotation.under_way() and agent.pinned != hub_keys().public.fingerprint()


class Behind(Replayed):
    """A hello with this count was taken before. Who can answer the challenge is alive."""

    def __init__(self, challenge: str) -> None:
        super().__init__()
        self.details = {"challenge": challenge}

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
        _addressed(message, agent)
        if refusal := _greeted(agent, message):
            raise refusal
        agent.refresh_from_db()
        busy = not message.hub or Batch.objects.filter(agent=agent, status=Batch.OPEN).exists()
        keys = "" if busy else hub_rotation.offered_to(agent)
    return {"nonce": message.nonce, **({"keys": keys} if keys else {})}


@transaction.atomic
def _greeted(agent: Agent, message: Hello) -> MessageRefused | None:
    """What a refusal writes must stay, so it is raised outside."""
    take_turn(agent.company)
    locked = Agent.objects.select_for_update().get(pk=agent.pk)
    if locked.keys != agent.keys:  # enrolled anew, or with other keys, since the signature was looked at
        raise UnknownKey
    digest = sha256(message.model_dump_json().encode()).hexdigest()
    found = verdict(locked, count=message.count, digest=digest, challenge=message.challenge)
    if found is Verdict.COPY:
        quarantine(locked, actor=_actor(agent))
        return Quarantined()
    if found is Verdict.LATE:
        return Behind(raise_challenge(locked))
    pinned = message.hub or locked.pinned
    if locked.pinned and locked.pinned != pinned:
        void_all(locked)  # a receipt of these may be sealed to keys that the agent knew before
        trail.record("agent.follows-other-keys", actor=_actor(agent), agent=agent.pk)
    locked.hello_count, locked.hello_digest, locked.pinned = message.count, digest, pinned
    lost = hub_rotation.must_be_enrolled(locked)
    locked.nonce = "" if lost else message.nonce
    locked.software, locked.nonce_at = message.software[:40], timezone.now()
    locked.seen_at = locked.nonce_at
    locked.save(update_fields=["hello_count", "hello_digest", "pinned", "nonce", "nonce_at", "seen_at", "software"])
    if lost:
        return OtherHubKeys()
    reconcile(locked, message.heads)
    return None


def next_batches(agent: Agent, nonce: str) -> dict[str, Any]:
    """What the agent should do now: at most one batch for each of its terminals."""
    now = timezone.now()
    if not is_newest(agent, nonce) or _is_old(agent):
        return {"batches": [], "wait": 0, "hello": True, "idle": False}
    with scope(company=agent.company):
        Agent.objects.filter(pk=agent.pk).update(seen_at=now)
        lines = _open_lines(agent)
        due = [line for line in lines if is_due(line, now)]
        batches = {batch.pk: batch for line in due if (batch := issue(line, nonce))}
        for run in {line.run_id: line.run for line in lines}.values():
            give_up_overdue(run)
        return {
            "batches": [{"terminal": batch.terminal.public_id, "sealed": batch.sealed} for batch in batches.values()],
            "wait": PAUSE,
            "hello": False,
            "idle": not _open_lines(agent),
        }


def reached(agent: Agent, nonce: str, terminal: str) -> dict[str, Any]:
    """The agent says that a terminal which it had lost answers again. A hint: whoever lies causes one more try.

    `ok` false: the hub tries it just now, or the nonce is old; so say it again later, if need be.
    """
    if not is_newest(agent, nonce):
        return {"ok": False}
    with scope(company=agent.company):
        found = Terminal.objects.filter(agent=agent, public_id=terminal).first()
        return {"ok": found is None or catch_up_with(found, timezone.now())}


def receipt(agent: Agent, sealed: str) -> None:
    """Take a receipt. Raises MessageRefused; one that was taken before is Replayed, and harmless."""
    with scope(company=agent.company), audited(agent):
        take_receipt(agent.company, agent, sealed)


def refused(agent: Agent, signed: str) -> None:
    """The agent would not accept a batch. Only its next hello proves that it never will: until then the batch stays open."""
    with scope(company=agent.company), audited(agent):
        message = envelope.verify(signed, Refused, agent_keys(agent).sign)
        _addressed(message, agent)
        batch = Batch.objects.filter(agent=agent, hash=message.batch, status=Batch.OPEN).first()
        if batch is None:  # taken back already; anybody may say this again
            return
        Agent.objects.filter(pk=agent.pk).update(nonce="")
        trail.record("batch.refused", actor=_actor(agent), batch=batch.pk, code=message.code[:32])


@contextmanager
def audited(agent: Agent) -> Iterator[None]:
    """Write a refused message of this agent to the trail, under the code of the refusal: the first of an hour."""
    try:
        yield
    except MessageRefused as error:
        if _is_news(agent, error.code()):
            trail.record("message.refused", actor=_actor(agent), code=error.code())
        raise


def _is_news(agent: Agent, code: str) -> bool:
    """Anybody who knows an agent's name can have messages refused; that fills no trail. Each process counts for itself."""
    now = time.monotonic()
    if now - _told.get((agent.pk, code), -QUIET) < QUIET:
        return False
    _told[agent.pk, code] = now
    return True


def has_open_lines(agent: Agent) -> bool:
    """Whether any run waits for a terminal of this agent."""
    return Line.objects.filter(terminal__agent=agent, state__in=OPEN, run__closed_at=None).exists()


def with_open_lines() -> set[str]:
    """The public ids of all agents, of whatever company, for whose terminals a run waits."""
    with scopes_disabled():
        lines = Line.objects.filter(state__in=OPEN, run__closed_at=None).order_by()
        return set(lines.values_list("terminal__agent__public_id", flat=True).distinct())


def _open_lines(agent: Agent) -> list[Line]:
    """The oldest open line of each of its terminals: runs share a terminal one after the other."""
    lines = Line.objects.filter(terminal__agent=agent, state__in=OPEN, run__closed_at=None).order_by()
    first: dict[int, Line] = {}
    for line in sorted(lines.select_related("run", "company"), key=lambda line: (line.run_id, line.pk)):
        first.setdefault(line.terminal_id, line)
    return list(first.values())


def _addressed(message: Hello | Refused, agent: Agent) -> None:
    if message.company != agent.company.slug:
        raise WrongCompany
    if message.agent != agent.public_id:
        raise WrongAgent


def _actor(agent: Agent) -> Actor:
    return Actor(company_id=agent.company_id, via="agent", reference=agent.public_id)
