"""A temporary card goes back by itself, and nothing that happens to it makes it last longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.sync.holdings.rendering import load_facts
from doorsync.hub.users.actions import change_user
from doorsync.hub.users.credential_edits import add_credential, report_found, report_lost
from doorsync.hub.users.errors import BadFields, CredentialGone
from doorsync.hub.users.models import Credential, LostCredential, User, UserLocation
from doorsync.hub.users.queries import credentials_of
from doorsync.hub.users.reading import read_page
from doorsync.hub.users.temporary_credentials import MOST_DAYS, end_temporary_credentials, give_temporary_credential
from tests.factories import world

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)  # 12:00 in Amsterdam
TONIGHT = datetime(2026, 7, 1, 22, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as made:
        yield made


@pytest.fixture
def alice() -> Iterator[User]:
    company = world.company()
    world.location(company)
    made = world.user(company, card="5", pin="4242")
    with scope(company=company):
        yield made


def actor(user: User) -> Actor:
    return Actor(company_id=user.company_id, via="test")


def lose(user: User, value: str = "5") -> LostCredential:
    row = Credential.objects.get(user=user, kind="card", ends_at=None)
    assert credentials_of(user, "card") == {"card": {value}}
    return report_lost(user=user, credential_id=row.pk, actor=actor(user))


def give(user: User, value: str = "99", days: int = 1, lost: LostCredential | None = None) -> datetime:
    return give_temporary_credential(
        user=user, kind="card", value=value, days=days, lost_id=lost.pk if lost else None, actor=actor(user)
    )


def cards(user: User) -> frozenset[str]:
    return credentials_of(user, "card").get("card", frozenset())


@pytest.mark.requirement("R-09", mutation="end_temporary_credentials() not called, or ending the person instead of the card")
def test_it_goes_back_at_the_end_of_its_last_day_and_the_rest_stays(alice: User) -> None:
    assert give(alice) == TONIGHT
    with scopes_disabled():
        assert end_temporary_credentials(TONIGHT - timedelta(seconds=1)) == 0
        assert cards(alice) == {"5", "99"}
        assert end_temporary_credentials(TONIGHT) == 1
        assert end_temporary_credentials(TONIGHT) == 0
    assert credentials_of(alice) == {"card": {"5"}, "pin": {"4242"}}
    assert Entry.objects.filter(event="credential.ended", subject__user=alice.pk).count() == 1
    alice.refresh_from_db()
    assert (alice.active, alice.expires) == (True, "")


@pytest.mark.requirement("R-09", mutation="rendering with all credentials, ended or not")
def test_after_its_end_no_terminal_is_to_hold_it_however_late_it_is_taken_back(
    alice: User, clock: time_machine.Traveller
) -> None:
    give(alice)
    assert set(load_facts(alice.company, [alice.pk])[0].person.cards) == {"5", "99"}
    clock.move_to(TONIGHT)
    assert set(load_facts(alice.company, [alice.pk])[0].person.cards) == {"5"}


def test_the_day_ends_by_the_clock_of_the_persons_own_location(alice: User) -> None:
    far = world.location(alice.company, "Far", "America/New_York")
    UserLocation.objects.create(company=alice.company, user=alice, location=far)
    assert give(alice, days=2) == datetime(2026, 7, 3, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("moment", "hours"), [(datetime(2026, 10, 24, 10, 0, tzinfo=UTC), 37), (NOON, 36)])
def test_a_day_is_a_day_of_the_calendar_where_the_clock_changes(
    alice: User, clock: time_machine.Traveller, moment: datetime, hours: int
) -> None:
    clock.move_to(moment)
    assert give(alice, days=2) == moment + timedelta(hours=hours)


def test_what_was_found_is_theirs_again_and_the_card_that_stood_for_it_goes_back(alice: User) -> None:
    lost = lose(alice)
    give(alice, lost=lost)
    give(alice, "77")
    assert cards(alice) == {"99", "77"}
    assert report_found(user=alice, lost_id=lost.pk, actor=actor(alice)) is True
    assert cards(alice) == {"5", "77"}


@pytest.mark.requirement("I-06", mutation="report_found() giving a temporary card back without its end")
def test_a_temporary_card_that_was_lost_is_found_as_a_temporary_one(alice: User, clock: time_machine.Traveller) -> None:
    give(alice)
    row = Credential.objects.get(ends_at__isnull=False)
    lost = report_lost(user=alice, credential_id=row.pk, actor=actor(alice))
    assert report_found(user=alice, lost_id=lost.pk, actor=actor(alice)) is True
    assert Credential.objects.get(lookup=row.lookup).ends_at == TONIGHT

    again = Credential.objects.get(lookup=row.lookup)
    lost = report_lost(user=alice, credential_id=again.pk, actor=actor(alice))
    clock.move_to(TONIGHT)
    assert report_found(user=alice, lost_id=lost.pk, actor=actor(alice)) is False
    assert cards(alice) == {"5"}
    bob = world.user(alice.company, "Bob")
    add_credential(user=bob, kind="card", value="99", actor=actor(bob))  # it is free again


@pytest.mark.requirement("I-06", mutation="the end set on a card that was theirs for good, or dropped when it is named again")
def test_nothing_turns_one_kind_into_the_other_by_accident(alice: User) -> None:
    with pytest.raises(BadFields, match="for good"):
        give(alice, "005")
    assert Credential.objects.get(user=alice, kind="card").ends_at is None

    give(alice)
    add_credential(user=alice, kind="card", value="99", actor=actor(alice))
    change_user(user=alice, actor=actor(alice), credentials={"card": frozenset({"5", "99"})})
    assert Credential.objects.get(ends_at__isnull=False).ends_at == TONIGHT

    give(alice, days=3)
    assert Credential.objects.get(ends_at__isnull=False).ends_at == TONIGHT + timedelta(days=2)


@pytest.mark.requirement("I-06", mutation="read_page() telling programs of temporary cards")
def test_programs_that_write_back_what_they_read_do_not_make_it_last(alice: User) -> None:
    give(alice)
    (read,) = read_page(alice.company, User.objects.all(), 1, ["card"])
    assert read.credentials == {"card": ["5"]}
    change_user(user=alice, actor=actor(alice), credentials={"card": frozenset(read.credentials["card"])})
    assert cards(alice) == {"5"}


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_it_is_for_some_days_only(alice: User, days: int) -> None:
    with pytest.raises(BadFields, match="1 to 31 days"):
        give(alice, days=days)
    assert cards(alice) == {"5"}


def test_somebody_elses_card_and_lost_card_are_refused(alice: User) -> None:
    bob = world.user(alice.company, "Bob", card="99")
    with pytest.raises(BadFields, match="belongs to Bob"):
        give(alice)
    lost = LostCredential.objects.create(company=alice.company, user=bob, kind="card", lookup=b"1", lost_at=timezone.now())
    with pytest.raises(CredentialGone):
        give(alice, "7", lost=lost)
    assert cards(alice) == {"5"}


def test_a_company_that_fails_delays_no_other(alice: User) -> None:
    give(alice)
    other = world.other_company()
    with scope(company=other):
        mallory = world.user(other, "Mallory", card="1")
        give(mallory, "2")
        type(other).objects.filter(pk=other.pk).update(sealed_key=b"damaged")
    with scopes_disabled():
        assert end_temporary_credentials(TONIGHT) == 1
    assert cards(alice) == {"5"}


@pytest.mark.requirement("I-06", mutation="_drop() deleting what is entered again: the temporary card is a new one, for good")
def test_a_damaged_temporary_card_that_is_entered_again_stays_temporary(alice: User) -> None:
    give(alice)
    before = alice.credentials.get(kind="card", ends_at__isnull=False)
    value = credentials_of(alice)["card"]
    Credential.objects.filter(pk=before.pk).update(sealed=b"damaged")
    change_user(user=alice, actor=actor(alice), credentials={"card": frozenset(value)})
    after = alice.credentials.get(pk=before.pk)
    assert (after.ends_at, after.stands_for_id) == (before.ends_at, before.stands_for_id)
    assert credentials_of(alice)["card"] == value
