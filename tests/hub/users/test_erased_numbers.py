"""Whose number names nobody any more."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.users.erased_numbers import erased_among, note_erased
from doorsync.hub.users.models import GivenNumber, User
from doorsync.hub.users.numbers import remember_numbers, used_numbers
from tests.factories import world


@pytest.mark.django_db
def test_a_number_is_erased_until_somebody_has_it_again() -> None:
    company = world.company()
    with scope(company=company):
        user = world.user(company, number=7)
        note_erased(company, user.number)
        note_erased(company, user.number)
        assert erased_among({7, 8}) == set(), "they are still here"
        User.objects.all().delete()
        assert erased_among({7, 8}) == {7}
        world.user(company, "Back", number=7)
        assert erased_among({7, 8}) == set()


@pytest.mark.django_db
def test_a_number_that_is_their_own_id_may_come_back_and_an_own_id_is_forgotten() -> None:
    company = world.company()
    with scope(company=company):
        with_id, by_number = world.user(company, number=7, external_id="x"), world.user(company, number=8)
        GivenNumber.objects.create(company=company, number=8)
        remember_numbers(company, [with_id, by_number])
        for each in (with_id, by_number):
            note_erased(company, each.number)
        User.objects.all().delete()
        assert used_numbers(company, {8: ""}, own={8}) == set()
        assert used_numbers(company, {7: "x", 8: ""}) >= {8}
