"""getTotalSyncToken: a token for the link that signs an administrator in to the sync page."""

from __future__ import annotations

from doorsync.hub.administrators.actions import issue_sync_token
from doorsync.hub.esws.company_operations import NOT_SIGNED_IN, PASSWORD, USERNAME, CompanyCall, company_operation
from doorsync.hub.esws.values import STRING


def get_total_sync_token(call: CompanyCall) -> str:
    """A fresh token."""
    return issue_sync_token(administrator=call.administrator, actor=call.actor)


OPERATION = company_operation(
    name="Esws.getTotalSyncToken",
    about="A token for the sync of many users: open /users/totalSyncUsersLogin/ and the token in a web browser.",
    parameters=(USERNAME, PASSWORD),
    returns=STRING,
    run=get_total_sync_token,
    return_strings=NOT_SIGNED_IN,
    sample="e4d8503e7d6df3b37dcaf5063576a11f795329f9a8d854d7372a730f6be1f22ee550baa52910777882b77352071f72c633339f527d7784a802a4a39f54f60c29",
)
