"""The top of each page of a person: who they are, whether they may open anything, at how many doors they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.sync.holdings.visible_users import may_change_user, visible_users
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.credential_kinds import FOR_TERMINALS
from doorsync.hub.users.errors import BadFields
from doorsync.hub.users.models import User
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.access_states import BADGES, access_state, walls_now
from doorsync.hub.web.people.after_saving import ahead_of
from doorsync.hub.web.people.person_status import kept_only, person_status
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState, person_terminals

TABS = (
    ("people:person", gettext_lazy("Details")),
    ("people:credentials", gettext_lazy("Credentials")),
    ("people:doors", gettext_lazy("Doors")),
    ("people:events", gettext_lazy("Events")),
    ("people:changes", gettext_lazy("Changes")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A page of the person."""

    text: str
    address: str
    chosen: bool


def user_by_number(request: SignedInRequest, number: int) -> User:
    """The user with this number, if the administrator sees them; raises Http404 for everybody else."""
    try:
        return visible_users(request.signed_in.administrator).select_related("company").get(number=number)
    except (User.DoesNotExist, OverflowError) as error:
        raise Http404 from error


def head(request: SignedInRequest, user: User, chosen: str) -> dict[str, Any]:
    """What `people/person.html` draws; `chosen` is the name of the tab's address."""
    company, doors = request.signed_in.company, visible_terminals(request.signed_in.administrator)
    places = person_terminals(company, key=str(user.number), user_id=user.pk, terminals=doors)
    return {
        "user": user,
        "look": BADGES[access_state(user, walls_now())],
        "presence": presence(places),
        "standing": person_status(places),
        "kept_only": kept_only(user.pk),
        "places": places,
        "ahead": ahead_of(places),
        "sync_page": f"{reverse('sync:user')}?{request.signed_in.query}&user={user.pk}",
        "may_change": _may_change(request, user),
        "keeps_privacy": may(request.signed_in.administrator, Permission.PRIVACY),
        "tabs": _tabs(request, user, chosen),
    }


def _tabs(request: SignedInRequest, user: User, chosen: str) -> list[Tab]:
    audit = may(request.signed_in.administrator, Permission.AUDIT)
    return [
        Tab(text=str(title), address=reverse(name, args=[user.number]), chosen=name == chosen)
        for name, title in TABS
        if audit or name != "people:changes"
    ]


def _may_change(request: SignedInRequest, user: User) -> bool:
    administrator = request.signed_in.administrator
    return may(administrator, Permission.PEOPLE) and may_change_user(administrator, user)


def told_faults(request: SignedInRequest, error: BadFields) -> dict[str, str]:
    """What is wrong with which field. Who has a credential already may be at a location that the administrator does not see."""
    return error.nameless if request.signed_in.administrator.limited else error.faults


def presence(places: Sequence[PersonAtTerminal]) -> Badge:
    """`in at 7 of 8 doors`: confirmed at so many of those that the rules open to them now."""
    should = sum(place.should for place in places)
    confirmed = sum(place.should and place.state is PersonState.CONFIRMED for place in places)
    if not should:
        return Badge(tone="", icon="blank", word=_("opens no door"))
    text = ngettext("in at %(n)s of %(all)s door", "in at %(n)s of %(all)s doors", should) % {"n": confirmed, "all": should}
    complete = confirmed == should
    return Badge(tone="good" if complete else "wait", icon="check" if complete else "half", word=text)


def tell_saved(request: SignedInRequest, user: User, said: str = "", **more: str) -> None:
    """Tell on the next page what was done, what goes out by itself, and what waits for Sync."""
    places = person_terminals(
        request.signed_in.company,
        key=str(user.number),
        user_id=user.pk,
        terminals=visible_terminals(request.signed_in.administrator),
    )
    done = (said or _("%(name)s was saved.")) % {"name": user.full_name, **more}
    tell(request, " ".join([done, *ahead_of(places).sentences]))
    if not user.credentials.filter(kind__in=FOR_TERMINALS).exists():
        tell(
            request,
            _("%(name)s has no card, PIN or other credential yet: no door opens for them.") % {"name": user.full_name},
            "wait",
        )
