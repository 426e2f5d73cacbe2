"""Entries as they are written: of one company, in its chain, with the actor to whom each leads back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor, hash_of, seal_of
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.companies.models import Company
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Iterator[Company]:
    with scopes_disabled():
        yield world.company()


def test_an_entry_says_who_and_what_and_follows_the_one_before(company: Company) -> None:
    actor = Actor(company_id=company.pk, administrator_id=7, via="token", reference="s1")
    trail.record("run.opened", actor=actor, run=3, mode="changes", confirmed=None)
    trail.record("run.closed", actor=Actor(company_id=company.pk), run=3)

    first, second = Entry.objects.filter(company_id=company.pk).order_by("number")
    assert first.actor == {"company_id": company.pk, "administrator_id": 7, "via": "token", "reference": "s1"}
    assert first.subject == {"run": 3, "mode": "changes", "confirmed": None}
    assert (first.number, second.number, second.actor["via"]) == (1, 2, "hub")
    assert bytes(second.previous) == bytes(first.hash) == hash_of(first)
    assert verify_trail(company.pk, begins="").entries == 2


def test_each_company_has_a_chain_of_its_own(company: Company) -> None:
    other = world.other_company()
    for each in (company, other, company):
        trail.record("x", actor=Actor(company_id=each.pk))
    assert list(Entry.objects.filter(company_id=other.pk).values_list("number", flat=True)) == [1]
    assert seal_of(company.pk, 1, b"") != seal_of(other.pk, 1, b"") != seal_of(other.pk, 2, b"")


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(company: Company) -> None:
    with transaction.atomic():
        trail.record("x", actor=Actor(company_id=company.pk))
        transaction.set_rollback(True)
    trail.record("y", actor=Actor(company_id=company.pk))
    assert list(Entry.objects.values_list("number", "event")) == [(1, "y")]


def test_many_entries_cost_as_many_statements_as_one(company: Company) -> None:
    def cost(number: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            trail.record_all("x", [{"person": each} for each in range(number)], actor=Actor(company_id=company.pk))
        return len(asked)

    cost(1)
    assert cost(50) == cost(1)
    assert verify_trail(company.pk, begins="").entries == 52
    with CaptureQueriesContext(connection) as asked:
        trail.record_all("x", [], actor=Actor(company_id=company.pk))
    assert len(asked) == 0


def test_the_order_in_which_a_subject_is_said_is_no_matter_and_its_values_are(company: Company) -> None:
    trail.record("x", actor=Actor(company_id=company.pk), run=1, agent=2)
    entry = Entry.objects.get()
    entry.subject = dict(reversed(entry.subject.items()))
    assert hash_of(entry) == bytes(entry.hash)
    entry.subject = {"run": 2, "agent": 1}
    assert hash_of(entry) != bytes(entry.hash)
