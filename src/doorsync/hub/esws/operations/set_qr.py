"""setQR: give the user a new QR code."""

from __future__ import annotations

import secrets
import string

from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.refusals import CannotSave
from doorsync.hub.esws.users.lookup import ALT_ID, NOT_KNOWN, known_user
from doorsync.hub.esws.users.saving import NOT_SAVED, replace_credentials
from doorsync.hub.esws.values import STRING

LETTERS = string.digits + string.ascii_letters
LENGTH = 32


def set_qr(call: CompanyCall, *, alt_id: str) -> str:
    """The text of the new code; the one before opens nothing any more."""
    text = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    with company_transaction(call.company, call.actor):
        replace_credentials(call, known_user(alt_id), "qr", frozenset([text]))
    return text


OPERATION = company_operation(
    name="Esws.setQR",
    about="Gives the user a new QR code in place of the one before, and returns its text: 32 of 0-9, a-z and A-Z.",
    parameters=(ALT_ID,),
    returns=STRING,
    run=set_qr,
    return_strings={**NOT_KNOWN, CannotSave: NOT_SAVED[CannotSave]},
    sample="7Qw3kX0ZrT5mB1nV9sD8fG2hJ4kL6pYa",
)
