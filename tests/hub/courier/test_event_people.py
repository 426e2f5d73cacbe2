"""Nothing that a terminal tells of one person is written down for another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities, KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.courier.event_people import EventPeople
from doorsync.hub.sync.models import Holding, Stranger
from tests.factories import world
from tests.hub.events.logs import NOON, Site, event, site

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Iterator[Site]:
    here = site()
    with scope(company=here.company):
        yield here


def keep(here: Site, form: KeyForm) -> None:
    here.terminal.limits = Capabilities(key_form=form).as_dict()
    here.terminal.save()


def numbers(here: Site, *keys: str) -> dict[str, int]:
    events = [event(position, key) for position, key in enumerate(keys, 1)]
    return {keys[position - 1]: number for position, number in EventPeople.of(here.terminal, events).numbers.items()}


def test_a_key_of_somebody_whom_only_the_terminal_knows_is_no_users(here: Site) -> None:
    Stranger.objects.create(
        company=here.company, terminal=here.terminal, kind=Kind.USER, key="17", name="Fire", held=b"x", found_at=NOON
    )
    assert numbers(here, "7", "17", "007", "x", "0", "9" * 30) == {"7": 7}


def test_a_card_as_a_key_is_of_whoever_has_it_and_is_held_there_and_is_never_stored_in_clear(here: Site) -> None:
    keep(here, KeyForm.CARD)
    world.user(here.company, "Alice", number=7, card="200")
    world.user(here.company, "Bob", number=8, card="300")
    world.user(here.company, "Carla", number=200)
    Holding.objects.create(company=here.company, terminal_id=here.terminal.pk, kind=Kind.USER, key="7", held=b"x" * 16)
    assert numbers(here, "200", "300", "400") == {"200": 7}
    events = [event(1, "200"), event(2, card="500")]
    told = EventPeople.of(here.terminal, events).without_keys(here.message(*events))
    assert [(each.key, each.card) for each in told.events] == [("", "200"), ("", "500")]


def test_a_place_is_nobody_for_certain(here: Site) -> None:
    keep(here, KeyForm.PLACE)
    world.user(here.company, "Alice", number=7)
    assert numbers(here, "7") == {}
