"""updateUser2: as updateUser, with groups by their ids."""

from __future__ import annotations

from dataclasses import replace

from doorsync.hub.esws.company_operations import company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.operations.update_user import update_user, update_users
from doorsync.hub.esws.refusals import BadId, NoId
from doorsync.hub.esws.users.parameters import CARD, GROUP_ID, GROUP_UPDATE, PERSON, REST
from doorsync.hub.esws.users.saving import NOT_SAVED
from doorsync.hub.esws.values import STRING

ALONE = company_operation(
    name="Esws.updateUser2",
    about="Inserts the user with this number, or changes them; groups are named by their ids. Returns the number.",
    parameters=(
        Parameter("p_ID", "number", STRING, "the user's number, 1 to 400000000", missing=NoId),
        *PERSON,
        GROUP_ID,
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
