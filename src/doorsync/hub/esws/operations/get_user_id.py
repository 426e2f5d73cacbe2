"""getUserId: the user's number, by the third party's own id."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.refusals import NoId, NoIdField, NoSuchUser
from doorsync.hub.esws.users.lookup import ALT_ID, known_user
from doorsync.hub.esws.values import STRING


def get_user_id(call: CompanyCall, *, alt_id: str) -> str:  # noqa: ARG001 - its scope counts
    """The number of this user."""
    return str(known_user(alt_id).number)


OPERATION = company_operation(
    name="Esws.getUserId",
    about="The id of the user with this id of a third party.",
    parameters=(ALT_ID,),
    returns=STRING,
    run=get_user_id,
    return_strings={
        NoIdField: "NO_WS_ALT_USER_ID_INFOFIELD",
        NoId: "NO_USER_ID_FOUND",
        NoSuchUser: "NO_USER_ID_FOUND",
    },
    sample="2179",
)
