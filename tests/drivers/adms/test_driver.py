"""The driver against the emulated terminal, whose memory is looked at directly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from doorsync.domain.capabilities import Readback
from doorsync.domain.record import Kind
from doorsync.drivers.adms.driver import AdmsDriver
from doorsync.drivers.adms.simulator import Person, Terminal
from doorsync.drivers.contract import ConnectionSettings, TerminalError
from tests.drivers.adms.terminals import Site, accepted, calling, site, user
from tests.factories.terminals import by_key, until

SERIAL = "ADMS0000000001"
SHORT = 0.3  # seconds, for what will not come


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as one:
        yield one


@pytest.fixture
def terminal(here: Site) -> Iterator[Terminal]:
    with calling(here, Terminal()) as caller:
        yield caller.terminal


def test_people_are_written_read_and_removed(here: Site, terminal: Terminal) -> None:
    with here.session(SERIAL) as one:
        assert accepted(one.put_many([user(n, f"Émile {n}", card=n, pin="1234") for n in range(1, 801)])) == {
            str(n) for n in range(1, 801)
        }
        assert terminal.people["800"] == Person("Émile 800", "1234", "800", 0)
        found = by_key(one.read_all(Kind.USER))
        assert len(found) == 800
        assert found["7"].fields == {"name": "Émile 7", "cards": ["7"], "pin": "1234", "schedules": []}
        assert set(by_key(one.read(Kind.USER, ["7", "9999"]))) == {"7"}
        assert accepted(one.remove_many(Kind.USER, ["7", "9999"])) == {"7", "9999"}
        assert "7" not in terminal.people
        until(lambda: one.change_mark() == "799", "the terminal did not say how many there are")
        assert one.about().users == 799
        assert one.about().firmware == "Ver 8.0.4 Emulator"
        one.erase()
        assert terminal.people == {}


def test_each_answer_is_that_of_its_person(here: Site, terminal: Terminal) -> None:
    terminal.refuses, terminal.capacity = {"3": -1002}, 3
    with here.session(SERIAL) as one:
        told = {each.key: each.code for each in one.put_many([user(n) for n in range(1, 7)])}
    assert told == {"1": "", "2": "", "3": "-1002", "4": "", "5": "-3", "6": "-3"}
    assert set(terminal.people) == {"1", "2", "4"}


@pytest.mark.requirement("I-03", mutation="put_many without a look at who administers the terminal")
def test_the_terminals_administrators_are_not_touched(here: Site, terminal: Terminal) -> None:
    terminal.people["1"] = Person("Boss", privilege=14)
    with here.session(SERIAL) as one:
        assert accepted(one.put_many([user(1), user(2)])) == {"2"}
        assert accepted(one.remove_many(Kind.USER, ["1", "2"])) == {"2"}
        assert {each.record.key: each.own for each in one.read_all(Kind.USER)} == {"1": True}
        one.erase()
    assert set(terminal.people) == {"1"}


def test_what_does_not_fit_is_refused_and_no_command_can_be_slipped_in(here: Site, terminal: Terminal) -> None:
    wide = [user(1, "N" * 24), user(2, "A\tPri=14"), user(3, pin="123456789"), user(4, card=2**32), user(5, "A\nC:1:CLEAR DATA")]
    hours = replace(user(6), fields={**user(6).fields, "schedules": ["2"]})
    with here.session(SERIAL) as one:
        assert accepted(one.put_many([*wide, hours])) == set()
    assert terminal.people == {}


def test_a_terminal_that_shows_nobody_is_asked_twice_and_left_alone(here: Site, terminal: Terminal) -> None:
    terminal.shows, terminal.people = False, {"9": Person("Ann")}
    for tries in (1, 2, 2):
        with here.session(SERIAL) as one, pytest.raises(TerminalError, match="cannot be verified") as caught:
            list(one.read_all(Kind.USER))
        assert caught.value.permanent
        assert terminal.executed.count("DATA QUERY USERINFO") == tries
    with here.session(SERIAL) as one:
        assert one.about().can.read_back is Readback.NONE
        with pytest.raises(TerminalError):
            list(one.put_many([user(1)]))
    with here.session(SERIAL, blind="yes") as one:
        assert accepted(one.put_many([user(1)])) == {"1"}
    assert set(terminal.people) == {"9", "1"}


def test_an_empty_terminal_and_one_that_does_not_count(here: Site, terminal: Terminal) -> None:
    with here.session(SERIAL) as one:
        assert list(one.read_all(Kind.USER)) == []
    terminal.counts, terminal.people = False, {"9": Person("Ann")}
    until(lambda: here.driver._station and here.driver._station.lane(SERIAL).status.users is None, "it still counts")
    with here.session(SERIAL) as one:
        assert set(by_key(one.read_all(Kind.USER))) == {"9"}
        assert one.change_mark() == ""


def test_a_terminal_that_does_not_call_is_no_permanent_error(here: Site) -> None:
    with pytest.raises(TerminalError) as caught, here.session(SERIAL, timeout=SHORT):
        pass
    assert not caught.value.permanent


@pytest.mark.requirement("R-01", mutation="run leaving its commands in the lane when it is given up")
def test_what_was_given_up_never_arrives_later(here: Site) -> None:
    terminal = Terminal()
    with calling(here, terminal) as caller, here.session(SERIAL, timeout=SHORT) as one:
        list(one.read_all(Kind.USER))
        caller.stop()
        with pytest.raises(TerminalError) as caught:
            list(one.put_many([user(1)]))
        assert not caught.value.permanent
        caller.start()
        with here.session(SERIAL) as later:
            assert list(later.read_all(Kind.USER)) == []
    assert terminal.people == {}


def test_a_lost_acknowledgement_leaves_the_person_unknown_and_the_next_session_sees_what_is_there(
    here: Site, terminal: Terminal
) -> None:
    with here.session(SERIAL, timeout=SHORT) as one:
        list(one.read_all(Kind.USER))
        terminal.acknowledges = False
        with pytest.raises(TerminalError):
            list(one.put_many([user(1)]))
    terminal.acknowledges = True
    with here.session(SERIAL) as one:
        assert set(by_key(one.read_all(Kind.USER))) == {"1"}
    assert [each for each in terminal.executed if "UPDATE" in each][1:] == []


def test_an_unknown_terminal_is_told_nothing_and_found(here: Site) -> None:
    with calling(here, Terminal(serial="STRANGER01")):
        until(lambda: [each.serial for each in here.driver.find(0)] == ["STRANGER01"], "nobody knocked")


def test_a_terminal_that_comes_back_is_told_and_a_restart_knows_its_terminals(here: Site, tmp_path: Path) -> None:
    with calling(here, Terminal()):
        with here.session(SERIAL):
            pass
        assert here.back == [SERIAL]
    with site(tmp_path) as again, calling(again, Terminal()):
        until(lambda: again.back == [SERIAL], "it was not let in after the restart")


def test_without_a_station_and_without_a_serial_number() -> None:
    for address in (SERIAL, "192.168.1.2:80", ""):
        with pytest.raises(TerminalError) as caught, AdmsDriver().open(ConnectionSettings(address=address), timeout=1):
            pass
        assert not caught.value.permanent
