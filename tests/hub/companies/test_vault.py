"""What is sealed opens only where it belongs."""

from __future__ import annotations

import pytest

from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from tests.factories import world

pytestmark = pytest.mark.django_db


def test_sealed_secret_opens_only_for_whom_it_was_sealed() -> None:
    company, other = world.company(), world.other_company()
    sealed = vault.seal(company, "credential", "4711", "7:pin")
    assert vault.unseal(company, "credential", sealed, "7:pin") == "4711"
    for whose, purpose, bound_to in (
        (company, "credential", "8:pin"),
        (company, "credential", "7:card"),
        (company, "credential", ""),
        (company, "template", "7:pin"),
        (other, "credential", "7:pin"),
    ):
        with pytest.raises(CannotUnseal):
            vault.unseal(whose, purpose, sealed, bound_to)


def test_equal_secrets_look_different_sealed_and_in_each_company() -> None:
    company, other = world.company(), world.other_company()
    assert vault.seal(company, "credential", "4711", "7:pin") != vault.seal(company, "credential", "4711", "7:pin")
    assert vault.keyed_hash(company, "credential", "4711") == vault.keyed_hash(company, "credential", "4711")
    assert vault.keyed_hash(company, "credential", "4711") != vault.keyed_hash(other, "credential", "4711")
    assert vault.keyed_hash(company, "credential", "4711") != vault.keyed_hash(company, "source", "4711")


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_damaged_secret_is_no_secret(place: int) -> None:
    company = world.company()
    sealed = bytearray(vault.seal(company, "credential", "4711", "7:pin"))
    sealed[place] ^= 1
    for damaged in (bytes(sealed), b"", b"short"):
        with pytest.raises(CannotUnseal):
            vault.unseal(company, "credential", damaged, "7:pin")
