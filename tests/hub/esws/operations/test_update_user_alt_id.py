"""updateUserAltId, and the three that are made of it and of updateUser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.users.models import InfoField, User
from tests.factories import world
from tests.factories.esws import call
from tests.hub.esws.operations.test_update_user import ALICE, credentials, groups, user

pytestmark = pytest.mark.django_db
WITHOUT_ID = {name: value for name, value in ALICE.items() if name != "p_Id"}


def with_alt_id(company: Company, number: int = 3) -> Company:
    with scope(company=company):
        InfoField.objects.create(company=company, number=number, label="Member", function="external_id")
    return company


@pytest.fixture
def company() -> Company:
    return with_alt_id(world.company())


def test_update_user_alt_id_inserts_and_then_changes_the_same_user(company: Company) -> None:
    number = call("updateUserAltId", p_wsAltUserId="M-1", **WITHOUT_ID, p_phone="+31 20 1234567", p_syncToTapkey="1")
    again = call("updateUserAltId", p_wsAltUserId="M-1", p_Voornaam="Anna", p_phone="")

    assert number == again
    alice = user(company, int(number))
    assert (alice.external_id, alice.first_name, alice.last_name, alice.phone) == ("M-1", "Anna", "Alice", "+31 20 1234567")
    assert call("updateUserAltId", p_wsAltUserId="M-2", p_Achternaam="Bob") != number


@pytest.mark.parametrize("info3", ["", " ", "M-1", "\n  M-1\n "])
@pytest.mark.requirement("D-01", mutation="an empty info field contradicting the id that the call goes by")
def test_the_id_may_stand_in_its_info_field_too_or_be_left_empty_there(company: Company, info3: str) -> None:
    """Many programs send all 14 info fields, whether they use them or not."""
    info = {**{f"info{number}": "" for number in range(1, 15)}, "info2": "blue", "info3": info3}
    number = call("updateUserAltId", p_wsAltUserId="M-1", p_Achternaam="Alice", p_infoFields=info)

    alice = user(company, int(number))
    assert (alice.external_id, alice.info2) == ("M-1", "blue")
    assert call("updateUserAltId", p_wsAltUserId=" M-1\u00ad", p_infoFields=info) == number
    assert user(company, int(number)).external_id == "M-1"


def test_update_user_alt_id_refuses_by_a_string(company: Company) -> None:
    assert call("updateUserAltId", p_wsAltUserId="", **WITHOUT_ID) == "NO_ID_RECEIVED"
    assert call("updateUserAltId", p_wsAltUserId="M-1", p_Achternaam="A", p_infoFields={"info3": "M-2"}) == "CAN_NOT_SAVE_USER"
    with scope(company=company):
        InfoField.objects.all().delete()
    assert call("updateUserAltId", p_wsAltUserId="M-1", **WITHOUT_ID) == "NO_WS_ALT_USER_ID_INFOFIELD_SET"
    with scope(company=company):
        assert not User.objects.exists()


@pytest.mark.requirement("D-01", mutation="people without an id in the program made one person, whose card is that of the last")
@pytest.mark.parametrize("nothing", [" ", "\u00a0", "\u00ad", "\t ", "0", " 00 ", "null", "undefined", "None", "?"])
def test_an_id_that_is_none_means_nobody(company: Company, nothing: str) -> None:
    """Many users have no id of a third party, and one of them would be the first that is found."""
    world.user(company, "Without", number=5)
    missing = {"NO_ID_RECEIVED", "CAN_NOT_SAVE_USER", "NO_USER_FOUND_WITH_WSALTUSERID", "NO_WS_ALT_USER_ID_SET"}
    missing |= {"NO_USER_FOUND_BASED_ON_WS_ALT_USER_ID_VALUE"}

    assert call("updateUserAltId", p_wsAltUserId=nothing, **WITHOUT_ID) in missing
    assert call("updateCard", p_wsAltUserId=nothing, p_usbCardId="5") in missing
    assert call("setQR", p_wsAltUserId=nothing) in missing
    assert call("deletePictureAndTemplates", p_wsAltUserId=nothing, p_deletePicture="1") in missing
    assert (user(company, 5).last_name, credentials(user(company, 5))) == ("Without", {})
    with scope(company=company):
        assert User.objects.count() == 1


def test_update_user_2_takes_groups_by_their_ids(company: Company) -> None:
    gym, pool = world.group(company, "Gym"), world.group(company, "Pool")
    foreign = world.group(world.other_company(), "Theirs")
    given = {name: value for name, value in ALICE.items() if name not in ("p_Id", "p_groupName")}

    assert call("updateUser2", p_ID="7", **given, p_groupId=f"{gym.pk};{pool.pk}") == "7"
    assert groups(user(company)) == {"Gym", "Pool"}
    for wrong in (str(foreign.pk), "999999999", "x", f"{gym.pk};0", "9" * 30):
        assert call("updateUser2", p_ID="7", p_groupId=wrong) == "CAN_NOT_SAVE_USER"
    assert groups(user(company)) == {"Gym", "Pool"}


def test_update_user_contractor_keeps_the_firm(company: Company) -> None:
    given = {"p_Id": "7", "p_Contractor_Code": "007", "p_Contractor_name": "Builders", **ALICE}

    assert call("updateUserContractor", **given) == "7"
    assert (user(company).contractor_code, user(company).contractor_name) == ("007", "Builders")
    for code in ("", "x7"):
        assert call("updateUserContractor", **{**given, "p_Contractor_Code": code}) == "CAN_NOT_SAVE_USER"
    assert call("updateUserContractor", **{**given, "p_Contractor_name": " \n"}) == "CAN_NOT_SAVE_USER"
    assert call("updateUserContractor", **{**given, "p_Contractor_Code": " 008\n"}) == "7"
    assert (user(company).contractor_code, user(company).contractor_name) == ("008", "Builders")


def test_update_user_dotweb_writes_in_the_store_that_is_named() -> None:
    head = world.company(slug="plus")
    north, south = (
        with_alt_id(world.company(code=code * 32, slug=code, head=head, store=store)) for code, store in (("n", 1), ("s", 2))
    )
    world.company(code="x" * 32, slug="elsewhere", store=3)
    given = {name: value for name, value in WITHOUT_ID.items() if name not in ("p_cardId", "p_cardCustom", "p_isVisitor")}

    number = call("updateUserDotweb", p_ws_StoreId="2", p_wsAltUserId="M1", **given)
    assert user(south, int(number)).external_id == "M1"
    with scope(company=north):
        assert not User.objects.exists()
    for store in ("", "3", "x", "9" * 5000):
        assert call("updateUserDotweb", p_ws_StoreId=store, p_wsAltUserId="M1", **given) == "ERROR_UNKNOWN_SECURITY_HASH"
    assert call("updateUserDotweb", p_ws_StoreId="2", p_wsAltUserId="M-1", **given) == "CAN_NOT_SAVE_USER"
    assert call("updateUserDotweb", "n" * 32, p_ws_StoreId="2", p_wsAltUserId="M1", **given) == "ERROR_UNKNOWN_SECURITY_HASH"


@pytest.mark.django_db(transaction=True)
def test_one_id_of_many_calls_at_once_becomes_one_user(company: Company) -> None:
    def one(name: str) -> str:
        try:
            return call("updateUserAltId", p_wsAltUserId="M-1", p_Achternaam=name)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        said = set(pool.map(one, "ABCDEFGH"))

    with scope(company=company):
        (number,) = User.objects.values_list("number", flat=True)
    assert said == {str(number)}
