from __future__ import annotations

from typing import Any

import pytest
from django_scopes import get_scope

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Company
from doorsync.hub.esws.company_operations import NOT_SIGNED_IN, PASSWORD, USERNAME, CompanyCall, company_operation
from doorsync.hub.esws.declarations import Operation, Parameter, ReturnStrings
from doorsync.hub.esws.refusals import NoId, NoSuchUser
from doorsync.hub.esws.service import Request, answer
from doorsync.hub.esws.values import STRING
from tests.factories import soap, world

ID = Parameter("p_userId", "user", STRING, missing=NoId)
PLACE = Parameter("p_locationID", "location", STRING, required=False)
STRINGS: ReturnStrings = {NoId: "NO USERID PROVIDED", NoSuchUser: "NO USER FOUND", **NOT_SIGNED_IN}
GIVEN = {"p_companyID": world.SAMPLE_CODE, "p_adminUsername": "username", "p_adminPassword": "passwrod", "p_userId": "7"}
pytestmark = pytest.mark.django_db


class Seen:
    """An operation that remembers how it was run."""

    def __init__(self) -> None:
        self.calls: list[tuple[CompanyCall, dict[str, Any], Any]] = []

    def __call__(self, call: CompanyCall, **given: Any) -> str:
        self.calls.append((call, given, get_scope()["company"]))
        if given["user"] == "8":
            raise NoSuchUser
        return "done"

    def operation(self, *parameters: Parameter) -> Operation:
        return company_operation(
            name="Esws.try", about="", parameters=parameters, returns=STRING, run=self, return_strings=STRINGS
        )


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def company() -> Company:
    return world.company()


@pytest.fixture
def administrator(company: Company) -> Administrator:
    return world.administrator(company)


def said(operation: Operation, **changed: str) -> str:
    given = {**GIVEN, **changed}
    named = [each.name for each in operation.parameters if each.name in given]
    values = "".join(f"<{name}>{soap.text(given[name])}</{name}>" for name in named)
    reply = answer(Request(body=soap.call(values, operation.name).encode()), {operation.name: operation})
    return soap.result(reply.body)


def test_company_operation_runs_in_the_scope_of_the_code(seen: Seen, company: Company) -> None:
    assert said(seen.operation(ID, PLACE)) == "done"

    ((call, given, in_scope),) = seen.calls
    assert call.company == in_scope == company
    assert (call.actor.company_id, call.actor.administrator_id, call.actor.via) == (company.pk, None, "esws")
    assert given == {"user": "7", "location": ""}
    with pytest.raises(TypeError, match="USERNAME"):
        _ = call.administrator


def test_company_operation_acts_for_the_administrator_it_asks_for(seen: Seen, administrator: Administrator) -> None:
    assert said(seen.operation(USERNAME, PASSWORD, ID)) == "done"

    ((call, given, _),) = seen.calls
    assert call.administrator == administrator
    assert call.actor.administrator_id == administrator.pk
    assert given == {"user": "7"}


@pytest.mark.requirement("M-02", mutation="signed in before the missing parameters are refused")
@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"p_companyID": "", "p_adminUsername": ""}, "ERROR_NO_SECURITY_HASH"),
        ({"p_companyID": "x" * 32, "p_adminUsername": ""}, "ERROR_UNKNOWN_SECURITY_HASH"),
        ({"p_adminUsername": "", "p_adminPassword": ""}, "NO USERNAME PROVIDED"),
        ({"p_adminPassword": "", "p_userId": ""}, "NO PASSWORD PROVIDED"),
        ({"p_adminPassword": "wrong", "p_userId": ""}, "NO USERID PROVIDED"),
        ({"p_adminPassword": "wrong", "p_userId": "8"}, "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"),
        ({"p_userId": "8"}, "NO USER FOUND"),
    ],
)
def test_company_operation_checks_in_the_order_of_the_pages(
    seen: Seen, administrator: Administrator, changed: dict[str, str], text: str
) -> None:
    assert said(seen.operation(USERNAME, PASSWORD, ID, PLACE), **changed) == text
    assert len(seen.calls) == (text == "NO USER FOUND")


def test_company_operation_of_the_other_company_sees_its_own_scope(seen: Seen, company: Company) -> None:
    other = world.company(code="other" + world.SAMPLE_CODE[5:])
    said(seen.operation(ID), p_companyID="other" + world.SAMPLE_CODE[5:])

    assert [scoped for *_, scoped in seen.calls] == [other]
