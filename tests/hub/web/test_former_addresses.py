"""Addresses of the software that ESWS comes from lead to our pages, and open nothing by themselves."""

from __future__ import annotations

import pytest
from django.urls import resolve

from doorsync.hub.web.former_addresses import PLACES
from tests.factories.visitor import Visitor


@pytest.mark.django_db
@pytest.mark.parametrize("words", PLACES)
def test_former_address_leads_to_a_page_that_asks_who_one_is(words: str) -> None:
    for address in (f"/{words}", f"/{words}/"):
        answer = Visitor().get(address)
        assert answer.status_code == 303
        page = resolve(answer["Location"]).func
        assert getattr(page, "full_only", False) or answer["Location"] == "/sign-in/"
