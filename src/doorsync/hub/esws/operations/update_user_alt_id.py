"""updateUserAltId: insert or change the user with this id of a third party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Caller, Parameter
from doorsync.hub.esws.refusals import NoId, NoIdField
from doorsync.hub.esws.users.lookup import alt_id_key, require_id_field, user_of_alt_id
from doorsync.hub.esws.users.parameters import CARD, GROUP_NAME, GROUP_UPDATE, PERSON, REST, Said
from doorsync.hub.esws.users.saving import NOT_SAVED, save_user
from doorsync.hub.esws.users.together import UserKey, saved_together
from doorsync.hub.esws.values import SAID, STRING
from doorsync.hub.users.queries import users_with_external_ids


def update_user_alt_id(call: CompanyCall, *, alt_id: str, tapkey: str | None = None, **said: Any) -> str:  # noqa: ARG001 - see its parameter
    """The number, when the user is saved."""
    require_id_field()
    return save_user(call, Said(**said), {"external_id": alt_id_key(alt_id)}, lambda: user_of_alt_id(alt_id))


def update_users_alt_id(calls: Sequence[tuple[Caller, Mapping[str, Any]]]) -> list[str | None]:
    """The same for several calls at once; None for each that is to be answered alone."""
    return saved_together(BY_ALT_ID, calls)


BY_ALT_ID = UserKey("alt_id", "external_id", alt_id_key, users_with_external_ids, require_id_field)
ALONE = company_operation(
    name="Esws.updateUserAltId",
    about="Inserts the user with this id of yours, or changes them. Returns the user's number.",
    parameters=(
        Parameter("p_wsAltUserId", "alt_id", STRING, "your own id of the user", missing=NoId),
        *PERSON,
        GROUP_NAME,
        GROUP_UPDATE,
        *CARD,
        *REST,
        Parameter("p_phone", "phone", SAID, "telephone number", required=False),
        Parameter("p_syncToTapkey", "tapkey", SAID, "read and ignored: nothing is sent to Tapkey", required=False),
    ),
    returns=STRING,
    run=update_user_alt_id,
    return_strings={NoId: "NO_ID_RECEIVED", NoIdField: "NO_WS_ALT_USER_ID_INFOFIELD_SET", **NOT_SAVED},
    sample="2179",
)
OPERATION = replace(ALONE, run_together=update_users_alt_id, by_company=True)
