"""updateUserDotweb: as updateUserAltId, in the store of this number among those that share the code."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django_scopes import scope

from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.queries import company_of_store
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.operations.update_user_alt_id import update_user_alt_id
from doorsync.hub.esws.refusals import CannotSave, NoId, NoIdField
from doorsync.hub.esws.users.parameters import GROUP_NAME, GROUP_UPDATE, PERSON, PLATE
from doorsync.hub.esws.users.saving import NOT_SAVED
from doorsync.hub.esws.values import SAID, STRING

STORE = re.compile(r"[0-9]{1,9}")


def update_user_dotweb(call: CompanyCall, *, store: str, alt_id: str, **said: Any) -> str:
    """The number, when the user is saved in the store's company."""
    company = _company(call.company, store.strip())
    if not alt_id.strip().isalnum():
        raise CannotSave("p_wsAltUserId", reasons=["It has letters and digits only."])
    with scope(company=company):
        inside = replace(call, company=company, actor=replace(call.actor, company_id=company.pk))
        return update_user_alt_id(inside, alt_id=alt_id, **said)


def _company(head: Company, store: str) -> Company:
    if not STORE.fullmatch(store):
        raise UnknownCompany
    return company_of_store(head, int(store))


OPERATION = company_operation(
    name="Esws.updateUserDotweb",
    about="Inserts the user with this id of yours in a store, or changes them. Returns the user's number.",
    parameters=(
        Parameter("p_ws_StoreId", "store", STRING, "the store's number among those that share the code", missing=UnknownCompany),
        Parameter("p_wsAltUserId", "alt_id", STRING, "your own id of the user: letters and digits", missing=NoId),
        *PERSON,
        GROUP_NAME,
        GROUP_UPDATE,
        PLATE,
        Parameter("p_locationId", "location", SAID, "id of a location; counts in companies of the type Branches", required=False),
    ),
    returns=STRING,
    run=update_user_dotweb,
    return_strings={NoId: "NO_ID_RECEIVED", NoIdField: "NO_WS_ALT_USER_ID_INFOFIELD_SET", **NOT_SAVED},
    sample="2179",
)
