from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import token_issuing
from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.administrators.token_writes import NewToken, insert_tokens
from doorsync.hub.audit import trail
from doorsync.hub.audit.models import ChainHead
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from tests.factories import world

NOW = timezone.now()


@pytest.fixture
def alice(db: None) -> Administrator:
    company = world.company()
    trail.record("company.created", actor=Actor(company_id=company.pk))
    return world.administrator(company)


def new(of: Administrator, number: int, **fields: int) -> NewToken:
    return NewToken(administrator=of, digest=bytes([number]) * 32, **fields)


def kept(of: Administrator, number: int, **fields: object) -> SyncToken:
    values = {"version": of.version, "issued_at": NOW, "expires_at": NOW + timedelta(minutes=5), **fields}
    return SyncToken(company=of.company, administrator=of, digest=bytes([number]) * 32, **values)


def test_token_is_written_as_it_was_made_and_the_end_of_the_trail_comes_with_it(alice: Administrator) -> None:
    with scope(company=alice.company):
        [(number, head)] = insert_tokens([new(alice, 1, user_id=3)], NOW, at_once=5).values()
        made, end = kept(alice, 1, user_id=3), ChainHead.objects.get()
        row = SyncToken.objects.get()
        assert row.pk == number
        assert head in (None, (end.number, bytes(end.hash)))
        for field in SyncToken._meta.concrete_fields:
            if field.name not in ("id", "digest"):
                assert getattr(row, field.attname) == getattr(made, field.attname), field
        assert bytes(row.digest) == made.digest


@pytest.mark.parametrize("patient", [True, False])
def test_only_the_newest_stay_beside_it_and_what_a_fast_clock_issued_goes(alice: Administrator, patient: bool) -> None:
    with scope(company=alice.company):
        for number in range(6):
            kept(alice, number, issued_at=NOW - timedelta(seconds=number)).save()
        kept(alice, 6, issued_at=NOW + timedelta(hours=1), expires_at=NOW + timedelta(hours=2)).save()
        kept(alice, 7, used_at=NOW).save()
        other = world.administrator(alice.company, username="other")
        kept(other, 8, issued_at=NOW - timedelta(minutes=1)).save()
        assert set(insert_tokens([new(other, 10), new(alice, 9)], NOW, at_once=5, patient=patient)) == {0, 1}
        assert [row.digest[0] for row in SyncToken.objects.filter(revoked_at=None).order_by("digest")] == [
            0,
            1,
            2,
            3,
            7,
            8,
            9,
            10,
        ]


@pytest.mark.parametrize("patient", [True, False])
def test_of_more_than_may_live_the_last_live(alice: Administrator, patient: bool) -> None:
    with scope(company=alice.company):
        kept(alice, 1).save()
        written = insert_tokens([new(alice, number) for number in range(10, 17)], NOW, at_once=5, patient=patient)
        assert list(written) == list(range(7))
        live = SyncToken.objects.filter(revoked_at=None).order_by("pk")
        assert [row.digest[0] for row in live] == list(range(12, 17))


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"active": False}, {"may_sync": False}], ids=["version", "disabled", "unprivileged"]
)
def test_nothing_is_written_for_an_administrator_who_changed(alice: Administrator, change: dict[str, object]) -> None:
    with scope(company=alice.company):
        Administrator.objects.update(**change)
        for patient in (True, False):
            assert not insert_tokens([new(alice, 1)], NOW, at_once=5, patient=patient)
        assert not SyncToken.objects.exists()


@pytest.mark.parametrize("change", [{"active": False}, {"compatible_tokens": True}, {"token_seconds": 60}])
def test_nothing_is_written_on_settings_of_a_company_that_changed(alice: Administrator, change: dict[str, object]) -> None:
    with scope(company=alice.company):
        Company.objects.update(**change)
        for patient in (True, False):
            assert not insert_tokens([new(alice, 1)], NOW, at_once=5, patient=patient)


@pytest.mark.parametrize("patient", [True, False])
def test_of_two_that_read_the_same_administrator_only_the_one_that_is_right_writes(alice: Administrator, patient: bool) -> None:
    with scope(company=alice.company):
        stale = world.again(alice)
        stale.version = 7
        assert set(insert_tokens([new(stale, 1), new(alice, 2)], NOW, at_once=5, patient=patient)) == {1}
        assert set(insert_tokens([new(alice, 3), new(stale, 4)], NOW, at_once=5, patient=patient)) == {0}


def test_issue_follows_settings_that_changed_since_the_administrator_was_read(alice: Administrator) -> None:
    Company.objects.update(token_seconds=60)
    token_issuing.issue_token(alice, Actor(company_id=alice.company_id))
    with scope(company=alice.company):
        row = SyncToken.objects.get()
    assert row.expires_at - row.issued_at == timedelta(seconds=60)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["administrators_administrator", "administrators_synctoken", "audit_chainhead"])
def test_whoever_is_not_patient_waits_for_no_row(table: str) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no locks of rows; this runs on PostgreSQL")
    company = world.company()
    trail.record("company.created", actor=Actor(company_id=company.pk))
    alice = world.administrator(company)
    with scope(company=company):
        for number in range(5):
            kept(alice, number, issued_at=NOW - timedelta(seconds=number)).save()
    elsewhere = connection.copy()
    try:
        with elsewhere.cursor() as other:
            other.execute(f"BEGIN; SELECT 1 FROM {table} FOR UPDATE")
            with scope(company=company), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = 1")
                written = insert_tokens([new(alice, 9)], NOW, at_once=5, patient=False)
                assert len(written) == (table == "administrators_synctoken")
            other.execute("ROLLBACK")
    finally:
        elsewhere.close()


def test_old_tokens_are_not_read(alice: Administrator) -> None:
    """Whatever the table holds, the live ones are found through their own index."""
    with scope(company=alice.company):
        old = {"revoked_at": NOW, "expires_at": NOW + timedelta(minutes=4)}
        SyncToken.objects.bulk_create(SyncToken(**_fields(kept(alice, 0)), digest=n.to_bytes(32), **old) for n in range(3000))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE administrators_synctoken")
        with CaptureQueriesContext(connection) as captured:
            insert_tokens([new(alice, 1)], NOW, at_once=5)
        displacing = next(query["sql"] for query in captured if "SET revoked_at" in query["sql"])
        with connection.cursor() as cursor:
            cursor.execute(
                f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{displacing.partition(' RETURNING')[0]}"
            )
            plan = "\n".join(str(line) for line in cursor.fetchall())
        assert "token_unrevoked" in plan
        assert "Seq Scan on administrators_synctoken" not in plan


def _fields(made: SyncToken) -> dict[str, object]:
    names = ("company_id", "administrator_id", "version", "issued_at")
    return {name: getattr(made, name) for name in names}
