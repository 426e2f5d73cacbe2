"""Where pages lead back to: only to addresses that the company registered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from doorsync.hub.companies.models import Company
from doorsync.hub.web.sync.page_links import return_address

KNOWN = "https://desk.example.com/back"


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        (KNOWN, KNOWN),
        ("", ""),
        (f"{KNOWN}/", ""),
        (f"{KNOWN}?next=https://evil.example", ""),
        ("https://evil.example/back", ""),
        ("javascript:alert(1)", ""),  # though it is registered
        ("//desk.example.com/back", ""),
    ],
)
def test_only_a_registered_address_on_the_web_is_returned_to(wanted: str, led: str) -> None:
    signed_in: Any = SimpleNamespace(company=Company(return_urls=[KNOWN, "javascript:alert(1)", "//desk.example.com/back"]))
    assert return_address(signed_in, wanted) == led
