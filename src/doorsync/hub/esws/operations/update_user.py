"""updateUser: insert or change the user with this number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Caller, Parameter
from doorsync.hub.esws.refusals import BadId, NoId
from doorsync.hub.esws.users.lookup import user_number, user_of_number
from doorsync.hub.esws.users.parameters import CARD, GROUP_NAME, GROUP_UPDATE, PERSON, REST, Said
from doorsync.hub.esws.users.saving import NOT_SAVED, save_user
from doorsync.hub.esws.users.together import UserKey, saved_together
from doorsync.hub.esws.values import STRING
from doorsync.hub.users.queries import users_with_numbers


def update_user(call: CompanyCall, *, number: str, **said: Any) -> str:
    """The number, when the user is saved."""
    wanted = user_number(number)
    return save_user(call, Said(**said), {"number": wanted}, lambda: user_of_number(wanted))


def update_users(calls: Sequence[tuple[Caller, Mapping[str, Any]]]) -> list[str | None]:
    """The same for several calls at once; None for each that is to be answered alone."""
    return saved_together(BY_NUMBER, calls)


BY_NUMBER = UserKey("number", "number", user_number, users_with_numbers)
ALONE = company_operation(
    name="Esws.updateUser",
    about="Inserts the user with this number, or changes them. Returns the number.",
    parameters=(
        Parameter("p_Id", "number", STRING, "the user's number, 1 to 400000000", missing=NoId),
        *PERSON,
        GROUP_NAME,
        GROUP_UPDATE,
        *CARD,
        *REST,
    ),
    returns=STRING,
    run=update_user,
    return_strings={NoId: "NO_ID_RECEIVED", BadId: "INCORRECT_ID_RECEIVED", **NOT_SAVED},
    sample="2179",
)
OPERATION = replace(ALONE, run_together=update_users, by_company=True)
