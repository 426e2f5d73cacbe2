"""The access log in the browser: what is shown, filters in the address, pages, and why somebody was refused."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from doorsync.domain.door_events import EventCode
from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.audit.models import Entry
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.events.logs import NOON, Site, event, lost
from tests.hub.web.activity.conftest import site_of

DENIED: dict[str, Any] = {"code": EventCode.DENIED, "reason": "expired"}
UNKNOWN: dict[str, Any] = {"code": EventCode.DENIED, "reason": "unknown", "card": "918273645"}


@pytest.fixture
def people(club: Gym, gate: Site) -> Gym:
    """Alice let in at 12:00 and Bob refused at 13:00 at the gate, an unknown card at 14:00 at the office."""
    club.add("Alice", club.members, number=7, card="200")
    club.add("Bob", club.members, number=8, external_id="M-8")
    gate.take(event(1, "7"), event(2, "8", at=NOON + timedelta(hours=1), **DENIED))
    office = site_of(club, 1)
    office.take(event(1, at=NOON + timedelta(hours=2), **UNKNOWN), serial="S2")
    return club


def numbers(visitor: Visitor, query: str = "") -> list[int]:
    """The events on the page, in its order."""
    page = visitor.get(f"/activity/{query}")
    assert page.status_code == 200
    return [int(each) for each in re.findall(r'<th scope="row"><a href="/activity/(\d+)/">', page.content.decode())]


def text(visitor: Visitor, address: str) -> str:
    page = visitor.get(address)
    assert page.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_the_log_shows_who_was_where_and_what_became_of_it(visitor: Visitor, people: Gym) -> None:
    assert numbers(visitor) == [3, 2, 1]
    shown = text(visitor, "/activity/")
    for word in ("Alice", "Bob", "Gate", "Office", "let in", "refused", "expired", "somebody unknown", "12:00 CEST"):
        assert word in shown
    assert "918273645" not in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?result=granted", [1]),
        ("?result=denied", [3, 2]),
        ("?reason=expired", [2]),
        ("?q=alice", [1]),
        ("?q=m-8", [2]),
        ("?q=8", [2]),
        ("?q=nobody", []),
        ("?person=7", [1]),
        ("?from=2026-07-01&to=2026-07-01", [3, 2, 1]),
        ("?from=2026-07-02", []),
        ("?to=2026-06-30", []),
        ("?from=2026-07-01T12:30&to=2026-07-01T13:00", [2]),
        ("?from=rubbish&reason=x&result=y&door=z&page=-1&person=%00", [3, 2, 1]),
        ("?to=9999-12-31", [3, 2, 1]),
    ],
)
def test_each_filter_is_in_the_address(visitor: Visitor, people: Gym, query: str, found: list[int]) -> None:
    assert numbers(visitor, query) == found


def test_a_door_is_a_filter(visitor: Visitor, people: Gym) -> None:
    assert numbers(visitor, f"?door={people.terminals[1].pk}") == [3]


def test_pages_lead_to_older_events_and_back(visitor: Visitor, gate: Site) -> None:
    gate.take(*(event(number, at=NOON + timedelta(seconds=number)) for number in range(1, 61)))
    assert numbers(visitor) == list(range(60, 10, -1))
    assert 'href="/activity/?result=granted&amp;page=2"' in visitor.get("/activity/?result=granted").content.decode()
    assert numbers(visitor, "?page=2") == list(range(10, 0, -1))
    assert 'href="/activity/?"' in visitor.get("/activity/?page=2").content.decode()


def test_events_that_were_lost_are_told(visitor: Visitor, gate: Site) -> None:
    gate.take(lost(5, 5))
    assert "5 events were written over at the terminal before they were read." in text(visitor, "/activity/")


def test_whoever_is_gone_is_told_by_number(visitor: Visitor, people: Gym) -> None:
    User.objects.filter(number=8).delete()
    assert "number 8" in text(visitor, "/activity/?person=8")
    assert "no longer in the software" in text(visitor, "/activity/2/")


def test_the_log_of_another_company_is_not_there(visitor: Visitor, people: Gym) -> None:
    other = gym(other=True)
    site_of(other).take(*(event(number) for number in range(1, 6)))
    assert numbers(visitor) == [3, 2, 1]
    assert visitor.get("/activity/5/").status_code == 404


def test_whoever_is_limited_to_a_location_sees_its_doors_only(people: Gym) -> None:
    site_of(people, 2).take(event(1, "7", at=NOON + timedelta(hours=6), wall="2026-07-01T12:00:00", clock=""), serial="S3")
    person = world.administrator(people.company, username="south")
    actions.change_role(administrator=person, role=Role(Level.MANAGER, [people.locations[1]]), actor=people.actor)
    south = Visitor()
    south.sign_in_fully(people.company.slug, "south")
    assert numbers(south) == [4]
    assert south.get("/activity/1/").status_code == 404


def test_why_says_what_the_rules_say_now(visitor: Visitor, people: Gym) -> None:
    shown = text(visitor, "/activity/2/")
    assert "Their expiry, as the terminal held it, had passed by the terminal's clock." in shown
    assert "The rules let them in here now, within their hours; the terminal does not hold it yet." in shown
    User.objects.filter(number=8).update(active=False)
    shown = text(visitor, "/activity/2/")
    assert "The rules do not let them in here now. Suspended." in shown


def test_why_finds_whose_card_it_is_now_and_shows_as_much_of_it_as_may_be_seen(visitor: Visitor, people: Gym) -> None:
    assert "Nobody in the software has this card." in text(visitor, "/activity/3/")
    people.add("Carla", number=9, card="918273645")
    shown = text(visitor, "/activity/3/")
    assert "The card belongs to Carla now." in shown
    assert "••••45" in shown
    assert "918273645" not in shown


def test_an_event_that_let_somebody_in_asks_for_no_reason(visitor: Visitor, people: Gym) -> None:
    assert "Why?" not in text(visitor, "/activity/1/")


def test_an_export_is_audited(visitor: Visitor, people: Gym) -> None:
    answer = visitor.post("/activity/export/", visitor.fields(visitor.get("/activity/?result=granted")))
    assert answer["Content-Disposition"] == 'attachment; filename="access-log.csv"'
    assert Entry.objects.filter(event="events.exported").count() == 1


def test_a_sync_session_finds_no_log(people: Gym) -> None:
    visitor = Visitor()
    visitor.sign_in(token_for(people.administrator))
    assert visitor.get("/activity/").status_code != 200
