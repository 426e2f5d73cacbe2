from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from doorsync.hub.administrators import cookies, second_step
from doorsync.hub.administrators.models import Administrator
from tests.factories import world

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company())


def waiting(value: str) -> Administrator | None:
    return second_step.waiting_administrator({cookies.cookie_name(cookies.SECOND_STEP): value})


def test_whoever_gave_the_password_is_found_for_ten_minutes(alice: Administrator) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        value = second_step.after_password(alice)
        assert waiting(value) == alice
        clock.shift(timedelta(minutes=10))
        assert waiting(value) == alice
        clock.shift(timedelta(seconds=1))
        assert waiting(value) is None


@pytest.mark.parametrize("forged", ["", "1.1", "1.1:x:y", "\0", "é"])
def test_what_was_not_signed_is_nobody(alice: Administrator, forged: str) -> None:
    assert waiting(forged) is None
    assert second_step.waiting_administrator({}) is None


def test_another_version_than_the_one_that_was_signed_is_nobody(alice: Administrator) -> None:
    value = second_step.after_password(alice)
    bob = world.administrator(alice.company, username="bob", version=alice.version)
    number = str(alice.pk)
    assert waiting(value.replace(number, str(bob.pk), 1)) is None
    Administrator._base_manager.filter(pk=alice.pk).update(version=alice.version + 1)
    assert waiting(value) is None
