"""Which origins and addresses of programs a company file may name."""

from __future__ import annotations

import pytest

from doorsync.hub.imports.web_addresses import checked_address, origin_of


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://desk.example.com", "https://desk.example.com"),
        ("https://desk.example.com/", "https://desk.example.com"),
        ("http://10.0.0.7:8080", "http://10.0.0.7:8080"),
        ("https://[fd00::7]:8443", "https://[fd00::7]:8443"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_origin_is_scheme_host_and_port(text: str, origin: str) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "https://*.example.com",
        "*",
        "https://desk.example.com/path",
        "https://desk.example.com?x",
        "https://name:geheim@desk.example.com",
        "https://desk.example.com@evil.example",
        "https://desk.example.com evil.example",
        "https://desk.example.com;script-src *",
        "https://desk.example.com:99999",
        "https://bücher.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write an origin"):
        origin_of(text)


def test_address_keeps_its_path_and_has_no_user_or_other_scheme() -> None:
    assert checked_address("https://desk.example.com/back?x=1") == "https://desk.example.com/back?x=1"
    for wrong in ("javascript:alert(1)", "//evil.example", "https://a@evil.example", "data:text/html,x"):
        with pytest.raises(ValueError, match="Write an address"):
            checked_address(wrong)
