"""When visits come again, and when the last location's clock says that one is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django_scopes import scope

from doorsync.hub.companies.models import Location
from doorsync.hub.visitors.times import fits_weekly, next_week, over_at
from tests.factories import world

STARTS, ENDS = "2026-12-28T09:00", "2026-12-28T17:00"


@pytest.mark.parametrize(
    ("until", "comes"),
    [(date(2027, 1, 4), True), (date(2027, 1, 3), False), (None, False)],
)
def test_visit_comes_again_a_week_later_until_its_last_day(until: date | None, comes: bool) -> None:
    assert next_week(STARTS, ENDS, until) == (("2027-01-04T09:00", "2027-01-04T17:00") if comes else None)


def test_visit_of_a_week_or_more_cannot_come_weekly() -> None:
    assert fits_weekly(STARTS, "2027-01-04T08:59")
    assert not fits_weekly(STARTS, "2027-01-04T09:00")


@pytest.mark.django_db
def test_visit_is_over_when_the_westernmost_location_says_so() -> None:
    company = world.company()
    with scope(company=company):
        assert over_at(ENDS) == datetime(2026, 12, 28, 17, tzinfo=UTC)
        for name, zone in (("Perth", "Australia/Perth"), ("Lisbon", "Europe/Lisbon"), ("Lima", "America/Lima")):
            Location.objects.create(company=company, name=name, time_zone=zone)
        assert over_at(ENDS) == datetime(2026, 12, 28, 22, tzinfo=UTC)
