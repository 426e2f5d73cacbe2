"""What is wrong with a visit is told, and what was typed stays."""

from __future__ import annotations

import pytest

from doorsync.hub.users.models import User
from tests.factories.visitor import Visitor
from tests.hub.web.visitors.test_views import clock, club, desk, expect

__all__ = ["clock", "club", "desk"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"last_name": ""}, "required"),
        ({"ends": "08:00"}, "must come after the start"),
        ({"day": "2026-11-30"}, "A visit ends after it starts"),
        ({"day": "rubbish"}, "Not a valid date"),
        ({"cards": "zz"}, "card"),
        ({"refused": "12"}, "not among those"),
        ({"groups": "999999"}, "999999"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(desk: Visitor, fields: dict[str, str], told: str) -> None:
    page = expect(desk, **fields)
    assert told in page
    assert 'value="Acme"' in page
    assert not User.objects.exists()
