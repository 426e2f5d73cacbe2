from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import token_issuing
from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.administrators.token_writes import insert_tokens
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


def token(of: Administrator, number: int, **fields: object) -> SyncToken:
    values = {"version": of.version, "issued_at": NOW, "expires_at": NOW + timedelta(minutes=5), **fields}
    return SyncToken(company=of.company, administrator=of, digest=bytes([number]) * 32, **values)


def test_token_is_written_as_it_was_made_and_the_end_of_the_trail_comes_with_it(alice: Administrator) -> None:
    with scope(company=alice.company):
        made = token(alice, 1, reusable=True, refusals=2)
        [(number, head)] = insert_tokens([made], NOW, beside=4).values()
        kept, end = SyncToken.objects.get(), ChainHead.objects.get()
        assert kept.pk == number
        assert head in (None, (end.number, bytes(end.hash)))
        for field in ("company_id", "administrator_id", "reusable", "version", "issued_at", "expires_at", "used_at", "refusals"):
            assert getattr(kept, field) == getattr(made, field), field
        assert bytes(kept.digest) == made.digest


def test_only_the_newest_stay_beside_it_and_what_a_fast_clock_issued_goes(alice: Administrator) -> None:
    with scope(company=alice.company):
        for number in range(6):
            token(alice, number, issued_at=NOW - timedelta(seconds=number)).save()
        token(alice, 6, issued_at=NOW + timedelta(hours=1), expires_at=NOW + timedelta(hours=2)).save()
        token(alice, 7, used_at=NOW).save()
        other = world.administrator(alice.company, username="other")
        token(other, 8, issued_at=NOW - timedelta(minutes=1)).save()
        assert list(insert_tokens([token(other, 10), token(alice, 9)], NOW, beside=4)) in ([0, 1], [1, 0])
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


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"active": False}, {"may_sync": False}], ids=["version", "disabled", "unprivileged"]
)
def test_nothing_is_written_for_an_administrator_who_changed(alice: Administrator, change: dict[str, object]) -> None:
    with scope(company=alice.company):
        Administrator.objects.update(**change)
        assert not insert_tokens([token(alice, 1)], NOW, beside=4)
        assert not SyncToken.objects.exists()


@pytest.mark.parametrize("change", [{"active": False}, {"compatible_tokens": True}, {"token_seconds": 60}])
def test_nothing_is_written_on_settings_of_a_company_that_changed(alice: Administrator, change: dict[str, object]) -> None:
    with scope(company=alice.company):
        Company.objects.update(**change)
        assert not insert_tokens([token(alice, 1)], NOW, beside=4)


def test_issue_follows_settings_that_changed_since_the_administrator_was_read(alice: Administrator) -> None:
    Company.objects.update(token_seconds=60)
    token_issuing.issue_token(alice, Actor(company_id=alice.company_id))
    with scope(company=alice.company):
        kept = SyncToken.objects.get()
    assert kept.expires_at - kept.issued_at == timedelta(seconds=60)


def test_old_tokens_are_not_read(alice: Administrator) -> None:
    """Whatever the table holds, the live ones are found through their own index."""
    with scope(company=alice.company):
        old = {"revoked_at": NOW, "expires_at": NOW + timedelta(minutes=4)}
        SyncToken.objects.bulk_create(SyncToken(**_fields(token(alice, 0)), digest=n.to_bytes(32), **old) for n in range(3000))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE administrators_synctoken")
        with CaptureQueriesContext(connection) as captured:
            insert_tokens([token(alice, 1)], NOW, beside=4)
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
