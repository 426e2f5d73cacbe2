"""deleteQR: take the user's QR code away."""

from __future__ import annotations

from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.users.lookup import ALT_ID, NOT_KNOWN, known_user
from doorsync.hub.esws.users.saving import replace_credentials
from doorsync.hub.esws.values import STRING


def delete_qr(call: CompanyCall, *, alt_id: str) -> str:
    """OK, also where there was none."""
    with company_transaction(call.company, call.actor):
        replace_credentials(call, known_user(alt_id), "qr", frozenset())
    return "OK"


OPERATION = company_operation(
    name="Esws.deleteQR",
    about="Takes the user's QR code away.",
    parameters=(ALT_ID,),
    returns=STRING,
    run=delete_qr,
    return_strings=NOT_KNOWN,
    sample="OK",
)
