"""The settings: what they change, what they refuse, and what is shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.events.models import EventSettings
from doorsync.hub.users.models import InfoField
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym

CODE = re.compile(r'id="code">([^<]+)<')


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    made = Desk()
    made.sign_in_fully(club.company.slug)
    made.proof = made.fields(made.get("/sync/"))
    return made


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


def test_new_security_code_is_asked_for_by_name_and_shown_once(desk: Desk, club: Gym) -> None:
    before = Company.objects.get(pk=club.company.pk).code_hash
    assert desk.send("/settings/code/", word="yes")[0] == 409
    assert Company.objects.get(pk=club.company.pk).code_hash == before
    status, text = desk.send("/settings/code/", word=club.company.slug)
    code = CODE.search(text)
    assert (status, code is not None) == (200, True)
    assert company_by_code(code[1]) == club.company  # type: ignore[index]  # found
    assert code[1] not in desk.read("/settings/")  # type: ignore[index]  # found


@pytest.mark.requirement("T-02", mutation="the risk switched on without the word")
def test_reusable_links_are_a_risk_that_is_named_before_and_while_it_is_taken(desk: Desk, club: Gym) -> None:
    assert desk.send("/settings/compatible-tokens/", allowed="1")[0] == 409
    assert not Company.objects.get(pk=club.company.pk).compatible_tokens
    assert desk.send("/settings/compatible-tokens/", allowed="1", word=club.company.slug)[0] == 303
    assert "A risk is switched on" in desk.read("/settings/")
    assert desk.send("/settings/compatible-tokens/", allowed="0")[0] == 303
    assert "A risk is switched on" not in desk.read("/settings/")


def test_info_fields_are_named_and_stand_for_one_thing_each(desk: Desk, club: Gym) -> None:
    assert desk.send("/settings/info-fields/", label1="Member id", function1="external_id", label2="Locker")[0] == 303
    kept = {field.number: (field.label, field.function) for field in InfoField.objects.all()}
    assert kept == {1: ("Member id", "external_id"), 2: ("Locker", "")}
    assert desk.send("/settings/info-fields/", function1="email", function2="email")[0] == 422
    moved = {"label1": "Member id", "label2": "Locker", "function2": "external_id"}
    assert desk.send("/settings/info-fields/", **moved)[0] == 303
    assert InfoField.objects.get(number=2).function == "external_id"


def test_access_log_is_kept_as_long_as_is_chosen(desk: Desk, club: Gym) -> None:
    assert desk.send("/settings/access-log/", keep_months="12", clear_terminals="on")[0] == 303
    kept = EventSettings.objects.get()
    assert (kept.keep_months, kept.clear_terminals, kept.terminal_names) == (12, True, False)
    assert desk.send("/settings/access-log/", keep_months="5")[0] == 422
