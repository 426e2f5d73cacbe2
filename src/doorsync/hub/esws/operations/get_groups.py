"""getGroups: the groups of a company, or of one of its branches."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.refusals import NoSuchLocation
from doorsync.hub.esws.users.choosing import chosen_groups
from doorsync.hub.esws.users.rows import Row, array_of
from doorsync.hub.esws.values import STRING


def get_groups(call: CompanyCall, *, location: str) -> list[Row]:
    """The groups by name."""
    return [{"GroupId": str(pk), "GroupName": name} for pk, name in chosen_groups(call, location).values_list("pk", "name")]


OPERATION = company_operation(
    name="Esws.getGroups",
    about="The groups by name, with the ids that updateUser2 takes.",
    parameters=(
        Parameter(
            "p_locationID", "location", STRING, "id of a location; counts in companies of the type Branches", required=False
        ),
    ),
    returns=array_of("getGroupsObject", "GroupId", "GroupName"),
    run=get_groups,
    return_strings={NoSuchLocation: "NO_LOCATION_ID_FOUND"},
    sample=[{"GroupId": "1", "GroupName": "Members"}, {"GroupId": "2", "GroupName": "Staff"}],
)
