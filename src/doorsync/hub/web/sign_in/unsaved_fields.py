"""What somebody had typed into a form whose session is over. It is shown once, to copy it, and is kept nowhere."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from doorsync.hub.users.fields import TEXTS

OWN = frozenset({"session", "proof", "next", "csrfmiddlewaretoken"})  # of every form, and never typed
# All that is shown. Other fields may hold a card, a PIN, a password, or the id of a choice.
TITLES = {name: text.title for name, text in TEXTS.items()} | {
    "name": gettext_noop("name"),
    "starts": gettext_noop("start"),
    "expires": gettext_noop("expiry"),
    "hours": gettext_noop("hours"),
    "event": gettext_noop("event"),
}


def is_filled_in(request: HttpRequest) -> bool:
    """Whether the request is a form that somebody has filled in, be it with secrets only."""
    return request.method == "POST" and any(request.POST[name] for name in request.POST.keys() - OWN)


def unsaved_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Titles and values of what was typed and is no secret, in the order of the form."""
    if request.method != "POST":
        return []
    shown = [(name, value) for name in request.POST if name in TITLES for value in request.POST.getlist(name)]
    return [(capfirst(_(TITLES[name])), value) for name, value in shown if value.strip()]
