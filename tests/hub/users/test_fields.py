"""The one check of what is said of a user: each fault names its field, and never repeats what was said."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.users import actions
from doorsync.hub.users.errors import BadFields
from doorsync.hub.users.fields import FLAGS, clean_fields
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return world.company()


def by(company: Company) -> Actor:
    return Actor(company_id=company.pk, via="test")


@pytest.mark.parametrize(
    ("field", "wrong", "why"),
    [
        ("insertion", "x" * 41, "longer than 40"),
        ("email", "jan@", "Not a valid e-mail address"),
        ("email", "jan de boer@example.com", "Not a valid e-mail address"),
        ("phone", "call 555", "digits, spaces"),
        ("phone", "1" * 41, "longer than 40"),
        ("active", "yes", "Neither true nor false"),
        ("visitor", 1, "Neither true nor false"),
        ("nickname", "Jo", "no such field"),
        ("credentials", {"iris": frozenset({"x"})}, "no such kind"),
    ],
)
def test_fault_names_its_field_and_repeats_nothing(field: str, wrong: Any, why: str) -> None:
    said: Any = {"last_name": "Adams", field: wrong}
    _, faults = clean_fields(said)

    assert list(faults) == [field]
    assert why in faults[field]
    assert str(wrong) not in faults[field] or wrong == 1


def test_details_are_kept_as_they_are_said(company: Company) -> None:
    with scope(company=company):
        harbour, office = (Location.objects.create(company=company, name=name) for name in ("Harbour dock", "Office dock"))
    said: Any = {
        "first_name": "Jan",
        "insertion": "van der",
        "last_name": "Berg",
        "email": "jan@example.com",
        "phone": "+31 (0)20 555-0101",
        "locations": frozenset({harbour.pk, office.pk}),
        **dict.fromkeys(FLAGS, True),
    }
    user = actions.create_user(company=company, actor=by(company), **said)

    with scope(company=company):
        kept = User.objects.get(pk=user.pk)
        assert kept.full_name == "Jan van der Berg"
        assert {name: getattr(kept, name) for name in said if name != "locations"} | {"locations": said["locations"]} == said
        assert {each.pk for each in kept.locations.all()} == said["locations"]
        actions.change_user(user=kept, actor=by(company), locations=frozenset({office.pk}))
        assert [each.pk for each in kept.locations.all()] == [office.pk]


def test_new_user_is_active_unless_somebody_says_otherwise(company: Company) -> None:
    assert actions.create_user(company=company, actor=by(company), last_name="Adams").active


@pytest.mark.parametrize("field", ["groups", "locations"])
def test_group_or_location_of_another_company_is_refused(company: Company, field: str) -> None:
    other = world.other_company()
    with scope(company=other):
        model = Group if field == "groups" else Location
        foreign = model.objects.create(company=other, name="Theirs")
    said: Any = {"last_name": "Adams", field: frozenset({foreign.pk})}

    with pytest.raises(BadFields) as refused:
        actions.create_user(company=company, actor=by(company), **said)

    assert list(refused.value.faults) == [field]


def test_every_change_moves_the_moment_of_the_last_one(company: Company) -> None:
    user = actions.create_user(company=company, actor=by(company), last_name="Adams")
    changes: list[Any] = [{"first_name": "Ann"}, {"credentials": {"pin": frozenset({"1234"})}}, {"groups": frozenset()}]
    for said in changes:
        before = timezone.now()
        differs = actions.change_user(user=user, actor=by(company), **said)
        with scope(company=company):
            assert (User.objects.get(pk=user.pk).updated_at >= before) == differs


def test_write_of_a_thousand_costs_few_statements_more_than_of_one(company: Company) -> None:
    def write(count: int) -> int:
        writes = [Write({"last_name": f"Person {n}", "credentials": {"pin": frozenset({"1234"})}}) for n in range(count)]
        made = write_users(company=company, writes=writes, actor=by(company)).outcomes
        with CaptureQueriesContext(
            connection,
        ) as asked:
            changes = [Write({"expires": "2090-01-01", "active": False}, each.user) for each in made]
            write_users(company=company, writes=changes, actor=by(company))
        return len(asked)

    one = write(1)
    assert write(1000) < one + 100
