"""Take a person out of the access log. The events stay, and nobody is in them."""

from __future__ import annotations

from collections.abc import Collection

from doorsync.hub.events.models import AccessEvent


def forget_in_events(user_number: int, card_lookups: Collection[bytes]) -> None:
    """Forget who had this number, and which cards these were that nobody at a terminal had. In the company's scope."""
    AccessEvent.objects.filter(user_number=user_number).update(user_number=None, key="")
    if card_lookups:
        AccessEvent.objects.filter(card_lookup__in=card_lookups).update(card_sealed=None, card_lookup=None)
