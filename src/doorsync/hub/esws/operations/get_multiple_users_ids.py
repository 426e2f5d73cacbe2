"""getMultipleUsersIds: the users with this id of a third party, as rows. getMultipleUsersIds2 is the same under another name."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Operation
from doorsync.hub.esws.refusals import NoId, NoIdField, NoSuchUser
from doorsync.hub.esws.users.lookup import ALT_ID, known_user
from doorsync.hub.esws.users.rows import FOUND_FIELDS, Row, array_of, found_rows


def get_multiple_users_ids(call: CompanyCall, *, alt_id: str) -> list[Row]:  # noqa: ARG001 - its scope counts
    """One row: nobody shares such an id with somebody else here."""
    return found_rows([known_user(alt_id)])


def operation(name: str) -> Operation:
    """The operation under this name, with a struct named after it."""
    return company_operation(
        name=f"Esws.{name}",
        about="The users with this id of a third party: here never more than one.",
        parameters=(ALT_ID,),
        returns=array_of(f"{name}Object", *FOUND_FIELDS),
        run=get_multiple_users_ids,
        return_strings={
            NoIdField: "NO_WS_ALT_USER_ID_INFOFIELD",
            NoId: "NO_USER_ID_FOUND",
            NoSuchUser: "NO_USER_ID_FOUND",
        },
        sample=[dict(zip(FOUND_FIELDS, ("2179", "Jansen", "Anna", "0"), strict=True))],
    )


OPERATION = operation("getMultipleUsersIds")
