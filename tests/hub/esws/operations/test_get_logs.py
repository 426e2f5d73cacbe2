"""getLogs and getLogsById, called as programs call them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django_scopes import scope

from doorsync.domain.door_events import CredentialUsed, EventCode
from doorsync.hub.esws import log_rows
from doorsync.hub.esws.operations import OPERATIONS, get_logs
from doorsync.hub.esws.service import Request, answer
from doorsync.hub.events.models import EventSettings
from doorsync.hub.users.models import InfoField, User
from tests.factories import soap, world
from tests.factories.esws import rows
from tests.hub.events.logs import NOON, Site, event, lost, site

pytestmark = pytest.mark.django_db
DENIED: dict[str, Any] = {"code": EventCode.DENIED, "reason": "outside-hours"}


@pytest.fixture
def here() -> Site:
    """Alice is let in at 12:00, Bob, whom a program knows as M-2, refused at 13:00; somebody unknown at 14:00."""
    here = site()
    world.user(here.company, "Alice", number=7, info2="blue")
    world.user(here.company, "Bob", number=8, external_id="M-2")
    hours = [NOON + timedelta(hours=hour) for hour in range(3)]
    here.take(
        event(1, "7", at=hours[0]),
        event(2, "8", at=hours[1], **DENIED),
        event(3, at=hours[2], card="4711", code=EventCode.DENIED, reason="unknown"),
        lost(5, 2),
    )
    other = site(world.other_company())
    other.take(event(1, "7"))
    return here


def ids(operation: str = "getLogs", **given: Any) -> list[int] | str:
    """The numbers of the events, or what stands in place of them."""
    found = rows(operation, **given)
    return found[0]["Terminal"] if found[0]["scanID"] == "0" else [int(row["scanID"]) for row in found]


def test_a_row_says_who_was_where_when_and_what_became_of_it(here: Site) -> None:
    first, second, third = rows("getLogs", p_exportTimeFrom="2026-07-01 00:00:00")
    assert first == {
        "scanID": "1",
        "Terminal": "S1",
        "TerminalKey": "",
        "UserID": "7",
        "Time": "2026-07-01 12:00:00",
        "LocationId": str(here.terminal.location_id),
        "LocationName": "Main",
        "Success": "1",
        "TerminalName": "Gate",
        "LogText": "Verify Success",
    }
    said = [second[name] for name in ("UserID", "Time", "Success", "LogText")]
    assert said == ["M-2", "2026-07-01 13:00:00", "0", "Verify Not Granted"]
    assert [third[name] for name in ("UserID", "Success", "LogText")] == ["", "0", "Verify Fail"]
    assert not [row for row in (first, second, third) if "4711" in str(row)]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, [1, 2, 3]),
        ({"p_exportTimeFrom": "2026-07-01 12:00:01"}, [2, 3]),
        ({"p_exportTimeTo": "2026-07-01 13:00:00"}, [1, 2]),
        ({"p_exportTimeFrom": "2026-07-01 13:00", "p_exportTimeTo": "2026-07-01 13:00"}, [2]),
        ({"p_exportTimeFrom": "2026-07-01", "p_exportTimeTo": "2026-07-01"}, [1, 2, 3]),
        ({"p_exportTimeTo": "2026-06-30"}, "-1 NO RECORD"),
        ({"p_exportTimeFrom": "yesterday"}, "ERROR_INVALID_TIME"),
        ({"p_exportTimeTo": "9999-12-31"}, [1, 2, 3]),
        ({"p_exportTimeFrom": "2026-07-01T11:00:00.000Z", "p_exportTimeTo": "2026-07-01T14:00:00+02:00"}, [2, 3]),
        ({"p_exportTimeFrom": "2026-07-01T07:00:01-04:00"}, [3]),
        ({"p_exportTimeFrom": "0001-01-01T00:00:00", "p_exportTimeTo": "2026-07-01 12:00:00"}, [1]),
        ({"p_userId": "8"}, [2]),
        ({"p_userId": "M-2"}, "-1 NO RECORD"),
        ({"p_userId": "0", "p_locationId": " 0 "}, [1, 2, 3]),
        ({"p_locationId": "0", "p_userId": "8"}, [2]),
        ({"p_infoFieldName": "info2", "p_infoFieldValue": " blue"}, [1]),
        ({"p_infoFieldName": "info2", "p_infoFieldValue": "blue"}, [1]),
        ({"p_infoFieldName": "info2", "p_infoFieldValue": "\n  blue\n "}, [1]),
        ({"p_infoFieldName": "info99", "p_infoFieldValue": "blue"}, [1, 2, 3]),
        ({"p_infoFieldName": "info3", "p_infoFieldValue": "M-2"}, "-1 NO RECORD"),
        ({"p_locationId": "999999"}, "-1 NO RECORD"),
        ({"p_filterOn": "created", "p_exportTimeFrom": "2026-07-01", "p_exportTimeTo": "2026-07-02"}, "-1 NO RECORD"),
        ({"p_filterOn": "created", "p_exportTimeFrom": "2026-07-03"}, [1, 2, 3]),
        ({"p_filterOn": "whatever", "p_exportTimeTo": "2026-07-01"}, [1, 2, 3]),
        ({"p_timeregistrationModules": "1"}, "-1 NO RECORD"),
        ({"p_timeregistrationModules": "true"}, "-1 NO RECORD"),
        ({"p_timeregistrationModules": "False"}, [1, 2, 3]),
    ],
)
def test_get_logs_filters(here: Site, given: dict[str, str], found: list[int] | str) -> None:
    assert ids(**given) == found


def test_get_logs_filters_by_the_info_field_that_holds_the_programs_own_id(here: Site) -> None:
    with scope(company=here.company):
        InfoField.objects.create(company=here.company, number=3, label="Member", function="external_id")
    assert ids(p_infoFieldName="info3", p_infoFieldValue="M-2") == [2]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["", "", "", "", "", "", "1"], "-1 NO RECORD"),
        (["", "", "", "", "", "", "true"], "-1 NO RECORD"),
        (["", "2026-07-01 12:00:00"], [1]),
    ],
)
def test_get_logs_by_position_as_its_heading_lists_the_parameters(here: Site, values: list[str], found: list[int] | str) -> None:
    inside = "".join(f"<a{place}>{value}</a{place}>" for place, value in enumerate([world.SAMPLE_CODE, *values]))
    reply = answer(Request(body=soap.call(inside, "Esws.getLogs").encode()), OPERATIONS)
    said = reply.body.decode()
    assert ("-1 NO RECORD" in said) if isinstance(found, str) else (said.count("<scanID") == len(found))


def test_get_logs_by_id_gives_what_came_after_a_number_and_the_number_of_the_user(here: Site) -> None:
    assert ids("getLogsById") == [1, 2, 3]
    assert ids("getLogsById", p_exportIdFrom="2", p_exportIdTo="2") == [2]
    assert ids("getLogsById", p_exportIdFrom="3") == [3]
    assert ids("getLogsById", p_exportIdFrom="4") == "-1 NO RECORD"
    for largest in ("2147483647", str(2**63 - 1), str(2**64), "9" * 5000):
        assert ids("getLogsById", p_exportIdFrom="0002", p_exportIdTo=largest) == [2, 3]
        assert ids("getLogsById", p_exportIdFrom=largest) == "-1 NO RECORD"
    assert ids("getLogsById", p_exportIdFrom="two") == "-1 NO RECORD"
    assert rows("getLogsById", p_exportIdFrom="2")[0]["UserID"] == "8"


def test_more_rows_than_an_answer_holds_are_told_or_continued(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_logs, "MOST", 2)
    monkeypatch.setattr("doorsync.hub.esws.operations.get_logs_by_id.MOST", 2)
    assert ids() == "ERROR_TOO_MANY_RECORDS"
    assert ids("getLogsById") == [1, 2]


def test_terminal_is_its_name_where_the_company_wishes_so(here: Site) -> None:
    with scope(company=here.company):
        EventSettings.objects.update(terminal_names=True)
    assert {row["Terminal"] for row in rows("getLogs")} == {"Gate"}


def test_whom_an_event_concerned_stays_when_they_are_gone(here: Site) -> None:
    with scope(company=here.company):
        User.objects.filter(number=8).delete()
    assert rows("getLogs", p_userId="8")[0]["UserID"] == "8"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"used": CredentialUsed.FACE}, "Identify Success"),
        ({"used": CredentialUsed.PIN}, "Verify Success"),
        ({"used": CredentialUsed.PLATE}, "Verify Success LPN"),
        ({"used": CredentialUsed.PHONE}, "Verify Mobile Card"),
        ({"used": CredentialUsed.NOTHING}, "Access granted"),
        ({"code": EventCode.DENIED, "reason": "unknown", "used": CredentialUsed.FACE}, "Identify Fail"),
        ({"code": EventCode.DENIED, "reason": "wrong-pin", "used": CredentialUsed.PIN}, "Verify Fail"),
        ({"code": EventCode.DENIED, "reason": "no-hours", "used": CredentialUsed.PIN_ALONE}, "Identify Not Granted"),
        ({"code": EventCode.DENIED, "reason": "expired"}, "Expired User"),
        ({"code": EventCode.DENIED, "reason": "disabled"}, "Identify Disabled"),
        ({"code": EventCode.DENIED, "reason": "anti-passback"}, "Access Denied APB"),
        ({"code": EventCode.DENIED, "reason": "something-new"}, "Access Not Granted"),
    ],
)
def test_log_text_has_the_words_of_the_documentation(changed: dict[str, Any], text: str) -> None:
    here = site()
    here.take(event(1, **changed))
    assert log_rows.log_text(here.stored()[0]) == text
