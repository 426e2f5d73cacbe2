"""Each code of a reason in words, with plural forms. docs/reference/errors.md lists them; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

SENTENCES: Mapping[str, str | Promise] = {
    # domain.refusals
    "pin-length": ngettext_lazy(
        "The PIN has %(digits)s digit; this terminal takes %(least)s to %(most)s.",
        "The PIN has %(digits)s digits; this terminal takes %(least)s to %(most)s.",
        "digits",
    ),
    "too-many-cards": ngettext_lazy(
        "%(cards)s card; this terminal takes %(limit)s for each person.",
        "%(cards)s cards; this terminal takes %(limit)s for each person.",
        "cards",
    ),
    "card-too-long": ngettext_lazy(
        "A card number is longer than the %(bits)s bit this terminal can store.",
        "A card number is longer than the %(bits)s bits this terminal can store.",
        "bits",
    ),
    "too-many-schedules": ngettext_lazy(
        "%(schedules)s time schedule; this terminal takes %(limit)s for each person.",
        "%(schedules)s time schedules; this terminal takes %(limit)s for each person.",
        "schedules",
    ),
    "no-room-for-people": ngettext_lazy(
        "No room: this terminal holds %(limit)s person.", "No room: this terminal holds %(limit)s people.", "limit"
    ),
    "no-room-for-schedules": _("No room for its time schedules: this terminal holds %(limit)s."),
    "no-room-for-schedule": _("This terminal has no room for another time schedule."),
    "person-too-large": _("Too much for one message. Give this person fewer cards."),
    "schedule-too-large": _("Too much for one message. Give this time schedule fewer hours."),
    "unreadable-credential": _("Their stored %(kind)s cannot be read. Enter it again."),
    "unknown-credential": _("They have a credential of a kind that is not known here. Update the hub."),
    "unreadable-dates": _("Their stored start or expiry cannot be read. Enter it again."),
    "number-of-administrator": _("Number %(key)s is %(name)s at this terminal, one of its own administrators."),
    "number-taken": _(
        "Number %(key)s is held at this terminal by %(name)s, who was enrolled there. Decide on the terminal's page."
    ),
    "schedule-number-taken": _(
        "Number %(key)s is another time schedule at this terminal: %(name)s. Decide on the terminal's page."
    ),
    # from before there were codes
    "text": "%(text)s",
}
