from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.administrators import actions, cookies, sessions
from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from tests.factories import world
from tests.factories.visitor import Visitor, session_of, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.factories.open_pages")]
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company(slug="alice-gym"), username="alice")


@pytest.fixture
def bob(db: None) -> Administrator:
    return world.administrator(world.other_company(slug="bob-hotel"), username="bob")


def endings(of: Administrator) -> list[str]:
    with scopes_disabled():
        found = Entry.objects.filter(company_id=of.company_id, event="session.ended")
        return [entry.subject["reason"] for entry in found]


def opened(of: Administrator) -> tuple[Visitor, str]:
    visitor = Visitor()
    return visitor, f"/sync/?s={session_of(visitor.sign_in(token_for(of)))}"


def test_only_the_hash_of_the_cookie_is_kept(alice: Administrator) -> None:
    visitor, _ = opened(alice)
    (secret,) = visitor.sync_cookies.values()
    with scopes_disabled():
        (row,) = Session.objects.values()
    assert secret not in repr(row)
    assert bytes(row["digest"]) == sessions.hash_secret(secret)


@pytest.mark.requirement("T-10", mutation="IDLE of 16 minutes")
def test_a_session_ends_after_fifteen_idle_minutes(alice: Administrator) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        visitor, page = opened(alice)
        clock.shift(timedelta(minutes=15) - timedelta(seconds=1))
        assert visitor.get(page).status_code == 200
        clock.shift(timedelta(minutes=15))
        answer = visitor.get(page)
    assert answer.status_code == 403
    assert "Your session has ended" in answer.content.decode()
    assert endings(alice) == ["idle"]


@pytest.mark.requirement("T-10", mutation="no LONGEST in lapse")
def test_a_session_ends_after_an_hour_in_any_case(alice: Administrator) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        visitor, page = opened(alice)
        for _ in range(5):
            clock.shift(timedelta(minutes=10))
            assert visitor.get(page).status_code == 200
        clock.shift(timedelta(minutes=10))
        assert visitor.get(page).status_code == 403
    assert endings(alice) == ["over"]


@pytest.mark.requirement("T-07", mutation="no end_all and no version in lapse")
@pytest.mark.parametrize("kind", ["password", "active", "may_sync", "company"])
def test_a_session_ends_at_once_with_what_it_was_opened_by(alice: Administrator, kind: str) -> None:
    visitor, page = opened(alice)
    actor = Actor(company_id=alice.company_id)
    if kind == "password":
        actions.change_password(administrator=alice, password="another one", actor=actor)
    elif kind == "company":
        Company.objects.filter(pk=alice.company_id).update(active=False)
    else:
        actions.change_rights(administrator=alice, **{kind: False}, actor=actor)
    assert visitor.get(page).status_code == 403
    assert len(endings(alice)) == 1


def test_a_session_that_was_opened_on_older_rights_holds_no_more(alice: Administrator) -> None:
    """As one that is opened in the very moment in which all others are ended."""
    visitor, page = opened(alice)
    with scopes_disabled():
        Administrator.objects.filter(pk=alice.pk).update(version=alice.version + 1)
    assert visitor.get(page).status_code == 403
    assert endings(alice) == ["rights"]


@pytest.mark.requirement("T-10", mutation="the same cookie name for all sync sessions")
def test_two_companies_in_two_tabs_both_work_and_never_mix(alice: Administrator, bob: Administrator) -> None:
    visitor = Visitor()
    first, second = (f"/sync/?s={session_of(visitor.sign_in(token_for(one)))}" for one in (alice, bob))
    assert "sync alice-gym alice [alice]" in visitor.get(first).content.decode()
    assert "sync bob-hotel bob [bob]" in visitor.get(second).content.decode()
    assert "bob-hotel" in visitor.get("/sync/").content.decode()  # the newest, when a page names none


@pytest.mark.requirement("T-10", mutation="not comparing the form's session in the gate")
def test_a_form_of_one_tab_does_nothing_in_the_session_of_the_other(alice: Administrator, bob: Administrator) -> None:
    visitor = Visitor()
    first, second = (f"/sync/?s={session_of(visitor.sign_in(token_for(one)))}" for one in (alice, bob))
    of_alice = visitor.fields(visitor.get(first))
    assert visitor.post(second, of_alice).status_code == 409
    assert visitor.post(first, of_alice).status_code == 200
    visitor.client.cookies.pop(next(name for name in visitor.sync_cookies if of_alice["session"] in name))
    assert visitor.post("/sync/", of_alice).status_code == 409  # its session has gone, another one lives


@pytest.mark.requirement("T-10", mutation="ending the full session at the landing")
def test_a_link_for_bob_leaves_the_full_sign_in_of_alice_intact(alice: Administrator, bob: Administrator) -> None:
    visitor = Visitor()
    full = visitor.sign_in_fully("alice-gym", "alice")["Location"]
    before = visitor.client.cookies["doorsync"].value
    sync = visitor.sign_in(token_for(bob))["Location"]
    assert visitor.client.cookies["doorsync"].value == before
    assert "full alice-gym alice" in visitor.get(full).content.decode()
    assert "sync bob-hotel bob" in visitor.get(sync).content.decode()


@pytest.mark.requirement("T-10", mutation="the secret of the browser's full session taken again")
def test_ids_rotate_at_every_sign_in(alice: Administrator) -> None:
    visitor = Visitor()
    pairs = set()
    for _ in range(3):
        visitor.sign_in_fully("alice-gym", "alice")
        pairs.add(visitor.client.cookies["doorsync"].value)
        visitor.sign_in(token_for(alice))
    assert len(pairs) == 3
    assert len(set(visitor.sync_cookies.values())) == len(visitor.sync_cookies) == 3


@pytest.mark.requirement("T-10", mutation="the secret of the browser's full session taken again")
def test_a_planted_session_id_is_not_taken_over(alice: Administrator) -> None:
    planted = Visitor()
    planted.sign_in_fully("alice-gym", "alice")
    key = planted.client.cookies["doorsync"].value
    victim = Visitor()
    victim.client.cookies["doorsync"] = key
    victim.sign_in_fully("alice-gym", "alice")
    assert victim.client.cookies["doorsync"].value != key


def test_one_browser_keeps_three_sessions_and_the_oldest_ends(alice: Administrator) -> None:
    visitor = Visitor()
    pages = [f"/sync/?s={session_of(visitor.sign_in(token_for(alice)))}" for _ in range(4)]
    assert len(visitor.sync_cookies) == 3
    assert [visitor.get(page).status_code for page in pages] == [403, 200, 200, 200]
    assert endings(alice) == ["replaced"]


def test_a_cookie_under_another_public_id_opens_nothing(alice: Administrator, bob: Administrator) -> None:
    visitor, _ = opened(alice)
    (secret,) = visitor.sync_cookies.values()
    thief, page = opened(bob)
    thief.client.cookies[next(iter(thief.sync_cookies))] = secret
    assert thief.get(page).status_code == 403


def test_signing_out_ends_the_named_session_only(alice: Administrator, bob: Administrator) -> None:
    visitor = Visitor()
    first, second = (f"/sync/?s={session_of(visitor.sign_in(token_for(one)))}" for one in (alice, bob))
    visitor.sign_in_fully("alice-gym", "alice")
    answer = visitor.post("/sign-out/", visitor.fields(visitor.get(first)))
    assert (answer.status_code, answer["Location"]) == (303, first.replace("/sync/", "/signed-out/"))
    assert visitor.get(first).status_code == 403
    assert visitor.get(second).status_code == 200
    assert endings(alice) == ["sign-out"]


def test_signing_out_fully_forgets_the_ordinary_session(alice: Administrator) -> None:
    visitor = Visitor()
    page = visitor.sign_in_fully("alice-gym", "alice")["Location"]
    key = visitor.client.cookies["doorsync"].value
    assert visitor.post("/sign-out/", visitor.fields(visitor.get(page))).status_code == 303
    visitor.client.cookies["doorsync"] = key  # whoever kept a copy has nothing
    assert visitor.get("/sync/").status_code == 303
    assert endings(alice) == ["sign-out"]


@pytest.mark.requirement("T-07", mutation="FULL_LONGEST of 13 hours")
def test_a_full_sign_in_ends_with_a_new_password_and_after_twelve_hours(alice: Administrator) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        visitor = Visitor()
        page = visitor.sign_in_fully("alice-gym", "alice")["Location"]
        clock.shift(timedelta(hours=12) - timedelta(seconds=1))
        assert visitor.get(page).status_code == 200
        clock.shift(timedelta(seconds=2))
        assert visitor.get("/sync/").status_code == 303
        page = visitor.sign_in_fully("alice-gym", "alice")["Location"]
        actions.change_password(administrator=alice, password="another one", actor=Actor(company_id=alice.company_id))
        assert visitor.get("/sync/")["Location"] == "/sign-in/"


def test_only_the_hash_of_the_full_cookie_is_kept(alice: Administrator) -> None:
    visitor = Visitor()
    visitor.sign_in_fully("alice-gym", "alice")
    secret = visitor.client.cookies["doorsync"].value
    with scopes_disabled():
        (row,) = Session.objects.values()
    assert secret not in repr(row)
    assert bytes(row["digest"]) == sessions.hash_secret(secret)


@pytest.mark.requirement("T-10", mutation="no token=None in held_fully, and no token__isnull in held")
def test_secret_of_one_kind_opens_nothing_in_the_cookie_of_the_other(alice: Administrator) -> None:
    narrow, _ = opened(alice)
    (secret,) = narrow.sync_cookies.values()
    thief = Visitor()
    thief.client.cookies["doorsync"] = secret
    assert thief.get("/sync/")["Location"] == "/sign-in/"

    full = Visitor()
    public_id = full.sign_in_fully("alice-gym", "alice")["Location"].removeprefix("/sync/?s=")
    framed = Visitor()
    framed.client.cookies[f"sync-{public_id}"] = full.client.cookies["doorsync"].value
    assert framed.get(f"/sync/?s={public_id}").status_code == 403


def test_full_sign_in_ends_the_one_that_this_browser_had(alice: Administrator, bob: Administrator) -> None:
    visitor = Visitor()
    visitor.sign_in_fully("alice-gym", "alice")
    copied = Visitor()
    copied.client.cookies["doorsync"] = visitor.client.cookies["doorsync"].value
    assert copied.get("/sync/").status_code == 200
    visitor.sign_in_fully("bob-hotel", "bob")
    assert copied.get("/sync/")["Location"] == "/sign-in/"
    assert endings(alice) == ["replaced"]
    assert "full bob-hotel bob" in visitor.get("/sync/").content.decode()


@pytest.mark.requirement("T-07", mutation="no end_all and no version in lapse")
@pytest.mark.parametrize("kind", ["password", "active", "company"])
def test_full_session_ends_at_once_with_what_it_was_opened_by(alice: Administrator, kind: str) -> None:
    visitor = Visitor()
    page = visitor.sign_in_fully("alice-gym", "alice")["Location"]
    actor = Actor(company_id=alice.company_id)
    if kind == "password":
        actions.change_password(administrator=alice, password="another one", actor=actor)
    elif kind == "company":
        Company.objects.filter(pk=alice.company_id).update(active=False)
    else:
        actions.change_rights(administrator=alice, active=False, actor=actor)
    assert visitor.get(page).status_code == 403
    assert len(endings(alice)) == 1


def test_cookie_of_a_full_session_is_for_this_host_alone_and_no_script(
    alice: Administrator, setting: Callable[..., None]
) -> None:
    setting(PUBLIC_URL="https://doors.example.com")
    response = HttpResponse()
    cookies.put_full(response, "secret", 60)
    assert str(response.cookies["__Host-doorsync"]).partition("; ")[2].split("; ") == [
        *[
            f"expires={response.cookies['__Host-doorsync']['expires']}",
            "HttpOnly",
            "Max-Age=60",
            "Path=/",
            "SameSite=Lax",
            "Secure",
        ]
    ]


def test_old_full_sessions_are_forgotten(alice: Administrator) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(2):
            Visitor().sign_in_fully("alice-gym", "alice")
            clock.shift(timedelta(days=16))
        Visitor().sign_in_fully("alice-gym", "alice")
    with scopes_disabled():
        assert Session.objects.count() == 2
