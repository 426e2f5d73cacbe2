"""Who can open which door: by the rules of a moment, and by what the door holds, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.users.actions import remove_user
from doorsync.hub.web.access.rule_verdicts import Verdict, rule_verdict
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym

MONDAY_NOON = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)  # 12:00 in Amsterdam, 06:00 in New York


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    made = Desk()
    made.sign_in_fully(club.company.slug)
    return made


def row(text: str, name: str) -> str:
    """What a row of the answer says, without its tags."""
    found = next(each for each in text.split("<tr>")[1:] if name in each)
    return " ".join(re.sub("<[^>]*>", " ", found.split("</tr>")[0]).split())


def test_rules_are_told_for_a_moment_on_the_clock_of_the_door(club: Gym) -> None:
    club.always.slots = [["1", "08:00", "18:00"]]
    club.always.save()
    gate, office, pool = (terminal.pk for terminal in club.terminals)
    groups = [club.members.pk]

    def told(terminal: int, **fields: str | bool) -> Verdict:
        user = club.add(f"Person {world.counter}", club.members, **fields)
        return rule_verdict(user, groups, terminal, load_access_graph(), MONDAY_NOON)

    assert told(gate) is Verdict.OPENS
    assert told(pool) is Verdict.OUT_OF_HOURS
    assert told(office) is Verdict.NO_RIGHT
    assert told(gate, active=False) is Verdict.SUSPENDED
    assert told(gate, starts="2026-11-30T12:01") is Verdict.NOT_STARTED
    assert told(gate, expires="2026-11-30T11:59") is Verdict.EXPIRED
    assert told(gate, expires="rubbish") is Verdict.DAMAGED


def test_what_a_door_holds_stands_beside_what_the_rules_say(desk: Desk, club: Gym) -> None:
    gate = club.terminals[0]
    bob, zoe = club.add("Bob", club.members), club.add("Zoe", club.members)
    Holding.objects.filter(terminal_id=gate.pk, key=str(bob.number)).update(held=b"0123456789abcdef", held_since=timezone.now())
    Holding.objects.filter(terminal_id=gate.pk, key=str(zoe.number)).update(held=b"")
    club.zones[0].terminals.remove(gate)
    text = desk.read(f"/access/who/?door={gate.public_id}")
    assert "has no right here yes since" in row(text, "Bob")
    assert "has no right here not known" in row(text, "Zoe")
    assert "Alice" not in text


@pytest.mark.requirement("I-03", mutation="those whom only the door knows left out")
def test_those_whom_only_the_door_knows_are_named_first(desk: Desk, club: Gym) -> None:
    gate, bob = club.terminals[0], club.add("Bob", club.members)
    Holding.objects.filter(terminal_id=gate.pk, key=str(bob.number)).update(held=b"0123456789abcdef")
    remove_user(user=bob, actor=club.actor)
    Stranger.objects.create(
        company=club.company, terminal=gate, kind=Kind.USER, key="77", name="Mallory", held=b"0" * 16, found_at=timezone.now()
    )
    text = desk.read(f"/access/who/?door={gate.public_id}")
    known_only = text.split("Known to this door only")[1].split("</ul>")[0]
    assert "Bob" in known_only
    assert "Mallory" in known_only


def test_doors_of_one_person_are_found_by_name_or_number(desk: Desk, club: Gym) -> None:
    anna = club.add("Anna", club.staff)
    club.add("Annabel", club.members)
    both = desk.read("/access/who/?q=Ann")
    assert "People who fit" in both
    assert f'Anna</a> <span class="soft small">{anna.number} · ' in both  # two people of one name are told apart by it
    text = desk.read(f"/access/who/?q={anna.number}&at=2026-11-30T12:00")
    assert "may open it" in row(text, "Office")
    text = desk.read("/access/who/?q=Annabel")
    assert "has no right here" in row(text, "Office")
    assert "so this is about now" in desk.read("/access/who/?q=Annabel&at=tomorrow")
    assert "Nobody." in desk.read("/access/who/?q=nobody-of-this-name")


def test_whoever_is_limited_asks_about_their_doors_only(club: Gym) -> None:
    world.administrator(club.company, username="north", level=Level.OBSERVER)
    with scope(company=club.company):
        limited = world.administrator(club.company, username="south", level=Level.FRONT_DESK)
        administrators.change_role(administrator=limited, role=Role(Level.FRONT_DESK, [club.locations[1]]), actor=club.actor)
    desk = Desk()
    desk.sign_in_fully(club.company.slug, "south")
    assert "Gate" not in desk.read("/access/who/")
    assert desk.get(f"/access/who/?door={club.terminals[0].public_id}").status_code == 404


def test_a_moment_that_not_every_clock_can_show_is_refused(desk: Desk) -> None:
    assert desk.get("/access/who/?q=Alice&at=0001-01-01T00:00").status_code == 200
