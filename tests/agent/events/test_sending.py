"""The hub gets each entry in its order, and its own signed word decides what it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorsync.agent.courier_ports import Hub as HubPort
from doorsync.agent.errors import HubUnreachable
from doorsync.agent.events.journal import Journal, Series, SeriesFiles
from doorsync.agent.events.sending import Sending
from doorsync.agent.kept_state import State
from tests.agent.courier import served
from tests.agent.events.logs import entries, entry
from tests.agent.hub import Hub

GATE = Series(terminal="gate", serial="S1", series="ab")


@pytest.fixture
def sending(hub: Hub, folder: Path) -> Iterator[Sending]:
    with served(hub) as url:
        port = HubPort(url)
        yield Sending(hub=port, state=State(folder), journal=Journal(folder / "events"))
        port.close()


@pytest.fixture
def files(sending: Sending) -> SeriesFiles:
    return sending.journal.open(GATE)


def have(hub: Hub, serial: str = "S1", series: str = "ab") -> list[int]:
    return sorted(hub.events_of.get((serial, series), {}))


def test_entries_are_sent_once_and_in_their_order(hub: Hub, sending: Sending, files: SeriesFiles) -> None:
    files.append(entries(1, 700))
    sending.send_all()
    assert have(hub) == list(range(1, 701))
    files.append(entries(701, 702))
    assert sending.send_all() == 1
    assert have(hub)[-2:] == [701, 702]
    assert sending.send_all() == 0


def test_a_hub_that_was_restored_gets_what_it_lacks_once_it_was_greeted(hub: Hub, sending: Sending, files: SeriesFiles) -> None:
    files.append(entries(1, 10))
    sending.send_all()
    for position in range(4, 11):
        del hub.events_of["S1", "ab"][position]
    sending.send_all()
    assert have(hub) == [1, 2, 3]
    sending.journal.ask_anew()
    sending.send_all()
    assert have(hub) == list(range(1, 11))


def test_what_is_in_no_file_is_asked_of_the_terminal(hub: Hub, sending: Sending, files: SeriesFiles) -> None:
    files.skip_to(5)
    files.append(entries(6, 7))
    sending.send_all()
    assert (have(hub), files.missing) == ([], 0)
    files.insert([entry(5, lost=5)])
    sending.send_all()
    assert have(hub) == [5, 6, 7]


def test_a_hub_that_has_more_is_believed(hub: Hub, sending: Sending, files: SeriesFiles) -> None:
    hub.events_of["S1", "ab"] = {30: entry(30)}
    files.append(entries(1, 2))
    sending.send_all()
    assert (files.last, files.have) == (30, 30)


def test_a_device_that_the_hub_does_not_know_waits_and_holds_no_other_up(
    hub: Hub, sending: Sending, files: SeriesFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.refused_devices = {"S1"}
    files.append(entries(1, 2))
    sending.journal.open(Series(terminal="pool", serial="S2", series="cd")).append(entries(1, 1))
    sending.send_all()
    assert (have(hub), have(hub, "S2", "cd"), files.have) == ([], [1], None)
    hub.refused_devices = set()
    assert sending.send_all() == 0  # not at once
    monkeypatch.setattr(files, "again_at", 0.0)  # it is time again
    sending.send_all()
    assert have(hub) == [1, 2]


def test_a_hello_ends_the_pauses_of_what_was_refused(hub: Hub, sending: Sending, files: SeriesFiles) -> None:
    hub.refused_devices = {"S1"}
    files.append(entries(1, 2))
    for _ in range(20):
        files.again_at = 0.0
        sending.send_all()
    hub.refused_devices = set()
    sending.journal.ask_anew()
    sending.send_all()
    assert have(hub) == [1, 2]


@pytest.mark.parametrize("wrong", [{"answers": "0" * 64}, {"series": "zz"}, {"agent": "somebody"}])
def test_an_answer_about_something_else_proves_nothing(
    hub: Hub, sending: Sending, files: SeriesFiles, wrong: dict[str, Any]
) -> None:
    files.append(entries(1, 2))
    hub.changed_answer = wrong
    with pytest.raises(HubUnreachable):
        sending.send_all()
    assert files.have is None


def test_the_wish_to_clear_reaches_the_files(hub: Hub, sending: Sending, files: SeriesFiles) -> None:
    files.append(entries(1, 2))
    hub.clear = True
    sending.send_all()
    assert (files.clear, files.have) == (True, 2)
