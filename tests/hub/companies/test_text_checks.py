"""A text that no database keeps is refused by both alike, wherever it comes from."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client
from django_scopes import scope

from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.text_checks import NotStorable
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.visitor import Visitor, token_for

pytestmark = pytest.mark.django_db
BAD = ["a\0b", "\0", "a\ud800", "\udfff"]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.requirement("D-04", mutation="only the first parameter of a statement is looked at")
def test_text_that_no_database_keeps_is_refused_on_every_way_in(text: str) -> None:
    company = world.company()
    with scope(company=company):
        for way in (
            lambda: Location.objects.create(company=company, name=text),
            lambda: Location.objects.bulk_create([Location(company=company, name="fine"), Location(company=company, name=text)]),
            lambda: User.objects.filter(last_name=text).exists(),
            lambda: Company.objects.filter(pk=company.pk).update(name=text),
            lambda: connection.cursor().executemany("SELECT %s", [("fine",), (text,)]),
        ):
            with pytest.raises(NotStorable), transaction.atomic():
                way()
        assert not Location.objects.exists()


def test_ordinary_texts_pass() -> None:
    company = world.company(name="Ōta 👩‍🔧\n\t", frame_origins=["https://ö.example"])
    company.refresh_from_db()
    assert company.name == "Ōta 👩‍🔧\n\t"


@pytest.mark.parametrize(
    "address",
    ["/users/totalSyncUserLogin/a%00b", "/sync/start/%00", "/%00", "/sync/?s=%00", "/users/totalSyncUserLogin/%ED%A0%80"],
)
def test_address_with_nul_is_no_error_of_ours(client: Client, address: str) -> None:
    assert client.get(address).status_code < 500


@pytest.mark.parametrize("path", ["/sign-in/", "/users/signIn", "/sync/"])
def test_form_with_nul_is_no_error_of_ours(client: Client, path: str) -> None:
    fields = {"username": "a\0b", "password": "c\0d", "company": "x\0", "q": "\0"}
    assert client.post(path, fields).status_code < 500


def test_signed_in_administrator_who_sends_nul_gets_no_error_of_ours() -> None:
    visitor = Visitor()
    visitor.sign_in(token_for(world.administrator(world.company())))
    for address in ("/sync/find/?q=%00", "/sync/people/?q=%00&state=%00", "/sync/runs/%00/", "/sync/?return=%00"):
        assert visitor.get(address).status_code < 500, address
    for address in ("/sync/find/", "/sync/filter/", "/sync/runs/"):
        wrong = {"q": "\0", "mode": "\0", "return": "\0", "locations": "\0", "typed": "\0"}
        assert visitor.post(address, wrong).status_code < 500, address
    assert visitor.get("/sync/find/?q=%00").status_code == 400
