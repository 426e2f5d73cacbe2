from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from doorsync.hub.administrators import actions, passkey_challenges
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from tests.factories import world
from tests.factories.passkeys import Device, with_passkey
from tests.factories.visitor import Visitor


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company())


def challenge_of(visitor: Visitor) -> bytes:
    assert visitor.post("/sign-in/passkey/challenge/").status_code == 200
    return passkey_challenges.open_challenge({"passkey": visitor.client.cookies["passkey"].value}, passkey_challenges.SIGN_IN)


def use(visitor: Visitor, device: Device, wanted: str = "") -> HttpResponse:
    return visitor.post("/sign-in/passkey/", {"passkey": device.use(challenge_of(visitor)), "next": wanted})


def test_passkey_opens_a_session_and_leads_to_what_was_wanted(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    visitor = Visitor()
    assert use(visitor, device, "/people/?state=suspended")["Location"] == "/people/?state=suspended"
    assert visitor.client.cookies["passkey"].value == ""
    page = visitor.get("/account/").content.decode()
    assert "a passkey" in page
    assert "your password</td>" not in page
    assert use(Visitor(), device, "https://evil.example.com")["Location"].startswith("/sync/?s=")


def test_refusals_look_alike(alice: Administrator) -> None:
    bob = world.administrator(alice.company, username="bob")
    disabled, _ = with_passkey(bob)
    boss = Actor(company_id=alice.company_id, via="command-line")
    actions.change_rights(administrator=bob, active=False, actor=boss)
    forged, _ = with_passkey(alice)
    forged.origin = "https://evil.example.com"
    used, _ = with_passkey(alice)
    visitor = Visitor()
    answer = used.use(challenge_of(visitor))
    spent = visitor.client.cookies["passkey"].value
    assert visitor.post("/sign-in/passkey/", {"passkey": answer}).status_code == 303
    again = Visitor()
    again.client.cookies["passkey"] = spent
    refused = [
        use(Visitor(), disabled),
        use(Visitor(), forged),
        use(Visitor(), Device(handle=b"unknown")),
        again.post("/sign-in/passkey/", {"passkey": answer}),
        Visitor().post("/sign-in/passkey/", {"passkey": "{"}),
        Visitor().post("/sign-in/passkey/"),
    ]
    assert {each.status_code for each in refused} == {422}
    assert len({each.content for each in refused}) == 1
    assert not any(each.cookies.get("doorsync") for each in refused)


def test_form_of_another_site_gets_no_challenge_and_signs_nobody_in(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    foreign = Visitor("https://evil.example.com")
    assert foreign.post("/sign-in/passkey/challenge/").status_code == 403
    visitor = Visitor()
    answer = device.use(challenge_of(visitor))
    assert visitor.post("/sign-in/passkey/", {"passkey": answer}, origin="https://evil.example.com").status_code == 403
    assert visitor.get("/sign-in/passkey/")["Location"] == "/sign-in/"
    assert visitor.post("/sign-in/passkey/", {"passkey": answer}).status_code == 303


def test_throttled_sign_in_says_when(alice: Administrator) -> None:
    answers = [use(Visitor(), Device(handle=b"x")) for _ in range(21)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_sign_in_page_offers_passkeys_where_they_can_work(db: None, setting: Callable[..., None]) -> None:
    assert b"Sign in with a passkey" in Visitor().get("/sign-in/").content
    setting(PUBLIC_URL="https://192.0.2.7")
    assert b"passkey" not in Visitor().get("/sign-in/").content
