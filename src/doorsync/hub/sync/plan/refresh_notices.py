"""What pages say while a change that concerns many people is being worked out."""

from __future__ import annotations

from django.utils.translation import ngettext

from doorsync.hub.sync.holdings.pending_refreshes import users_left


def refresh_notices() -> tuple[str, ...]:
    """A sentence with how many people are left, in the company in scope; nothing when no change is being worked out."""
    if not (left := users_left()):
        return ()
    text = ngettext(
        "A change is still being worked out for %(n)s person. The numbers here may change, and nothing of it is sent before.",
        "A change is still being worked out for %(n)s people. The numbers here may change, and nothing of it is sent before.",
        left,
    )
    return (text % {"n": left},)
