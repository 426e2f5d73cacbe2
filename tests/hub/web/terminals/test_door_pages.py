"""The pages of doors and agents: adding, changing, deleting; what is not shown, and what somebody limited may do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.access.models import Zone
from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.web.access.test_access_pages import Desk


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


def desk_of(club: Gym, username: str = "username") -> Desk:
    made = Desk()
    made.sign_in_fully(club.company.slug, username)
    made.proof = made.fields(made.get("/sync/"))
    return made


@pytest.fixture
def desk(club: Gym) -> Desk:
    return desk_of(club)


def fields(club: Gym, **changed: str) -> dict[str, str]:
    usual = {"name": "Attic", "location": str(club.locations[0].pk), "agent": str(club.agent.pk), "make": "virtual"}
    return {**usual, "address": "192.0.2.9:4370", **changed}


def test_door_is_added_and_its_address_is_not_given_twice(desk: Desk, club: Gym) -> None:
    assert desk.send("/doors/add/", **fields(club)) == (303, "/doors/")
    assert "Attic" in desk.read("/doors/")
    status, text = desk.send("/doors/add/", **fields(club, name="Cellar", address=" 192.0.2.9:04370"))
    assert (status, "have the same address" in text) == (422, True)
    assert desk.send("/doors/add/", **fields(club, name="Cellar", make="Zk Teco"))[0] == 422


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


def test_password_in_an_address_is_not_shown_and_stays_when_it_is_left_alone(desk: Desk, club: Gym) -> None:
    door = world.terminal(club.locations[0], club.agent, "Attic", address="zk://secret77@192.0.2.9:4370")
    for page in (f"/doors/{door.public_id}/", f"/doors/{door.public_id}/change/", f"/sync/terminals/{door.public_id}/"):
        assert "secret77" not in desk.read(page)
        assert "192.0.2.9:4370" in desk.read(page)
    status, _where = desk.send(f"/doors/{door.public_id}/change/", **fields(club, name="Loft", address="zk://192.0.2.9:4370"))
    assert status == 303
    door.refresh_from_db()
    assert (door.name, door.address) == ("Loft", "zk://secret77@192.0.2.9:4370")


def test_how_readers_show_cards_is_chosen_and_stays_where_a_form_does_not_ask(desk: Desk, club: Gym) -> None:
    assert desk.send("/doors/add/", **fields(club, readers="facility"))[0] == 303
    door = Terminal.objects.get(name="Attic")
    assert door.readers == "facility"
    assert desk.send(f"/doors/{door.public_id}/change/", **fields(club, name="Loft"))[0] == 303
    door.refresh_from_db()
    assert (door.name, door.readers) == ("Loft", "facility")
    assert desk.send(f"/doors/{door.public_id}/change/", **fields(club, readers="sideways"))[0] == 422
    assert desk.send(f"/doors/{door.public_id}/change/", **fields(club, readers=""))[0] == 303
    door.refresh_from_db()
    assert door.readers == ""


@pytest.mark.requirement("I-01", mutation="change_terminal without terminal_moved")
def test_what_a_door_holds_is_unknown_after_its_address_changed(desk: Desk, club: Gym) -> None:
    gate = club.terminals[0]
    Holding.objects.filter(terminal_id=gate.pk).update(held=b"0123456789abcdef")
    desk.send(f"/doors/{gate.public_id}/change/", **fields(club, name="Gate", address="192.0.2.10:4370"))
    gate.refresh_from_db()
    assert gate.unread
    assert not any(bytes(row.held or b"") for row in Holding.objects.filter(terminal_id=gate.pk))


def test_door_is_deleted_when_it_is_empty_or_gone(desk: Desk, club: Gym) -> None:
    gate = club.terminals[0]
    address = f"/doors/{gate.public_id}/delete/"
    status, text = desk.send(address, word="Gate", lost="1")
    assert (status, "still in Public" in text) == (409, True)
    Zone.objects.get(name="Public").terminals.remove(gate)
    Holding.objects.filter(terminal_id=gate.pk).update(held=b"")
    assert "The device is gone" in desk.read(address)
    assert desk.send(address, word="Gate")[0] == 409
    assert desk.send(address, word="Gate", lost="1") == (303, "/doors/")
    assert not Terminal.objects.filter(pk=gate.pk).exists()


def test_agent_is_added_and_deleted(desk: Desk, club: Gym) -> None:
    assert desk.send("/agents/add/", name="Cellar")[0] == 303
    agent = Agent.objects.get(name="Cellar")
    assert desk.send(f"/agents/{agent.public_id}/delete/", word="Cellar")[0] == 303
    status, text = desk.send(f"/agents/{club.agent.public_id}/delete/", word=club.agent.name)
    assert (status, "still reaches Gate" in text) == (409, True)


def test_whoever_is_limited_adds_doors_at_their_locations_only(club: Gym) -> None:
    manager = world.administrator(club.company, username="north")
    administrators.change_role(administrator=manager, role=Role(Level.MANAGER, [club.locations[0]]), actor=club.actor)
    desk = desk_of(club, "north")
    assert "Pool" not in desk.read("/doors/")
    assert desk.send("/doors/add/", **fields(club, location=str(club.locations[1].pk)))[0] == 422
    assert desk.send("/doors/add/", **fields(club))[0] == 303


def test_observer_is_offered_nothing_to_press(club: Gym) -> None:
    world.administrator(club.company, username="eye", level=Level.OBSERVER)
    desk = desk_of(club, "eye")
    gate = club.terminals[0].public_id
    assert "/change/" not in desk.read(f"/doors/{gate}/")
    assert "/doors/add/" not in desk.read("/doors/")
    assert 'id="sync-button' not in desk.read("/sync/")
