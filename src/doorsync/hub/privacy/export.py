"""Gather all that the hub has of a person into a file."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.administrators.rules import CredentialView
from doorsync.hub.audit import trail
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.privacy import person_file as parts
from doorsync.hub.revocations.models import Revocation
from doorsync.hub.settings.config import config
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.credential_values import seen_value
from doorsync.hub.users.info_fields import info_field_functions, info_of
from doorsync.hub.users.models import BulkEdit, Credential, Group, InfoField, LostCredential, User
from doorsync.hub.visitors.models import Visit


def export_person(*, user: User, view: CredentialView, actor: Actor) -> parts.PersonFile:
    """All that the hub has of this user, in the company's scope. Who took it along is in the audit.

    `view`: how much of cards, PINs and QR codes goes into it.
    """
    trail.record("user.exported", actor=actor, user=user.pk)
    return parts.PersonFile(
        company=user.company.slug,
        hub=config().origin,
        made_at=timezone.now(),
        credentials_shown=view.value,
        person=parts.Details.model_validate({name: getattr(user, name) for name in parts.Details.model_fields}),
        info_fields=_info(user),
        groups=list(user.groups.order_by("name").values_list("name", flat=True)),
        locations=list(user.locations.order_by("name").values_list("name", flat=True)),
        credentials=[_credential(user, row, view) for row in Credential.objects.filter(user=user).order_by("pk")],
        lost_credentials=[_credential(user, row, view) for row in LostCredential.objects.filter(user=user).order_by("pk")],
        visits=_visits(user),
        visits_received=[
            parts.VisitReceived(state=visit.state, starts=visit.starts, ends=visit.ends)
            for visit in Visit.objects.filter(host=user).order_by("pk")
        ],
        doors=_doors(user),
        revocations=_revocations(user),
        access_log=_access_log(user),
        changes=_changes(user),
        changes_together=_changes_together(user),
    )


def _info(user: User) -> list[parts.InfoValue]:
    labels = dict(InfoField.objects.values_list("number", "label"))
    values = enumerate(info_of(user, info_field_functions()).values(), start=1)
    return [parts.InfoValue(number=number, label=labels.get(number, ""), value=value) for number, value in values if value]


def _credential(user: User, row: Credential | LostCredential, view: CredentialView) -> parts.CredentialValue:
    lost_at = row.lost_at if isinstance(row, LostCredential) else None
    return parts.CredentialValue(kind=row.kind, value=seen_value(user, row, view), lost_at=lost_at, ends_at=row.ends_at)


def _visits(user: User) -> list[parts.VisitPart]:
    names = dict(Group.objects.values_list("pk", "name"))
    return [
        parts.VisitPart(
            host=str(visit.host or visit.host_name),
            state=visit.state,
            starts=visit.starts,
            ends=visit.ends,
            weekly_until=visit.weekly_until,
            groups=[names[each] for each in visit.groups if each in names],
            arrived_at=visit.arrived_at,
            ended_at=visit.ended_at,
        )
        for visit in Visit.objects.filter(user=user).select_related("host").order_by("pk")
    ]


def _doors(user: User) -> list[parts.Door]:
    rows = {row.terminal_id: row for row in Holding.objects.filter(kind=Kind.USER, user_id=user.pk)}
    terminals = Terminal.objects.filter(pk__in=rows).select_related("location").order_by("location__name", "name")
    return [_door(terminal, rows[terminal.pk]) for terminal in terminals]


def _door(terminal: Terminal, row: Holding) -> parts.Door:
    is_unknown = bool(terminal.unread) or (row.held is not None and not row.held)
    return parts.Door(
        door=terminal.name,
        location=terminal.location.name,
        serial=terminal.serial,
        should_hold=row.wanted is not None,
        holds=parts.Holds.UNKNOWN if is_unknown else parts.Holds.YES if row.held else parts.Holds.NO,
        since=row.held_since,
        refused=bool(row.refusal),
    )


def _revocations(user: User) -> list[parts.RevocationPart]:
    return [
        parts.RevocationPart(
            door=row.terminal_name,
            serial=row.serial,
            should_be_out_since=row.since,
            confirmed_at=row.confirmed_at,
            evidence=row.evidence,
        )
        for row in Revocation.objects.filter(user_number=user.number).order_by("confirmed_at", "pk")
    ]


def _access_log(user: User) -> list[parts.LogEntry]:
    """The oldest first, refusals of their cards at doors that did not know these too."""
    lookups = [bytes(row.lookup) for model in (Credential, LostCredential) for row in model.objects.filter(user=user)]
    found = AccessEvent.objects.filter(Q(user_number=user.number) | Q(card_lookup__in=lookups)).order_by("at", "number")
    return [
        parts.LogEntry(
            number=event.number,
            at=event.at,
            wall=event.wall,
            zone=event.zone,
            terminal=event.terminal_name,
            door=event.door,
            code=event.code,
            reason=event.reason,
            used=event.used,
        )
        for event in found.iterator(chunk_size=2000)
    ]


def _changes(user: User) -> list[parts.Change]:
    """By all entries of the company's audit: none of them is indexed by person."""
    entries = Entry.objects.filter(subject__user=user.pk).order_by("number")
    return [
        parts.Change(number=entry.number, at=entry.at, event=entry.event, via=str(entry.actor.get("via", "")))
        for entry in entries.iterator(chunk_size=2000)
    ]


def _changes_together(user: User) -> list[parts.ChangeTogether]:
    key = str(user.pk)
    return [
        parts.ChangeTogether(
            at=edit.at,
            action=edit.action,
            before=edit.before.get(key, edit.after[key]),
            after=edit.after[key],
            undone_at=edit.undone_at,
        )
        for edit in BulkEdit.objects.filter(after__has_key=key).order_by("pk")
    ]
