"""getQR: the text of the user's QR code."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.users.lookup import ALT_ID, NOT_KNOWN, known_user
from doorsync.hub.esws.values import SAID
from doorsync.hub.users.queries import credentials_of


def get_qr(call: CompanyCall, *, alt_id: str) -> str | None:  # noqa: ARG001 - its scope counts
    """The text, or None where the user has no QR code."""
    return next(iter(credentials_of(known_user(alt_id), "qr").get("qr", ())), None)


OPERATION = company_operation(
    name="Esws.getQR",
    about="The text of the user's QR code, or null when they have none. The program draws the picture.",
    parameters=(ALT_ID,),
    returns=SAID,
    run=get_qr,
    return_strings=NOT_KNOWN,
    sample="7Qw3kX0ZrT5mB1nV9sD8fG2hJ4kL6pYa",
)
