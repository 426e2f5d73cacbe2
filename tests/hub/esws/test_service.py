from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.utils import DatabaseErrorWrapper

from doorsync.hub.administrators.errors import Busy, NoSuchAdministrator, Throttled
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.esws.declarations import Caller, Operation, Parameter
from doorsync.hub.esws.errors import Broken, Doctype, TooLarge
from doorsync.hub.esws.refusals import NoPassword
from doorsync.hub.esws.service import Reply, Request, answer, as_fault, refusal
from doorsync.hub.esws.values import STRING, ArrayOf, Struct
from tests.factories import soap

PASSWORD = Parameter("p_adminPassword", "password", STRING)
LATIN = "text/xml; charset=ISO-8859-1"
NO_ADMIN = "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"


STRINGS: Mapping[type[Exception], str] = {
    UnknownCompany: "ERROR_UNKNOWN_SECURITY_HASH",
    NoPassword: "NO PASSWORD PROVIDED",
    NoSuchAdministrator: NO_ADMIN,
}


def operations(
    run: Callable[..., Any], returns: Any = STRING, strings: Mapping[type[Exception], str] = STRINGS
) -> Mapping[str, Operation]:
    made = Operation(name="Esws.try", about="", parameters=(PASSWORD,), returns=returns, run=run, return_strings=strings)
    return {"Esws.try": made}


def sent(password: str, encoding: str = "utf-8", content_type: str = "text/xml; charset=utf-8") -> Request:
    body = soap.call(f"<p_adminPassword>{soap.text(password)}</p_adminPassword>", "Esws.try").encode(encoding)
    return Request(body=body, content_type=content_type, address="192.0.2.1")


def raising(error: Exception) -> Callable[..., str]:
    def run(caller: Caller, password: str) -> str:
        raise error

    return run


class Door:
    """Lets one password in, and remembers all that were tried."""

    def __init__(self, right: str, error: type[Exception] = NoSuchAdministrator) -> None:
        self.right, self.error = right, error
        self.tried: list[str] = []

    def __call__(self, caller: Caller, *, password: str) -> str:
        assert caller == Caller("192.0.2.1")
        self.tried.append(password)
        if password != self.right:
            raise self.error
        return "in"


@pytest.mark.parametrize(
    ("request_", "right", "tried"),
    [
        (sent("pä"), "pä", ["pä"]),
        (sent("pä"), "pÃ¤", ["pä"]),
        (sent("pä", "latin-1", LATIN), "pä", ["pä"]),
        (sent("pä", "utf-8", LATIN), "pä", ["pä"]),
        (sent("pÃ¤", "latin-1", LATIN), "pÃ¤", ["pä", "pÃ¤"]),
        (sent("pä", "utf-8", LATIN), "other", ["pä", "pÃ¤"]),
        (sent("pa", "latin-1", LATIN), "other", ["pa"]),
    ],
)
def test_answer_tries_another_reading_only_where_there_is_one(request_: Request, right: str, tried: list[str]) -> None:
    door = Door(right)
    reply = answer(request_, operations(door))

    assert door.tried == tried
    assert soap.result(reply.body) == ("in" if tried[-1] == right else NO_ADMIN)


def test_answer_tries_another_reading_of_the_company_code_too() -> None:
    door = Door("pÃ¤", UnknownCompany)

    assert soap.result(answer(sent("pä", "utf-8", LATIN), operations(door)).body) == "in"


def test_answer_does_not_read_again_what_is_missing() -> None:
    door = Door("other", NoPassword)

    assert soap.result(answer(sent("pä", "utf-8", LATIN), operations(door)).body) == "NO PASSWORD PROVIDED"
    assert door.tried == ["pä"]


def test_answer_puts_a_return_string_into_the_first_field_of_an_array() -> None:
    array = ArrayOf(Struct("getGroupsObject", {"GroupId": STRING, "GroupName": STRING}))
    reply = answer(sent("x"), operations(raising(UnknownCompany()), array))

    assert reply.status == 200
    assert b'<GroupId xsi:type="xsd:string">ERROR_UNKNOWN_SECURITY_HASH</GroupId></item></return>' in reply.body


@pytest.mark.requirement("S-06", mutation="as_fault without its line for Throttled")
@pytest.mark.parametrize(
    ("error", "code", "later"),
    [(Throttled(90), "Client.Throttled", 90), (Throttled(0), "Client.Throttled", 1), (Busy(), "Server.Busy", 2)],
)
def test_answer_to_too_many_tries_is_a_fault_that_says_when_to_come_back(error: Exception, code: str, later: int) -> None:
    reply = answer(sent("x"), operations(raising(error)))

    assert (reply.status, soap.fault(reply.body), reply.retry_after) == (500, code, later)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    with caplog.at_level(logging.DEBUG):
        yield lambda: caplog.text


@pytest.mark.requirement("S-03", mutation="a database that another program holds is called a fault of the hub")
def test_answer_while_another_program_holds_the_database_says_to_come_back(tmp_path: Path, logged: Callable[[], str]) -> None:
    with closing(sqlite3.connect(tmp_path / "hub.sqlite3", isolation_level=None)) as backup:
        backup.execute("BEGIN EXCLUSIVE")

        def run(caller: Caller, password: str) -> str:
            with closing(sqlite3.connect(tmp_path / "hub.sqlite3", timeout=0)) as own, DatabaseErrorWrapper(connection):
                own.execute("CREATE TABLE t (a)")
            return "done"

        reply = answer(sent("x"), operations(run))
        backup.execute("ROLLBACK")

    assert (reply.status, soap.fault(reply.body), reply.retry_after) == (500, "Server.Busy", 2)
    assert "Another program holds the hub's database file." in logged()
    assert answer(sent("x"), operations(run)).status == 200


@pytest.mark.requirement("S-03", mutation="as_fault puts str(error) into the fault of a broken operation")
def test_answer_of_a_broken_operation_tells_nobody_its_text(logged: Callable[[], str]) -> None:
    reply = answer(sent("secret-word"), operations(raising(ValueError("cannot use secret-word"))))

    assert (reply.status, soap.fault(reply.body)) == (500, "Server")
    assert b"secret-word" not in reply.body
    assert b"Traceback" not in reply.body
    assert "ValueError" in logged()
    assert "test_service.py:" in logged()
    assert "secret-word" not in logged()


def a_number(caller: Caller, password: str) -> int:
    return 5


def test_answer_to_a_result_that_cannot_be_written_is_a_fault() -> None:
    assert soap.fault(answer(sent("x"), operations(a_number)).body) == "Server"


def test_refusal_of_a_message_is_not_an_error_of_ours(logged: Callable[[], str]) -> None:
    reply = refusal(TooLarge())

    assert reply == Reply(500, reply.body, None)
    assert soap.fault(reply.body) == "Client"
    assert soap.fault(refusal(Broken()).body) == "Server"
    assert logged() == ""


def test_operations_say_the_same_error_each_in_its_own_words() -> None:
    request, run = sent("x"), raising(UnknownCompany())

    assert soap.result(answer(request, operations(run)).body) == "ERROR_UNKNOWN_SECURITY_HASH"
    assert soap.result(answer(request, operations(run, strings={UnknownCompany: "NO COMPANY"})).body) == "NO COMPANY"
    assert soap.fault(answer(request, operations(run, strings={})).body) == "Server"


def test_as_fault_keeps_faults_and_hides_the_rest() -> None:
    doctype = Doctype()

    assert as_fault(doctype) is doctype
    assert type(as_fault(ValueError("x"))) is Broken
    assert "xyzzy" not in as_fault(ValueError("xyzzy")).message
