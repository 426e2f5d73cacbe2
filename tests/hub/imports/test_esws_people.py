"""People as the service tells them: what it does not tell changes nothing, and no fault repeats a value."""

from __future__ import annotations

import pytest

from doorsync.hub.imports.esws_people import people_of, split_groups
from doorsync.hub.users.files.file_faults import FileFaults

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_with_faults_are_told_by_user_and_field_and_never_by_value() -> None:
    rows = [
        {"UserId": "x7"},
        {"UserId": "7", "GroupS": "Members;Nobodys"},
        {"UserId": "8", "GroupS": "Members", "Achternaam": "Bos"},
    ]
    with pytest.raises(FileFaults) as error:
        people_of(rows, {"Members"})
    assert [(fault.file, fault.line) for fault in error.value.faults] == [("getUsers", 0), ("getUsers", 7)]
    assert "Nobodys" not in str(error.value)
    assert "x7" not in str(error.value)


@pytest.mark.requirement("I-06", mutation="a PIN of 0 given to everybody of whom the service tells that they have none")
def test_a_pin_of_0_is_none() -> None:
    told = [{"UserId": str(number), "PIN": pin} for number, pin in enumerate(("0", " 0", "", "0000", "0042"), 1)]

    pins = [each.fields["credentials"]["pin"] for each in people_of(told, ())]
    assert pins == [frozenset()] * 3 + [{"0000"}, {"0042"}]


def test_what_the_service_does_not_tell_changes_nothing() -> None:
    (person,) = people_of([{"UserId": "0007", "Voornaam": "Anna", "StartDate": "0000-00-00 00:00:00"}], set())
    assert (person.number, person.groups) == (7, None)
    assert person.fields == {"first_name": "Anna", "starts": ""}


@pytest.mark.parametrize(
    ("text", "names"),
    [("", ()), ("A;B", ("A", "B")), ("A,B", ("A", "B")), ("A; B;;A", ("A", "B")), ("A, B", ("A, B",)), ("A;C", None)],
)
def test_groups_are_parted_by_what_makes_them_known(text: str, names: tuple[str, ...] | None) -> None:
    known = {"A", "B", "A, B"} if text == "A, B" else {"A", "B"}
    assert split_groups(text, known) == names
