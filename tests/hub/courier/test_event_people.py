"""Nothing that a terminal tells of one person is written down for another one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities, KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.courier.event_people import EventPeople
from doorsync.hub.sync.holdings.places import Places
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


def place(here: Site, number: int, where: str) -> None:
    """The terminal holds this user there, since noon."""
    Holding.objects.create(
        company=here.company, terminal_id=here.terminal.pk, kind=Kind.USER, key=str(number), held=b"x" * 16, held_since=NOON
    )
    Places(here.terminal).give(Kind.USER, str(number), where)


def test_a_card_as_a_key_is_of_whom_the_terminal_holds_under_it_and_is_never_stored_in_clear(here: Site) -> None:
    keep(here, KeyForm.CARD)
    world.user(here.company, "Carla", number=200)
    place(here, 7, "200")
    assert numbers(here, "200", "300") == {"200": 7}
    events = [event(1, "200"), event(2, card="500")]
    told = EventPeople.of(here.terminal, events).without_keys(here.message(*events))
    assert [(each.key, each.card) for each in told.events] == [("", "200"), ("", "500")]


def test_a_place_is_of_whoever_is_kept_there_and_of_nobody_for_what_was_before(here: Site) -> None:
    keep(here, KeyForm.PLACE)
    place(here, 7, "")
    assert numbers(here, "1", "7") == {"1": 7}
    before = event(1, "1", at=NOON - timedelta(minutes=5))
    assert EventPeople.of(here.terminal, [before]).numbers == {}
