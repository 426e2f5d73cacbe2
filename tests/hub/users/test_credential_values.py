"""How much of a credential is told."""

from __future__ import annotations

import pytest

from doorsync.hub.administrators.rules import CredentialView
from doorsync.hub.users.credential_values import as_seen, seen_value
from tests.factories import world


@pytest.mark.parametrize(("value", "masked"), [("1234567890", "••••90"), ("12345", "••••45"), ("1234", "••••"), ("", "••••")])
def test_a_short_value_is_masked_whole(value: str, masked: str) -> None:
    assert as_seen(value, CredentialView.MASKED) == masked
    assert as_seen(value, CredentialView.SHOWN) == value


@pytest.mark.django_db
def test_what_cannot_be_read_is_none_and_a_plate_is_no_secret() -> None:
    user = world.user(world.company())
    plate, card = world.credential(user, "licence_plate", "12ABCD"), world.credential(user, "card", "1234567890")
    card.sealed = b"damaged"
    assert seen_value(user, plate, CredentialView.HIDDEN) == "12ABCD"
    assert seen_value(user, card, CredentialView.SHOWN) is None
    assert seen_value(user, card, CredentialView.HIDDEN) == "••••"
