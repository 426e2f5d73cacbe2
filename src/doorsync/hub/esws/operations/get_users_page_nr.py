"""getUsersPageNr: how many pages of getUsers there are."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.refusals import NoSuchLocation
from doorsync.hub.esws.users.choosing import chosen_users
from doorsync.hub.esws.values import STRING
from doorsync.hub.users.reading import page_count


def get_users_page_nr(call: CompanyCall, *, location: str) -> str:
    """The number of the last page, at least 1."""
    return str(page_count(chosen_users(call, location)))


OPERATION = company_operation(
    name="Esws.getUsersPageNr",
    about="The number of the last page of getUsers; 1 also where there is nobody.",
    parameters=(
        Parameter(
            "p_locationID", "location", STRING, "id of a location; counts in companies of the type Branches", required=False
        ),
    ),
    returns=STRING,
    run=get_users_page_nr,
    return_strings={NoSuchLocation: "NO_LOCATION_ID_FOUND"},
    sample="3",
)
