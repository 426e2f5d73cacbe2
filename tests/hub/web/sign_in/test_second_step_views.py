from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django_scopes import scopes_disabled
from fido2.utils import websafe_decode

from doorsync.hub.administrators import actions, second_factor
from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.actions import change_company
from tests.factories import world
from tests.factories.passkeys import Device, with_passkey
from tests.factories.second_factors import App, with_app
from tests.factories.visitor import Visitor, session_of, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.factories.open_pages")]
NOON = datetime(2026, 11, 27, 12, 0, 5, tzinfo=UTC)
CODE = "/sign-in/code/"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def alice(db: None, clock: time_machine.Traveller) -> Administrator:
    return world.administrator(world.company(slug="alice-gym"))


@pytest.fixture
def app(alice: Administrator) -> App:
    return with_app(alice)[0]


def halfway(next_page: str = "") -> Visitor:
    """Somebody who gave the right password."""
    visitor = Visitor()
    fields = {"company": "alice-gym", "username": "username", "password": "passwrod", "next": next_page}
    assert visitor.post("/sign-in/", fields)["Location"].startswith(CODE)
    return visitor


def sessions() -> int:
    with scopes_disabled():
        return Session.objects.count()


def test_right_password_opens_nothing_before_the_code(alice: Administrator, app: App) -> None:
    visitor = halfway()
    assert sessions() == 0
    assert visitor.get("/people/")["Location"].startswith("/sign-in/")
    page = visitor.get(CODE).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    answer = visitor.post(CODE, {"code": app.code()})
    assert answer["Location"].startswith("/sync/?s=")
    assert visitor.get("/people/").status_code == 200
    assert visitor.client.cookies["second-step"].value == ""
    with scopes_disabled():
        assert [entry.event for entry in Entry.objects.order_by("number")] == ["second-factor.on", "sign-in.ok"]


def test_each_tab_keeps_the_page_that_it_wanted(alice: Administrator, app: App) -> None:
    visitor = halfway("/people/?state=suspended")
    page = visitor.get(f"{CODE}?next=%2Fpeople%2F%3Fstate%3Dsuspended")
    assert visitor.fields(page) == {"next": "/people/?state=suspended"}
    assert 'href="/sign-in/?next=%2Fpeople%2F%3Fstate%3Dsuspended"' in page.content.decode()
    again = visitor.post(CODE, {**visitor.fields(page), "code": app.wrong_code()})
    assert again.status_code == 422
    assert visitor.fields(again) == {"next": "/people/?state=suspended"}
    assert visitor.post(CODE, {**visitor.fields(again), "code": app.code()})["Location"] == "/people/?state=suspended"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_second_step_leads_to_no_other_site(alice: Administrator, app: App, wanted: str) -> None:
    assert halfway(wanted).post(CODE, {"next": wanted, "code": app.code()})["Location"].startswith("/sync/?s=")


def test_wrong_code_is_said_and_not_shown_again(alice: Administrator, app: App) -> None:
    wrong = app.wrong_code()
    answer = halfway().post(CODE, {"code": wrong})
    text = answer.content.decode()
    assert (answer.status_code, "This code is wrong" in text, wrong in text) == (422, True, False)
    assert sessions() == 0
    assert halfway().post(CODE, {"code": ""}).status_code == 422
    assert halfway().post(CODE, {"code": "1" * 41}).status_code == 422


def test_too_many_wrong_codes_are_told_when_to_try_again(alice: Administrator, app: App) -> None:
    visitor = halfway()
    for _ in range(10):
        assert visitor.post(CODE, {"code": app.wrong_code()}).status_code == 422
    answer = visitor.post(CODE, {"code": app.code()})
    assert (answer.status_code, "Try again in 15 minutes" in answer.content.decode()) == (429, True)
    assert 0 < int(answer["Retry-After"]) <= 900
    assert sessions() == 0


def test_code_without_a_password_opens_nothing(alice: Administrator, app: App) -> None:
    visitor = Visitor()
    assert visitor.get(f"{CODE}?next=%2Fpeople%2F")["Location"] == "/sign-in/?next=%2Fpeople%2F"
    visitor.client.cookies["second-step"] = f"{alice.pk}.{alice.version}"
    answer = visitor.post(CODE, {"code": app.code(), "next": "/people/"})
    assert (answer.status_code, sessions()) == (422, 0)
    assert "Sign in again." in answer.content.decode()
    assert visitor.fields(answer) == {"next": "/people/"}


@pytest.mark.parametrize("what", ["late", "clock", "password", "disabled", "reset", "renewed"])
def test_password_counts_for_ten_minutes_and_until_something_changes(
    alice: Administrator, app: App, clock: time_machine.Traveller, what: str
) -> None:
    visitor, actor = halfway(), Actor(company_id=alice.company_id, via="command-line")
    match what:
        case "late":
            clock.shift(timedelta(minutes=10, seconds=1))
        case "clock":
            clock.shift(timedelta(days=-1))
        case "password":
            actions.change_password(administrator=alice, password="another password", actor=actor)
        case "disabled":
            actions.change_rights(administrator=alice, active=False, actor=actor)
        case "reset":
            second_factor.reset_factor(administrator=alice, actor=actor)
        case _:
            second_factor.turn_off(administrator=alice, actor=actor)
    answer = visitor.post(CODE, {"code": app.code()})
    assert (answer.status_code, sessions()) == (422, 0)
    assert "Sign in again." in answer.content.decode()


@pytest.mark.requirement("T-13", mutation="no check of Origin at the second step")
def test_second_step_needs_our_own_origin(alice: Administrator, app: App) -> None:
    visitor = halfway()
    visitor.origin = "https://evil.example"
    assert visitor.post(CODE, {"code": app.code()}).status_code == 403
    assert sessions() == 0


def test_programs_and_their_links_need_no_code(alice: Administrator, app: App) -> None:
    visitor = Visitor()
    assert session_of(visitor.sign_in(token_for(alice)))
    found = actions.authenticate(company=alice.company, username="username", password="passwrod", address="192.0.2.1")
    assert found == alice


def passkey_answer(visitor: Visitor, device: Device) -> str:
    """What the script of the second step sends."""
    options = json.loads(visitor.post(f"{CODE}challenge/").content)
    assert [websafe_decode(each["id"]) for each in options["allowCredentials"]] == [device.credential_id]
    return device.use(websafe_decode(options["challenge"]))


def demand(alice: Administrator) -> None:
    actor = Actor(company_id=alice.company_id, via="command-line")
    change_company(company=alice.company, actor=actor, demands_second_factor=True)


def test_passkey_follows_the_password_where_a_factor_is_demanded(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    demand(alice)
    visitor = halfway("/people/")
    page = visitor.get(CODE).content.decode()
    assert "one-time-code" not in page
    assert "Use your passkey" in page
    assert sessions() == 0
    assert visitor.post(CODE, {"code": "123456"}).status_code == 422
    assert visitor.post(CODE).status_code == 422
    answer = visitor.post(CODE, {"passkey": passkey_answer(visitor, device), "next": "/people/"})
    assert answer["Location"] == "/people/"
    assert visitor.get("/people/").status_code == 200


def test_passkey_alone_follows_no_password_where_none_is_demanded(alice: Administrator) -> None:
    with_passkey(alice)
    assert Visitor().sign_in_fully("alice-gym")["Location"].startswith("/sync/")


@pytest.mark.requirement("S-06", mutation="use_passkey without only")
def test_second_step_takes_no_passkey_of_somebody_else_and_none_of_the_sign_in_page(alice: Administrator, app: App) -> None:
    device, _ = with_passkey(alice)
    bob, _ = with_passkey(world.administrator(alice.company, username="bob"))
    visitor = halfway()
    options = json.loads(visitor.post(f"{CODE}challenge/").content)
    assert visitor.post(CODE, {"passkey": bob.use(websafe_decode(options["challenge"]))}).status_code == 422
    options = json.loads(visitor.post("/sign-in/passkey/challenge/").content)
    assert visitor.post(CODE, {"passkey": device.use(websafe_decode(options["challenge"]))}).status_code == 422
    assert sessions() == 0
    assert visitor.post(CODE, {"passkey": passkey_answer(visitor, device)})["Location"].startswith("/sync/")


def test_challenge_of_the_second_step_is_for_whoever_gave_the_password(alice: Administrator) -> None:
    with_passkey(alice)
    demand(alice)
    assert Visitor().post(f"{CODE}challenge/").status_code == 403
    assert halfway().post(f"{CODE}challenge/", origin="https://evil.example.com").status_code == 403


def test_second_step_begins_again_when_nothing_is_owed_any_more(alice: Administrator, app: App) -> None:
    visitor = halfway()
    second_factor.turn_off(administrator=alice, actor=Actor(company_id=alice.company_id, via="command-line"))
    assert visitor.get(CODE)["Location"] == "/sign-in/"
