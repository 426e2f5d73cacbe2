"""updateUserContractor: as updateUser, with the firm that the user works for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Caller, Parameter
from doorsync.hub.esws.operations.update_user import BY_NUMBER, update_user
from doorsync.hub.esws.refusals import BadId, CannotSave, NoId
from doorsync.hub.esws.users.parameters import CARD, GROUP_ID, GROUP_NAME, GROUP_UPDATE, PERSON, REST
from doorsync.hub.esws.users.saving import NOT_SAVED
from doorsync.hub.esws.users.together import saved_together
from doorsync.hub.esws.values import STRING


def update_user_contractor(call: CompanyCall, **said: Any) -> str:
    """The number, when the user is saved."""
    if not _names_firm(said):
        raise CannotSave("p_Contractor_Code", "p_Contractor_name", reasons=["The code has digits only, and neither is empty."])
    return update_user(call, **said)


def update_contractors(calls: Sequence[tuple[Caller, Mapping[str, Any]]]) -> list[str | None]:
    """The same for several calls at once; None for each that is to be answered alone."""
    return saved_together(BY_NUMBER, calls, _names_firm)


def _names_firm(given: Mapping[str, Any]) -> bool:
    code: str = given["contractor_code"].strip()
    return bool(given["contractor_name"].strip()) and code.isascii() and code.isdigit()


ALONE = company_operation(
    name="Esws.updateUserContractor",
    about="Inserts the user with this number, or changes them, with the firm they work for. Returns the number.",
    parameters=(
        Parameter("p_Id", "number", STRING, "the user's number, 1 to 400000000", missing=NoId),
        Parameter("p_Contractor_Code", "contractor_code", STRING, "the firm's number, digits", missing=CannotSave),
        Parameter("p_Contractor_name", "contractor_name", STRING, "the firm's name", missing=CannotSave),
        *PERSON,
        GROUP_NAME,
        GROUP_UPDATE,
        *CARD,
        GROUP_ID,
        *REST,
    ),
    returns=STRING,
    run=update_user_contractor,
    return_strings={NoId: "NO_ID_RECEIVED", BadId: "INCORRECT_ID_RECEIVED", **NOT_SAVED},
    sample="2179",
)
OPERATION = replace(ALONE, run_together=update_contractors, by_company=True)
