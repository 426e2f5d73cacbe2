from __future__ import annotations

import http.client

import pytest

from doorsync.hub.administrators.models import Administrator
from tests.factories import world
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.factories.visitor import LINK, Visitor, session_of, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.factories.open_pages")]


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company(slug="alice-gym"), username="alice")


@pytest.fixture
def visitor(alice: Administrator) -> Visitor:
    made = Visitor()
    session_of(made.sign_in(token_for(alice)))
    return made


def test_nobody_is_led_to_the_sign_in(db: None) -> None:
    answer = Visitor().get("/sync/")
    assert (answer.status_code, answer["Location"]) == (303, "/sign-in/")
    world.company()
    assert Visitor().get("/")["Location"] == "/sign-in/"


def test_a_script_without_a_session_gets_403(db: None) -> None:
    assert Visitor().get("/sync/", **{"HX-Request": "true"}).status_code == 403


@pytest.mark.requirement("T-09", mutation="needs_full_sign_in that lets sync sessions in")
def test_a_sync_session_finds_nothing_behind_the_full_gate(visitor: Visitor) -> None:
    assert visitor.get("/full/").status_code == 404
    full = visitor.sign_in_fully("alice-gym", "alice")["Location"].removeprefix("/sync/")
    assert visitor.get("/full/" + full).content == b"full"


@pytest.mark.requirement("T-13", mutation="not comparing the proof")
def test_a_form_needs_the_proof_of_its_session(visitor: Visitor) -> None:
    fields = visitor.fields(visitor.get("/sync/"))
    assert visitor.post("/sync/", fields).status_code == 200
    assert visitor.post("/sync/", {**fields, "proof": "0" * 64}).status_code == 403
    assert visitor.post("/sync/", {"session": fields["session"]}).status_code == 403
    assert visitor.post("/sync/", {"session": fields["session"], "proof": "ä"}).status_code == 403
    assert visitor.post("/sync/", {"proof": fields["proof"]}).status_code == 409


@pytest.mark.requirement("T-13", mutation="no check of Origin in the gate")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", "http://"])
def test_a_form_of_another_site_is_refused_even_with_the_proof(visitor: Visitor, origin: str) -> None:
    fields = visitor.fields(visitor.get("/sync/"))
    assert visitor.post("/sync/", fields, origin=origin).status_code == 403
    assert visitor.client.post("/sync/", fields, headers={"host": "127.0.0.1"}).status_code == 403  # none at all


def test_the_proof_of_another_session_proves_nothing(visitor: Visitor, alice: Administrator) -> None:
    mine = visitor.fields(visitor.get("/sync/"))
    other = Visitor()
    session_of(other.sign_in(token_for(alice)))
    theirs = other.fields(other.get("/sync/"))
    assert mine["proof"] != theirs["proof"]
    assert visitor.post("/sync/", {**mine, "proof": theirs["proof"]}).status_code == 403


def test_a_script_may_send_headers_in_place_of_fields(visitor: Visitor) -> None:
    fields = visitor.fields(visitor.get("/sync/"))
    headers = {"X-Session": fields["session"], "X-Proof": fields["proof"]}
    assert visitor.post("/sync/", {}, **headers).status_code == 200
    assert visitor.post("/sync/", {}, **{**headers, "X-Proof": "x"}).status_code == 403
    assert visitor.post("/sync/", {}, **{**headers, "X-Session": "x"}).status_code == 409


def test_a_view_that_waits_is_guarded_too(visitor: Visitor) -> None:
    assert visitor.get("/waiting/").content == b"sync"
    assert Visitor().get("/waiting/").status_code == 303


@pytest.mark.django_db(transaction=True)
def test_a_view_that_waits_is_guarded_under_asgi(hub: LiveHub) -> None:
    token = token_for(world.administrator(world.company(), username="alice"))

    def ask(method: str, address: str, cookie: str = "") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(hub.url.removeprefix("http://"), timeout=PATIENCE)
        connection.request(method, address, headers={"Origin": hub.url, "Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    assert ask("GET", "/waiting/").status == 303
    entered = ask("POST", ask("GET", LINK + token).headers["Location"])
    assert ask("GET", "/waiting/", entered.headers["Set-Cookie"].split(";")[0]).status == 200
