"""The driver against a lock by the authors of Z-Wave JS, looked at in its own memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import ConnectionSettings, TerminalError
from doorsync.drivers.zwave.driver import ZwaveDriver
from doorsync.drivers.zwave.session import ZwaveSession
from tests.drivers.zwave.conftest import MockNetwork


def person(place: int, name: str, pin: str = "", cards: tuple[str, ...] = ()) -> Record:
    fields: dict[str, Any] = {"name": name, "cards": list(cards), "pin": pin, "schedules": []}
    return Record(kind=Kind.USER, key=str(place), fields=fields)


ALICE, BOB = person(1, "Alice", "12345", ("45131261",)), person(2, "Bob", "54321")


def refusals(session: ZwaveSession, *records: Record) -> list[str]:
    return [each.code for each in session.put_many(records)]


@pytest.fixture
def session(network: MockNetwork) -> Iterator[ZwaveSession]:
    with ZwaveDriver().open(ConnectionSettings(address=network.address()), timeout=30) as opened:
        yield opened


def test_about_tells_the_lock_and_what_it_can_hold(session: ZwaveSession) -> None:
    about = session.about()
    assert about.serial == "7e570001-2"
    assert (about.can.capacity, about.can.pin_min, about.can.pin_max, about.can.card_bits) == (5, 4, 10, 128)
    assert (about.can.schedules, about.can.until, about.can.name_bytes) == (0, False, 32)


def test_people_are_in_the_locks_memory_and_read_back_as_they_were_written(session: ZwaveSession, network: MockNetwork) -> None:
    assert refusals(session, ALICE, BOB) == ["", ""]
    memory = network.ask("memory")
    assert {key: memory[key]["userName"] for key in memory if key.startswith("user")} == {"user_1": "Alice", "user_2": "Bob"}
    assert {key: memory[key]["credentialData"] for key in memory if key.startswith("cred")} == {
        "cred_1_1": b"12345".hex(),
        "cred_1_2": b"54321".hex(),
        "cred_3_1": "02b0a5fd",
    }
    assert [each.record for each in session.read(Kind.USER, ["2", "4", "1"])] == [BOB, ALICE]
    assert [each.record for each in session.read_all(Kind.USER)] == [ALICE, BOB]


def test_credential_that_was_taken_away_is_out_before_a_new_one_is_in(session: ZwaveSession, network: MockNetwork) -> None:
    refusals(session, ALICE, BOB)
    assert refusals(session, person(1, "Alice", "54321")) == ["3"]  # it is Bob's
    assert [key for key in network.ask("memory") if key.startswith("cred")] == ["cred_1_2"]
    assert refusals(session, person(1, "Alice Jansen", "99999", ("7",))) == [""]
    assert next(session.read(Kind.USER, ["1"])).record == person(1, "Alice Jansen", "99999", ("7",))


def test_removed_person_leaves_nothing(session: ZwaveSession, network: MockNetwork) -> None:
    refusals(session, ALICE, BOB)
    assert [each.key for each in session.remove_many(Kind.USER, ["1", "4"])] == ["1", "4"]
    assert sorted(network.ask("memory")) == ["cred_1_2", "user_2"]


def test_mark_changes_with_what_others_do_and_not_without(session: ZwaveSession, network: MockNetwork) -> None:
    refusals(session, ALICE, BOB)
    mark = session.change_mark()
    assert session.change_mark() == mark
    network.ask("forget", key="user_1")
    assert session.change_mark() != mark
    list(session.remove_many(Kind.USER, ["1"]))
    refusals(session, ALICE)
    assert session.change_mark() == mark


def test_pin_without_a_user_and_user_who_is_not_active_are_seen(session: ZwaveSession, network: MockNetwork) -> None:
    refusals(session, ALICE, BOB)
    network.ask("forget", key="user_1")
    bob = network.ask("memory")["user_2"]
    network.ask("set", key="user_2", value={**bob, "active": False})
    assert [each.record for each in session.read_all(Kind.USER)] == [person(1, ""), person(2, "Bob")]
    assert refusals(session, ALICE, BOB) == ["", ""]
    assert [each.record for each in session.read_all(Kind.USER)] == [ALICE, BOB]


def test_locks_own_administrator_is_neither_replaced_nor_erased(session: ZwaveSession, network: MockNetwork) -> None:
    refusals(session, ALICE, BOB)
    network.ask("set", key="user_1", value={**network.ask("memory")["user_1"], "userType": 3})
    assert [each.own for each in session.read_all(Kind.USER)] == [True, False]
    assert refusals(session, person(1, "Eve", "44444")) == ["own"]
    session.erase()
    assert sorted(network.ask("memory")) == ["cred_1_1", "cred_3_1", "user_1"]


def test_place_beyond_the_last_is_a_permanent_error_and_the_session_goes_on(session: ZwaveSession) -> None:
    with pytest.raises(TerminalError) as caught:
        refusals(session, person(6, "Charlie"))
    assert caught.value.permanent
    assert refusals(session, person(5, "Charlie", "11111")) == [""]


@pytest.mark.parametrize("address", ["", "nowhere", "http://127.0.0.1:1#2", "ws://127.0.0.1:1#2", "ws://user:word@127.0.0.1:1#2"])
def test_what_is_no_lock_is_not_a_permanent_error(address: str) -> None:
    with pytest.raises(TerminalError) as caught, ZwaveDriver().open(ConnectionSettings(address=address), timeout=2):
        pass
    assert not caught.value.permanent
    assert "word" not in str(caught.value)


def test_node_that_the_network_does_not_have_is_said_so(network: MockNetwork) -> None:
    with pytest.raises(TerminalError), ZwaveDriver().open(ConnectionSettings(address=network.address(9)), timeout=5):
        pass


def test_locks_of_one_network_share_a_lane() -> None:
    lanes = {ZwaveDriver().lane(ConnectionSettings(address=f"ws://host:3000#{node}")) for node in (2, 3)}
    assert lanes == {"ws://host:3000"}
