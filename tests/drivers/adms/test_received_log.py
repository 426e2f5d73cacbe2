"""What a terminal tells of its door is on the disk before it is answered, and is there once, also after a restart."""

from __future__ import annotations

import http.client
from contextlib import closing
from pathlib import Path

import pytest

from doorsync.domain.door_events import CredentialUsed, DoorEvent, EventCode, LogPosition
from doorsync.drivers.adms import received_log
from doorsync.drivers.adms.received_log import ReceivedLog
from doorsync.drivers.adms.simulator import Terminal
from doorsync.drivers.event_log import SupportsEventLog
from doorsync.files import atomic
from tests.drivers.adms.terminals import calling, site
from tests.factories.patience import PATIENCE

BEGINNING = LogPosition()


def line(number: int, second: int = 0, how: int = 4) -> str:
    return f"{number}\t2026-06-10 12:00:{second:02}\t0\t{how}\t0\t0\t0"


def log(folder: Path) -> ReceivedLog:
    """As after a start of the agent."""
    return ReceivedLog(folder, "ADMS1")


def keys(folder: Path, after: LogPosition = BEGINNING, most: int = 100) -> list[tuple[int, str]]:
    return [(event.position, event.key) for event in log(folder).page(after, most).events]


def test_a_line_is_an_event(tmp_path: Path) -> None:
    assert log(tmp_path).take(line(7) + "\n") == 1
    (event,) = log(tmp_path).page(BEGINNING, 10).events
    assert event == DoorEvent(position=1, wall="2026-06-10T12:00:00", code=EventCode.GRANTED, key="7", used=CredentialUsed.CARD)


@pytest.mark.requirement("R-02", mutation="keeping what was sent again; or answering before it is on the disk")
def test_what_is_sent_again_is_kept_once_over_a_restart_too(tmp_path: Path) -> None:
    log(tmp_path).take(f"{line(7)}\n{line(8)}\n")
    assert log(tmp_path).take(f"{line(8)}\r\n{line(9)}\r\n") == 2  # its answer had got lost
    assert keys(tmp_path) == [(1, "7"), (2, "8"), (3, "9")]


def test_a_page_goes_on_after_a_position_and_another_series_begins_anew(tmp_path: Path) -> None:
    log(tmp_path).take("\n".join(line(n, n) for n in range(5)))
    page = log(tmp_path).page(BEGINNING, 2)
    assert (page.oldest, page.last, len(page.events)) == (1, 5, 2)
    assert keys(tmp_path, LogPosition(series=page.series, position=2)) == [(3, "2"), (4, "3"), (5, "4")]
    assert len(keys(tmp_path, LogPosition(series="another", position=4))) == 5


def test_a_line_that_a_power_cut_left_half_is_taken_when_it_comes_again(tmp_path: Path) -> None:
    log(tmp_path).take(line(7))
    path = tmp_path / "events-ADMS1.log"
    path.write_text(path.read_text() + line(8)[:9])
    assert keys(tmp_path) == [(1, "7")]
    log(tmp_path).take(line(8))
    assert keys(tmp_path) == [(1, "7"), (2, "8")]


@pytest.mark.parametrize("body", ["rubbish", "7\tyesterday\t0\t1", "\t2026-06-10 12:00:00\t0\t1", line(7) + "x" * 300])
def test_what_makes_no_sense_is_left_out_and_answered(tmp_path: Path, body: str) -> None:
    assert log(tmp_path).take(f"{body}\n{line(1)}") == 2
    assert keys(tmp_path) == [(1, "1")]


def test_what_was_cleared_is_gone_and_positions_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_log, "REPEATED", 1)
    kept = log(tmp_path)
    kept.take("\n".join(line(n, n) for n in range(4)))
    kept.clear(LogPosition(series=kept.page(BEGINNING, 0).series, position=2))
    kept.clear(LogPosition(series="another", position=4))
    kept.take(line(9, 9))
    assert keys(tmp_path) == [(3, "2"), (4, "3"), (5, "9")]


def test_the_oldest_make_way_when_nobody_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_log, "MOST", 3)
    for number in range(5):
        log(tmp_path).take(line(number, number))
    page = log(tmp_path).page(BEGINNING, 10)
    assert (page.oldest, page.last) == (3, 5)


def test_a_session_tells_what_the_terminal_sent_and_a_terminal_that_nobody_uses_is_not_heard(tmp_path: Path) -> None:
    with site(tmp_path) as where, calling(where, Terminal()) as caller:
        serial = caller.terminal.serial
        with where.session(serial) as session:
            assert isinstance(session, SupportsEventLog)
            assert session.events(BEGINNING, 10).events == ()
        assert post(where.driver.listens, serial, line(7)) == (200, "OK: 1")
        assert post(where.driver.listens, "NOBODY01", line(7))[0] == 401
        with where.session(serial) as session:
            assert [event.key for event in session.events(BEGINNING, 10).events] == ["7"]


def test_a_log_that_could_not_be_stored_is_not_answered_as_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _text: str) -> None:
        raise OSError(28, "No space left on device")

    with site(tmp_path) as where, calling(where, Terminal()) as caller:
        with where.session(caller.terminal.serial):
            pass
        with monkeypatch.context() as patched:
            patched.setattr(atomic, "write", full)
            assert post(where.driver.listens, caller.terminal.serial, line(7))[0] == 500
        assert post(where.driver.listens, caller.terminal.serial, line(7)) == (200, "OK: 1")


def post(station: str, serial: str, body: str) -> tuple[int, str]:
    """As a terminal does."""
    with closing(http.client.HTTPConnection(station, timeout=PATIENCE)) as connection:
        connection.request("POST", f"/iclock/cdata?SN={serial}&table=ATTLOG&Stamp=9999", body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
