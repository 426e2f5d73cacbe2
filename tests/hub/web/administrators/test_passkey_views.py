from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django_scopes import scopes_disabled
from fido2.utils import websafe_decode

from doorsync.hub.administrators import passkey_challenges
from doorsync.hub.administrators.models import Administrator, Passkey, Session
from doorsync.hub.audit.models import Entry
from tests.factories import world
from tests.factories.passkeys import Device, with_passkey
from tests.factories.second_factors import with_app
from tests.factories.visitor import Visitor

PASSWORD = {"present": "passwrod"}
ADD, MAKE = "/account/passkeys/add/", "/account/passkeys/make/"


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company())


def signed_in(administrator: Administrator) -> Visitor:
    visitor = Visitor()
    assert visitor.sign_in_fully(administrator.company.slug, administrator.username).status_code == 303
    return visitor


def proof(visitor: Visitor, device: Device) -> dict[str, str]:
    """One of their passkeys, used as a proof."""
    options = visitor.post("/account/passkeys/challenge/", visitor.fields(visitor.get("/account/"))).content
    return {"passkey": device.use(websafe_decode(json.loads(options)["challenge"]))}


def send(visitor: Visitor, address: str, fields: dict[str, str]) -> HttpResponse:
    return visitor.post(address, {**visitor.fields(visitor.get("/account/")), **fields})


def options_of(page: HttpResponse) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page.content.decode())
    assert found
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def make(visitor: Visitor, device: Device, name: str = "Blue phone") -> HttpResponse:
    options = options_of(visitor.get(MAKE))
    device.handle = websafe_decode(options["user"]["id"])
    answer = device.make(websafe_decode(options["challenge"]))
    return send(visitor, MAKE, {"name": name, "passkey": answer})


def kept() -> list[str]:
    with scopes_disabled():
        return [each.name for each in Passkey.objects.order_by("pk")]


def test_passkey_is_made_after_the_password(alice: Administrator) -> None:
    visitor, elsewhere = signed_in(alice), signed_in(alice)
    assert visitor.get(MAKE)["Location"] == ADD
    assert send(visitor, ADD, {"present": "wrong"}).status_code == 422
    assert visitor.get(MAKE)["Location"] == ADD
    assert send(visitor, ADD, PASSWORD)["Location"] == MAKE
    assert make(visitor, Device(), name=" ").status_code == 422
    assert make(visitor, device := Device())["Location"] == "/account/"
    assert kept() == ["Blue phone"]
    assert visitor.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 303, "other sign-ins end"
    with scopes_disabled():
        assert Session.objects.get(ended_at=None).by_passkey
        assert Entry.objects.filter(event="passkey.added").count() == 1
    assert visitor.get(MAKE)["Location"] == ADD, "the proof was used up"
    assert send(visitor, ADD, proof(visitor, device))["Location"] == MAKE
    others = options_of(visitor.get(MAKE))["excludeCredentials"]
    assert [websafe_decode(each["id"]) for each in others] == [device.credential_id]


@pytest.mark.requirement("S-06", mutation="gave_proof without the code")
def test_password_alone_is_no_proof_where_a_code_is_asked_for(alice: Administrator) -> None:
    _, codes = with_app(alice)
    visitor = Visitor()
    visitor.sign_in_fully(alice.company.slug)
    assert visitor.post("/sign-in/code/", {"code": codes[0]}).status_code == 303
    assert send(visitor, ADD, PASSWORD).status_code == 422
    assert send(visitor, ADD, {**PASSWORD, "code": "12345678"}).status_code == 422
    assert send(visitor, ADD, {**PASSWORD, "code": codes[1]})["Location"] == MAKE


def test_proof_of_another_session_makes_nothing(alice: Administrator) -> None:
    visitor, other = signed_in(alice), signed_in(alice)
    send(visitor, ADD, PASSWORD)
    other.client.cookies["passkey"] = visitor.client.cookies["passkey"].value
    assert other.get(MAKE)["Location"] == ADD


def test_answer_for_another_challenge_makes_nothing(alice: Administrator) -> None:
    visitor = signed_in(alice)
    send(visitor, ADD, PASSWORD)
    other, _ = passkey_challenges.new_challenge("make")
    assert send(visitor, MAKE, {"name": "x", "passkey": Device().make(other)}).status_code == 303
    assert kept() == []
    assert "That passkey was not accepted" in visitor.get("/account/").content.decode()


def test_remove_asks_for_a_proof(alice: Administrator) -> None:
    device, passkey = with_passkey(alice)
    _, second = with_passkey(alice)
    bob = world.administrator(alice.company, username="bob")
    of_bob, _ = with_passkey(bob, name="Bob's")
    visitor = signed_in(alice)
    address = f"/account/passkeys/{passkey.pk}/remove/"
    for wrong in ({}, {"present": "wrong"}, {"passkey": "{}"}, proof(visitor, of_bob)):
        assert send(visitor, address, wrong).status_code == 422
    used = proof(visitor, device)
    assert send(visitor, address, used).status_code == 303
    assert send(visitor, f"/account/passkeys/{second.pk}/remove/", used).status_code == 422, "a proof is used once"
    assert visitor.get("/account/").status_code == 200
    assert send(visitor, f"/account/passkeys/{second.pk}/remove/", PASSWORD).status_code == 303
    assert kept() == ["Bob's"]


def test_challenge_of_the_sign_in_page_is_no_proof(alice: Administrator) -> None:
    device, passkey = with_passkey(alice)
    visitor = signed_in(alice)
    visitor.post("/sign-in/passkey/challenge/")
    given = visitor.client.cookies["passkey"].value
    answer = device.use(passkey_challenges.open_challenge({"passkey": given}, passkey_challenges.SIGN_IN))
    assert send(visitor, f"/account/passkeys/{passkey.pk}/remove/", {"passkey": answer}).status_code == 422


def test_rename(alice: Administrator) -> None:
    _, passkey = with_passkey(alice)
    visitor = signed_in(alice)
    assert send(visitor, f"/account/passkeys/{passkey.pk}/name/", {"name": ""}).status_code == 422
    assert send(visitor, f"/account/passkeys/{passkey.pk}/name/", {"name": "Red <phone>"}).status_code == 303
    assert kept() == ["Red <phone>"]
    assert "Red &lt;phone&gt;" in visitor.get("/account/").content.decode()


@pytest.mark.parametrize("what", ["name", "remove"])
def test_passkeys_of_others_do_not_exist(alice: Administrator, what: str) -> None:
    bob = world.administrator(alice.company, username="bob")
    _, passkey = with_passkey(bob)
    visitor = signed_in(alice)
    for number in (passkey.pk, 2**70):
        address = f"/account/passkeys/{number}/{what}/"
        assert visitor.get(address).status_code == 404
        assert send(visitor, address, {**PASSWORD, "name": "mine"}).status_code == 404


def test_owner_sees_who_has_one_and_resets_it(alice: Administrator) -> None:
    bob = world.administrator(alice.company, username="bob")
    with_passkey(bob)
    visitor = signed_in(alice)
    assert "with a passkey" in visitor.get("/administrators/").content.decode()
    assert "Reset the second factor" in visitor.get(f"/administrators/{bob.pk}/").content.decode()
    assert "Their passkeys stay." in visitor.get(f"/administrators/{bob.pk}/password/").content.decode()
    assert send(visitor, f"/administrators/{bob.pk}/second-factor/", {"word": "bob"}).status_code == 303
    assert kept() == []


def test_new_password_tells_that_passkeys_stay(alice: Administrator) -> None:
    with_passkey(alice)
    assert "Your passkeys stay" in signed_in(alice).get("/account/password/").content.decode()
