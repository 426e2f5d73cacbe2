"""A trail that somebody with the database, and without the keys, tries to change unseen."""

from __future__ import annotations

import hmac
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.hub.audit import trail
from doorsync.hub.audit.models import ChainHead, Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.audit.verification import verify_end, verify_trail
from doorsync.hub.companies.actions import create_company
from doorsync.hub.companies.models import Company
from tests.factories import world
from tests.factories.patience import PATIENCE

pytestmark = pytest.mark.django_db
COUNT = 10
PLAIN = import_module("doorsync.hub.audit.migrations.0002_keyed_chain").old_hash  # which anybody can work out


@pytest.fixture
def company(db: None) -> Company:
    made = create_company(slug="gym", name="Gym", code=world.SAMPLE_CODE, via="command-line")
    for number in range(2, COUNT + 1):
        trail.record("thing.happened", actor=Actor(company_id=made.pk, via="test"), thing=number)
    return made


def execute(sql: str, *values: bytes | int) -> None:
    """As whoever has the database does it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rechain(company: Company, key: bytes | None) -> None:
    """Number and hash everything anew, as the code does, but with a key of one's own; None: without one, as it once was."""
    with scope(company=company):
        previous, number = bytes(32), 0
        for number, entry in enumerate(Entry.objects.order_by("number"), 1):
            entry.number, entry.previous = number, previous
            made_up = hmac.digest(key, trail.hash_of(entry), "sha256") if key else PLAIN(entry)
            where = (number, previous, made_up, entry.pk)
            execute("UPDATE audit_entry SET number = %s, previous = %s, hash = %s WHERE id = %s", *where)
            previous = made_up
        execute("UPDATE audit_chainhead SET number = %s, hash = %s WHERE company_id = %s", number, previous, company.pk)


def test_whole_trail_is_whole(company: Company) -> None:
    found = verify_trail(company.pk)
    assert (found.entries, found.fault) == (COUNT, "")
    assert verify_end(company.pk) == found


TAMPERING = {
    "an event": ("UPDATE audit_entry SET event = 'other.happened' WHERE number = 5", 4, "Entry 5 was changed"),
    "an actor": ("UPDATE audit_entry SET actor = '{}' WHERE number = 5", 4, "Entry 5 was changed"),
    "a moment": ("UPDATE audit_entry SET at = '2026-01-01 00:00:00+00:00' WHERE number = 5", 4, "Entry 5 was changed"),
    "the key's name": (
        "UPDATE audit_entry SET key = 'another' WHERE number = 5",
        4,
        "Entry 5 was written with another",
    ),
    "one removed": ("DELETE FROM audit_entry WHERE number = 5", 4, "Entry 5 was removed"),
    "the first removed": ("DELETE FROM audit_entry WHERE number = 1", 0, "The beginning of the trail was removed"),
    "the last removed": (
        f"DELETE FROM audit_entry WHERE number = {COUNT}",
        COUNT - 1,
        f"Entries {COUNT} to",
    ),
    "all removed": ("DELETE FROM audit_entry", 0, "The trail is gone"),
    "the end's note removed": ("DELETE FROM audit_chainhead", COUNT, "The trail is gone"),
    "a subject of another kind": ("UPDATE audit_entry SET subject = '[1]' WHERE number = 5", 4, "Entry 5 was changed"),
    "an actor that is nothing": ("UPDATE audit_entry SET actor = 'null' WHERE number = 5", 4, "Entry 5 was changed"),
    "the end's note below zero": ("UPDATE audit_chainhead SET number = -3", COUNT, "The note of the trail's end was changed"),
    "the end's note changed": ("UPDATE audit_chainhead SET number = 9", COUNT, "The note of the trail's end was changed"),
}


@pytest.mark.requirement("R-08", mutation="verify() that skips one of its comparisons")
@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_and_placed(company: Company, what: str) -> None:
    sql, whole, fault = TAMPERING[what]
    execute(sql)
    found = verify_trail(company.pk)
    assert found.fault.startswith(fault)
    assert found.entries == whole


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps no value of another type in a column")
@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE audit_entry SET at = 'rubbish' WHERE number = 10", "Entry 10 was changed"),
        ("UPDATE audit_entry SET hash = 'abc' WHERE number = 10", "Entry 10 was changed"),
        ("UPDATE audit_chainhead SET seal = 'abc'", "The note of the trail's end was changed"),
    ],
)
def test_value_of_another_type_is_found_as_any_change(company: Company, sql: str, fault: str) -> None:
    execute(sql)

    assert verify_trail(company.pk).fault.startswith(fault)
    verify_end(company.pk)  # which the hub asks when it starts


@pytest.mark.requirement("R-08", mutation="a plain SHA-256 in hash_of")
@pytest.mark.parametrize("key", [None, bytes(32), b"a guess"])
def test_entry_that_is_removed_and_the_chain_worked_out_anew_is_noticed(company: Company, key: bytes | None) -> None:
    execute("DELETE FROM audit_entry WHERE number = 5")
    rechain(company, key)
    assert verify_trail(company.pk).fault
    trail.record("thing.happened", actor=Actor(company_id=company.pk, via="test"))  # which seals the end that it finds
    assert verify_trail(company.pk).fault.startswith("Entry ")


@pytest.mark.requirement("R-08", mutation="no comparison of previous hashes")
def test_genuine_entry_of_a_time_that_was_taken_back_does_not_pass(company: Company) -> None:
    """It was written, the database put back, another written under its number; then somebody puts the first back in."""
    columns = ("at", "event", "actor", "subject", "previous", "hash")
    with scope(company=company):
        before, taken_back = ChainHead.objects.get(), Entry.objects.get(number=COUNT)
        previous = Entry.objects.get(number=COUNT - 1)
        Entry.objects.filter(number=COUNT).delete()
        seal = trail.seal_of(company.pk, COUNT - 1, bytes(previous.hash))
        ChainHead.objects.filter(pk=before.pk).update(number=COUNT - 1, hash=previous.hash, seal=seal)
        for number in range(2):
            trail.record("other.happened", actor=Actor(company_id=company.pk, via="test"), thing=number)
        assert not verify_trail(company.pk).fault
        Entry.objects.filter(number=COUNT).update(**{name: getattr(taken_back, name) for name in columns})
    assert verify_trail(company.pk).fault.startswith(f"Entry {COUNT + 1} was changed")


@pytest.mark.requirement("R-08", mutation="no seal of the end")
def test_end_that_is_cut_off_is_noticed_though_the_chain_before_is_genuine(company: Company) -> None:
    with scope(company=company):
        genuine = bytes(Entry.objects.get(number=COUNT - 3).hash)
    execute("DELETE FROM audit_entry WHERE number > %s", COUNT - 3)
    execute("UPDATE audit_chainhead SET number = %s, hash = %s", COUNT - 3, genuine)
    assert verify_trail(company.pk).fault.startswith("The note of the trail's end was changed")
    assert verify_end(company.pk).fault


def test_trail_of_another_company_does_not_pass_for_this_one(company: Company) -> None:
    other = create_company(slug="other", name="Other", code="b" * 16 + "cdefghijklmnopqr", via="command-line")
    execute("DELETE FROM audit_entry WHERE company_id = %s", company.pk)
    execute("DELETE FROM audit_chainhead WHERE company_id = %s", company.pk)
    for table in ("audit_entry", "audit_chainhead"):
        execute(f"UPDATE {table} SET company_id = %s WHERE company_id = %s", company.pk, other.pk)
    assert verify_trail(company.pk).fault


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_keep_one_chain_whole(transactional_db: None) -> None:
    company = create_company(slug="gym", name="Gym", code=world.SAMPLE_CODE, via="command-line")
    start = threading.Barrier(50, timeout=PATIENCE)

    def one(number: int) -> None:
        start.wait()
        try:
            for each in range(4):
                trail.record("thing.happened", actor=Actor(company_id=company.pk, via="test"), thing=number, each=each)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(one, range(50)))
    found = verify_trail(company.pk)
    assert (found.entries, found.fault) == (201, "")
    assert ChainHead.objects.get(company_id=company.pk).number == 201
