from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.esws.named_rows import is_given, named_location, named_user
from doorsync.hub.esws.refusals import NoSuchLocation, NoSuchUser
from tests.factories import world

BAD = ("", "0", "x", "-1", "1.5", "\u0661", "1" * 19, "999999", "1 2")


@pytest.mark.django_db
def test_rows_are_found_by_their_number_in_the_own_company_only() -> None:
    company, other = world.company(), world.other_company()
    alice, theirs = world.user(company, number=7), world.user(other, number=8)
    here, there = world.location(company), world.location(other)
    with scope(company=company):
        assert named_user(" 7 ") == alice
        assert named_location(str(here.pk)) == here
        for text in (*BAD, str(theirs.number)):
            with pytest.raises(NoSuchUser):
                named_user(text)
        for text in (*BAD, str(there.pk)):
            with pytest.raises(NoSuchLocation):
                named_location(text)


def test_empty_and_0_name_nothing() -> None:
    assert [is_given(text) for text in ("", "0", " ", " 0", "000", "7", "x", "10")] == [False] * 5 + [True] * 3
