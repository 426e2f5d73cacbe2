"""Closed days of a company file: holiday calendars, which schedules follow them, and what that takes from whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.access.models import Holiday, HolidayCalendar, TimeSchedule
from doorsync.hub.users.files.file_faults import FileFaults
from tests.hub.entry.commands.test_commands import run
from tests.hub.imports.conftest import GYM, Load

pytestmark = pytest.mark.django_db
SHORT = "company: {slug: gym, name: Harbour Gym}\n"
CLOSED = (
    "calendars:\n  - {name: Public, holidays: [2026-12-25 - 2026-12-26, {day: 2026-12-31 08:00-16:00, name: New Year's Eve}]}\n"
)
FOLLOWED = "schedules: [{name: Day, hours: [mon-fri 07:00-22:00, sat 08:00-18:00], calendar: Public}]\n"


def told() -> tuple[str | None, list[tuple[str, str, str, str]]]:
    """The calendar that the schedule follows, and all holidays: name, first, last, hours."""
    followed = TimeSchedule.objects.get(name="Day").calendar
    rows = [(each.name, str(each.first), str(each.last), f"{each.start}-{each.end}") for each in Holiday.objects.all()]
    return followed.name if followed else None, rows


@pytest.mark.requirement("D-01", mutation="a calendar that a schedule does not name is taken off; holidays without a list go")
def test_closed_days_of_a_file_are_followed_and_stay_where_nothing_is_said(load: Load) -> None:
    company = load(GYM).company
    with scope(company=company):
        assert load(SHORT + CLOSED + FOLLOWED).summary.lines() == ["Added 1 holiday calendar.", "Changed 1 time schedule."]
        both = [("", "2026-12-25", "2026-12-26", "-"), ("New Year's Eve", "2026-12-31", "2026-12-31", "08:00-16:00")]
        assert told() == ("Public", both)

        for same in (CLOSED + FOLLOWED, "calendars: [{name: Public}]\n", FOLLOWED.replace(", calendar: Public", "")):
            assert load(SHORT + same).summary.lines() == ["Nothing had to be changed."]
        assert told() == ("Public", both)

        load(SHORT + "calendars: [{name: Public, holidays: [2026-12-25 - 2026-12-26]}]\n")
        assert told() == ("Public", both[:1])
        load(SHORT + FOLLOWED.replace("Public", '""'))
        assert told() == (None, both[:1])
        load(SHORT + "calendars: [{name: Public, holidays: []}]\n")
        assert told() == (None, [])


@pytest.mark.requirement("D-02", mutation="holidays are not compared with the hours that they take")
def test_file_that_closes_a_day_says_whose_hours_it_takes_and_needs_a_yes(load: Load, tmp_path: Path) -> None:
    load(GYM)
    today = timezone.now().date()
    monday = today + timedelta(days=14 - today.weekday())
    path = tmp_path / "closed.yaml"
    closed = f"calendars: [{{name: Public, holidays: [{monday}]}}]\n"
    path.write_text(SHORT + closed + FOLLOWED)

    code, said = run("company", "load", str(path))
    assert (code, said.splitlines()[:2]) == (1, ["Beach: hours are taken from Members.", "Front: hours are taken from Members."])
    assert run("company", "load", str(path), "--yes")[0] == 0

    path.write_text(SHORT + closed.replace(str(monday), f"{monday} 12:00-13:00"))  # an hour is given back
    assert run("company", "load", str(path))[0] == 0
    path.write_text(SHORT + closed.replace(str(monday), f"{monday} 12:00-12:30"))
    assert run("company", "load", str(path))[0] == 1


@pytest.mark.parametrize(
    ("section", "line", "why"),
    [
        ("calendars:\n  - {name: Public, holidays: [25.12.2026]}", 3, "'25.12.2026' is no holiday"),
        ("calendars:\n  - {name: Public, holidays: [{day: 2026-02-30}]}", 3, "a day that no calendar has"),
        ("calendars:\n  - {name: Public, holidays: [{name: Christmas}]}", 3, "'day' is missing"),
        ("calendars:\n  - {name: Public}\n  - {name: Public}", 4, "'Public' stands twice among the calendars"),
        ("schedules:\n  - {name: Day, hours: always, calendar: Public}", 3, "There is no calendar 'Public'"),
        ("schedules:\n  - {name: Day, hours: always, holidays: [2026-12-25]}", 3, "a calendar that a time schedule follows"),
        ("schedules:\n  - {name: Day, hours: [2026-12-25 closed]}", 3, "a calendar that a time schedule follows"),
    ],
)
def test_what_is_wrong_with_closed_days_is_told_with_its_line(load: Load, section: str, line: int, why: str) -> None:
    with pytest.raises(FileFaults) as error:
        load(SHORT + section + "\n")
    assert [fault.line for fault in error.value.faults] == [line]
    assert why in str(error.value)
    assert not HolidayCalendar._base_manager.exists()
