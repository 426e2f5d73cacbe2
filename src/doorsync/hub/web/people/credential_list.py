"""Credentials as a page shows them: whole, masked or hidden, by what the administrator may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import credential_view
from doorsync.hub.users.credential_kinds import CARD, KINDS, CredentialKind
from doorsync.hub.users.credential_values import seen_value
from doorsync.hub.users.models import Credential, LostCredential, User


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCredential:
    """One of them; `text` is as much as may be seen. `lost_at` is set where it was lost, `ends_at` of temporary ones."""

    pk: int
    kind: str
    text: str = field(repr=False)
    may_be_lost: bool = False
    lost_at: datetime | None = None
    ends_at: datetime | None = None
    is_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKind:
    """All of one kind, and how one is entered."""

    name: str
    title: str
    plain: str
    held: list[ShownCredential]
    single: bool
    numeric: bool
    fits_terminals: bool


def shown_credentials(user: User, administrator: Administrator) -> list[ShownKind]:
    """All kinds, those without any too."""
    rows = list(Credential.objects.filter(user=user).order_by("pk"))
    return [
        ShownKind(
            name=kind.name,
            title=capfirst(_(kind.title)),
            plain=_(kind.title),
            held=[_shown(user, row, kind, administrator) for row in rows if row.kind == kind.name],
            single=kind.most == 1,
            numeric=kind.name in ("card", "pin"),
            fits_terminals=kind.fits_terminals,
        )
        for kind in KINDS.values()
    ]


def shown_lost(user: User, administrator: Administrator) -> list[ShownCredential]:
    """What was reported lost, the newest first."""
    return [
        ShownCredential(
            pk=row.pk,
            kind=capfirst(_(KINDS[row.kind].title)),
            text=_text(user, row, administrator),
            lost_at=row.lost_at,
            ends_at=row.ends_at,
            is_card=row.kind == CARD.name,
        )
        for row in LostCredential.objects.filter(user=user).order_by("-lost_at")
        if row.kind in KINDS
    ]


def _shown(user: User, row: Credential, kind: CredentialKind, administrator: Administrator) -> ShownCredential:
    text = _text(user, row, administrator)
    return ShownCredential(pk=row.pk, kind=kind.name, text=text, may_be_lost=kind.unique, ends_at=row.ends_at)


def _text(user: User, row: Credential | LostCredential, administrator: Administrator) -> str:
    value = seen_value(user, row, credential_view(administrator))
    return _("cannot be read any more") if value is None else value
