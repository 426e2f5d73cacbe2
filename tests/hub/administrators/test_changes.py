"""A change of what somebody signs in with, or may do, ends what was opened before, and counts up their version."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators import sessions
from doorsync.hub.administrators.changes import change_administrator
from doorsync.hub.administrators.models import Administrator, Session, SyncToken
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from tests.factories import world
from tests.factories.visitor import token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Administrator:
    return world.administrator(world.company(), username="alice")


def by(administrator: Administrator) -> Actor:
    return Actor(company_id=administrator.company_id, via="test")


def opened(administrator: Administrator) -> Session:
    with scope(company=administrator.company_id):
        return sessions.open_full_session(administrator, f"secret of {administrator.pk}", timezone.now())


@pytest.mark.requirement("T-07", mutation="change_administrator() not ending sessions, or not revoking tokens")
def test_tokens_and_sessions_of_the_one_who_is_changed_end_and_nobody_elses(alice: Administrator) -> None:
    bob = world.administrator(alice.company, username="bob")
    ended, stays = opened(alice), opened(bob)
    token_for(alice)
    token_for(bob)

    change_administrator(alice, "administrator.disabled", by(alice), active=False)

    with scopes_disabled():
        assert Session.objects.get(pk=ended.pk).ended_at
        assert Session.objects.get(pk=stays.pk).ended_at is None
        lasting = SyncToken.objects.filter(revoked_at=None).values_list("administrator__username", flat=True)
        assert list(lasting) == ["bob"]
        entry = Entry.objects.get(event="administrator.disabled")
    assert entry.subject == {"administrator": alice.pk}


def test_the_version_counts_up_from_what_the_database_has_and_the_row_in_hand_knows(alice: Administrator) -> None:
    stale = world.again(alice)
    change_administrator(alice, "password.changed", by(alice))
    change_administrator(stale, "password.changed", by(alice))
    assert (stale.version, world.again(alice).version) == (alice.version + 1, alice.version + 1)


def test_only_the_named_fields_are_written(alice: Administrator) -> None:
    stale = world.again(alice)
    change_administrator(alice, "administrator.disabled", by(alice), active=False)
    change_administrator(stale, "password.changed", by(alice), password="x")
    found = world.again(alice)
    assert (found.active, found.password) == (False, "x")


def test_a_change_that_is_rolled_back_ends_nothing(alice: Administrator) -> None:
    session = opened(alice)
    before = world.again(alice).version
    with transaction.atomic():
        change_administrator(alice, "password.changed", by(alice), password="x")
        transaction.set_rollback(True)
    with scopes_disabled():
        assert Session.objects.get(pk=session.pk).ended_at is None
    assert world.again(alice).version == before


def test_sessions_that_are_over_are_not_ended_a_second_time(alice: Administrator) -> None:
    session = opened(alice)
    moment = timezone.now() - timedelta(hours=1)
    with scopes_disabled():
        Session.objects.filter(pk=session.pk).update(ended_at=moment)
    change_administrator(alice, "password.changed", by(alice))
    with scopes_disabled():
        assert Session.objects.get(pk=session.pk).ended_at == moment
        assert not Entry.objects.filter(event="session.ended").exists()
