"""The pages of time schedules: hours are typed by day, and shown as they were typed."""

from __future__ import annotations

from doorsync.hub.access.models import TimeSchedule
from tests.factories.desk import Desk
from tests.factories.gym import Gym


def test_hours_are_typed_by_day(desk: Desk, club: Gym) -> None:
    status, text = desk.send("/access/schedules/add/", name="Late", mon="08:00-25:00")
    assert status == 422
    assert "no clock shows" in text
    status, text = desk.send("/access/schedules/add/", name="Late", mon="8-18")
    assert (status, "“8-18” are no hours. Write them like 08:00-18:00." in text, "mon-fri" in text) == (422, True, False)
    assert desk.send("/access/schedules/add/", name="Late", fri="22:00-06:00", mon="08:00-12:00, 13:00-18:00")[0] == 303
    late = TimeSchedule.objects.get(name="Late")
    assert late.slots == [["1", "08:00", "12:00"], ["1", "13:00", "18:00"], ["5", "22:00", "24:00"], ["6", "00:00", "06:00"]]
    assert 'value="22:00-06:00"' in desk.read(f"/access/schedules/{late.pk}/")
