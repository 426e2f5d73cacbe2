"""A form whose session is over: what was typed is shown once more, but for secrets, and nothing of it is kept."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.desk import desk_of
from tests.factories.gym import gym
from tests.factories.visitor import Visitor

TYPED = {
    "first_name": "Anna <b>",
    "last_name": "de Vries",
    "cards": "47110815",
    "pin": "0815471",
    "value": "9988776",
    "secret": "s3sam",
}
SECRETS = ("47110815", "0815471", "9988776", "s3sam")


@pytest.mark.django_db
@pytest.mark.requirement("W-02", mutation="a form without a session led to the sign-in without a word")
@pytest.mark.requirement("D-05", mutation="all fields shown, cards and PINs among them")
def test_form_without_a_session_tells_what_was_not_saved() -> None:
    world.company()
    answer = Visitor().post("/people/add/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "What you filled in was not saved" in page
    assert "<dd>Anna &lt;b&gt;</dd>" in page
    assert "<dd>de Vries</dd>" in page
    assert 'target="_blank"' in page
    assert not any(secret in page for secret in SECRETS)


@pytest.mark.django_db
def test_form_of_another_session_tells_so_too() -> None:
    club = gym()
    answer = desk_of(club).post("/people/add/", {**TYPED, "session": "x", "proof": "x"})
    page = answer.content.decode()
    assert (answer.status_code, "<dd>de Vries</dd>" in page) == (409, True)
    assert not any(secret in page for secret in SECRETS)
    with scope(company=club.company):
        assert not User.objects.filter(last_name="de Vries").exists()


@pytest.mark.django_db
def test_form_with_secrets_alone_is_told_not_to_be_saved() -> None:
    world.company()
    page = Visitor().post("/people/add/", {"value": "9988776"}).content.decode()
    assert "What you filled in was not saved" in page
    assert "9988776" not in page


@pytest.mark.django_db
def test_form_in_which_nothing_was_typed_leads_to_the_sign_in() -> None:
    world.company()
    answer = Visitor().post("/people/add/", {"session": "x", "proof": "x"})
    assert "What you filled in" not in answer.content.decode()
