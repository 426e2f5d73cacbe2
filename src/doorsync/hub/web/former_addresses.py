"""Addresses that people know from the software that ESWS comes from: they lead to the pages that do the same here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from doorsync.hub.web.sign_in.answers import SeeOther

PLACES = {
    "users": "people:list",
    "users/add": "people:add",
    "groups": "access:groups",
    "modules": "doors:list",
    "zones": "access:zones",
    "dooraccess": "access:rights",
    "accesscontrols": "access:rights",
    "timeschedules": "access:schedules",
    "reports": "activity:log",
    "admins": "administrators:list",
    "admins/login": "sign-in",
}


@require_safe
def former_address(request: HttpRequest, words: str) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """The page of ours. Whether somebody may open it is decided there."""
    return SeeOther(reverse(PLACES[words]))
