"""The list of doors: what is needed first, how many people each holds, and what an observer is not offered."""

from __future__ import annotations

from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.administrators.models import Level
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories import world
from tests.factories.desk import Desk, desk_of
from tests.factories.gym import Gym


def test_list_leads_to_what_is_needed_first(desk: Desk, club: Gym) -> None:
    assert "/doors/add/" in desk.read("/doors/")
    Terminal.objects.all().delete()
    Agent.objects.all().delete()
    assert "/agents/add/" in desk.read("/doors/")


def test_list_tells_how_many_people_a_door_holds_after_what_was_written_last(desk: Desk, club: Gym) -> None:
    gate = club.terminals[0]
    Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER).update(held=b"0123456789abcdef")
    Terminal.objects.filter(pk=gate.pk).update(seen_at=timezone.now(), device={"users": 0})
    assert 'data-label="People it holds"><span class="count">1</span>' in desk.read("/doors/")


def test_observer_is_offered_nothing_to_press(club: Gym) -> None:
    world.administrator(club.company, username="eye", level=Level.OBSERVER)
    desk = desk_of(club, "eye")
    gate = club.terminals[0].public_id
    assert "/change/" not in desk.read(f"/doors/{gate}/")
    assert "/doors/add/" not in desk.read("/doors/")
    assert 'id="sync-button' not in desk.read("/sync/")
