"""Codes with which an agent brings its keys: shown once, kept as a hash, good for 10 minutes, one use and 5 tries."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.domain.reason import NO_REASON
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.terminals.errors import (
    BadFingerprint,
    BadKeys,
    CodeBlocked,
    CodeExpired,
    CodeUsed,
    EnrolmentError,
    OtherKeys,
    UnknownCode,
)
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent, EnrolmentCode
from doorsync.messages.keys import LETTERS, PART, PARTS, PublicKeys, spelt, typed

__all__ = ["EnrolmentError", "issue_code", "redeem_code"]

LIFE = timedelta(minutes=10)


def issue_code(*, agent: Agent, actor: Actor, bound: str = "") -> str:
    """A code like 7K2QM-0H5XN-... for this agent; an older one that was not used ends.

    `bound` is the fingerprint of the keys that it lets in: then it may travel in clear. Raises BadFingerprint.
    """
    letters = "".join(secrets.choice(LETTERS) for _ in range(PART * PARTS))  # the first part is the hint: 75 secret bits are left
    with scope(company=agent.company), transaction.atomic():
        EnrolmentCode.objects.filter(agent=agent, used_at=None).delete()
        EnrolmentCode.objects.create(
            company=agent.company,
            agent=agent,
            hint=letters[:PART],
            digest=_digest(letters),
            expires_at=timezone.now() + LIFE,
            bound=_fingerprint(bound) if bound else "",
        )
        trail.record("enrolment-code.issued", actor=actor, agent=agent.pk)
    return spelt(letters)


def redeem_code(*, code: str, keys: dict[str, Any], software: str, url: str) -> Agent:
    """Pin these keys to the agent that the code was made for. Raises an EnrolmentError; a wrong code costs one try."""
    letters, now = typed(code).replace("-", ""), timezone.now()
    pinned = _checked(keys)
    with scopes_disabled():
        row = EnrolmentCode.objects.select_related("agent__company").filter(hint=letters[:PART]).first()
    if row is None or not row.company.active:
        raise UnknownCode
    with scope(company=row.company):
        if not hmac.compare_digest(bytes(row.digest), _digest(letters)):
            _refuse(row, UnknownCode(), costs_a_try=True)
        if fault := _fault(row, now):
            _refuse(row, fault)
        if row.bound and not hmac.compare_digest(row.bound, PublicKeys.load(pinned).fingerprint()):
            _refuse(row, OtherKeys())
        if not _enrol(row, now, keys=pinned, software=software[:40], url=url[:200]):
            row.refresh_from_db()
            _refuse(row, _fault(row, now) or CodeUsed())
    return row.agent


def _checked(keys: dict[str, Any]) -> dict[str, Any]:
    try:
        return PublicKeys.load(keys).as_dict()
    except ValueError as error:
        raise BadKeys from error


def _fingerprint(text: str) -> str:
    if not (key := typed(text)):
        raise BadFingerprint
    return key


def _fault(row: EnrolmentCode, now: datetime) -> EnrolmentError | None:
    """Only who holds the whole code is told more than that it is unknown."""
    if row.used_at:
        return CodeUsed()
    if not now < row.expires_at <= now + LIFE + AHEAD:  # later: it was made by a clock that ran ahead
        return CodeExpired()
    return CodeBlocked() if row.tries_left == 0 else None


@transaction.atomic
def _enrol(row: EnrolmentCode, now: datetime, **brought: Any) -> bool:
    """False when somebody else used, or used up, the code in this very moment."""
    usable = EnrolmentCode.objects.filter(
        pk=row.pk, used_at=None, expires_at__gt=now, expires_at__lte=now + LIFE + AHEAD, tries_left__gt=0
    )
    if not usable.update(used_at=now):
        return False
    agent = row.agent
    unheard = {"nonce_at": None, "seen_at": None, "waited_at": None, "silent_at": None}
    empty = dict.fromkeys(("hello_digest", "rotation", "challenge", "nonce"), "")
    fresh = {"hello_count": 0, "pinned": hub_keys().public.fingerprint(), "quarantined": NO_REASON, **empty, **unheard, **brought}
    for name, value in fresh.items():
        setattr(agent, name, value)
    agent.save(update_fields=list(fresh))
    trail.record("agent.enrolled", actor=_bearer(row), agent=agent.pk)
    return True


def _refuse(row: EnrolmentCode, error: EnrolmentError, *, costs_a_try: bool = False) -> None:
    """Always raises; what it writes stays."""
    with transaction.atomic():
        if costs_a_try and not EnrolmentCode.objects.filter(pk=row.pk, tries_left__gt=0).update(tries_left=F("tries_left") - 1):
            raise error  # used up: knocking on fills no trail
        trail.record("enrolment.refused", actor=_bearer(row), agent=row.agent_id, reason=type(error).__name__)
    raise error


def _bearer(row: EnrolmentCode) -> Actor:
    return Actor(company_id=row.company_id, via="enrolment-code", reference=row.agent.public_id)


def _digest(letters: str) -> bytes:
    return sha256(letters.encode()).digest()
