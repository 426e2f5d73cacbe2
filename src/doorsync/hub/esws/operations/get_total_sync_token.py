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
)
