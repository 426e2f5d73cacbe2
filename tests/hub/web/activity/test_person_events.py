from __future__ import annotations

from datetime import timedelta

from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.events.logs import NOON, Site, event


def test_a_person_has_their_own_events_and_those_only(visitor: Visitor, club: Gym, gate: Site) -> None:
    club.add("Alice", club.members, number=7)
    club.add("Bob", club.members, number=8)
    gate.take(event(1, "7"), event(2, "8"), event(3, "7", at=NOON + timedelta(hours=1)))
    page = visitor.get("/people/7/events/").content.decode()
    assert page.index('href="/activity/3/"') < page.index('href="/activity/1/"')
    assert 'href="/activity/2/"' not in page
    assert 'href="/activity/?person=7"' in page
    assert 'href="/people/7/events/" aria-current="page"' in page


def test_whoever_was_nowhere_is_told_so(visitor: Visitor, club: Gym) -> None:
    club.add("Alice", club.members, number=7)
    assert "Seen at no door yet" in visitor.get("/people/7/events/").content.decode()
