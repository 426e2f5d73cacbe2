from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.administrators.token_issuing import Wish, issue_token, write_tokens
from doorsync.hub.administrators.tokens import AT_ONCE, token_digest
from doorsync.hub.audit.trail import Actor
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.companies.actions import create_company
from tests.factories import world
from tests.factories.patience import PATIENCE

CODES = {"one": world.SAMPLE_CODE, "two": world.SAMPLE_CODE[::-1]}


def wish(administrator: Administrator) -> Wish:
    return Wish(administrator=administrator, actor=Actor(company_id=administrator.company_id, administrator_id=administrator.pk))


def administrators() -> list[Administrator]:
    """Two in one company, one in another."""
    first, other = (create_company(slug=slug, name=slug, code=code, via="test") for slug, code in CODES.items())
    return [world.administrator(company, username=name) for company, name in ((first, "a"), (other, "b"), (first, "c"))]


@pytest.mark.django_db
def test_tokens_of_several_companies_are_written_in_one_transaction_each_into_its_own_trail() -> None:
    alice, bob, carol = administrators()
    wishes = [wish(each) for each in (carol, bob, alice, carol)]
    write_tokens(wishes)
    assert all(each.written for each in wishes)
    with scopes_disabled():
        kept = {bytes(row.digest): (row.administrator_id, row.company_id) for row in SyncToken.objects.all()}
    assert kept == {token_digest(each.secret): (each.administrator.pk, each.administrator.company_id) for each in wishes}
    assert [verify_trail(each.company_id).fault for each in (alice, bob)] == ["", ""]
    assert [verify_trail(each.company_id).entries for each in (alice, bob)] == [4, 2]


@pytest.mark.requirement("T-07", mutation="a token for whoever is in the batch")
@pytest.mark.django_db
def test_whoever_changed_meanwhile_gets_none_and_the_others_theirs() -> None:
    alice, bob, carol = administrators()
    wishes = [wish(each) for each in (alice, bob, carol)]
    with scopes_disabled():
        Administrator.objects.filter(pk=bob.pk).update(version=2)
        Administrator.objects.filter(pk=carol.pk).update(active=False)
    write_tokens(wishes)
    assert [each.written for each in wishes] == [True, False, False]
    with scopes_disabled():
        assert SyncToken.objects.get().administrator_id == alice.pk


@pytest.mark.requirement("R-08", mutation="each token of a batch noted behind the same end of the trail")
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_leave_whole_trails_and_five_live_tokens_each() -> None:
    three = administrators()
    start = threading.Barrier(50, timeout=PATIENCE)

    def one(number: int) -> str:
        start.wait()
        try:
            mine = three[number % 3]
            return issue_token(mine, Actor(company_id=mine.company_id, administrator_id=mine.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        given = set(pool.map(one, range(50)))
    assert len(given) == 50
    for each in three:
        with scopes_disabled():
            assert SyncToken.objects.filter(administrator=each, revoked_at=None).count() == AT_ONCE
    assert [verify_trail(each.company_id).fault for each in three] == ["", "", ""]
    assert verify_trail(three[0].company_id).entries + verify_trail(three[1].company_id).entries == 52
