"""Credentials in clear, as far as somebody may see them."""

from __future__ import annotations

from doorsync.hub.administrators.rules import CredentialView
from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.users.credential_kinds import KINDS
from doorsync.hub.users.models import Credential, LostCredential, User

DOTS = "••••"
LEFT = 2  # signs at the end that a masked value shows, if it is long enough


def seen_value(user: User, row: Credential | LostCredential, view: CredentialView) -> str | None:
    """As much of it as this view shows; None where it cannot be read any more.

    A PIN is never shown in part: half of one is too much.
    """
    kind = KINDS[row.kind]
    view = view if kind.secret else CredentialView.SHOWN
    if view is CredentialView.HIDDEN or (view is CredentialView.MASKED and not kind.unique):
        return DOTS
    try:
        value = vault.unseal(user.company, "credential", bytes(row.sealed), f"{user.pk}:{row.kind}")
    except CannotUnseal:
        return None
    return as_seen(value, view)


def as_seen(value: str, view: CredentialView) -> str:
    """As much of a card or QR code as this view shows."""
    if view is CredentialView.SHOWN:
        return value
    return DOTS + value[-LEFT:] if view is CredentialView.MASKED and len(value) > 2 * LEFT else DOTS
