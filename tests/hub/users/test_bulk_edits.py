"""Changes of many users at once: all or none, and each undone once, where nobody changed the same since."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users.bulk_edits import BulkAction, edit_many, forget_in_bulk_edits, undo_many
from doorsync.hub.users.errors import BadFields
from doorsync.hub.users.models import BulkEdit, Group, User
from tests.factories import world

ENDS = "2026-12-31"


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    made = world.company()
    with scope(company=made):
        for name in ("Alice", "Bob", "Charlie"):
            world.user(made, name)
        yield made


def by(company: Company) -> Actor:
    return Actor(company_id=company.pk, via="test")


def people(*names: str) -> list[User]:
    return list(User.objects.filter(last_name__in=names or ("Alice", "Bob", "Charlie")).order_by("last_name"))


def change(company: Company, action: BulkAction, *names: str) -> BulkEdit:
    return edit_many(company=company, users=people(*names), action=action, actor=by(company))


def undo(edit: BulkEdit) -> tuple[int, int]:
    return undo_many(edit=edit, actor=by(edit.company), within=lambda *_: True)


def test_one_who_cannot_be_changed_is_named_and_nobody_is_changed(company: Company) -> None:
    User.objects.filter(last_name="Bob").update(starts="2027-01-01T00:00")
    with pytest.raises(BadFields) as wrong:
        change(company, BulkAction(name="ends", ends=ENDS))
    (told,) = wrong.value.faults.values()
    assert told.startswith("Bob: ")
    assert {user.expires for user in people()} == {""}
    assert not BulkEdit.objects.exists()


def test_groups_are_added_to_what_each_has_and_left_by_undoing_it(company: Company) -> None:
    guests, staff = world.group(company, "Guests"), world.group(company, "Staff")
    change(company, BulkAction(name="add-group", group=guests), "Alice")
    edit = change(company, BulkAction(name="add-group", group=staff))
    assert names_in(staff) == ["Alice", "Bob", "Charlie"]
    assert names_in(guests) == ["Alice"]

    assert undo(edit) == (3, 0)
    assert (names_in(staff), names_in(guests)) == ([], ["Alice"])


def test_who_left_a_group_that_they_were_not_in_is_not_put_there_by_undoing_it(company: Company) -> None:
    staff = world.group(company, "Staff")
    change(company, BulkAction(name="add-group", group=staff), "Alice")
    edit = change(company, BulkAction(name="leave-group", group=staff))
    assert Entry.objects.filter(event="users.changed-together").last().subject["users"] == 1  # type: ignore[union-attr]  # there is one
    assert undo(edit) == (1, 0)
    assert names_in(staff) == ["Alice"]


def test_what_somebody_changed_since_stays_as_it_is(company: Company) -> None:
    edit = change(company, BulkAction(name="ends", ends=ENDS))
    User.objects.filter(last_name="Bob").update(expires="2027-06-01T00:00")
    User.objects.filter(last_name="Charlie").delete()

    assert undo(edit) == (1, 2)
    assert {user.last_name: user.expires for user in people()} == {"Alice": "", "Bob": "2027-06-01T00:00"}


def test_it_is_undone_once(company: Company) -> None:
    edit = change(company, BulkAction(name="suspend"))
    assert undo(edit) == (3, 0)
    change(company, BulkAction(name="suspend"), "Alice")
    assert undo(edit) == (0, 0)
    assert [user.active for user in people()] == [False, True, True]


def test_an_end_by_the_minute_comes_back_as_it_was(company: Company) -> None:
    User.objects.filter(last_name="Alice").update(expires="2026-11-05T17:30")
    edit = change(company, BulkAction(name="ends", ends=ENDS), "Alice")
    assert people("Alice")[0].expires == "2027-01-01T00:00", "a day ends with it"
    assert undo(edit) == (1, 0)
    assert people("Alice")[0].expires == "2026-11-05T17:30"


def test_only_whom_the_actor_may_change_is_put_back_and_they_are_asked_with_what_would_be(company: Company) -> None:
    edit = change(company, BulkAction(name="suspend"))
    asked: list[tuple[str, object]] = []

    def within(user: User, value: object) -> bool:
        asked.append((user.last_name, value))
        return user.last_name == "Bob"

    assert undo_many(edit=edit, actor=by(company), within=within) == (1, 2)
    assert sorted(asked) == [("Alice", True), ("Bob", True), ("Charlie", True)]
    assert [user.active for user in people()] == [False, True, False]


def test_who_was_erased_is_in_no_change_that_could_be_undone(company: Company) -> None:
    edit = change(company, BulkAction(name="suspend"))
    alice, bob, charlie = people()
    forget_in_bulk_edits(alice.pk)
    edit.refresh_from_db()
    assert set(edit.before) == set(edit.after) == {str(bob.pk), str(charlie.pk)}
    assert undo(edit) == (2, 0)


def names_in(group: Group) -> list[str]:
    return sorted(group.users.values_list("last_name", flat=True))
