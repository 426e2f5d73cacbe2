"""The part that all operations of a company share: checks of code and administrator, scope and actor, in one order.

First the code, then what is missing in the order of the parameters, then the administrator where an operation asks for one.
What an operation checks itself comes after these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django_scopes import scope

from doorsync.hub.administrators.actions import authenticate
from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.esws.declarations import Caller, Operation, Parameter, ReturnStrings
from doorsync.hub.esws.refusals import CannotSave, NoCode, NoPassword, NoUsername, Refused
from doorsync.hub.esws.values import STRING, Type

log = structlog.get_logger("doorsync.esws")
VIA = "esws"
CODE = Parameter("p_companyID", "code", STRING, "the company's security code, 32 characters", missing=NoCode)
USERNAME = Parameter("p_adminUsername", "username", STRING, "the administrator's name", missing=NoUsername)
PASSWORD = Parameter("p_adminPassword", "password", STRING, "the administrator's password", missing=NoPassword)
UNKNOWN_CODE: ReturnStrings = {
    NoCode: "ERROR_NO_SECURITY_HASH",
    UnknownCompany: "ERROR_UNKNOWN_SECURITY_HASH",
}
NOT_SIGNED_IN: ReturnStrings = {
    NoUsername: "NO USERNAME PROVIDED",
    NoPassword: "NO PASSWORD PROVIDED",
    NoSuchAdministrator: "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCall:
    """The company and, where the parameters name one, the administrator for whom an operation runs."""

    company: Company
    actor: Actor
    signed_in: Administrator | None = None

    @property
    def administrator(self) -> Administrator:
        """The administrator of this call. Raises where the operation has no such parameters."""
        if self.signed_in is None:
            raise TypeError("This operation has no USERNAME and PASSWORD among its parameters.")
        return self.signed_in


def company_operation(
    *,
    name: str,
    about: str,
    parameters: Sequence[Parameter],
    returns: Type,
    run: Callable[..., Any],
    return_strings: ReturnStrings,
    aliases: tuple[str, ...] = (),
    sample: Any = None,
) -> Operation:
    """An operation whose first parameter is the code. `run` takes a CompanyCall and its parameters, in the company's scope.

    With USERNAME and PASSWORD among the parameters only an administrator gets that far; `run` does not see these two.
    """
    return Operation(
        name=name,
        about=about,
        parameters=(CODE, *parameters),
        returns=returns,
        run=partial(_run_in_company, name, run, parameters),
        return_strings={**UNKNOWN_CODE, **return_strings},
        aliases=aliases,
        sample=sample,
    )


def _run_in_company(
    name: str, run: Callable[..., Any], parameters: Sequence[Parameter], caller: Caller, *, code: str, **given: Any
) -> Any:
    if not code:
        raise NoCode
    company = company_by_code(code)
    with scope(company=company), _telling_refused(company, name):
        for each in parameters:
            if each.missing and given[each.keyword] in ("", None):
                raise each.missing(each.name) if issubclass(each.missing, CannotSave) else each.missing
        signed_in = _signed_in(company, given, caller) if USERNAME in parameters else None
        actor = Actor(company_id=company.pk, administrator_id=signed_in.pk if signed_in else None, via=VIA)
        return run(CompanyCall(company=company, actor=actor, signed_in=signed_in), **given)


@contextmanager
def _telling_refused(company: Company, name: str) -> Iterator[None]:
    """Log which field was refused where the return string does not say it; never what is in it."""
    try:
        yield
    except Refused as refused:
        if refused.fields:
            told = {"operation": name, "fields": list(refused.fields), "reasons": list(refused.reasons)}
            log.info("A program's call was refused.", company=company.slug, **told)
        raise


def _signed_in(company: Company, given: dict[str, Any], caller: Caller) -> Administrator:
    """The administrator with this name and password, which are taken out of `given`."""
    username, password = given.pop(USERNAME.keyword), given.pop(PASSWORD.keyword)
    found = authenticate(company=company, username=username, password=password, address=caller.address)
    if not may(found, Permission.SYNC):  # who may not synchronise is unknown to programs
        raise NoSuchAdministrator
    return found
