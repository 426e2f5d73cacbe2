from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators import actions, sign_in_throttle
from doorsync.hub.administrators.models import Administrator, Attempts, KnownSource, Level, SyncToken
from doorsync.hub.administrators.remembered_callers import TokenCall, tokens_for_remembered
from doorsync.hub.administrators.tokens import token_digest
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.companies.actions import create_company
from doorsync.hub.companies.models import Company
from tests.factories import world

OFFICE, PASSWORD = "192.0.2.7", "passwrod"
CODES = {"one": world.SAMPLE_CODE, "two": world.SAMPLE_CODE[::-1]}


def called(code: str = CODES["one"], username: str = "username", password: str = PASSWORD, address: str = OFFICE) -> TokenCall:
    return TokenCall(code=code, username=username, password=password, address=address)


def remember(administrator: Administrator) -> None:
    """Their program has called a moment ago."""
    actions.authenticate(company=administrator.company, username=administrator.username, password=PASSWORD, address=OFFICE)


def tokens(*calls: TokenCall) -> list[str | None]:
    return tokens_for_remembered(calls, via="esws")


@pytest.fixture
def alice(transactional_db: None) -> Administrator:
    """Of one company; Bob is of another."""
    companies = [create_company(slug=slug, name=slug, code=code, via="test") for slug, code in CODES.items()]
    made, bob = world.administrator(companies[0]), world.administrator(companies[1], username="bob")
    remember(made)
    remember(bob)
    return made


def test_many_calls_of_two_companies_are_few_statements_and_one_transaction(alice: Administrator) -> None:
    calls = [called(), called(CODES["two"], "bob")] * 8
    with CaptureQueriesContext(connection) as captured:
        given = tokens(*calls)
    assert len({each for each in given if each and len(each) == 128}) == 16
    said = [query["sql"] for query in captured]
    assert len([sql for sql in said if sql.startswith("BEGIN")]) == 1
    assert len([sql for sql in said if not sql.startswith(("BEGIN", "COMMIT"))]) <= 8, said
    with scopes_disabled():
        kept = {bytes(row.digest): row.administrator.username for row in SyncToken.objects.select_related("administrator")}
    assert [kept[token_digest(token or "")] for token in given] == ["username", "bob"] * 8
    for company in Company.objects.all():
        assert verify_trail(company.pk).fault == ""


def test_one_call_is_six_statements(alice: Administrator) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert all(tokens(called()))
    assert len([1 for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT"))]) <= 6, captured.captured_queries


OTHERS: dict[str, TokenCall] = {
    "unknown company": called("x" * 32),
    "no code": called(""),
    "unknown name": called(username="carol"),
    "no name": called(username=""),
    "another company's": called(CODES["two"]),
    "wrong password": called(password="wrong"),
    "no password": called(password=""),
    "unknown source": called(address="198.51.100.1"),
}


@pytest.mark.requirement("S-06", mutation="`known` or `noted` left out; a call without an answer spoils the others'")
@pytest.mark.parametrize("other", OTHERS)
def test_whoever_is_not_remembered_is_left_for_a_closer_look_and_the_others_get_theirs(alice: Administrator, other: str) -> None:
    with scopes_disabled():
        before = list(Attempts.objects.order_by("pk").values())
        first, left, last = tokens(called(), OTHERS[other], called(CODES["two"], "bob"))
        assert (first is None, left, last is None) == (False, None, False)
        assert SyncToken.objects.count() == 2
        assert list(Attempts.objects.order_by("pk").values()) == before


@pytest.mark.requirement("S-06", mutation="`spent` not asked")
def test_over_budget_nobody_is_answered(alice: Administrator) -> None:
    with scope(company=alice.company):
        for _ in range(sign_in_throttle.OWN):
            sign_in_throttle.take_try(alice.company, "username", OFFICE, known=True)
    assert [bool(each) for each in tokens(called(), called(CODES["two"], "bob"))] == [False, True]


@pytest.mark.requirement("S-06", mutation="`noted` not asked: whoever only ever calls this way becomes unknown after 30 days")
def test_source_that_has_to_be_noted_again_is_left_for_a_closer_look(alice: Administrator) -> None:
    with scopes_disabled():
        KnownSource.objects.filter(company=alice.company).update(seen_at=timezone.now() - sign_in_throttle.NOTED_FOR)
    assert [bool(each) for each in tokens(called(), called(CODES["two"], "bob"))] == [False, True]


CHANGES: dict[str, Callable[[Administrator, Actor], object]] = {
    "disabled": lambda alice, boss: actions.change_rights(administrator=alice, active=False, actor=boss),
    "unprivileged": lambda alice, boss: actions.change_rights(administrator=alice, may_sync=False, actor=boss),
    "observer": lambda alice, _: Administrator.objects.filter(pk=alice.pk).update(level=Level.OBSERVER),
    "another password": lambda alice, boss: actions.change_password(administrator=alice, password="another one", actor=boss),
    "company ended": lambda alice, _: Company.objects.filter(pk=alice.company_id).update(active=False),
}


@pytest.mark.requirement("T-07", mutation="the administrator or the company kept in memory; the level not asked")
@pytest.mark.parametrize("change", CHANGES)
def test_whoever_changed_gets_none_from_the_next_call_on(alice: Administrator, change: str) -> None:
    assert all(tokens(called()))
    with scope(company=alice.company):
        CHANGES[change](alice, Actor(company_id=alice.company_id, via="test"))
    assert [bool(each) for each in tokens(called(), called(CODES["two"], "bob"))] == [False, True]


@pytest.mark.requirement("R-08", mutation="tokens of a batch noted in another order than their companies'")
def test_token_is_in_the_trail_with_its_author(alice: Administrator) -> None:
    assert all(tokens(called(), called()))
    with scope(company=alice.company):
        last = list(Entry.objects.filter(event="token.issued").order_by("number"))
        assert [entry.actor["administrator_id"] for entry in last] == [alice.pk] * 2
        assert {entry.subject["token"] for entry in last} == set(SyncToken.objects.values_list("pk", flat=True))
        assert last[0].actor["via"] == "esws"
