"""Two terminals of one agent at one address, in whatever spelling, are refused by name; two may exchange theirs."""

from __future__ import annotations

import re

import pytest
from django_scopes import scope

from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.files.file_faults import FileFaults
from tests.hub.imports.conftest import GYM, Load

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("I-01", mutation="one_device_twice() finding nothing")
@pytest.mark.parametrize("address", ["127.0.0.1:1", " 127.0.0.1:01", "LOCALHOST:1", "127.0.0.1"])
def test_two_terminals_with_one_address_are_refused_by_name(load: Load, address: str) -> None:
    with pytest.raises(FileFaults, match="'Beach' and 'Front' have the same address"):
        load(GYM.replace("127.0.0.1:2", address))


def test_address_of_a_terminal_that_the_file_does_not_name_is_taken_too(load: Load) -> None:
    load()
    without_front = [line for line in GYM.splitlines() if "name: Front" not in line]
    file = "\n".join(without_front).replace("[Front, Beach]", "[Beach]").replace("127.0.0.1:2", "127.0.0.1:1")
    with pytest.raises(FileFaults, match="'Beach' and 'Front'"):
        load(file)


def test_two_terminals_may_exchange_their_addresses(load: Load) -> None:
    load()
    company = load(GYM.replace("0.1:1", "0.1:x").replace("0.1:2", "0.1:1").replace("0.1:x", "0.1:2")).company
    with scope(company=company):
        found = {terminal.name: terminal.address for terminal in Terminal.objects.all()}
    assert found == {"Front": "127.0.0.1:2", "Beach": "127.0.0.1:1"}


def test_address_is_told_without_the_password_in_it(load: Load) -> None:
    text = re.sub(r'address: "127.0.0.1:[12]"', 'address: "http://admin:sesam9@127.0.0.1:1"', GYM)

    with pytest.raises(FileFaults, match=r"have the same address, 127\.0\.0\.1:1,") as refused:
        load(text)

    assert "sesam9" not in str(refused.value)


@pytest.mark.requirement("D-04", mutation="wrong_addresses() finding nothing")
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:1", "club.yaml:[0-9]+: address: .* Write it like 127.0.0.1:4370"),
        ("a:b@127.0.0.1:1", "club.yaml:[0-9]+: address: .* no user name and no password"),
    ],
)
def test_address_that_cannot_be_right_is_refused_with_its_line(load: Load, address: str, told: str) -> None:
    with pytest.raises(FileFaults, match=told.replace("club.yaml", ".*")):
        load(GYM.replace("127.0.0.1:1", address))


def test_address_that_is_stored_is_taken_on(load: Load) -> None:
    company = load().company
    with scope(company=company):
        Terminal.objects.filter(name="Front").update(address="http://127.0.0.1:1", canonical_address="http://127.0.0.1:1")
    load(GYM.replace("127.0.0.1:1", "http://127.0.0.1:1"))
    with scope(company=company):
        assert Terminal.objects.get(name="Front").address == "http://127.0.0.1:1"
