"""What the forms of the settings take and refuse, as a company file does."""

from __future__ import annotations

from doorsync.hub.companies.models import Company
from doorsync.hub.users.models import InfoField
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.hub.web.settings.test_views import club, desk

__all__ = ["club", "desk"]


def fields(**changed: str) -> dict[str, str]:
    return {"name": "Gym", "token_seconds": "300", "guard_people": "20", "guard_percent": "10", **changed}


def test_settings_are_changed_and_checked_as_in_a_company_file(desk: Desk, club: Gym) -> None:
    status, text = desk.send("/settings/", **fields(frame_origins="frontdesk.example.com", name="New name"))
    assert status == 422
    assert "https://frontdesk.example.com" in text
    assert 'value="New name"' in text
    wanted = fields(name="New name", frame_origins="https://a.example\n\nhttps://b.example", token_seconds="120", branches="on")
    assert desk.send("/settings/", **wanted)[0] == 303
    kept = Company.objects.get(pk=club.company.pk)
    assert (kept.name, kept.token_seconds, kept.automatic_starts, kept.branches) == ("New name", 120, False, True)
    assert kept.frame_origins == ["https://a.example", "https://b.example"]
    assert desk.send("/settings/", **fields(token_seconds="601"))[0] == 422


def test_info_fields_are_named_and_stand_for_one_thing_each(desk: Desk, club: Gym) -> None:
    assert desk.send("/settings/info-fields/", label1="Member id", function1="external_id", label2="Locker")[0] == 303
    kept = {field.number: (field.label, field.function) for field in InfoField.objects.all()}
    assert kept == {1: ("Member id", "external_id"), 2: ("Locker", "")}
    assert desk.send("/settings/info-fields/", function1="email", function2="email")[0] == 422
    moved = {"label1": "Member id", "label2": "Locker", "function2": "external_id"}
    assert desk.send("/settings/info-fields/", **moved)[0] == 303
    assert InfoField.objects.get(number=2).function == "external_id"
