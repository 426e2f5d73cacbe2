"""Which users a call of getUsers or getUsersPageNr is about, and which location counts in it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from doorsync.hub.companies.models import Location
from doorsync.hub.esws.company_operations import CompanyCall
from doorsync.hub.esws.named_rows import is_given, named_location
from doorsync.hub.users.models import Group, User, UserLocation


def counting_location(call: CompanyCall, text: str) -> Location | None:
    """The location that a call names, in a company with branches; in others it is ignored. Raises NoSuchLocation."""
    return named_location(text) if call.company.branches and is_given(text) else None


def chosen_users(call: CompanyCall, location: str) -> QuerySet[User]:
    """The users of the location that counts, or all of the company. Raises NoSuchLocation."""
    place = counting_location(call, location)
    if place is None:
        return User.objects.all()
    return User.objects.filter(pk__in=UserLocation.objects.filter(location=place).values("user_id"))


def chosen_groups(call: CompanyCall, location: str) -> QuerySet[Group]:
    """The groups of the location that counts with those of all locations, or all of the company. Raises NoSuchLocation."""
    place = counting_location(call, location)
    return Group.objects.filter(Q(location=place) | Q(location=None)) if place else Group.objects.all()
