"""The cards that doors refused lately: each once, newest first, and never for longer than an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope

from doorsync.domain.door_events import CredentialUsed, EventCode, Reason
from doorsync.hub.events.refused_cards import MOST, RECENT, card_of, refused_cards
from doorsync.messages.events import LoggedEvent
from tests.factories import world
from tests.hub.events.logs import NOON, Site, event, site

pytestmark = pytest.mark.django_db


def refused(position: int, card: str, minutes: float = 0, reason: str = Reason.UNKNOWN) -> LoggedEvent:
    """A card that nobody had, so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    return event(position, at=at, code=EventCode.DENIED, reason=reason, used=CredentialUsed.CARD, card=card)


def shown(here: Site, minutes: float = 10, locations: list[int] | None = None) -> list[str]:
    with scope(company=here.company):
        return [card_of(each) for each in refused_cards(locations, NOON + timedelta(minutes=minutes))]


def test_each_card_is_there_once_with_the_newest_first() -> None:
    here = site()
    here.take(refused(1, "11", 1), refused(2, "22", 2), refused(3, "11", 3))
    assert shown(here) == ["11", "22"]


@pytest.mark.requirement("P-01", mutation="refused_cards() without its first moment")
def test_after_an_hour_it_is_not_shown_any_more() -> None:
    here = site()
    here.take(refused(1, "11"))
    hour = RECENT.total_seconds() / 60
    assert shown(here, minutes=hour - 1) == ["11"]
    assert shown(here, minutes=hour) == []


def test_only_cards_that_nobody_at_the_door_has_are_there() -> None:
    here, known = site(), "7"
    world.user(here.company, number=int(known))
    here.take(
        event(1, known),
        event(2, known, code=EventCode.DENIED, reason=Reason.OUTSIDE_HOURS),
        event(3, code=EventCode.DENIED, reason=Reason.UNKNOWN, used=CredentialUsed.PIN_ALONE),
    )
    assert shown(here) == []


def test_it_is_a_short_list() -> None:
    here = site()
    here.take(*(refused(number, f"1{number}") for number in range(1, MOST + 3)))
    assert len(shown(here)) == MOST


@pytest.mark.requirement("W-04", mutation="refused_cards() asking all locations")
def test_whoever_is_limited_sees_those_of_their_locations_only() -> None:
    here = site()
    here.take(refused(1, "11"))
    elsewhere = world.location(here.company, "Elsewhere")
    assert shown(here, locations=[here.terminal.location_id]) == ["11"]
    assert shown(here, locations=[elsewhere.pk]) == []


@pytest.mark.requirement("T-09", mutation="refused_cards() outside the company's scope")
def test_another_companys_cards_are_not_there() -> None:
    here, other = site(), site(world.other_company(), serial="S2")
    other.take(refused(1, "66"), serial="S2")
    assert shown(here) == []
