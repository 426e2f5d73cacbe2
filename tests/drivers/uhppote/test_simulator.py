"""The simulated controller, judged by two clients that others wrote: PyPI's and npm's uhppoted."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from uhppoted import uhppote
from uhppoted.errors import CardDeleted, CardNotFound, EventNotFound

from doorsync.drivers.uhppote import packets
from tests.drivers.uhppote.conftest import ControllerOnNetwork

FIRST, LAST = date(2026, 1, 1), date(2099, 12, 31)
ALICE, BOB = 8165537, 8165538


def doors(card: Any) -> list[int]:
    return [card.permissions[door] for door in (1, 2, 3, 4)]


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_cards_are_stored_found_and_deleted(on_network: ControllerOnNetwork, protocol: str) -> None:
    client, address = uhppote.Uhppote(), on_network.address(protocol)
    assert client.put_card(address, ALICE, FIRST, LAST, 1, 0, 29, 0, 7531).stored
    assert client.put_card(address, BOB, FIRST, LAST, 0, 1, 0, 0, 0).stored
    found = client.get_card_record(address, ALICE)
    assert (found.start_date, found.end_date, dict(found.permissions), found.pin) == (
        FIRST,
        LAST,
        {1: 1, 2: 0, 3: 29, 4: 0},
        7531,
    )
    assert client.delete_card(address, ALICE).deleted
    assert not client.delete_card(address, ALICE).deleted
    with pytest.raises(CardNotFound):
        client.get_card_record(address, ALICE)
    with pytest.raises(CardDeleted):
        client.get_card_record_by_index(address, 1)
    assert client.get_card_record_by_index(address, 2).card == BOB


def test_full_board_says_so_and_still_replaces(on_network: ControllerOnNetwork) -> None:
    client, address = uhppote.Uhppote(), on_network.address("udp")
    stored = [client.put_card(address, 1000 + each, FIRST, LAST, 1, 1, 1, 1, 0).stored for each in range(65)]
    assert stored == [True] * 64 + [False]
    assert client.put_card(address, 1000, FIRST, LAST, 0, 0, 0, 0, 0).stored
    assert client.get_cards(address).cards == 64
    assert client.delete_all_cards(address).deleted
    assert client.get_cards(address).cards == 0


def test_other_authors_client_reads_and_writes_the_same_table(
    on_network: ControllerOnNetwork, npm_client: Callable[..., dict[str, Any]]
) -> None:
    client, address = uhppote.Uhppote(), on_network.address("udp")
    client.put_card(address, ALICE, FIRST, LAST, 1, 0, 29, 0, 0)
    card = npm_client("getCard", ALICE)["card"]
    assert (card["number"], card["valid"]) == (ALICE, {"from": "2026-01-01", "to": "2099-12-31"})
    assert card["doors"] == {"1": True, "2": False, "3": 29, "4": False}
    assert npm_client("putCard", BOB, "2026-02-01", "2026-03-01", {"1": False, "2": True, "3": False, "4": 30})["stored"]
    found = client.get_card_record(address, BOB)
    assert (found.start_date, found.end_date, doors(found)) == (date(2026, 2, 1), date(2026, 3, 1), [0, 1, 0, 30])
    assert npm_client("deleteCard", ALICE)["deleted"]
    assert client.get_cards(address).cards == 1


def test_door_opens_by_days_doors_and_time_profile_and_notes_it(on_network: ControllerOnNetwork) -> None:
    client, address, controller = uhppote.Uhppote(), on_network.address("tcp"), on_network.controller
    client.set_time(address, datetime.fromisoformat("2026-11-27T12:00"))  # a Friday
    weekdays = [False, False, False, False, True, False, False]
    hours = [time(8), time(13), time(0), time(0), time(0), time(0)]
    assert client.set_time_profile(address, 29, FIRST, LAST, *weekdays, *hours, 0).stored
    client.put_card(address, ALICE, FIRST, LAST, 1, 0, 29, 30, 0)
    client.put_card(address, BOB, FIRST, date(2026, 11, 26), 1, 1, 1, 1, 0)
    assert [controller.swipe(ALICE, door=door) for door in (1, 2, 3, 4)] == [True, False, True, False]
    assert not controller.swipe(BOB, door=1)
    client.set_time(address, datetime.fromisoformat("2026-11-27T13:01"))
    assert not controller.swipe(ALICE, door=3)
    granted = [client.get_event_record(address, position) for position in (1, 2)]
    assert [(each.card, each.door, each.access_granted) for each in granted] == [(ALICE, 1, True), (ALICE, 2, False)]
    assert granted[0].timestamp.date() == date(2026, 11, 27)
    with pytest.raises(EventNotFound):
        client.get_event_record(address, 7)


def test_other_serial_number_and_rubbish_get_no_answer(on_network: ControllerOnNetwork) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("127.0.0.1", on_network.port))
        foreign = packets.reply(packets.COUNT_CARDS, 7)
        unreal_day = packets.reply(packets.PUT_CARD, on_network.controller.serial, (8, b"\1"), (12, bytes.fromhex("20261399")))
        for packet in (b"", b"\x17", bytes(64), foreign, unreal_day, b"\x17\xff" + bytes(62)):
            line.send(packet)
        line.send(b"\x17\x58" + bytes(62))  # a question to all controllers: the first that is answered
        assert line.recv(100)[:2] == b"\x17\x58"
    assert on_network.controller.memory.count() == 0
