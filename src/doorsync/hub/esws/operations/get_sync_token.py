"""getSyncToken: a token for the link that signs an administrator in to the sync of one user."""

from __future__ import annotations

from doorsync.hub.administrators.actions import issue_sync_token
from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.esws.company_operations import PASSWORD, USERNAME, CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.named_rows import is_given, named_location, named_user
from doorsync.hub.esws.refusals import NoId, NoPassword, NoSuchLocation, NoSuchUser, NoUsername
from doorsync.hub.esws.values import STRING
from doorsync.hub.sync.holdings.visible_users import visible_users


def get_sync_token(call: CompanyCall, *, user: str, location: str) -> str:
    """A fresh token for this user, and for this location if there is one: those that the administrator may see."""
    found = visible_users(call.administrator).filter(pk=named_user(user).pk).first()
    if found is None:
        raise NoSuchUser
    place, limit = named_location(location).pk if is_given(location) else None, location_limit(call.administrator)
    if place and limit is not None and place not in limit:
        raise NoSuchLocation
    return issue_sync_token(administrator=call.administrator, actor=call.actor, user_id=found.pk, location_id=place)


OPERATION = company_operation(
    name="Esws.getSyncToken",
    about="A token for the sync of one user: open /users/oneSyncUserLogin/ and the token in a web browser.",
    parameters=(
        USERNAME,
        PASSWORD,
        Parameter("p_userId", "user", STRING, "the user's id", missing=NoId),
        Parameter("p_locationID", "location", STRING, "id of the location at which it starts by itself", required=False),
    ),
    returns=STRING,
    run=get_sync_token,
    return_strings={
        NoUsername: "NO USERNAME PROVIDED",
        NoPassword: "NO PASSWORD PROVIDED",
        NoId: "NO USERID PROVIDED",
        NoSuchAdministrator: "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD",
        NoSuchUser: "NO USER FOUND BASED ON THE ID PROVIDED",
        NoSuchLocation: "NO LOCATION FOUND BASED ON THE ID PROVIDED",
    },
    sample="9f1c5b0e7a3d48c2b6e0f4a19d7c8352e1a04b6f9c2d7e8135a0b4c6d8e9f17203b5d7f91a2c4e6085b7d9f1a3c5e70928b4d6f8a0c2e4960718b3d5f7a9c1e3",
)
