"""Whoever may still pass, but in fewer hours, is told of before it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.hub.imports.access_hours import Hours, Pass, fewer_hours
from tests.hub.entry.commands.test_commands import run
from tests.hub.imports.conftest import GYM, Load

AT = Pass(1, "Members")


def hours(*slots: str) -> Hours:
    return {AT: [slot.rsplit(" ", 2) for slot in slots]}


def closed(*slots: str) -> Hours:
    """With a holiday on a Friday."""
    return {AT: [*hours(*slots)[AT], ["A 2026-12-25", "", ""]]}


ALWAYS = [f"{day} 00:00 24:00" for day in range(1, 8)]


NO_RIGHT: Hours = {}


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (hours("1 08:00 18:00"), hours("1 08:00 18:00"), False),
        (hours("1 08:00 18:00"), hours("1 07:00 12:00", "1 12:00 24:00"), False),
        (hours("1 08:00 18:00", "1 09:00 10:00"), hours("1 00:00 24:00", "2 08:00 18:00"), False),
        (hours("1 08:00 18:00"), hours("1 08:00 12:00", "1 12:01 18:00"), True),
        (hours("1 08:00 18:00"), hours("2 08:00 18:00"), True),
        (hours("1 08:00 24:00"), hours(), True),
        (hours("5 08:00 18:00"), closed("5 08:00 18:00"), True),
        (closed("5 08:00 18:00"), hours("5 08:00 18:00"), False),
        (hours("5 08:00 18:00"), closed("5 08:00 18:00", "A 2026-12-25 08:00 18:00"), False),  # open by another schedule
        (hours("6 08:00 18:00"), closed("6 08:00 18:00"), False),  # Friday was closed anyway
        (hours(*ALWAYS), closed(*ALWAYS), True),
        (closed("5 08:00 18:00", "A 2026-12-25 08:00 12:00"), closed("5 08:00 18:00"), True),
        (hours("1 08:00 24:00"), NO_RIGHT, False),  # who loses the door is told by name
        (NO_RIGHT, hours("1 08:00 24:00"), False),
    ],
)
def test_fewer_hours_are_those_that_are_not_covered_any_more(before: Hours, after: Hours, lost: bool) -> None:
    assert list(fewer_hours(before, after)) == ([AT] if lost else [])


@pytest.mark.django_db
@pytest.mark.requirement("D-02", mutation="the hours of a door are not compared")
def test_file_that_takes_hours_away_says_so_and_needs_a_yes(load: Load, tmp_path: Path) -> None:
    load(GYM)
    path = tmp_path / "closed.yaml"
    path.write_text("company: {slug: gym, name: Harbour Gym}\nschedules: [{name: Day, hours: closed}]\n")

    code, said = run("company", "load", str(path))
    assert (code, said.splitlines()[:2]) == (1, ["Beach: hours are taken from Members.", "Front: hours are taken from Members."])

    code, said = run("company", "load", str(path), "--dry-run")
    assert (code, "Front: hours are taken from Members." in said) == (0, True)
    assert run("company", "load", str(path), "--yes")[0] == 0

    path.write_text("company: {slug: gym, name: Harbour Gym}\nschedules: [{name: Day, hours: always}]\n")
    assert run("company", "load", str(path))[0] == 0


@pytest.mark.django_db
@pytest.mark.requirement("D-02", mutation="hours are compared without their time zone")
def test_other_time_zone_takes_hours_away_but_not_from_who_may_always_pass(load: Load, tmp_path: Path) -> None:
    load(GYM)
    path = tmp_path / "moved.yaml"
    path.write_text("company: {slug: gym, name: Harbour Gym}\nlocations: [{name: Harbour, time_zone: Asia/Tokyo}]\n")

    code, said = run("company", "load", str(path))
    assert (code, said.splitlines()[0]) == (1, "Front: hours are taken from Members.")

    path.write_text(path.read_text() + "schedules: [{name: Day, hours: always}]\n")
    assert run("company", "load", str(path))[0] == 0
