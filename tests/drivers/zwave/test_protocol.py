from __future__ import annotations

from typing import Any

import pytest

from doorsync.drivers.zwave import protocol
from doorsync.drivers.zwave.lock_limits import limits_in

NONSENSE: list[Any] = [None, 3, [], "x", {}, {"result": {}}, {"state": {}}, {"capabilities": {}}, [{"type": "x"}], [3]]


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_malformed(answer: Any) -> None:
    for read in (protocol.added_user_in, protocol.status_in, protocol.user_in):
        with pytest.raises(protocol.Malformed):
            read(answer)
    with pytest.raises(protocol.Malformed):
        limits_in(answer, answer)
    if answer != []:
        with pytest.raises(protocol.Malformed):
            protocol.credentials_in(answer)


@pytest.mark.parametrize("text", ["", "[]", "3", "{", b"\xff"])
def test_message_that_is_no_object_is_malformed(text: str | bytes) -> None:
    with pytest.raises(protocol.Malformed):
        protocol.message_of(text)


def test_newest_schema_of_both_is_spoken() -> None:
    assert protocol.schema_in({"type": "version", "maxSchemaVersion": 48}) == 48
    assert protocol.schema_in({"type": "version", "maxSchemaVersion": 99}) == protocol.NEWEST_SCHEMA
    for version in ({"type": "version", "maxSchemaVersion": 46}, {"type": "event"}, {}):
        with pytest.raises(protocol.Malformed):
            protocol.schema_in(version)


def test_card_is_written_as_its_bytes_and_at_least_as_long_as_the_lock_wants() -> None:
    assert protocol.card_bytes("45131261", 1)["data"] == [0x02, 0xB0, 0xA5, 0xFD]
    assert protocol.card_bytes("45131261", 7)["data"] == [0, 0, 0, 0x02, 0xB0, 0xA5, 0xFD]
    assert protocol.credentials_in([{"userId": 1, "type": 3, "slot": 1, "data": protocol.card_bytes("45131261", 7)}]) == {
        1: [(3, 1, "45131261")]
    }


def test_lock_without_cards_holds_none() -> None:
    pin = {"numberOfCredentialSlots": 30, "minCredentialLength": 4, "maxCredentialLength": 8}
    users = {"capabilities": {"maxUsers": 50, "maxUserNameLength": None}}
    can = limits_in(users, {"capabilities": {"supportedCredentialTypes": {"1": pin, "7": pin}}}).capabilities()
    assert (can.capacity, can.cards_per_user, can.card_bits, can.name_bytes, can.pin_max) == (30, 0, 0, 0, 8)
