"""Edits at a form: all faults at once, nothing over what somebody else changed, and a form that is sent twice does it once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users.edits import add_user, edit_user, newest_user, present_values
from doorsync.hub.users.errors import BadFields, ChangedMeanwhile, UserGone
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Group, User
from tests.factories import world

SHOWN = ("last_name", "expires", "groups")


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    made = world.company()
    with scope(company=made):
        yield made


@pytest.fixture
def members(company: Company) -> Group:
    return world.group(company)


def by(company: Company) -> Actor:
    return Actor(company_id=company.pk, via="test")


def alice_of(company: Company, members: Group) -> User:
    said = Fields(last_name="Alice", expires="2026-12-31", groups=frozenset({members.pk}))
    return add_user(company=company, fields=said, actor=by(company))


def test_all_that_is_wrong_is_told_at_once_by_field(company: Company) -> None:
    said = Fields(last_name="", starts="2026-06-01", expires="2026-05-01", credentials={"pin": frozenset({"12x"})})
    with pytest.raises(BadFields) as wrong:
        add_user(company=company, fields=said, actor=by(company))
    assert set(wrong.value.faults) == {"last_name", "expires", "pin"}
    assert not User.objects.exists()


def test_a_form_that_is_sent_twice_adds_one_person(company: Company, members: Group) -> None:
    newest = newest_user()
    said = Fields(
        last_name=" Alice ", starts="2026-06-01", groups=frozenset({members.pk}), credentials={"pin": frozenset({"1234"})}
    )
    first = add_user(company=company, fields=said, actor=by(company), newest=newest)
    assert add_user(company=company, fields=said, actor=by(company), newest=newest) == first
    assert User.objects.count() == 1


def test_a_form_that_was_opened_afterwards_adds_another_of_the_same_name(company: Company) -> None:
    said = Fields(last_name="Alice")
    first = add_user(company=company, fields=said, actor=by(company), newest=newest_user())
    again = add_user(company=company, fields=said, actor=by(company), newest=newest_user())
    assert again != first
    other = add_user(company=company, fields=Fields(last_name="Alice", first_name="A."), actor=by(company), newest=0)
    assert other not in (first, again)


def test_who_was_added_to_another_group_since_is_another_person(company: Company, members: Group) -> None:
    newest = newest_user()
    first = alice_of(company, members)
    said = Fields(last_name="Alice", expires="2026-12-31", groups=frozenset())
    assert add_user(company=company, fields=said, actor=by(company), newest=newest) != first


def test_what_somebody_else_changed_is_told_and_nothing_is_saved(company: Company, members: Group) -> None:
    alice = alice_of(company, members)
    seen = present_values(alice, SHOWN)
    edit_user(user=alice, seen=seen, fields=Fields(expires="2027-01-31"), actor=by(company))

    with pytest.raises(ChangedMeanwhile) as meanwhile:
        edit_user(user=alice, seen=seen, fields=Fields(last_name="Adams", expires="2026-12-31"), actor=by(company))

    assert meanwhile.value.present == {"expires": "2027-02-01T00:00"}
    assert User.objects.get().last_name == "Alice"


def test_a_change_that_is_sent_twice_is_no_conflict_with_itself(company: Company, members: Group) -> None:
    alice = alice_of(company, members)
    seen = present_values(alice, SHOWN)
    said = Fields(last_name=" Adams", expires="2027-01-31", groups=frozenset())
    assert edit_user(user=alice, seen=seen, fields=said, actor=by(company)).differs
    assert not edit_user(user=alice, seen=seen, fields=said, actor=by(company)).differs


def test_a_field_that_the_form_leaves_alone_conflicts_too(company: Company, members: Group) -> None:
    """Who saves a name must not have looked at hours that are no longer true."""
    alice = alice_of(company, members)
    seen = present_values(alice, SHOWN)
    edit_user(user=alice, seen=seen, fields=Fields(groups=frozenset()), actor=by(company))
    with pytest.raises(ChangedMeanwhile):
        edit_user(user=alice, seen=seen, fields=Fields(last_name="Adams"), actor=by(company))


def test_an_edit_of_somebody_who_was_removed_says_so(company: Company, members: Group) -> None:
    alice = alice_of(company, members)
    User.objects.all().delete()
    with pytest.raises(UserGone):
        edit_user(user=alice, seen={}, fields=Fields(last_name="Adams"), actor=by(company))
