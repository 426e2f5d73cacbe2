"""What one getTotalSyncToken costs with a password that was verified a moment ago, and what it must look at all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators import actions, password_hashing, sign_in_throttle
from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.administrators.models import Administrator, Attempts
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.service import Reply, Request, answer
from tests.factories import soap, world

OFFICE = "192.0.2.7"
NO_ADMIN = "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"


def call(address: str = OFFICE, **given: str) -> Reply:
    return answer(Request(body=soap.written(**given), address=address), OPERATIONS)


@pytest.fixture
def alice(transactional_db: None) -> Administrator:
    """Her program has called a moment ago."""
    made = world.administrator(world.company())
    for _ in range(6):
        assert len(soap.result(call().body)) == 128
    return made


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed since."""
    hashed: list[str] = []
    verify = password_hashing.Hasher.verify

    def counting(self: password_hashing.Hasher, password: str, encoded: str) -> bool:
        hashed.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(password_hashing.Hasher, "verify", counting)
    return hashed


def test_a_call_is_six_statements_and_one_transaction_and_no_hash(alice: Administrator, hashes: list[str]) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert len(soap.result(call().body)) == 128
    begun = [query for query in captured if query["sql"].startswith("BEGIN")]
    statements = [query["sql"] for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(begun) == 1
    assert len(statements) <= 6, statements
    writes = [number for number, query in enumerate(captured) if query["sql"].startswith(("INSERT", "UPDATE", "DELETE", "WITH"))]
    assert min(writes) > captured.captured_queries.index(begun[0])
    assert hashes == []


CHANGES: dict[str, Callable[[Administrator, Actor], None]] = {
    "disabled": lambda alice, boss: actions.change_rights(administrator=alice, active=False, actor=boss),
    "unprivileged": lambda alice, boss: actions.change_rights(administrator=alice, may_sync=False, actor=boss),
    "another password": lambda alice, boss: actions.change_password(administrator=alice, password="another one", actor=boss),
}


@pytest.mark.requirement("T-07", mutation="can_sign_in left out of remembered; the administrator read from memory")
@pytest.mark.parametrize("change", CHANGES)
def test_whoever_changed_is_refused_at_once(alice: Administrator, change: str) -> None:
    CHANGES[change](alice, Actor(company_id=alice.company_id, via="test"))
    assert soap.result(call().body) == NO_ADMIN
    with pytest.raises(NoSuchAdministrator):  # by every operation, not only the one whose tokens look at the rights again
        actions.authenticate(company=alice.company, username="username", password="passwrod", address=OFFICE)


@pytest.mark.requirement("T-07", mutation="the company kept in memory with the password")
def test_company_that_ends_is_unknown_at_once(alice: Administrator) -> None:
    Company.objects.update(active=False)
    assert soap.result(call().body) == "ERROR_UNKNOWN_SECURITY_HASH"


@pytest.mark.requirement("S-06", mutation="`seen.spent` left out of remembered")
def test_over_budget_the_remembered_password_is_not_compared(alice: Administrator) -> None:
    with scope(company=alice.company):
        for _ in range(sign_in_throttle.OWN):
            sign_in_throttle.take_try(alice.company, "username", OFFICE, known=True)
    assert soap.fault(call().body) == "Client.Throttled"


@pytest.mark.requirement("S-06", mutation="`seen.known` left out of remembered")
def test_unknown_callers_take_a_try_though_the_password_is_remembered(alice: Administrator) -> None:
    for _ in range(sign_in_throttle.STRANGERS):
        assert soap.result(call("198.51.100.1", p_adminPassword="wrong").body) == NO_ADMIN
    assert soap.fault(call("198.51.100.2").body) == "Client.Throttled"
    assert len(soap.result(call().body)) == 128


def test_wrong_passwords_cost_a_hash_and_a_try_each(alice: Administrator, hashes: list[str]) -> None:
    for _ in range(3):
        assert soap.result(call(p_adminPassword="wrong").body) == NO_ADMIN
    assert hashes == ["wrong"] * 3
    with scopes_disabled():
        assert sorted(Attempts.objects.values_list("count", flat=True))[-2:] == [3, 3]
