from __future__ import annotations

import html
from ipaddress import IPv4Address

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.administrators import password_hashing, proxy_faults, sessions
from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.audit.models import Entry
from doorsync.hub.settings.config import config
from tests.factories import world
from tests.factories.visitor import Visitor, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.factories.open_pages")]


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company(slug="alice-gym"), username="Älice & <co>", password=" pass wörd ")


def events(of: Administrator) -> list[tuple[str, str]]:
    with scopes_disabled():
        return [(entry.event, entry.actor["via"]) for entry in Entry.objects.filter(company_id=of.company_id)]


def test_sign_in_leads_to_the_sync_page(alice: Administrator) -> None:
    visitor = Visitor()
    answer = visitor.sign_in_fully(" Alice-Gym ", "Älice & <co>", " pass wörd ")
    assert answer.status_code == 303
    assert "full alice-gym" in visitor.get(answer["Location"]).content.decode()
    assert visitor.get("/")["Location"] == "/overview/"
    assert events(alice) == [("sign-in.ok", "sign-in")]


def test_sign_in_leads_back_to_the_page_that_was_wanted(alice: Administrator) -> None:
    visitor = Visitor()
    wanted = visitor.get("/people/?state=suspended")["Location"]
    assert wanted == "/sign-in/?next=%2Fpeople%2F%3Fstate%3Dsuspended"
    fields = visitor.fields(visitor.get(wanted))
    answer = visitor.post("/sign-in/", {**fields, "company": "alice-gym", "username": alice.username, "password": " pass wörd "})
    assert answer["Location"] == "/people/?state=suspended"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "people/"]
)
def test_sign_in_leads_to_no_other_site(alice: Administrator, wanted: str) -> None:
    fields = {"company": "alice-gym", "username": alice.username, "password": " pass wörd ", "next": wanted}
    assert Visitor().post("/sign-in/", fields)["Location"].startswith("/sync/?s=")


@pytest.mark.parametrize(
    ("company", "username", "password"),
    [
        ("alice-gym", "Älice & <co>", "pass wörd"),
        ("alice-gym", "älice & <co>", " pass wörd "),
        ("alice-gym", "nobody", " pass wörd "),
        ("nobody", "Älice & <co>", " pass wörd "),
    ],
)
def test_sign_in_says_the_same_whatever_is_wrong(alice: Administrator, company: str, username: str, password: str) -> None:
    answer = Visitor().sign_in_fully(company, username, password)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Company, name and password do not belong together" in text
    assert password not in text
    assert "doorsync" not in answer.cookies


def test_a_failed_sign_in_is_in_the_audit(alice: Administrator) -> None:
    Visitor().sign_in_fully("alice-gym", "Älice & <co>", "wrong")
    assert events(alice) == [("sign-in.failed", "sign-in")]


@pytest.mark.parametrize("missing", ["company", "username", "password"])
def test_sign_in_names_what_is_missing(db: None, missing: str) -> None:
    fields = {"company": "a", "username": "b", "password": "c", missing: ""}
    answer = Visitor().post("/sign-in/", fields)
    assert answer.status_code == 422
    assert f'id="id_{missing}_error"' in answer.content.decode()


@pytest.mark.parametrize("odd", ["a\0b", "x" * 151, "\ud800"])
def test_sign_in_survives_odd_names(alice: Administrator, odd: str) -> None:
    fields = {"company": "alice-gym", "username": odd.encode("utf-8", "surrogatepass"), "password": "password"}
    assert Visitor().post("/sign-in/", fields).status_code == 422


def test_sign_in_says_when_to_try_again(alice: Administrator) -> None:
    for n in range(20):
        Visitor().client.post(
            "/sign-in/",
            {"company": "alice-gym", "username": "x", "password": "password"},
            headers={"origin": Visitor().origin, "host": "127.0.0.1"},
            REMOTE_ADDR=str(IPv4Address("192.0.2.0") + n),
        )
    answer = Visitor().sign_in_fully("alice-gym", "Älice & <co>", " pass wörd ")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 900
    assert "Try again in 15 minutes" in answer.content.decode()


def test_sign_in_says_that_the_hub_is_busy(alice: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    password_hashing.unknown_hash()
    monkeypatch.setattr(password_hashing, "PATIENCE", 0.01)
    with password_hashing.hashing_turn(), password_hashing.hashing_turn():
        answer = Visitor().sign_in_fully("alice-gym", "Älice & <co>", " pass wörd ")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert Visitor().sign_in_fully("alice-gym", "Älice & <co>", " pass wörd ").status_code == 303


@pytest.mark.requirement("T-13", mutation="no check of Origin at sign-in")
def test_sign_in_needs_our_own_origin(alice: Administrator) -> None:
    answer = Visitor(origin="https://evil.example").sign_in_fully("alice-gym", "Älice & <co>", " pass wörd ")
    assert answer.status_code == 403
    assert "doorsync" not in answer.cookies


def test_signing_out_without_a_session_is_calm(db: None) -> None:
    visitor = Visitor()
    assert visitor.get("/signed-out/").status_code == 200
    assert visitor.post("/sign-out/")["Location"] == "/sign-in/"
    assert visitor.get("/sign-out/").status_code == 405
    assert visitor.get("/sync/start/")["Location"] == "/"


def test_a_browser_without_the_cookie_of_a_fresh_session_is_told_so(
    alice: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_faults, "_told", {})
    for signed_in in (Visitor().sign_in(token_for(alice)), Visitor().sign_in_fully("alice-gym", alice.username, " pass wörd ")):
        answer = Visitor().get(signed_in["Location"])  # as behind a proxy that takes cookies out
        assert answer.status_code == 403
        text = answer.content.decode()
        assert "The cookie of your session is missing" in text
        assert "has ended" not in text
    assert any("takes out Set-Cookie or Cookie" in each for each in proxy_faults.recent_faults())


def test_a_session_that_is_not_fresh_or_not_there_is_over_without_a_cookie(alice: Administrator) -> None:
    wanted = Visitor().sign_in(token_for(alice))["Location"]
    with scopes_disabled():
        Session.objects.update(opened_at=timezone.now() - sessions.JUST_OPENED)
    for address in (wanted, "/sync/?s=nobody"):
        text = Visitor().get(address).content.decode()
        assert "Your session has ended" in text
        assert "cookie" not in text


def test_the_address_of_a_full_session_opens_in_ones_own(alice: Administrator) -> None:
    """Addresses are sent to colleagues and kept as bookmarks; they name the session that they were seen in."""
    colleague = world.administrator(alice.company, username="colleague", password="another password")
    visitor, framed = Visitor(), Visitor()
    sent = Visitor().sign_in_fully("alice-gym", alice.username, " pass wörd ")["Location"] + "&mode=verify"
    visitor.sign_in_fully("alice-gym", colleague.username, "another password")
    assert visitor.get(sent)["Location"] == "/sync/?mode=verify"
    assert "full alice-gym" in visitor.get("/sync/?mode=verify").content.decode()
    framed.sign_in(token_for(colleague))  # a sync session is for its own pages only
    assert framed.get(sent).status_code == 403
    script = visitor.client.get(sent, headers={"HX-Request": "true"})
    assert script.status_code == 403


def test_a_sync_session_that_ended_is_not_swapped_for_the_full_one(alice: Administrator) -> None:
    visitor = Visitor()
    visitor.sign_in_fully("alice-gym", alice.username, " pass wörd ")
    narrow = visitor.sign_in(token_for(world.administrator(alice.company, username="bob")))["Location"]
    with scopes_disabled():
        Session.objects.filter(token__isnull=False).update(opened_at=timezone.now() - sessions.LONGEST)
    answer = visitor.get(narrow)
    assert answer.status_code == 403
    text = html.unescape(answer.content.decode())
    assert "A session lasts an hour at most." in text
    assert f"as {alice}" in text
    assert '<a href="/sync/">Open the page as them</a>' in text


def test_a_browser_that_sends_its_full_session_loses_no_cookies(alice: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_faults, "_told", {})
    visitor = Visitor()
    visitor.sign_in_fully("alice-gym", alice.username, " pass wörd ")
    sent = Visitor().sign_in(token_for(alice))["Location"]  # a moment ago, in another browser
    before = proxy_faults.recent_faults()
    text = visitor.get(sent).content.decode()
    assert "This browser has no session of this page any more." in text
    assert "Open the page as them" in text
    assert proxy_faults.recent_faults() == before


@pytest.mark.parametrize(
    ("origin", "said"), [("null", "Referrer-Policy: no-referrer"), ("", "A proxy that takes them out of requests")]
)
def test_a_form_whose_origin_is_hidden_names_what_hides_it(alice: Administrator, origin: str, said: str) -> None:
    headers = {"origin": origin} if origin else {}
    answer = Client().post("/sign-in/", {}, headers={"host": config().origin.split("//")[1], **headers})
    assert answer.status_code == 403
    text = html.unescape(answer.content.decode())
    assert said in text
    assert text.count("A form came without") == 1
