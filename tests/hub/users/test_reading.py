"""Reading users by pages: whole, by number, and without a statement for each of them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users import reading
from doorsync.hub.users.models import User
from doorsync.hub.users.reading import FullUser, page_count, read_page
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from tests.factories import world

pytestmark = pytest.mark.django_db


def fill(company: Company, count: int) -> None:
    group = world.group(company)
    writes = [
        Write(
            {
                "last_name": f"Person {n}",
                "groups": frozenset({group.pk}),
                "info2": f"locker {n}",
                "credentials": {"pin": frozenset({"1234"}), "card": frozenset({str(n + 1)})},
            }
        )
        for n in range(count)
    ]
    write_users(company=company, writes=writes, actor=Actor(company_id=company.pk, via="test"))


def read(company: Company, page: int = 1) -> tuple[list[FullUser], int]:
    with scope(company=company), CaptureQueriesContext(connection) as asked:
        found = read_page(company, User.objects.all(), page, kinds=["pin"])
    return found, len(asked)


def test_thousand_users_cost_as_many_statements_as_one() -> None:
    small, large = world.company(), world.other_company()
    fill(small, 1)
    fill(large, 1000)

    (_, few), (found, many) = read(small), read(large)

    assert few == many
    assert len(found) == 1000
    last = found[-1]
    assert (last.user.last_name, last.info["info2"], len(last.groups)) == ("Person 999", "locker 999", 1)
    assert last.credentials == {"pin": ["1234"]}, "cards were not asked for, and not unsealed"
    assert "1234" not in repr(last)


def test_pages_hold_everybody_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PER_PAGE", 2)
    company = world.company()
    with scope(company=company):
        assert page_count(User.objects.all()) == 1
    fill(company, 5)
    with scope(company=company):
        assert page_count(User.objects.all()) == 3
    assert [[each.user.number for each in read(company, page)[0]] for page in (1, 2, 3, 4)] == [[1, 2], [3, 4], [5], []]
