from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator, Attempts, Level, SyncToken
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.models import Company
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.operations.get_total_sync_token import OPERATION
from doorsync.hub.esws.refusals import NoCode
from doorsync.hub.esws.service import Reply, Request, answer
from tests.factories import soap, world

NO_CODE, UNKNOWN = "ERROR_NO_SECURITY_HASH", "ERROR_UNKNOWN_SECURITY_HASH"
NO_USERNAME, NO_PASSWORD = "NO USERNAME PROVIDED", "NO PASSWORD PROVIDED"
NO_ADMIN = "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"
WRONG_CODE = "x" * 32
ODD_CODE = "<&>\"';#+^ ö€]]>%20&amp;12345678Aa"
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return world.company()


@pytest.fixture
def administrator(company: Company) -> Administrator:
    return world.administrator(company)


def reply(body: bytes) -> Reply:
    return answer(Request(body=body, content_type="text/xml; charset=utf-8", address="192.0.2.7"), OPERATIONS)


def result(**changed: str | None) -> str:
    got = reply(soap.written(**changed))
    assert got.status == 200
    return soap.result(got.body)


@pytest.mark.requirement("M-01", mutation="the response wrapper without its namespace")
def test_the_sample_request_gets_the_sample_response(administrator: Administrator) -> None:
    got = reply(soap.SAMPLE)

    assert got.status == 200
    assert soap.without_token(got.body) == soap.without_token(soap.SAMPLE_RESPONSE)


def test_the_token_is_fresh_and_belongs_to_the_administrator(administrator: Administrator) -> None:
    tokens = {result(), result()}

    assert all(re.fullmatch("[0-9a-f]{128}", token) for token in tokens)
    with scope(company=administrator.company):
        rows = {bytes(row.digest): row.administrator_id for row in SyncToken.objects.all()}
    assert rows == {sha256(token.encode()).digest(): administrator.pk for token in tokens}


@pytest.mark.requirement(
    "M-02", mutation="username checked before the company; each string in turn with an underscore for a space"
)
@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize(
    ("code", "username", "password", "text"),
    [
        (0, 0, 0, NO_CODE),
        (0, "username", "passwrod", NO_CODE),
        (WRONG_CODE, 0, 0, UNKNOWN),
        (WRONG_CODE, "username", "passwrod", UNKNOWN),
        (world.SAMPLE_CODE, 0, 0, NO_USERNAME),
        (world.SAMPLE_CODE, 0, "passwrod", NO_USERNAME),
        (world.SAMPLE_CODE, "username", 0, NO_PASSWORD),
        (world.SAMPLE_CODE, "nobody", 0, NO_PASSWORD),
        (world.SAMPLE_CODE, "nobody", "passwrod", NO_ADMIN),
        (world.SAMPLE_CODE, "username", "wrong", NO_ADMIN),
        (world.SAMPLE_CODE, "Username", "passwrod", NO_ADMIN),
        (world.SAMPLE_CODE, "username", "passwrod ", NO_ADMIN),
        (world.SAMPLE_CODE, " ", " ", NO_ADMIN),
        (world.SAMPLE_CODE.lower(), "username", "passwrod", UNKNOWN),
        (f" {world.SAMPLE_CODE}", "username", "passwrod", UNKNOWN),
    ],
)
def test_what_is_wrong_is_told_in_the_order_of_the_page(
    administrator: Administrator, code: str | int, username: str | int, password: str | int, text: str, nothing: str | None
) -> None:
    given = {"p_companyID": code, "p_adminUsername": username, "p_adminPassword": password}

    assert result(**{name: str(value) if value else nothing for name, value in given.items()}) == text


@pytest.mark.parametrize("fields", [{"active": False}, {"may_sync": False}])
def test_an_administrator_who_may_not_sync_is_not_found(company: Company, fields: dict[str, Any]) -> None:
    world.administrator(company, **fields)

    assert result() == NO_ADMIN


def test_a_company_that_is_switched_off_is_unknown(administrator: Administrator) -> None:
    Company.objects.update(active=False)

    assert result() == UNKNOWN


def test_an_administrator_of_the_other_company_is_not_found(company: Company) -> None:
    world.administrator(world.other_company())

    assert result() == NO_ADMIN


def test_the_same_name_and_password_lead_to_the_company_of_the_code(administrator: Administrator) -> None:
    other = world.other_company()
    world.administrator(other)
    token = result()

    with scope(company=other):
        assert not SyncToken.objects.exists()
    with scope(company=administrator.company):
        assert SyncToken.objects.get().digest == sha256(token.encode()).digest()


@pytest.mark.requirement("M-03", mutation="strip() around text_of's text; html.unescape() around it")
@pytest.mark.parametrize("written", ["escaped", "CDATA", "references", "utf-16"])
def test_a_code_with_punctuation_arrives_unharmed(written: str) -> None:
    world.administrator(world.company(code=ODD_CODE), username=ODD_CODE, password=ODD_CODE)
    forms = {
        "escaped": soap.text(ODD_CODE),
        "utf-16": soap.text(ODD_CODE),
        "CDATA": "<![CDATA[" + ODD_CODE.replace("]]>", "]]]]><![CDATA[>") + "]]>",
        "references": "".join(f"&#{ord(letter)};" for letter in ODD_CODE),
    }
    values = "".join(f"<{name}>{forms[written]}</{name}>" for name in soap.GIVEN)
    got = answer(Request(body=soap.call(values).encode("utf-16" if written == "utf-16" else "utf-8")), OPERATIONS)

    assert re.fullmatch("[0-9a-f]{128}", soap.result(got.body))


def test_a_password_of_six_characters_that_a_program_already_uses_is_taken(company: Company) -> None:
    world.administrator(company, password="Al3x_0")

    assert re.fullmatch("[0-9a-f]{128}", result(p_adminPassword="Al3x_0"))


def test_an_unknown_company_costs_no_hash_and_no_try(administrator: Administrator) -> None:
    for code in (WRONG_CODE, None):
        result(p_companyID=code)
    for name in ("p_adminUsername", "p_adminPassword"):
        result(**{name: None})

    assert not Attempts.objects.exists()


def test_too_many_wrong_passwords_are_a_fault_with_a_time(administrator: Administrator) -> None:
    wrong = soap.written(p_adminPassword="wrong")
    replies = [reply(wrong) for _ in range(21)]

    assert {soap.result(each.body) for each in replies[:20]} == {NO_ADMIN}
    assert soap.fault(replies[20].body) == "Client.Throttled"
    assert replies[20].retry_after
    assert 0 < replies[20].retry_after <= 900
    assert soap.fault(reply(soap.SAMPLE).body) == "Client.Throttled"


def test_utf_8_bytes_declared_as_latin_1_cost_no_try(company: Company) -> None:
    world.administrator(company, username="jörg", password="pässwörd€")
    latin = "text/xml; charset=ISO-8859-1"

    for _ in range(25):  # more than a stranger has tries
        body = soap.written(p_adminUsername="jörg", p_adminPassword="pässwörd€")
        got = answer(Request(body=body, content_type=latin, address="192.0.2.7"), OPERATIONS)
        assert len(soap.result(got.body)) == 128
    assert set(Attempts.objects.values_list("count", flat=True)) == {0}


def test_return_strings_are_those_of_the_page_in_its_order() -> None:
    assert list(OPERATION.return_strings.values()) == [
        "ERROR_NO_SECURITY_HASH",
        "ERROR_UNKNOWN_SECURITY_HASH",
        "NO USERNAME PROVIDED",
        "NO PASSWORD PROVIDED",
        "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD",
    ]


def test_return_string_holds_for_narrower_errors_too() -> None:
    class Disabled(UnknownCompany):
        """The company is switched off."""

    assert OPERATION.return_string(Disabled()) == "ERROR_UNKNOWN_SECURITY_HASH"
    assert OPERATION.return_string(NoCode()) == "ERROR_NO_SECURITY_HASH"
    assert OPERATION.return_string(ValueError()) is None


@pytest.mark.requirement("W-04", mutation="no look at the level in _signed_in")
def test_whoever_may_not_sync_is_nobody_to_programs(administrator: Administrator) -> None:
    def become(level: Level) -> None:
        with scope(company=administrator.company):
            Administrator.objects.filter(pk=administrator.pk).update(level=level)

    become(Level.FRONT_DESK)
    assert re.fullmatch("[0-9a-f]{128}", result())
    become(Level.OBSERVER)
    assert result() == NO_ADMIN
