"""Revocations in the browser and as a file: who is out of which door since when, and which door still has them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from doorsync.hub.audit.models import Entry
from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import send

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def text(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def out(club: Gym, name: str, number: int, *, door: int = 0, at: datetime = NOON) -> None:
    removed = Removed(number=number, name=name, since=at - timedelta(minutes=5))
    note_revocations(club.terminals[door], [removed], Evidence.REMOVED, at)


def test_the_list_shows_the_newest_first_in_the_time_of_each_door(club: Gym, visitor: Visitor) -> None:
    out(club, "Alice", 7)
    out(club, "Bob", 8, door=2, at=NOON + timedelta(hours=1))
    page = text(visitor, "/activity/revocations/")
    assert page.index("Bob") < page.index("Alice")
    assert "14:00" in page, "noon in Amsterdam's summer"
    assert "09:00" in page, "an hour later in New York"


@pytest.mark.parametrize(
    ("asked", "shown"), [("ali", {"Alice"}), ("8", {"Bob"}), ("nobody", set()), ("ALICE 7", {"Alice"}), ("%", set())]
)
def test_the_list_is_searched_by_name_and_number(club: Gym, visitor: Visitor, asked: str, shown: set[str]) -> None:
    out(club, "Alice", 7)
    out(club, "Bob", 8)
    page = text(visitor, f"/activity/revocations/?q={asked}")
    assert {name for name in ("Alice", "Bob") if f">{name}</a>" in page} == shown


def test_pages_lead_to_each_other(club: Gym, visitor: Visitor) -> None:
    for number in range(51):
        out(club, f"P{number}", number, at=NOON + timedelta(minutes=number))
    assert "P0<" not in text(visitor, "/activity/revocations/")
    assert "?page=2" in text(visitor, "/activity/revocations/")
    assert ">P0<" in text(visitor, "/activity/revocations/?page=2")
    assert ">P50<" in text(visitor, "/activity/revocations/?page=nonsense")


def test_a_door_that_still_has_somebody_is_said_first(club: Gym, visitor: Visitor) -> None:
    alice, *_ = [club.add(name, club.members) for name in ("Alice", "Bob", "Carol", "Dan")]
    number, there = alice.number, Counterpart(club.agent)
    send(club, there)
    there.fault = lambda name: "gone" if name == club.terminals[2].public_id else ""
    club.remove(User.objects.get(pk=alice.pk))
    send(club, there)

    page = text(visitor, f"/activity/revocations/{number}/")
    assert "Not out of every door yet" in page
    assert page.index("still in this door") < page.index("Out since")
    receipt = json.loads(visitor.get(f"/activity/revocations/{number}/receipt.json").content)
    assert ([door["door"] for door in receipt["doors"]], receipt["waiting"], receipt["present"]) == (["Gate"], ["Pool"], [])
    assert receipt["person"] == {"number": number, "name": "Alice"}
    assert Entry.objects.filter(event="revocations.exported").exists()


def test_whoever_may_open_the_door_again_is_not_called_out(club: Gym, visitor: Visitor) -> None:
    alice = club.add("Alice", club.members)
    there = Counterpart(club.agent)
    send(club, there)
    out(club, "Alice", alice.number)
    assert "This person has access now: Gate, Pool." in text(visitor, f"/activity/revocations/{alice.number}/")


def test_a_receipt_that_is_printed_says_the_day(club: Gym, visitor: Visitor) -> None:
    out(club, "Alice", 7)
    page = text(visitor, "/activity/revocations/7/")
    assert "2026-06-10 13:55:00 CEST" in page
    assert "2026-06-10 14:00:00 CEST" in page


@pytest.mark.parametrize("number", ["1", "99999999999999999999999999"])
def test_somebody_of_whom_nothing_is_known_is_not_found(club: Gym, visitor: Visitor, number: str) -> None:
    assert visitor.get(f"/activity/revocations/{number}/").status_code == 404
    assert not Holding.objects.filter(key=number).exists()
