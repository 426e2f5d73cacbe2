"""Each entry of a device's log is stored once, in order, for the person and the door that it is about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope

from doorsync.domain.cards import Readers
from doorsync.domain.door_events import EventCode
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.events.actions import change_event_settings, event_settings
from doorsync.hub.events.refused_cards import CARD_PURPOSE
from doorsync.messages.errors import DeviceNotYetKnown, UnknownDevice
from tests.factories import world
from tests.hub.events.logs import NOON, event, lost, site

pytestmark = pytest.mark.django_db


def test_an_event_is_stored_with_its_moment_its_person_and_its_door() -> None:
    here = site()
    world.user(here.company, "Alice", number=7)
    assert here.take(event(1, "7")).have == 1
    (stored,) = here.stored()
    assert (stored.at, stored.wall, stored.zone) == (NOON, "2026-07-01T12:00:00", "Europe/Amsterdam")
    assert (stored.user_number, stored.terminal_id, stored.code, stored.number) == (7, here.terminal.pk, "granted", 1)


def test_the_same_events_again_are_stored_once() -> None:
    here = site()
    here.take(event(1), event(2))
    assert here.take(event(2), event(3)).have == 3
    assert here.take(event(1), event(2), event(3)).have == 3
    assert here.positions() == [1, 2, 3]


def test_what_follows_a_gap_waits_until_the_gap_is_filled() -> None:
    here = site()
    assert here.take(event(1), event(3)).have == 1
    assert here.take(event(3)).have == 1
    assert here.take(event(2), event(3)).have == 3
    assert here.positions() == [1, 2, 3]


def test_lost_entries_fill_a_gap_and_are_counted_once() -> None:
    here = site()
    here.take(event(1), lost(5, 4), event(6))
    assert [(each.position, each.code, each.lost) for each in here.stored()] == [
        (1, "granted", 0),
        (5, "lost", 4),
        (6, "granted", 0),
    ]
    here.take(lost(8, 8))  # an agent that knew nothing of the first six
    assert here.stored()[-1].lost == 2


def test_another_series_of_the_same_device_begins_at_its_own_start() -> None:
    here = site()
    here.take(event(1), event(2))
    assert here.take(event(1, at=NOON + timedelta(hours=1)), series="b").have == 1
    assert [(each.number, each.position) for each in here.stored()] == [(1, 1), (2, 2), (3, 1)]


def test_events_of_another_device_are_refused_and_those_of_the_one_before_are_not() -> None:
    here = site()
    here.take(event(1))
    with pytest.raises(UnknownDevice):
        here.take(event(1), serial="S2")
    here.terminal.serial, here.terminal.pinned_at = "S2", NOON + timedelta(hours=1)
    here.terminal.save()
    assert here.take(event(2)).have == 2  # it was collected before the device was replaced
    assert here.take(event(1), serial="S2").have == 1
    with pytest.raises(UnknownDevice):
        here.take(event(1), series="z")


def test_a_terminal_to_which_no_device_belongs_yet_brings_nothing() -> None:
    here = site(serial="")
    here.terminal.pinned_at = None
    here.terminal.save()
    with pytest.raises(DeviceNotYetKnown):
        here.take(event(1), serial="")


def test_what_a_device_logged_before_it_hung_here_is_nobodys() -> None:
    here = site(pinned_at=NOON)
    world.user(here.company, number=7)
    here.take(event(1, "7", at=NOON - timedelta(minutes=1)), event(2, "7"))
    assert [each.user_number for each in here.stored()] == [None, 7]


def test_a_clock_that_lags_by_a_second_makes_nobody_a_stranger() -> None:
    """Right after the first sync somebody's event may look older than the device's place here."""
    here = site(pinned_at=NOON + timedelta(milliseconds=500))
    world.user(here.company, number=7)
    here.take(event(1, "7", at=NOON - timedelta(seconds=1)))
    assert [each.user_number for each in here.stored()] == [7]


def test_a_device_that_moved_to_another_door_goes_on_there_and_nothing_is_doubled() -> None:
    here = site()
    world.user(here.company, number=7)
    here.take(event(1, "7"))
    there = world.terminal(here.terminal.location, here.agent, "Pool", serial="S1", pinned_at=NOON + timedelta(hours=2))
    here.terminal.serial = "S9"
    here.terminal.save()
    here.take(
        event(1, "7"), event(2, "7", at=NOON + timedelta(hours=1)), event(3, "7", at=NOON + timedelta(hours=3)), terminal=there
    )
    assert [(each.position, each.terminal_name, each.user_number) for each in here.stored()] == [
        (1, "Gate", 7),
        (2, "Pool", None),
        (3, "Pool", 7),
    ]


def test_a_number_that_nobody_was_given_yet_names_nobody() -> None:
    here = site()
    here.take(event(1, "812345"))
    (stored,) = here.stored()
    assert (stored.key, stored.user_number) == ("812345", None)


@pytest.mark.parametrize(("shown", "card"), [("17642493", "11576829"), ("99999", "99999")])
def test_an_unknown_card_is_kept_as_the_hub_keeps_cards_or_as_it_came(shown: str, card: str) -> None:
    here = site()
    here.terminal.readers = Readers.FACILITY
    here.terminal.save(update_fields=["readers"])
    here.take(event(1, card=shown, code=EventCode.DENIED, reason="unknown"))
    stored = here.stored()[0]
    assert vault.unseal(here.company, CARD_PURPOSE, bytes(stored.card_sealed or b""), f"{stored.log_id}:1") == card


def test_an_unknown_card_is_sealed_and_found_by_its_hash_only() -> None:
    here = site()
    here.take(event(1, card="0004711", code=EventCode.DENIED, reason="unknown"))
    (stored,) = here.stored()
    assert b"4711" not in bytes(stored.card_sealed or b"") + bytes(stored.card_lookup or b"")
    assert vault.unseal(here.company, CARD_PURPOSE, bytes(stored.card_sealed or b""), f"{stored.log_id}:1") == "4711"


def test_a_clock_that_is_wrong_is_put_right_and_what_it_said_is_kept() -> None:
    here = site()
    here.take(event(1, clock_off=7200))
    (stored,) = here.stored()
    assert (stored.at, stored.wall, stored.clock_off) == (NOON, "2026-07-01T14:00:00", 7200)


def test_a_clock_that_shows_no_time_leaves_the_moment_of_reading() -> None:
    here = site()
    here.take(event(1, wall="2026-02-30T09:00:00"))
    assert here.stored()[0].at == NOON


def test_events_of_two_companies_are_numbered_apart_and_seen_apart() -> None:
    here, there = site(), site(world.other_company(), serial="S1")
    here.take(event(1), event(2))
    there.take(event(1))
    assert [each.number for each in there.stored()] == [1]
    assert len(here.stored()) == 2


def test_choices_are_audited_and_told_to_the_agent() -> None:
    here = site()
    actor = Actor(company_id=here.company.pk)
    assert not here.take(event(1)).clear
    with scope(company=here.company):
        choices = {"keep_months": 6, "terminal_names": True, "clear_terminals": True}
        assert change_event_settings(company=here.company, **choices, actor=actor)  # type: ignore[arg-type]  # numbers and truths
        assert not change_event_settings(company=here.company, **choices, actor=actor)  # type: ignore[arg-type]
        assert event_settings(here.company).keep_months == 6
        assert Entry.objects.get(event="events.settings-changed").subject["keep_months"] == 6
    assert here.take().clear
