"""Holidays on their pages, and in the week of the time schedules that follow them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django_scopes import scope

from doorsync.hub.access.models import Holiday, HolidayCalendar, TimeSchedule
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    with time_machine.travel(NOW, tick=False):
        made = gym(["Alice"])
        with scope(company=made.company):
            yield made


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    made = Visitor()
    made.sign_in_fully(club.company.slug)
    return made


def send(visitor: Visitor, address: str, **fields: str | list[str]) -> str:
    """Send a form from its page, and what the page after it says."""
    answer = visitor.post(address, {**visitor.fields(visitor.get(address)), **fields})
    return (visitor.get(answer["Location"]) if answer.status_code == 303 else answer).content.decode()


def calendar(visitor: Visitor) -> HolidayCalendar:
    send(visitor, "/access/holidays/add/", name="Public holidays")
    return HolidayCalendar.objects.get()


def test_a_holiday_is_added_drawn_and_taken_out(visitor: Visitor, club: Gym) -> None:
    made = calendar(visitor)
    address = f"/access/holidays/{made.pk}/"
    page = send(visitor, address, name="Christmas", first="2026-12-25", last="2026-12-26", start="", end="")
    assert "The holiday was added." in page
    assert "Fri 25 Dec 2026" in page
    assert "Sat 26 Dec 2026" in page
    send(visitor, address, name="Eve", first="2026-12-24", last="", start="08:00", end="12:00")
    schedule = f"/access/schedules/{club.always.pk}/"
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-24:00")
    assert "hours" in send(visitor, schedule, name="Always", calendar=str(made.pk), **week)  # first it says whose are taken
    assert not made.schedules.exists()
    assert "updated" in send(visitor, schedule, name="Always", calendar=str(made.pk), sure="1", **week)
    for page in (visitor.get(schedule).content.decode(), visitor.get("/access/schedules/").content.decode()):
        assert "Holidays: Public holidays" in page
        assert "08:00-12:00" in page
    eve = Holiday.objects.get(name="Eve")
    fields = visitor.fields(visitor.get(address))
    assert visitor.post(f"/access/holidays/days/{eve.pk}/remove/", fields).status_code == 303
    assert not Holiday.objects.filter(name="Eve").exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"first": ""}, "required"),
        ({"first": "2026-12-26", "last": "2026-12-25"}, "The last day comes"),
        ({"first": "2026-12-26", "start": "10:00"}, "Write both times"),
        ({"first": "rubbish"}, "valid date"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(visitor: Visitor, fields: dict[str, str], told: str) -> None:
    page = send(visitor, f"/access/holidays/{calendar(visitor).pk}/", name="Christmas", **fields)
    assert told in page
    assert 'value="Christmas"' in page
    assert not Holiday.objects.exists()


def test_a_calendar_in_use_stays(visitor: Visitor, club: Gym) -> None:
    made = calendar(visitor)
    TimeSchedule.objects.update(calendar=made)
    assert "still in use" in send(visitor, f"/access/holidays/{made.pk}/delete/", word="Public holidays")
    TimeSchedule.objects.update(calendar=None)
    send(visitor, f"/access/holidays/{made.pk}/change/", name="School")
    assert "was deleted" in send(visitor, f"/access/holidays/{made.pk}/delete/", word="School")


def test_the_same_hours_are_put_into_the_days_that_are_ticked(visitor: Visitor) -> None:
    address = "/access/schedules/add/"
    page = send(visitor, address, name="Office", hours="08:00-18:00", on=["mon", "fri"], sun="10:00-12:00", fill="1")
    assert page.count('value="08:00-18:00"') == 2
    assert 'value="10:00-12:00"' in page
    assert not TimeSchedule.objects.filter(name="Office").exists()
    send(visitor, address, name="Office", hours="08:00-18:00", on=["mon", "fri"], sun="10:00-12:00")
    kept = TimeSchedule.objects.get(name="Office")
    assert kept.slots == [["1", "08:00", "18:00"], ["5", "08:00", "18:00"], ["7", "10:00", "12:00"]]
    assert kept.calendar is None


@pytest.mark.requirement("D-02", mutation="hours for several days left out where no day is ticked")
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"hours": "08:00-18:00"}, "Tick the days that have these hours."),
        ({"on": ["mon", "fri"]}, "Type the hours of the days that are ticked."),
    ],
)
def test_hours_without_days_are_not_left_out_and_days_without_hours_neither(
    visitor: Visitor, typed: dict[str, str | list[str]], told: str
) -> None:
    page = send(visitor, "/access/schedules/add/", name="Office", **typed)
    assert told in page
    assert not TimeSchedule.objects.filter(name="Office").exists()


def test_hours_that_are_none_are_told_at_each_day(visitor: Visitor) -> None:
    page = send(visitor, "/access/schedules/add/", name="Office", hours="8-18", on=["mon", "fri"])
    assert page.count("are no hours") == 2
    assert not TimeSchedule.objects.filter(name="Office").exists()
