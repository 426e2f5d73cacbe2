"""getTotalSyncToken: a token for the link that signs an administrator in to the sync page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from doorsync.hub.administrators.actions import issue_sync_token
from doorsync.hub.administrators.remembered_callers import TokenCall, tokens_for_remembered
from doorsync.hub.esws.company_operations import NOT_SIGNED_IN, PASSWORD, USERNAME, VIA, CompanyCall, company_operation
from doorsync.hub.esws.declarations import Caller
from doorsync.hub.esws.values import STRING


def get_total_sync_token(call: CompanyCall) -> str:
    """A fresh token."""
    return issue_sync_token(administrator=call.administrator, actor=call.actor)


def get_total_sync_tokens(calls: Sequence[tuple[Caller, Mapping[str, Any]]]) -> list[str | None]:
    """The same for several that called a moment ago; None for each of whom more has to be found out, or refused."""
    return tokens_for_remembered([TokenCall(address=caller.address, **given) for caller, given in calls], via=VIA)


ALONE = company_operation(
    name="Esws.getTotalSyncToken",
    about="A token for the sync of many users: open /users/totalSyncUsersLogin/ and the token in a web browser.",
    parameters=(USERNAME, PASSWORD),
    returns=STRING,
    run=get_total_sync_token,
    return_strings=NOT_SIGNED_IN,
    sample="e4d8503e7d6df3b37dcaf5063576a11f795329f9a8d854d7372a730f6be1f22ee550baa52910777882b77352071f72c633339f527d7784a802a4a39f54f60c29",
)
OPERATION = replace(ALONE, run_together=get_total_sync_tokens)
