from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import world
from tests.factories.visitor import LINK, Visitor, session_of, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.factories.open_pages")]


def policy(answer: object) -> dict[str, list[str]]:
    rules = [rule.split() for rule in answer["Content-Security-Policy"].split("; ")]  # type: ignore[index]  # any response
    return {rule[0]: rule[1:] for rule in rules}


@pytest.mark.requirement("T-11", mutation="adding 'unsafe-inline' to script-src")
@pytest.mark.parametrize(
    "address", ["/", "/sign-in/", "/signed-out/", "/sync/", "/nowhere/", "/static/ui/css/base.css", LINK + "x"]
)
def test_every_answer_is_strict(db: None, address: str) -> None:
    answer = Visitor().get(address)
    assert policy(answer) == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    if answer.streaming:
        answer.close()  # a static file; the only answer that may be kept
    else:
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.requirement("T-11", mutation="same-origin everywhere")
def test_links_and_landings_tell_only_their_origin_on() -> None:
    visitor = Visitor()
    landing = visitor.follow(token_for(world.administrator(world.company())))
    assert visitor.get(LINK + "x")["Referrer-Policy"] == "strict-origin"
    assert visitor.get(landing)["Referrer-Policy"] == "strict-origin"
    answer = visitor.post(landing)
    assert answer["Referrer-Policy"] == "strict-origin"
    assert visitor.get(answer["Location"])["Referrer-Policy"] == "same-origin"
    assert visitor.get("/sign-in/")["Referrer-Policy"] == "same-origin"


@pytest.mark.requirement("T-11", mutation="style or script inside a page")
def test_pages_hold_no_script_and_no_style_of_their_own() -> None:
    visitor = Visitor()
    landing = visitor.follow(token_for(world.administrator(world.company())))
    for address in ("/sign-in/", "/signed-out/", landing, "/sync/start/x"):
        page = visitor.get(address).content.decode()
        assert not re.search(r"<style|style=|<script(?![^>]*\bsrc=)|\son\w+=|javascript:", page), address


@pytest.mark.requirement("T-11", mutation="frame_origins for every kind of sign-in")
def test_the_companys_pages_may_frame_sync_sessions_only() -> None:
    alice = world.administrator(world.company(slug="gym", frame_origins=["https://gym.example"]))
    visitor = Visitor()
    page = visitor.get(f"/sync/?s={session_of(visitor.sign_in(token_for(alice)))}")
    assert policy(page)["frame-ancestors"] == ["https://gym.example"]
    assert "X-Frame-Options" not in page
    full = Visitor()
    page = full.get(full.sign_in_fully("gym")["Location"])
    assert policy(page)["frame-ancestors"] == ["'none'"]


def test_a_view_may_name_what_its_page_fetches_from() -> None:
    visitor = Visitor()
    page = visitor.get(visitor.sign_in(token_for(world.administrator(world.company())))["Location"])
    assert policy(page)["connect-src"] == ["'self'", "http://192.0.2.7:8443"]


def test_an_error_is_strict_and_tells_nothing() -> None:
    client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert policy(answer)["default-src"] == ["'none'"]
    assert b"on purpose" not in answer.content


def test_browsers_are_told_to_stay_with_tls(setting: Callable[..., None]) -> None:
    assert "Strict-Transport-Security" not in Visitor().get("/sign-in/")
    setting(PUBLIC_URL="https://127.0.0.1")
    assert "max-age=31536000" in Visitor().get("/sign-in/")["Strict-Transport-Security"]


def test_a_request_keeps_to_its_company() -> None:
    world.administrator(world.other_company(), username="bob")
    visitor = Visitor()
    page = visitor.get(visitor.sign_in(token_for(world.administrator(world.company(), username="alice")))["Location"])
    assert "[alice]" in page.content.decode()
