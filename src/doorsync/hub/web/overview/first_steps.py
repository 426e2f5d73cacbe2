"""What a company still needs before a door opens for anybody, in the order in which it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.hub.access.models import AccessRight
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.models import Run
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import Membership, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of them; `missing` says what is still to be done, and is empty where nothing is."""

    title: str | Promise
    address: str
    missing: str | Promise


def first_steps(administrator: Administrator, session: str) -> list[Step]:
    """All steps while one of them is left, for who may do them; afterwards none. `session`: what links to sync pages carry."""
    if not may(administrator, Permission.ACCESS):
        return []
    steps = [
        Step(title=_("A location"), address=reverse("locations:list"), missing=_location()),
        Step(title=_("An agent on your network"), address=reverse("terminals:agents"), missing=_agent()),
        Step(title=_("A door"), address=reverse("doors:list"), missing=_door()),
        Step(title=_("A group that may open it"), address=reverse("access:rights"), missing=_right()),
        Step(title=_("People"), address=reverse("people:list"), missing=_people()),
        Step(title=_("The first Sync"), address=f"{reverse('sync:plan-page')}?{session}", missing=_sync()),
    ]
    return steps if any(step.missing for step in steps) else []


def _location() -> Promise | str:
    return "" if Location.objects.exists() else _("Say where the doors are, and in which time zone.")


def _agent() -> Promise | str:
    if not Agent.objects.exists():
        return _("Name it here, then start its program on a machine that reaches the terminals.")
    return (
        ""
        if Agent.objects.filter(keys__isnull=False).exists()
        else _("It has not brought its keys yet: make a code, and type it there.")
    )


def _door() -> Promise | str:
    if not Terminal.objects.exists():
        return _("Add a terminal with its make and address.")
    return (
        ""
        if Terminal.objects.filter(seen_at__isnull=False).exists()
        else _("No terminal was reached yet: the first Sync does it.")
    )


def _right() -> Promise | str:
    return "" if AccessRight.objects.exists() else _("Make a group, a zone and a time schedule, and join them.")


def _people() -> Promise | str:
    if not User.objects.exists():
        return _("Add somebody, or import a file.")
    return "" if Membership.objects.exists() else _("Nobody is in a group yet, so no door opens for them.")


def _sync() -> Promise | str:
    return "" if Run.objects.exists() else _("Look at what would change in each terminal, and press Sync.")
