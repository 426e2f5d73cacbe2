"""deleteUser: remove the user with this number, or take them away from one of their locations."""

from __future__ import annotations

from doorsync.hub.access.affected import groups_with_rights
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.refusals import BadId, NoId, NoLocation, NoSuchUser, NotAtLocation
from doorsync.hub.esws.users.lookup import location_of, user_number, user_of_number
from doorsync.hub.esws.values import SAID, STRING
from doorsync.hub.users.actions import change_user, remove_user
from doorsync.hub.users.models import User

DELETED = "User has been deleted"
ELSEWHERE = "User is linked to multiple locations, we will remove the user from this location"


def delete_user(call: CompanyCall, *, number: str, location: str | None) -> str:
    """What was done. Terminals in reach are told at once, the others when they are back."""
    wanted = user_number(number)
    with company_transaction(call.company, call.actor):
        user = user_of_number(wanted)
        if user is None:
            raise NoSuchUser
        if call.company.branches and _is_left_elsewhere(call, user, location):
            return ELSEWHERE
        remove_user(user=user, actor=call.actor)
    return DELETED


def _is_left_elsewhere(call: CompanyCall, user: User, location: str | None) -> bool:
    """Take the user away from this location, with its groups, if they have another one."""
    place = location_of(location)
    if place is None:
        raise NoLocation
    places = frozenset(user.locations.values_list("pk", flat=True))
    if places and place.pk not in places:
        raise NotAtLocation
    left = places - {place.pk}
    if left:
        change_user(user=user, actor=call.actor, locations=left, groups=_groups_elsewhere(user, place))
    return bool(left)


def _groups_elsewhere(user: User, place: Location) -> frozenset[int]:
    """The groups that are not of this location and open none of its doors: a group of all locations may."""
    kept = user.groups.exclude(location=place).exclude(pk__in=groups_with_rights(zone__terminals__location=place))
    return frozenset(kept.values_list("pk", flat=True))


OPERATION = company_operation(
    name="Esws.deleteUser",
    about="Removes a user from the company and, by itself, from all terminals.",
    parameters=(
        Parameter("p_Id", "number", STRING, "the user's number", missing=NoId),
        Parameter("p_locationID", "location", SAID, "id of a location; needed in companies of the type Branches", required=False),
    ),
    returns=STRING,
    run=delete_user,
    return_strings={
        NoId: "NO_ID_RECEIVED",
        NoSuchUser: "USER_WAS_NOT_FOUND",
        BadId: "USER_WAS_NOT_FOUND",
        NoLocation: "Company is Branches but no location has been provided",
        NotAtLocation: "User does not exist in our db",
    },
    sample=DELETED,
)
