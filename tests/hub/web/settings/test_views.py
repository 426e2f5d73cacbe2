"""The settings: what they change, what they refuse, and what is shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.events.models import EventSettings
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


def test_access_log_is_kept_as_long_as_is_chosen(desk: Desk, club: Gym) -> None:
    assert desk.send("/settings/access-log/", keep_months="12", clear_terminals="on")[0] == 303
    kept = EventSettings.objects.get()
    assert (kept.keep_months, kept.clear_terminals, kept.terminal_names) == (12, True, False)
    assert desk.send("/settings/access-log/", keep_months="5")[0] == 422
