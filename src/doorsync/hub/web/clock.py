"""The time zone that pages show moments in which belong to no location."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from doorsync.hub.companies.models import Location


def company_zone() -> ZoneInfo:
    """That of the company's first location; UTC where there is none. In the company's scope."""
    location = Location.objects.order_by("pk").first()
    return location.zone if location else ZoneInfo("UTC")
