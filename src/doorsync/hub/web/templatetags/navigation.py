"""`{% navigation %}`: the menu of the administrators' pages. A sync session has none, nor who sets up a second factor."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.template.context import Context

from doorsync.hub.web.flash import Flash, shown_flashes
from doorsync.hub.web.navigation import menu_for

register = template.Library()


@register.inclusion_tag("app/navigation.html", takes_context=True)
def navigation(context: Context) -> dict[str, Any]:
    """The menu, with the place of this page marked."""
    request = context["request"]
    if request.signed_in is None or request.signed_in.kind != "full" or request.signed_in.sets_up:
        return {"menu": None}
    return {"menu": menu_for(request.path, request.signed_in)}


@register.simple_tag(takes_context=True)
def flashes(context: Context) -> list[Flash]:
    """What the form before this page came to. They are told once."""
    request = context["request"]
    return shown_flashes(get_messages(request), request.signed_in)
