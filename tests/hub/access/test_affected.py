"""A change touches whom it concerns, and whom it does not touch it did not concern: a whole refresh finds nothing left to do."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.validity import WALL
from doorsync.hub.access import actions
from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.companies.actions import change_company, change_time_zone
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.actions import change_terminal
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group, User
from tests.factories import world
from tests.factories.gym import Gym, gym

WANTED = ("kind", "key", "terminal_id", "wanted", "refusal", "label")
HOURS = (
    [["1", "08:00", "18:00"]],
    [[str(day), "00:00", "24:00"] for day in range(1, 8)],
    [["2", "08:00", "10:00"], ["2", "12:00", "14:00"]],
)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


def wanted(company: Company) -> set[tuple[object, ...]]:
    rows = Holding.objects.filter(company=company).values_list(*WANTED)
    return {tuple(bytes(each) if isinstance(each, memoryview) else str(each) for each in row) for row in rows}


def heard(club: Gym) -> list[set[int] | None]:
    """Whom the signals name from now on; None is everybody."""
    said: list[set[int] | None] = []

    def hear(*, users: set[int] | None, **_: object) -> None:
        said.append(users)

    access_changed.connect(hear, weak=False, dispatch_uid="test_affected")
    return said


@pytest.fixture(autouse=True)
def deaf() -> Iterator[None]:
    yield
    access_changed.disconnect(dispatch_uid="test_affected")


@pytest.mark.requirement("G-02", mutation="grant marking everybody")
def test_right_concerns_the_members_of_its_group_only(club: Gym) -> None:
    zoe = club.add("Zoe", club.staff)
    said = heard(club)
    evening = actions.create_schedule(company=club.company, name="Evening", slots=HOURS[0], actor=club.actor)
    actions.grant(group=club.staff, zone=club.zones[0], schedule=evening, actor=club.actor)
    assert said == [{zoe.pk}]


@pytest.mark.requirement("G-02", mutation="everybody, or the group's members alone, at a terminal short of room")
def test_terminal_short_of_room_concerns_whoever_may_pass_it(club: Gym) -> None:
    Terminal.objects.update(limits=Capabilities(schedules=1).as_dict())
    zoe, nobody = club.add("Zoe", club.staff), club.add("Nobody")
    refresh_holdings(club.company, None)
    passing = set(User.objects.exclude(pk=nobody.pk).values_list("pk", flat=True))
    said = heard(club)
    evening = actions.create_schedule(company=club.company, name="Evening", slots=HOURS[0], actor=club.actor)
    actions.grant(group=club.staff, zone=club.zones[0], schedule=evening, actor=club.actor)
    assert said == [passing]
    assert zoe.pk in passing


@pytest.mark.requirement("G-02", mutation="another time zone marking everybody, or only those with a start")
def test_another_time_zone_touches_only_people_with_a_start_or_an_expiry(club: Gym) -> None:
    future, past = "2099-06-10T13:00", "2001-06-10T13:00"
    starting, ending = club.add("Starting", club.members, starts=past), club.add("Ending", club.members, expires=future)
    with refreshed() as users:
        change_time_zone(location=club.locations[0], time_zone="Asia/Tokyo", actor=club.actor)
    assert users == {starting.pk, ending.pk}
    with refreshed() as users:
        move(club, club.terminals[0], club.locations[1])
    assert users == {starting.pk, ending.pk}


@pytest.mark.requirement("G-02", mutation="a setting of what goes out by itself marking everybody")
def test_setting_of_what_goes_out_by_itself_works_nobody_out_again(club: Gym) -> None:
    with refreshed() as users:
        change_company(company=club.company, automatic_starts=False, actor=club.actor)
    assert users == set()


@contextmanager
def refreshed() -> Iterator[set[int]]:
    """The users whose records are worked out inside, by what is asked of the database about their credentials."""
    found: set[int] = set()
    with CaptureQueriesContext(connection) as asked:
        yield found
    for each in asked:
        if ids := re.search(r"FROM users_user WHERE company_id = \d+ AND id IN \(([\d, ]+)\)", each["sql"]):
            found.update(map(int, ids[1].split(",")))


@pytest.mark.requirement("G-02", mutation="room for schedules not looked at, or only after the change")
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_left_for_a_whole_refresh_after_any_changes(club: Gym, seed: int) -> None:
    chance = random.Random(seed)
    for place, terminal in enumerate(club.terminals):
        limits = Capabilities(schedules=1 + place + seed % 2, intervals_per_day=1 + (seed + place) % 2)
        Terminal.objects.filter(pk=terminal.pk).update(limits=limits.as_dict())
    for number in range(4):
        club.add(f"Person {number}", *chance.sample([club.members, club.staff], chance.randint(0, 2)))
        world.schedule(club.company, f"Schedule {number}", chance.choice(HOURS))
    refresh_holdings(club.company, None)
    soon = (datetime.now(UTC) + timedelta(hours=3)).strftime(WALL)  # passed in Tokyo, hours away in Berlin and New York
    club.add("Starting", club.members, club.staff, starts=soon)
    club.add("Ending", club.members, club.staff, expires=soon)
    for _step in range(12):
        change_something(club, chance)
        found = wanted(club.company)
        refresh_holdings(club.company, None)
        assert wanted(club.company) == found


def change_something(club: Gym, chance: random.Random) -> None:
    zone, schedule = (
        chance.choice(list(Zone.objects.select_related("company"))),
        chance.choice(list(TimeSchedule.objects.select_related("company"))),
    )
    group = chance.choice(list(Group.objects.select_related("company")))
    rights = list(AccessRight.objects.select_related("company"))
    match chance.randrange(7):
        case 0:
            actions.grant(group=group, zone=zone, schedule=schedule, actor=club.actor)
        case 1 if rights:
            actions.withdraw(right=chance.choice(rights), actor=club.actor)
        case 2:
            actions.change_schedule(schedule=schedule, slots=chance.choice(HOURS), actor=club.actor)
        case 3:
            actions.change_zone(zone=zone, terminals=chance.sample(club.terminals, chance.randint(0, 3)), actor=club.actor)
        case 4:
            zones = ("Asia/Tokyo", "Europe/Berlin", "America/New_York")
            change_time_zone(location=chance.choice(club.locations), time_zone=chance.choice(zones), actor=club.actor)
        case 5:
            move(club, chance.choice(club.terminals), chance.choice(club.locations))
        case _:
            actions.set_rights(group=group, zone=zone, schedules=[schedule], actor=club.actor)


def move(club: Gym, terminal: Terminal, location: Location) -> None:
    where = {"make": terminal.make, "address": terminal.address}
    change_terminal(terminal=terminal, location=location, agent=club.agent, actor=club.actor, **where)
