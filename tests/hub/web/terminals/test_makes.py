"""Adding a door by what its agent says of its makes: chosen first, then asked for what that make needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.terminals import connection
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym

ZKTECO = {
    "name": "zkteco",
    "title": "ZKTeco standalone",
    "address": "192.168.1.201:4370",
    "secret": "Comm key",
    "options": [{"name": "doors", "title": "Doors", "default": "1", "choices": ["1", "2"]}],
    "level": "foreign-clients",
    "against": ["pyzk 0.9"],
    "not_shown": ["a real device"],
    "warnings": ["Its clock has no time zone."],
}
FOUND = {"make": "zkteco", "address": "192.168.1.77:4370", "serial": "CGJX1234", "title": "K40", "needs_secret": True}


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        Agent.objects.filter(pk=made.agent.pk).update(makes=[ZKTECO], nearby=[FOUND])
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    made = Desk()
    made.sign_in_fully(club.company.slug)
    made.proof = made.fields(made.get("/sync/"))
    return made


def fields(club: Gym, **changed: str) -> dict[str, str]:
    usual = {"name": "Attic", "location": str(club.locations[0].pk), "agent": str(club.agent.pk), "make": "zkteco"}
    return {**usual, "address": "192.168.1.77:4370", **changed}


def test_makes_and_what_was_found_are_offered_by_agent(desk: Desk, club: Gym) -> None:
    text = desk.read("/doors/add/")
    assert "ZKTeco standalone" in text
    assert "tried with our emulator" in text
    assert "CGJX1234" in text
    form = desk.read(f"/doors/add/?agent={club.agent.pk}&make=zkteco&address=192.168.1.77%3A4370")
    assert 'value="192.168.1.77:4370"' in form
    for asked in ("Comm key", "Doors", "Its clock has no time zone.", "a real device"):
        assert asked in form


def test_secret_is_kept_sealed_and_shown_nowhere(desk: Desk, club: Gym) -> None:
    assert desk.send("/doors/add/", **fields(club, secret="90210secret", option_doors="2")) == (303, "/doors/")
    door = Terminal.objects.select_related("company").get(name="Attic")
    assert connection.secret_of(door) == "90210secret"
    assert door.options == {"doors": "2"}
    pages = f"/doors/{door.public_id}/", f"/doors/{door.public_id}/change/"
    assert not any("90210secret" in desk.read(page) for page in pages)
    assert "K40" not in desk.read("/doors/add/")
    status, _where = desk.send(pages[1], **fields(club, name="Loft", option_doors="1"))
    assert status == 303
    door = Terminal.objects.select_related("company").get(pk=door.pk)
    assert (door.name, door.options, connection.secret_of(door)) == ("Loft", {}, "90210secret")
    desk.send(pages[1], **fields(club, name="Loft", secret="other"))
    assert connection.secret_of(Terminal.objects.select_related("company").get(pk=door.pk)) == "other"


def test_another_address_is_not_given_the_secret_that_was_set(desk: Desk, club: Gym) -> None:
    desk.send("/doors/add/", **fields(club, secret="90210secret"))
    door = Terminal.objects.get(name="Attic")
    page = f"/doors/{door.public_id}/change/"
    status, text = desk.send(page, **fields(club, address="192.168.1.99:4370"))
    assert (status, "Type it again" in text) == (422, True)
    assert Terminal.objects.get(pk=door.pk).address == door.address
    assert desk.send(page, **fields(club, address="192.168.1.99:4370", secret="theirs"))[0] == 303
    assert connection.secret_of(Terminal.objects.select_related("company").get(pk=door.pk)) == "theirs"


def test_secret_is_not_shown_again_when_something_else_is_wrong(desk: Desk, club: Gym) -> None:
    status, text = desk.send("/doors/add/", **fields(club, secret="90210secret", address="admin@192.168.1.77:4370"))
    assert (status, "no user name and no password" in text) == (422, True)
    assert "90210secret" not in text
    assert desk.send("/doors/add/", **fields(club, option_doors="9"))[0] == 422


def test_make_that_the_agent_has_not_told_is_typed(desk: Desk, club: Gym) -> None:
    assert "<datalist" in desk.read(f"/doors/add/?agent={club.agent.pk}&make=")
    assert desk.send("/doors/add/", **fields(club, make="acme"))[0] == 303
    assert Terminal.objects.get(name="Attic").make == "acme"
