from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users.actions import create_user, remove_user
from doorsync.hub.users.credential_edits import add_credential, report_lost
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.factories.esws import call, rows

pytestmark = pytest.mark.django_db
ALICE: dict[str, Any] = {
    "p_Id": "7",
    "p_PIN": "0042",
    "p_Achternaam": "Alice",
    "p_Voornaam": "A",
    "p_Admin": "0",
    "p_Security": "1",
    "p_StartDate": "2026-01-01",
    "p_ExpireDate": "2027-06-30",
    "p_infoFields": {"info1": "blue"},
    "p_groupName": "Gym;Pool",
    "p_groupUpdate": "1",
    "p_cardId": "036136500607727109",
    "p_cardCustom": "",
    "p_licensePlate": "12-AB-CD",
    "p_isVisitor": "0",
    "p_locationID": "",
}


@pytest.fixture
def company() -> Company:
    return world.company()


def user(company: Company, number: int = 7) -> User:
    with scope(company=company):
        return User.objects.get(company=company, number=number)


def groups(of: User) -> set[str]:
    with scope(company=of.company):
        return set(of.groups.values_list("name", flat=True))


def credentials(of: User) -> dict[str, set[str]]:
    with scope(company=of.company):
        return {kind: set(values) for kind, values in credentials_of(of).items()}


def update(**changed: Any) -> str:
    return call("updateUser", **{**ALICE, **changed})


def test_update_user_inserts_all_that_is_said(company: Company) -> None:
    assert update() == "7"

    alice = user(company)
    assert (alice.last_name, alice.first_name, alice.admin, alice.security, alice.visitor) == ("Alice", "A", False, True, False)
    assert (alice.starts, alice.expires, alice.info1) == ("2026-01-01T00:00", "2027-06-30T23:59", "blue")
    assert groups(alice) == {"Gym", "Pool"}
    assert credentials(alice) == {"pin": {"0042"}, "card": {"36136500607727109"}, "licence_plate": {"12ABCD"}}


def test_update_user_writes_the_audit_as_the_service(company: Company) -> None:
    update()

    with scope(company=company):
        entries = Entry.objects.order_by("number")
        assert [(each.event, each.actor["via"]) for each in entries] == [
            ("group.created", "esws"),
            ("group.created", "esws"),
            ("user.created", "esws"),
        ]


@pytest.mark.requirement("D-01", mutation="SAID replaced by STRING in the parameters: what is left out is emptied")
def test_update_user_leaves_what_is_not_there_as_it_is(company: Company) -> None:
    update()

    assert call("updateUser", p_Id="7", p_Voornaam="Anna") == "7"
    alice = user(company)
    assert (alice.last_name, alice.first_name, alice.security, alice.info1) == ("Alice", "Anna", True, "blue")
    assert (alice.starts, alice.expires) == ("2026-01-01T00:00", "2027-06-30T23:59")
    assert groups(alice) == {"Gym", "Pool"}
    assert credentials(alice).keys() == {"pin", "card", "licence_plate"}


@pytest.mark.requirement("S-01", mutation="p_card of a call with a few fields taken for the PIN, which stands in its place")
def test_update_user_takes_no_parameter_that_is_not_ours_for_a_pin(company: Company) -> None:
    update()

    for name in ("p_card", "p_validUntil", "p_groupId"):
        assert call("updateUser", **{"p_Id": "7", name: "70055"}) == "7"
    assert credentials(user(company))["pin"] == {"0042"}


@pytest.mark.requirement("D-01", mutation="a start behind an end that is over dropped, and the call answered as if it were kept")
def test_update_user_drops_no_start_that_it_was_told(company: Company) -> None:
    update(p_StartDate="2020-01-01", p_ExpireDate="2020-06-30")

    assert call("updateUser", p_Id="7", p_StartDate="2099-01-01") == "CAN_NOT_SAVE_USER"
    assert call("updateUser", p_Id="7", p_StartDate="2099-01-01", p_ExpireDate="0000-00-00") == "CAN_NOT_SAVE_USER"
    assert (user(company).starts, user(company).expires) == ("2020-01-01T00:00", "2020-06-30T23:59")
    assert call("updateUser", p_Id="7", p_StartDate="2099-01-01", p_ExpireDate="2099-12-31") == "7"
    assert user(company).starts == "2099-01-01T00:00"


def test_update_user_reads_optional_parameters_that_are_empty_as_unused(company: Company) -> None:
    update()
    update(p_groupName="", p_groupUpdate="", p_cardId="", p_licensePlate="", p_isVisitor="", p_infoFields={})

    alice = user(company)
    assert groups(alice) == {"Gym", "Pool"}
    assert credentials(alice).keys() == {"pin", "card", "licence_plate"}
    assert alice.info1 == "blue"


def test_update_user_empties_what_is_there_and_empty(company: Company) -> None:
    update()
    update(p_PIN="", p_Voornaam="", p_infoFields={"info1": ""}, p_cardId="Remove", p_licensePlate="Remove")

    alice = user(company)
    assert (alice.first_name, alice.info1, credentials(alice)) == ("", "", {})


def test_update_user_gives_another_card_in_place_of_the_old_one(company: Company) -> None:
    update()
    update(p_cardId="5")

    assert credentials(user(company))["card"] == {"5"}


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"p_Id": ""}, "NO_ID_RECEIVED"),
        ({"p_Id": None}, "NO_ID_RECEIVED"),
        ({"p_Id": "0"}, "INCORRECT_ID_RECEIVED"),
        ({"p_Id": "400000001"}, "INCORRECT_ID_RECEIVED"),
        ({"p_Id": "x"}, "INCORRECT_ID_RECEIVED"),
        ({"p_Id": "-1"}, "INCORRECT_ID_RECEIVED"),
        ({"p_Achternaam": ""}, "CAN_NOT_SAVE_USER"),
        ({"p_PIN": "12a"}, "CAN_NOT_SAVE_USER"),
        ({"p_Admin": "2"}, "CAN_NOT_SAVE_USER"),
        ({"p_StartDate": "2028-01-01"}, "CAN_NOT_SAVE_USER"),
        ({"p_ExpireDate": "2026-12-31 noon"}, "CAN_NOT_SAVE_USER"),
        ({"p_ExpireDate": "31-12-2026"}, "CAN_NOT_SAVE_USER"),
        ({"p_ExpireDate": "2026/12/31"}, "CAN_NOT_SAVE_USER"),
        ({"p_ExpireDate": "2026-02-30"}, "CAN_NOT_SAVE_USER"),
        ({"p_StartDate": "tomorrow"}, "CAN_NOT_SAVE_USER"),
        ({"p_cardId": "12-34"}, "CARD_NOT_VALID"),
        ({"p_cardId": "Remove;5"}, "CARD_NOT_VALID"),
        ({"p_licensePlate": "Remove;12-AB-CD"}, "CAN_NOT_SAVE_USER"),
        ({"p_cardId": "5", "p_cardCustom": "6"}, "CARD_NOT_SUPPORTED"),
        ({"p_cardId": "", "p_cardCustom": "6"}, "CARD_NOT_SUPPORTED"),
        ({"p_cardId": "99"}, "CARD_EXISTS_FOR_AN_OTHER_USER"),
    ],
)
def test_update_user_refuses_by_a_string_and_writes_nothing(company: Company, changed: dict[str, Any], text: str) -> None:
    world.user(company, "Bob", number=3, card="99")

    assert update(**changed) == text
    with scope(company=company):
        assert list(User.objects.values_list("number", flat=True)) == [3]
        assert not Group.objects.exists()


def test_update_user_takes_the_highest_and_the_lowest_number(company: Company) -> None:
    assert update(p_Id="400000000") == "400000000"
    assert update(p_Id="1", p_cardId="") == "1"


def test_update_user_does_not_reach_the_other_company(company: Company) -> None:
    other = world.other_company()
    world.user(other, "Other", number=7, card="36136500607727109")
    world.group(other, "Gym")

    assert update() == "7"
    assert user(other).last_name == "Other"
    assert groups(user(other)) == set()


def test_update_user_lets_a_number_come_back_that_a_program_gave(company: Company) -> None:
    update()
    with scope(company=company):
        pk = user(company).pk
    assert call("deleteUser", p_Id="7") == "User has been deleted"

    assert update(p_Achternaam="Alice again") == "7"
    assert user(company).pk != pk


def test_update_user_does_not_take_a_number_that_the_hub_gave_to_somebody_who_left(company: Company) -> None:
    actor = Actor(company_id=company.pk)
    bob = create_user(company=company, actor=actor, last_name="Bob")
    with scope(company=company):
        remove_user(user=bob, actor=actor)

    assert update(p_Id=str(bob.number)) == "CAN_NOT_SAVE_USER"


def test_update_user_keeps_characters_above_255_unless_the_company_wants_question_marks(company: Company) -> None:
    update(p_Achternaam="Łukasz Ōe é", p_infoFields={"info1": "€"})
    assert (user(company).last_name, user(company).info1) == ("Łukasz Ōe é", "€")

    Company.objects.update(question_marks=True)
    update(p_Achternaam="Łukasz Ōe é", p_infoFields={"info1": "€"})
    assert (user(company).last_name, user(company).info1) == ("?ukasz ?e é", "?")


@pytest.mark.parametrize("with_time", ["0", "1"])
def test_update_user_with_what_get_users_gave_changes_nothing(company: Company, with_time: str) -> None:
    update(p_ExpireDate="2027-06-30" if with_time == "0" else "2027-06-30 18:15")
    (row,) = rows("getUsers", p_page="", p_locationID="", p_userId="7", p_addTimeToDate=with_time)
    with scope(company=company):
        before = Entry.objects.count()
    given: dict[str, Any] = {
        "p_PIN": row["PIN"],
        "p_Achternaam": row["Achternaam"],
        "p_Voornaam": row["Voornaam"],
        "p_Admin": row["Admin"],
        "p_Security": row["Security"],
        "p_StartDate": row["StartDate"],
        "p_ExpireDate": row["ExpireDate"],
        "p_infoFields": {name: row[name] for name in INFO},
        "p_groupName": row["GroupS"],
        "p_cardId": row["CardId"],
        "p_licensePlate": row["LicensePlate"],
        "p_isVisitor": row["IsVisitor"],
    }

    assert call("updateUser", p_Id="7", **given, p_groupUpdate="1", p_cardCustom="", p_locationID="") == "7"
    with scope(company=company):
        assert Entry.objects.count() == before


@pytest.mark.requirement(
    "I-06", mutation="save_user() without _without_lost(): the earlier expiry of somebody with a lost card was refused"
)
def test_a_lost_card_that_is_sent_again_stays_out_and_the_rest_is_taken(company: Company) -> None:
    update()
    alice, actor = user(company), Actor(company_id=company.pk, via="test")
    with scope(company=company):
        report_lost(user=alice, credential_id=alice.credentials.get(kind="card").pk, actor=actor)
        add_credential(user=alice, kind="card", value="77", actor=actor)

    for _ in range(2):
        assert update(p_ExpireDate="2026-12-31", p_groupName="Gym", p_PIN="") == "CARD_NOT_VALID"
    assert (user(company).expires, groups(alice)) == ("2026-12-31T23:59", {"Gym"})
    assert credentials(alice) == {"card": {"77"}, "licence_plate": {"12ABCD"}}
    assert update(p_cardId="78") == "7"


def test_a_lost_card_lets_nobody_in_who_was_not_there(company: Company) -> None:
    update()
    with scope(company=company):
        alice = user(company)
        report_lost(user=alice, credential_id=alice.credentials.get(kind="card").pk, actor=Actor(company_id=company.pk))
        remove_user(user=alice, actor=Actor(company_id=company.pk))

    assert update() == "CARD_NOT_VALID"
    with scope(company=company):
        assert not User.objects.exists()


@pytest.mark.parametrize(("custom", "said"), [("0770500", "7"), ("770500", "7"), ("00", "7"), ("770501", "CARD_NOT_SUPPORTED")])
def test_zeros_before_a_custom_number_do_not_count(company: Company, custom: str, said: str) -> None:
    assert update(p_Id="7", p_cardId="770500", p_cardCustom=custom) == said


@pytest.mark.requirement("D-01", mutation="p_cardId read as one card: whoever has two could not be written back")
def test_two_cards_are_written_back_as_they_were_read(company: Company) -> None:
    assert update(p_cardId="770500;0770501;0;") == "7"
    assert credentials(user(company))["card"] == {"770500", "770501"}
    (row,) = rows("getUsers", p_page="", p_locationID="", p_userId="7", p_addTimeToDate="1")
    read = row["CardId"]
    with scope(company=company):
        before = Entry.objects.count()
    assert update(p_cardId=read) == "7"
    with scope(company=company):
        assert Entry.objects.count() == before
    assert update(p_cardId=read, p_cardCustom="770500") == "CARD_NOT_SUPPORTED"
    assert update(p_cardId="770500;1.2E+17") == "CARD_NOT_VALID"
    assert credentials(user(company))["card"] == {"770500", "770501"}
    assert update(p_cardId="770501") == "7"
    assert credentials(user(company))["card"] == {"770501"}


def test_update_user_takes_values_between_the_line_breaks_of_indented_xml(company: Company) -> None:
    info = {"info1": "\n     red\n   "}
    assert update(p_Achternaam="\n      Alice\n    ", p_Voornaam="\r\n\tA ", p_groupName="\n Gym\n", p_infoFields=info) == "7"

    alice = user(company)
    assert (alice.last_name, alice.first_name, groups(alice), alice.info1) == ("Alice", "A", {"Gym"}, "red")


@pytest.mark.requirement("I-06", mutation="a PIN of 0 given to everybody whose program keeps PINs as numbers")
def test_update_user_reads_a_pin_of_0_as_none(company: Company) -> None:
    assert update(p_PIN="0") == "7"
    assert "pin" not in credentials(user(company))
    assert update(p_PIN="0000") == "7"
    assert credentials(user(company))["pin"] == {"0000"}
    assert update(p_PIN=" 0 ") == "7"
    assert "pin" not in credentials(user(company))


@pytest.mark.requirement("D-01", mutation="a hyphen that stands for no plate taking all plates away")
@pytest.mark.parametrize("nothing", ["-", "0", " - ; 0;", "\u2013", "null", "undefined; "])
def test_update_user_reads_what_stands_for_no_plate_as_unused(company: Company, nothing: str) -> None:
    update()

    assert update(p_licensePlate=nothing) == "7"
    assert credentials(user(company))["licence_plate"] == {"12ABCD"}
