"""getTotalSyncToken: a token for the link that signs an administrator in to the sync page."""

from __future__ import annotations

from django_scopes import scope

from doorsync.hub.administrators.actions import authenticate, issue_sync_token
from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.esws.declarations import Caller, Operation, Parameter
from doorsync.hub.esws.errors import NoCode, NoPassword, NoUsername
from doorsync.hub.esws.values import STRING


def get_total_sync_token(caller: Caller, *, code: str, username: str, password: str) -> str:
    """A fresh token. What is missing or wrong is refused in the order of the page, before any password is looked at."""
    if not code:
        raise NoCode
    company = company_by_code(code)
    if not username:
        raise NoUsername
    if not password:
        raise NoPassword
    with scope(company=company):
        administrator = authenticate(company=company, username=username, password=password, address=caller.address)
        actor = Actor(company_id=company.pk, administrator_id=administrator.pk, via="esws")
        return issue_sync_token(administrator=administrator, actor=actor)


OPERATION = Operation(
    name="Esws.getTotalSyncToken",
    about="A token for the sync of many users: open /users/totalSyncUsersLogin/ and the token in a web browser.",
    parameters=(
        Parameter("p_companyID", "code", STRING),
        Parameter("p_adminUsername", "username", STRING),
        Parameter("p_adminPassword", "password", STRING),
    ),
    returns=STRING,
    run=get_total_sync_token,
    return_strings={
        NoCode: "ERROR_NO_SECURITY_HASH",
        UnknownCompany: "ERROR_UNKNOWN_SECURITY_HASH",
        NoUsername: "NO USERNAME PROVIDED",
        NoPassword: "NO PASSWORD PROVIDED",
        NoSuchAdministrator: "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD",
    },
)
