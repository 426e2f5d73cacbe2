"""How what an administrator signs in with, or may do, is changed: whatever it opened before ends with it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import sessions, tokens
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor


def change_administrator(administrator: Administrator, event: str, actor: Actor, **fields: str | bool) -> None:
    """Set these fields, if any, under a new version; end the tokens and sessions of the old one, and record the event."""
    now = timezone.now()
    with scope(company=administrator.company_id), transaction.atomic():
        row = Administrator.objects.select_for_update(no_key=True).get(pk=administrator.pk)
        for name, value in {**fields, "version": row.version + 1}.items():
            setattr(row, name, value)
            setattr(administrator, name, value)
        row.save(update_fields=[*fields, "version"])
        tokens.revoke_tokens(row, now)
        sessions.end_all(row, event, actor)
        trail.record(event, actor=actor, administrator=row.pk)
