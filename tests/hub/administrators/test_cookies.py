from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from doorsync.hub.administrators import cookies


@pytest.mark.requirement("T-10", mutation="no Secure on the sync cookie")
def test_over_tls_a_cookie_is_bound_to_the_host_and_works_in_a_frame(setting: Callable[..., None]) -> None:
    setting(PUBLIC_URL="https://hub.example")
    response = HttpResponse()
    cookies.put(response, "sync-abc", "secret", 3600)
    cookies.drop(response, "sync-old")
    given, dropped = (sorted(cookie.OutputString().split("; ")) for cookie in response.cookies.values())
    flags = ["HttpOnly", "Max-Age=3600", "Partitioned", "Path=/", "SameSite=None", "Secure"]
    assert given == sorted([*flags, "__Host-sync-abc=secret"])
    assert "__Host-sync-old=" in dropped[-1] or any(part.startswith("__Host-sync-old=") for part in dropped)
    assert {"Max-Age=0", "Partitioned", "Secure"} <= set(dropped)


def test_cookies_of_the_ordinary_sign_in_go_into_no_frame_of_another_site(setting: Callable[..., None]) -> None:
    setting(PUBLIC_URL="https://hub.example")
    response = HttpResponse()
    cookies.put_full(response, "secret", 60)
    cookies.put_second_step(response, "signed", 600)
    flags = {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}
    for given, named in zip(response.cookies.values(), ("__Host-doorsync=secret", "__Host-second-step=signed"), strict=True):
        assert flags | {named} <= set(given.OutputString().split("; "))


def test_over_plain_http_a_cookie_is_lax() -> None:
    response = HttpResponse()
    cookies.put(response, "sync-abc", "secret", 60)
    (given,) = (sorted(cookie.OutputString().split("; ")) for cookie in response.cookies.values())
    assert given == ["HttpOnly", "Max-Age=60", "Path=/", "SameSite=Lax", "sync-abc=secret"]


def test_cookies_of_another_shape_are_not_looked_at() -> None:
    secret = cookies.fresh_secret()
    browser = {"sync-a": secret, "sync-b": "short", "other": secret, "sync-c": secret[:-1] + " "}
    assert list(cookies.sync_secrets(browser)) == [("a", secret)]
    assert cookies.landing_secret({"landing": "x"}) == ""
