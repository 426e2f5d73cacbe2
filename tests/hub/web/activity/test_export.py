"""What is taken along as CSV. That it arrives in a browser shows in tests/journeys/test_activity_page.py."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from doorsync.hub.users.models import User
from doorsync.hub.web.activity import export
from doorsync.hub.web.activity.event_choice import EventChoice
from tests.factories.gym import Gym
from tests.hub.events.logs import Site, event


def exported(club: Gym, choice: EventChoice) -> list[dict[str, str]]:
    text = "".join(export.csv_portions(club.administrator, choice))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:])))


def test_each_event_is_a_row_with_its_person_and_no_cell_is_a_formula(club: Gym, gate: Site) -> None:
    club.add("Alice", club.members, number=7, external_id="M-7")
    User.objects.filter(number=7).update(first_name="=cmd()")
    gate.take(event(1, "7"))
    (row,) = exported(club, EventChoice())
    assert (row["time"], row["time_utc"]) == ("2026-07-01 12:00:00", "2026-07-01T10:00:00Z")
    assert (row["person_number"], row["person_id"], row["person"]) == ("7", "M-7", "'=cmd() Alice")
    assert (row["result"], row["terminal"], row["serial"], row["location"]) == ("granted", "Gate", "S1", "North")


def test_all_events_of_the_choice_come_the_oldest_first(club: Gym, gate: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    gate.take(*(event(number) for number in range(1, 6)))
    assert [row["number"] for row in exported(club, EventChoice())] == ["1", "2", "3", "4", "5"]
    assert exported(club, EventChoice(result="denied")) == []
