"""Single credentials of a user: one more, one less, one that was lost and maybe found. The others stay as they are."""

from __future__ import annotations

from contextlib import suppress

from django.utils import timezone
from django.utils.translation import gettext as _

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.credential_kinds import KINDS
from doorsync.hub.users.edits import edit_user
from doorsync.hub.users.errors import BadFields, CredentialGone
from doorsync.hub.users.models import Credential, LostCredential, User
from doorsync.hub.users.queries import credentials_of


def add_credential(*, user: User, kind: str, value: str, actor: Actor) -> None:
    """One more; of a kind of which a user has one at most, it takes the place of the one before.

    Raises BadFields, which never repeats the value. What was reported lost is not given out anew.
    """
    with company_transaction(user.company, actor):
        known = KINDS[kind]
        if not known.normalised(value).strip():
            raise BadFields({known.column: _("Enter the %(what)s.") % {"what": _(known.title)}})
        kept = frozenset() if known.most == 1 else credentials_of(user).get(kind, frozenset())
        edit_user(user=user, seen={}, fields={"credentials": {kind: kept | {value}}}, actor=actor)


def remove_credential(*, user: User, credential_id: int, actor: Actor) -> str:
    """Take one away: it goes out of all doors by itself. Returns its kind. Raises CredentialGone."""
    with company_transaction(user.company, actor):
        row = _held(user, credential_id)
        take(user, row, actor)
    return row.kind


def report_lost(*, user: User, credential_id: int, actor: Actor) -> LostCredential:
    """Take one out of all doors because it was lost; nobody is given it until it was found. Raises CredentialGone."""
    with company_transaction(user.company, actor):
        row = _held(user, credential_id)
        take(user, row, actor)
        lost = LostCredential.objects.create(
            company=user.company,
            user=user,
            kind=row.kind,
            sealed=row.sealed,
            lookup=row.lookup,
            lost_at=timezone.now(),
            ends_at=row.ends_at,
        )
        trail.record("credential.lost", actor=actor, user=user.pk, kind=row.kind)
    return lost


def report_found(*, user: User, lost_id: int, actor: Actor) -> bool:
    """Give back what was reported lost, and take back the temporary cards that stood for it.

    False: it was a temporary card itself whose time is over, and is nobody's now. Raises CredentialGone, or BadFields as
    `add_credential` does.
    """
    with company_transaction(user.company, actor):
        row = LostCredential.objects.filter(pk=lost_id, user=user).first()
        if row is None:
            raise CredentialGone
        for each in user.credentials.filter(stands_for=row):
            take(user, each, actor)
        is_theirs = row.ends_at is None or row.ends_at > timezone.now()
        value = vault.unseal(user.company, "credential", bytes(row.sealed), f"{user.pk}:{row.kind}") if is_theirs else ""
        row.delete()
        trail.record("credential.found", actor=actor, user=user.pk, kind=row.kind)
        if is_theirs:
            add_credential(user=user, kind=row.kind, value=value, actor=actor)
            user.credentials.filter(lookup=bytes(row.lookup)).update(ends_at=row.ends_at)
    return is_theirs


def take(user: User, row: Credential, actor: Actor) -> None:
    """Take this one away in a company transaction, and leave the others."""
    edit_user(user=user, seen={}, fields={"credentials": {row.kind: _others(user, row)}}, actor=actor)


def _held(user: User, credential_id: int) -> Credential:
    row = Credential.objects.filter(pk=credential_id, user=user).first()
    if row is None:
        raise CredentialGone
    return row


def _others(user: User, row: Credential) -> frozenset[str]:
    """The others of this kind. Those that are damaged go too: what nobody can read must not keep a credential at the doors.

    Raises CannotUnseal where the company's key is damaged, and nothing could be read.
    """
    vault.derived(user.company, "credential")
    kept = set()
    for each in user.credentials.filter(kind=row.kind).exclude(pk=row.pk):
        with suppress(CannotUnseal):
            kept.add(vault.unseal(user.company, "credential", bytes(each.sealed), f"{user.pk}:{each.kind}"))
    return frozenset(kept)
