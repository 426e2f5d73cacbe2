from __future__ import annotations

import unicodedata

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from doorsync.hub.administrators import actions, errors, password_hashing
from doorsync.hub.administrators.models import Administrator, Attempts
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from tests.factories import world

HERE = "192.0.2.1"


@pytest.fixture
def company(db: None) -> Company:
    return world.company()


def boss(of: Company) -> Actor:
    return Actor(company_id=of.pk, via="command-line")


def can_sign_in(of: Company, username: str = "username", password: str = "passwrod") -> bool:
    try:
        actions.authenticate(company=of, username=username, password=password, address=HERE)
    except errors.NoSuchAdministrator:
        return False
    return True


def test_authenticate_finds_the_administrator_of_this_company_only(company: Company) -> None:
    other = world.other_company()
    alice = world.administrator(company)
    world.administrator(other, password="another password")
    assert actions.authenticate(company=company, username="username", password="passwrod", address=HERE) == alice
    assert not can_sign_in(other)
    assert can_sign_in(other, password="another password")


@pytest.mark.parametrize("username", ["Username", "username ", " username", "usernam\u0435", "user\0name", ""])
def test_authenticate_compares_names_exactly(company: Company, username: str) -> None:
    world.administrator(company)
    assert not can_sign_in(company, username)


@pytest.mark.parametrize("odd", ["<&>\"'", "ö€\u65e5", " in spaces ", "x" * 1000])
def test_authenticate_takes_any_letters(company: Company, odd: str) -> None:
    world.administrator(company, username=odd[:150], password=odd)
    assert can_sign_in(company, odd[:150], odd)
    assert not can_sign_in(company, odd[:150], odd + "x")


@pytest.mark.requirement("D-04", mutation="no spelling.password; no spelling.older")
@pytest.mark.parametrize("kept", ["NFC", "NFD", "new"])
def test_authenticate_takes_a_password_in_any_spelling_of_its_letters(company: Company, kept: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, "café au\xa0lait 1") for form in ("NFC", "NFD"))
    if kept == "new":
        actions.create_administrator(company=company, username="Zoë", password=decomposed, actor=boss(company))
    else:
        world.administrator(company, username="Zoë", password=unicodedata.normalize("NFD" if kept == "NFD" else "NFC", composed))
    for username in ("Zoe\u0308", "Zoë"):
        for password in (decomposed, composed):
            assert can_sign_in(company, username, password), (username, password)
    assert can_sign_in(company, "Zoë", composed.replace("\xa0", " ")), "it was hashed anew in the one spelling"
    assert not can_sign_in(company, "Zoë", "cafe au lait 1")
    with scopes_disabled():
        assert Administrator.objects.get().username == "Zoë"
    with pytest.raises(errors.UsernameTaken):
        actions.create_administrator(company=company, username="Zoe\u0308", password=composed, actor=boss(company))


@pytest.mark.requirement("S-05", mutation="returning at once for an unknown name")
@pytest.mark.parametrize("kind", ["unknown", "disabled", "unprivileged", "wrong", "odd"])
@pytest.mark.parametrize(("password", "hashes"), [("passwrod", 1), ("pässwörd", 2), ("pa\u0308sswörd", 3)])
def test_authenticate_costs_the_same_whoever_asks(
    company: Company, kind: str, password: str, hashes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.administrator(company, active=kind != "disabled", may_sync=kind != "unprivileged")
    password_hashing.unknown_hash()
    counted: list[bool] = []
    verify = password_hashing.Hasher.verify

    def counting(self: password_hashing.Hasher, password: str, encoded: str) -> bool:
        counted.append(connection.in_atomic_block)
        return verify(self, password, encoded)

    monkeypatch.setattr(password_hashing.Hasher, "verify", counting)
    names = {"unknown": "nobody", "odd": "a\0b"}
    assert not can_sign_in(company, names.get(kind, "username"), password + "x" if kind == "wrong" else password)
    assert len(counted) == hashes


@pytest.mark.requirement("S-04", mutation="authenticate inside transaction.atomic()")
@pytest.mark.django_db(transaction=True)
def test_authenticate_hashes_outside_any_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    company = world.company()
    world.administrator(company)
    inside: list[bool] = []
    verify = password_hashing.Hasher.verify

    def looking(self: password_hashing.Hasher, password: str, encoded: str) -> bool:
        inside.append(connection.in_atomic_block)
        return verify(self, password, encoded)

    monkeypatch.setattr(password_hashing.Hasher, "verify", looking)
    assert can_sign_in(company)
    assert inside == [False]


@pytest.mark.requirement("S-04", mutation="no renewed hash in _matches")
def test_authenticate_renews_a_weaker_hash(company: Company) -> None:
    class Weaker(password_hashing.Hasher):
        time_cost = 1

    alice = world.administrator(company)
    with scopes_disabled():
        Administrator.objects.update(password=Weaker().encode("passwrod", "saltsaltsalt"))
        assert can_sign_in(company)
        renewed = Administrator.objects.get(pk=alice.pk)
    assert "t=2" in renewed.password
    assert renewed.version == alice.version  # nobody is signed out by it
    assert can_sign_in(company)


def test_authenticate_gives_the_try_back_when_the_hub_is_busy(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    world.administrator(company)
    password_hashing.unknown_hash()
    monkeypatch.setattr(password_hashing, "PATIENCE", 0.01)
    with password_hashing.hashing_turn(), password_hashing.hashing_turn():
        with pytest.raises(errors.Busy):
            can_sign_in(company)
        with pytest.raises(errors.Busy):
            actions.refuse_unknown_company(slug="x", password="y", address=HERE)
    assert set(Attempts.objects.values_list("count", flat=True)) == {0}


def test_create_administrator_can_then_sign_in(company: Company) -> None:
    made = actions.create_administrator(company=company, username="alice", password="long enough", actor=boss(company))
    assert can_sign_in(company, "alice", "long enough")
    with scopes_disabled():
        entry = Entry.objects.get(event="administrator.created")
    assert entry.subject == {"administrator": made.pk}


def test_create_administrator_refuses_what_cannot_work(company: Company) -> None:
    world.administrator(company, username="alice")
    for username, password, error in [
        ("alice", "long enough", errors.UsernameTaken),
        ("", "long enough", errors.BadUsername),
        ("x" * 151, "long enough", errors.BadUsername),
        ("a\0b", "long enough", errors.BadUsername),
        ("bob", "short", errors.WeakPassword),
        ("bob", "x" * 1001, errors.WeakPassword),
    ]:
        with pytest.raises(error):
            actions.create_administrator(company=company, username=username, password=password, actor=boss(company))
    other = world.other_company()
    actions.create_administrator(company=other, username="alice", password="long enough", actor=boss(other))


def test_change_password_leaves_only_the_new_one(company: Company) -> None:
    alice = world.administrator(company)
    actions.change_password(administrator=alice, password="another one", actor=boss(company))
    assert not can_sign_in(company)
    assert can_sign_in(company, password="another one")
    with scopes_disabled():
        assert "another" not in repr(list(Entry.objects.values()))
        assert Entry.objects.filter(event="password.changed").count() == 1


def test_change_rights_writes_nothing_when_nothing_changes(company: Company) -> None:
    alice = world.administrator(company)
    actions.change_rights(administrator=alice, active=True, may_sync=None, actor=boss(company))
    assert alice.version == 1
    actions.change_rights(administrator=alice, active=False, actor=boss(company))
    assert not can_sign_in(company)
    actions.change_rights(administrator=alice, active=True, actor=boss(company))
    assert can_sign_in(company)
