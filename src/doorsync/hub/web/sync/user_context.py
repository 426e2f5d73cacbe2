"""What the page of one user's sync shows: who it is, the locations to choose from, and how they stand at each terminal."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404

from doorsync.domain.record import Kind
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.sync.models import Holding, Run
from doorsync.hub.sync.plan.plans import Plan, build_plan
from doorsync.hub.sync.plan.selections import Selection, within_limit
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.models import User
from doorsync.hub.web.people.person_search import FoundPeople
from doorsync.hub.web.people.person_status import kept_only, person_status
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState, person_terminals
from doorsync.hub.web.sync import page_links
from doorsync.hub.web.sync.filter_options import FilterOption
from doorsync.hub.web.sync.plan_sentences import to_confirm


def location_ids(administrator: Administrator) -> frozenset[int]:
    """The locations with terminals that this administrator sees."""
    return frozenset(visible_terminals(administrator).values_list("location_id", flat=True))


def known_person(user_id: int, administrator: Administrator) -> FoundPeople | None:
    """Who has this id, or had it and is still in a terminal; None when they see nobody by it, or nobody any more."""
    user = visible_users(administrator).filter(pk=user_id).prefetch_related("groups").first()
    if user:
        groups = ", ".join(group.name for group in user.groups.all())
        return FoundPeople(
            user_id=user.pk, key=str(user.number), name=user.full_name, groups=groups, external_id=user.external_id
        )
    gone = ~Q(user_id__in=User.objects.values("pk"))
    doors = visible_terminals(administrator).values("pk")
    left = Holding.objects.filter(gone, kind=Kind.USER, user_id=user_id, terminal_id__in=doors).first()
    return FoundPeople(user_id=None, key=left.key, name=left.label, groups="", external_id="") if left else None


def user_context(request: SignedInRequest, choice: Selection, *, problem: str = "", wrong_count: str = "") -> dict[str, Any]:
    """All that the template needs. Raises Http404 when nothing is known of this user."""
    asking = request.signed_in.administrator
    person = known_person(choice.user or 0, asking)
    if person is None:
        raise Http404
    doors = visible_terminals(asking)
    places = person_terminals(request.signed_in.company, key=person.key, user_id=person.user_id, terminals=doors)
    here = [place for place in places if not choice.locations or place.terminal.location_id in choice.locations]
    shown = build_plan(request.signed_in.company, within_limit(choice, asking))
    return {
        "person": person,
        "user": choice.user,
        "places": here,
        "standing": person_status(here),
        "kept_only": kept_only(person.user_id),
        "options": _locations(choice, asking),
        "anywhere": not choice.locations,
        "plan": shown,
        "to_confirm": to_confirm(shown),
        "others": _others(shown, here),
        "keep": page_links.kept_values(request),
        "problem": problem,
        "wrong_count": wrong_count,
        "starts": not (problem or wrong_count) and _starts_by_itself(request, choice, shown),
    }


def _starts_by_itself(request: SignedInRequest, choice: Selection, shown: Plan) -> bool:
    """Whether the link named this location, nothing stands in the way, and nothing was started in this session yet."""
    signed_in = request.signed_in
    named = request.method == "GET" and "location" not in request.GET and choice.locations == {signed_in.location_id}
    if not named or shown.obstacle or shown.to_confirm:
        return False
    return not Run.objects.filter(reference=signed_in.public_id, via=signed_in.actor.via).exists()


def _others(shown: Plan, here: list[PersonAtTerminal]) -> int:
    """How many removals of other people a run takes along: removals are always in scope."""
    return max(0, shown.removed - sum(place.state is PersonState.REMOVE for place in here))


def _locations(choice: Selection, administrator: Administrator) -> tuple[FilterOption, ...]:
    found = Location.objects.filter(pk__in=location_ids(administrator))
    return tuple(FilterOption(each.pk, each.name, each.pk in choice.locations) for each in found)
