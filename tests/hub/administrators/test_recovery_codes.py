from __future__ import annotations

import re

import pytest
from django_scopes import scope

from doorsync.hub.administrators import recovery_codes, second_factor
from doorsync.hub.administrators.models import RecoveryCode
from tests.factories import world
from tests.factories.second_factors import with_app

pytestmark = pytest.mark.django_db


def test_ten_different_codes_of_digits_are_made_and_each_is_spent_once() -> None:
    alice = world.administrator(world.company())
    with_app(alice)
    factor = second_factor.find_factor(alice)
    assert factor
    with scope(company=alice.company):
        codes = recovery_codes.make_recovery_codes(factor)
        assert len(set(codes)) == RecoveryCode.objects.count() == 10, "in place of those before"
        assert all(re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code) for code in codes)
        bare = [code.replace(" ", "") for code in codes]
        assert [recovery_codes.spend_recovery_code(factor, code) for code in (*bare, bare[0], "0" * 16)] == [True] * 10 + [
            False
        ] * 2
        assert recovery_codes.count_recovery_codes(factor) == 0


def test_the_same_code_has_another_hash_for_another_factor() -> None:
    company = world.company()
    factors = []
    for name in ("alice", "bob"):
        administrator = world.administrator(company, username=name)
        with_app(administrator)
        factors.append(second_factor.find_factor(administrator))
    first, second = (recovery_codes._digest(each, "1" * 16) for each in factors if each)
    assert first != second
