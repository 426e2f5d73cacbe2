"""The headers that every answer carries: a stored text never adds a rule of its own to the policy."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from doorsync.hub.entry.response_headers import add_headers

REQUESTS = RequestFactory()


def headers(path: str = "/", frames: list[str] | None = None, connect_to: list[str] | None = None) -> HttpResponse:
    response = HttpResponse()
    add_headers(REQUESTS.get(path), response, frames or [], connect_to or [])
    return response


def policy(response: HttpResponse) -> dict[str, list[str]]:
    return {name: values for name, *values in (rule.split() for rule in response["Content-Security-Policy"].split(";"))}


def test_nobody_frames_a_page_unless_the_company_says_so() -> None:
    assert (policy(headers())["frame-ancestors"], headers()["X-Frame-Options"]) == (["'none'"], "DENY")
    framed = headers(frames=["https://desk.example.com"])
    assert policy(framed)["frame-ancestors"] == ["https://desk.example.com"]
    assert "X-Frame-Options" not in framed


@pytest.mark.parametrize(
    "text",
    ["https://a.example; script-src *", "*", "https://*", "data:", "https://a.example/path", "https://a.example *", "'self'", ""],
)
def test_what_is_no_origin_adds_nothing(text: str) -> None:
    assert policy(headers(frames=[text], connect_to=[text])) == policy(headers())


def test_scripts_and_styles_come_from_the_hub_only() -> None:
    rules = policy(headers(connect_to=["http://192.168.1.20:8090"]))
    assert (rules["default-src"], rules["script-src"], rules["style-src"]) == (["'none'"], ["'self'"], ["'self'"])
    assert rules["connect-src"] == ["'self'", "http://192.168.1.20:8090"]


@pytest.mark.parametrize(("path", "told"), [("/users/totalSyncUsersLogin/abc", "strict-origin"), ("/people/", "same-origin")])
def test_an_address_with_a_token_is_told_to_nobody(path: str, told: str) -> None:
    assert headers(path)["Referrer-Policy"] == told
    assert headers(path)["Cache-Control"] == "no-store"


def test_what_a_page_says_itself_stays() -> None:
    response = HttpResponse(headers={"Cache-Control": "max-age=60"})
    add_headers(REQUESTS.get("/"), response, [], [])
    assert response["Cache-Control"] == "max-age=60"
