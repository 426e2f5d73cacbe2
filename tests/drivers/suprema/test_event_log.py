from __future__ import annotations

from typing import Any

import pytest

from doorsync.domain.door_events import CredentialUsed, EventCode, LogPosition, Reason
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema.records import card_bytes
from doorsync.drivers.suprema.session import SupremaSession
from doorsync.drivers.suprema.simulator.device import Device

START = LogPosition()


def fill(device: Device, first: int, last: int) -> None:
    device.log[:] = [
        gsdk.EventLog(ID=number, timestamp=1801414800, userID="1", eventCode=0x1000, subCode=6)
        for number in range(first, last + 1)
    ]


def test_pages_follow_one_another_and_lose_nothing(session: SupremaSession, device: Device) -> None:
    fill(device, 1, 25)
    seen: list[int] = []
    after = START
    while True:
        page = session.events(after, 10)
        if not page.events:
            break
        seen += [event.position for event in page.events]
        after = LogPosition(series=page.series, position=seen[-1])
        assert page.last >= seen[-1]
    assert seen == list(range(1, 26))
    assert (page.oldest, page.last) == (1, 25)


def test_a_page_says_that_there_is_more(session: SupremaSession, device: Device) -> None:
    fill(device, 1, 25)
    page = session.events(START, 10)
    assert len(page.events) == 10
    assert page.last > 10
    page = session.events(LogPosition(series=page.series, position=10), 10)
    assert len(page.events) == 10
    assert page.last > 20


def test_entries_that_were_written_over_show_in_the_oldest(session: SupremaSession, device: Device) -> None:
    fill(device, 101, 120)
    page = session.events(LogPosition(series="1", position=50), 100)
    assert (page.series, page.oldest, page.events[0].position, page.last) == ("1", 101, 101, 120)


@pytest.mark.parametrize("last", [3, 5])
def test_a_log_that_began_again_is_the_next_series(session: SupremaSession, device: Device, last: int) -> None:
    fill(device, 1, last)
    page = session.events(LogPosition(series="1", position=25), 100)
    assert (page.series, [event.position for event in page.events]) == ("2", list(range(1, last + 1)))


def test_an_empty_log(session: SupremaSession) -> None:
    page = session.events(START, 10)
    assert (page.oldest, page.last, page.events) == (1, 0, ())
    page = session.events(LogPosition(series="1", position=25), 10)
    assert (page.series, page.oldest, page.last, page.events) == ("1", 26, 25, ())


@pytest.mark.parametrize(
    ("entry", "code", "reason", "used"),
    [
        ({"eventCode": 0x1000, "subCode": 7, "userID": "1"}, EventCode.GRANTED, "", CredentialUsed.CARD),
        ({"eventCode": 0x1000, "subCode": 1, "userID": "1"}, EventCode.GRANTED, "", CredentialUsed.PIN),
        ({"eventCode": 0x1200, "subCode": 38, "userID": "1"}, EventCode.GRANTED, "", CredentialUsed.QR),
        ({"eventCode": 0x1300, "subCode": 3, "userID": "1"}, EventCode.GRANTED, "", CredentialUsed.FACE),
        ({"eventCode": 0x1900, "subCode": 3, "userID": "1"}, EventCode.DENIED, Reason.EXPIRED, CredentialUsed.NOTHING),
        ({"eventCode": 0x1900, "subCode": 77, "userID": "1"}, EventCode.DENIED, Reason.OTHER, CredentialUsed.NOTHING),
        ({"eventCode": 0x1100, "subCode": 3, "userID": "1"}, EventCode.DENIED, Reason.WRONG_PIN, CredentialUsed.PIN),
        ({"eventCode": 0x5200, "entityID": 1}, EventCode.OTHER, "0x5200", CredentialUsed.NOTHING),
    ],
)
def test_an_entry_is_told_in_our_words(
    session: SupremaSession, device: Device, entry: dict[str, Any], code: EventCode, reason: str, used: CredentialUsed
) -> None:
    device.log.append(gsdk.EventLog(ID=1, timestamp=1801414800, **entry))
    event = session.events(START, 1).events[0]
    assert (event.code, event.reason, event.used, event.key) == (code, reason, used, entry.get("userID", ""))
    assert event.wall == "2027-01-31T18:00:00"


def test_a_card_is_told_only_where_nobody_has_it(session: SupremaSession, device: Device) -> None:
    card = card_bytes("45131261")
    device.log += [
        gsdk.EventLog(ID=1, timestamp=1, eventCode=0x1100, subCode=2, cardData=card),
        gsdk.EventLog(ID=2, timestamp=1, eventCode=0x1900, subCode=1, userID="1", cardData=card),
    ]
    first, second = session.events(START, 2).events
    assert (first.card, first.reason, first.used) == ("45131261", Reason.UNKNOWN, CredentialUsed.CARD)
    assert second.card == ""


def test_clearing_leaves_the_log_to_the_device(session: SupremaSession, device: Device) -> None:
    fill(device, 1, 3)
    session.clear_events(LogPosition(series="1", position=3))
    assert len(device.log) == 3
