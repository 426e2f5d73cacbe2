"""One transaction and one word for each change, and for each company its own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_scopes import get_scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import transactions
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.companies.transactions import company_transaction, lock_company
from tests.factories import world
from tests.factories.patience import PATIENCE

pytestmark = pytest.mark.django_db


def test_change_of_another_company_is_a_change_of_its_own() -> None:
    mine, other = world.company(), world.other_company()
    heard: list[tuple[Company, set[int] | None]] = []

    def listen(*, company: Company, users: set[int] | None, **_: object) -> None:
        heard.append((company, users))

    access_changed.connect(listen)
    try:
        with company_transaction(mine, Actor(company_id=mine.pk)) as outer:
            outer.affects([1])
            with company_transaction(other, Actor(company_id=other.pk)) as inner:
                inner.affects([2])
                assert get_scope()["company"] == other
            assert get_scope()["company"] == mine
    finally:
        access_changed.disconnect(listen)
    assert heard == [(other, {2}), (mine, {1})]


def test_lock_of_a_company_is_taken_once_in_a_transaction() -> None:
    company, other = world.company(), world.other_company()
    with CaptureQueriesContext(connection) as captured, company_transaction(company, None):
        lock_company(company)
        lock_company(other)
    locks = [query["sql"] for query in captured if "pg_advisory_xact_lock" in query["sql"]]
    expected = [company.pk, other.pk] if connection.vendor == "postgresql" else []
    assert locks == [f"SELECT pg_advisory_xact_lock({pk})" for pk in expected]


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R-04", mutation="write_turn() waiting for nobody; or inside a transaction too; or longer than TURN")
def test_writers_of_an_sqlite_file_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    entered = threading.Event()

    def write() -> None:
        with transactions.write_turn():
            entered.set()
        connection.close()

    def writer() -> threading.Thread:
        thread = threading.Thread(target=write)
        thread.start()
        return thread

    with transactions.write_turn():
        waiting = writer()
        with transaction.atomic(), transactions.write_turn():
            pass  # whoever has begun waits for nobody
        assert connection.vendor == "postgresql" or not entered.is_set()
    waiting.join(PATIENCE)
    assert entered.is_set()

    entered.clear()
    monkeypatch.setattr(transactions, "TURN", 0.01)
    with transactions.write_turn():
        writer().join(PATIENCE)
        assert entered.is_set(), "it waited long enough"
