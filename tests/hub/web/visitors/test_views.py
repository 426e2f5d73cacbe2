"""The front desk's page of visitors: expected, arrived, left; and the QR code of a visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credentials_of
from doorsync.hub.visitors.models import Visit
from doorsync.hub.visitors.passes import pass_number
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # 09:00 in Amsterdam

VERA = {
    "first_name": "Vera",
    "last_name": "Vis",
    "contractor_name": "Acme",
    "day": "2026-12-01",
    "begins": "09:00",
    "ends": "17:00",
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as made:
        yield made


@pytest.fixture
def club(clock: time_machine.Traveller, db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def desk(club: Gym) -> Visitor:
    made = Visitor()
    made.sign_in_fully(club.company.slug)
    return made


def expect(desk: Visitor, **fields: str) -> str:
    answer = desk.post("/visitors/add/", {**desk.fields(desk.get("/visitors/add/")), **VERA, **fields})
    return (desk.get(answer["Location"]) if answer.status_code == 303 else answer).content.decode()


def press(desk: Visitor, what: str) -> str:
    visit = Visit.objects.latest("pk")
    answer = desk.post(f"/visitors/{visit.pk}/{what}/", desk.fields(desk.get("/visitors/")))
    assert answer.status_code == 303
    return desk.get("/visitors/").content.decode()


@pytest.mark.parametrize(("hour", "ends"), [(8, "18:00"), (16, "23:59"), (22, "23:59")])
def test_a_new_visit_is_proposed_to_end_later_on_the_same_day(
    club: Gym, clock: time_machine.Traveller, hour: int, ends: str
) -> None:
    clock.move_to(NOW.replace(hour=hour))
    desk = Visitor()
    desk.sign_in_fully(club.company.slug)
    page = desk.get("/visitors/add/").content.decode()
    assert f'name="begins" value="{hour + 1:02}:00"' in page
    assert f'name="ends" value="{ends}"' in page


def test_a_visitor_is_expected_arrives_and_leaves(desk: Visitor, club: Gym) -> None:
    bob = club.add("Jansen", first_name="Bob")
    page = expect(desk, host="Bob Jansen", groups=str(club.members.pk), cards="4711")
    for told in ("Vera Vis is expected.", "Waits for Sync: Gate", "Acme", "Bob Jansen", "1 Dec 2026, 09:00", "17:00"):
        assert told in page
    assert Visit.objects.get().host == bob
    assert "has arrived" in press(desk, "arrived")
    assert "is expected" in press(desk, "not-arrived")
    press(desk, "arrived")
    assert "has left" in press(desk, "left")
    assert "This visit is over." in press(desk, "arrived")
    assert credentials_of(User.objects.select_related("company").get(visitor=True)) == {}
    assert "is expected again" in press(desk, "reopen")
    assert "was cancelled" in press(desk, "cancel")


@pytest.mark.requirement("P-01", mutation="the number of a pass in the page as text, or after the visit is over")
def test_the_qr_code_is_drawn_while_the_visit_is_not_over(desk: Visitor) -> None:
    page = expect(desk, with_pass="on")
    number = pass_number(Visit.objects.get())
    assert "<svg" in page
    assert number
    assert number not in page
    assert Entry.objects.filter(event="visit.pass-shown").exists()
    press(desk, "cancel")
    assert "it is over" in desk.get(f"/visitors/{Visit.objects.get().pk}/pass/").content.decode()


def test_a_host_whom_two_have_the_name_of_stays_a_name(desk: Visitor, club: Gym) -> None:
    bob, _other = club.add("Jansen", first_name="Bob"), club.add("Jansen", first_name="Bob")
    expect(desk, host="Bob Jansen")
    assert (Visit.objects.get().host, Visit.objects.get().host_name) == (None, "Bob Jansen")
    expect(desk, host=str(bob.number))
    assert Visit.objects.latest("pk").host == bob
