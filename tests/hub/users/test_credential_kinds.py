"""Kinds of credentials: each says how its values are spelt and checked, and the rest of the hub asks it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope

from doorsync.hub import users
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.users import actions, credential_kinds
from doorsync.hub.users.errors import BadFields, CredentialTaken
from doorsync.hub.users.models import Credential, User
from doorsync.hub.users.queries import credential_lookup, credentials_of
from doorsync.hub.web.people.person_status import kept_only
from tests.factories import world
from tests.factories.gym import gym

KNOW_KINDS = {"credential_kinds.py", "cards.py"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return world.company()


def by(company: Company) -> Actor:
    return Actor(company_id=company.pk, via="test")


def test_no_other_module_of_users_knows_a_kind_by_name() -> None:
    for path in Path(users.__path__[0]).glob("*.py"):
        if path.name not in KNOW_KINDS:
            words = path.read_text().replace('{"card": frozenset()}', "")
            for name in ("Credential.CARD", "Credential.PIN", '"card"', '"pin"', '"qr"', "import CARD", "import PIN"):
                assert name not in words, f"{path.name} knows {name}"


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("card", {"00100", "100"}, {"100"}),
        ("card", {"0"}, set()),
        ("pin", {"0042"}, {"0042"}),
        ("qr", {" k3J "}, {"k3J"}),
        ("licence_plate", {"12-ab-cd", "12 AB CD", "12\u2011AB\u2013CD"}, {"12ABCD"}),
    ],
)
def test_value_is_kept_in_one_spelling(kind: str, said: set[str], kept: set[str]) -> None:
    assert credential_kinds.clean_credentials({kind: said}) == {kind: kept}


@pytest.mark.parametrize(
    ("kind", "values", "column"),
    [
        ("qr", {"two\nlines"}, "qr"),
        ("qr", {"x" * 129}, "qr"),
        ("qr", {"k3J", "k4J"}, "qr"),
        ("licence_plate", {"12_AB"}, "licence_plates"),
        ("licence_plate", {"A" * 13}, "licence_plates"),
        ("iris", {"left eye"}, "credentials"),
    ],
)
def test_wrong_value_is_told_by_its_column_and_not_repeated(company: Company, kind: str, values: set[str], column: str) -> None:
    with pytest.raises(BadFields) as refused:
        actions.create_user(company=company, actor=by(company), last_name="Adams", credentials={kind: frozenset(values)})

    assert list(refused.value.faults) == [column]
    assert not any(value in str(refused.value) for value in values)


@pytest.mark.requirement("D-04", mutation="a PIN of 0 taken for a PIN")
@pytest.mark.parametrize("pin", ["0", " 0 ", "\u200b0"])
def test_pin_of_nought_is_refused(company: Company, pin: str) -> None:
    with pytest.raises(BadFields, match="leave it empty"):
        actions.create_user(company=company, actor=by(company), last_name="Adams", credentials={"pin": frozenset({pin})})


@pytest.mark.parametrize("pin", ["00", "000", "0000", "10"])
def test_pin_of_several_noughts_is_one(company: Company, pin: str) -> None:
    user = actions.create_user(company=company, actor=by(company), last_name="Adams", credentials={"pin": frozenset({pin})})
    with scope(company=company):
        assert credentials_of(user) == {"pin": frozenset({pin})}


def test_unique_kind_is_somebody_elses_and_another_one_may_be_shared(company: Company) -> None:
    both = {"qr": frozenset({"k3J"}), "licence_plate": frozenset({"12ABCD"})}
    actions.create_user(company=company, actor=by(company), last_name="Adams", credentials=both)

    plate = {"licence_plate": both["licence_plate"]}
    actions.create_user(company=company, actor=by(company), last_name="Baker", credentials=plate)
    with pytest.raises(CredentialTaken, match="QR code"):
        actions.create_user(company=company, actor=by(company), last_name="Cook", credentials=both)


def test_database_itself_refuses_a_second_owner_and_a_second_pin(company: Company) -> None:
    alice, bob = (world.user(company, name, card=card, pin="1234") for name, card in (("Adams", "1"), ("Baker", "2")))
    with scope(company=company):
        for wrong in ({"lookup": credential_lookup(company, "card", "1")}, {"kind": "pin", "is_single": True, "user": bob}):
            row = Credential.objects.get(user=bob, kind="card")
            for name, value in wrong.items():
                setattr(row, name, value)
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()
    assert alice.pk != bob.pk


@pytest.mark.django_db
def test_kind_that_no_terminal_holds_is_kept_said_and_changes_no_record() -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        alice = User.objects.get()
        before = {row.pk: bytes(row.wanted or b"") for row in Holding.objects.all()}
        Holding.objects.update(held=b"x" * 16)
        actions.change_user(user=alice, actor=club.actor, credentials={"qr": frozenset({"k3J"})})

        assert credentials_of(alice)["qr"] == {"k3J"}
        assert kept_only(alice.pk) == ["QR code: kept, but no terminal here can hold it."]
        assert {row.pk: bytes(row.wanted or b"") for row in Holding.objects.all()} == before
        assert not Holding.objects.exclude(refusal="").exists()
        assert HoldingState.REFUSED not in {row.state for row in Holding.objects.all()}


@pytest.mark.requirement("D-04", mutation="marks that nobody sees make another card, or one that is refused")
@pytest.mark.parametrize("kind", ["card", "pin"])
def test_pasted_numbers_are_taken_without_what_nobody_sees(kind: str) -> None:
    assert credential_kinds.clean_credentials({kind: ["\u200b4711", "4711\u202c", "\ufeff4711 "]}) == {kind: frozenset({"4711"})}
