"""updateCard, the QR operations, and those on pictures and templates."""

from __future__ import annotations

import re

import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users.credential_edits import report_lost
from doorsync.hub.users.models import InfoField
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.factories.esws import call, send
from tests.hub.esws.operations.test_update_user import credentials, user

pytestmark = pytest.mark.django_db
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
OF_ALT_ID = ("updateCard", "getQR", "setQR", "deleteQR")


@pytest.fixture
def company() -> Company:
    made = world.company()
    with scope(company=made):
        InfoField.objects.create(company=made, number=3, label="Member", function="external_id")
    world.user(made, "Alice", number=7, external_id="2", card="5", pin="42")
    world.user(made, "Bob", number=8, external_id="3", card="99")
    return made


def test_update_card_takes_18_digits_with_a_zero_in_front_in_place_of_the_old_card(company: Company) -> None:
    assert call("updateCard", p_wsAltUserId="2", p_usbCardId="036136500607727109") == "OK"

    assert credentials(user(company)) == {"card": {"36136500607727109"}, "pin": {"42"}}
    with scope(company=company):
        assert Entry.objects.latest("number").actor["via"] == "esws"


def test_update_card_with_an_empty_value_takes_the_card_away(company: Company) -> None:
    assert call("updateCard", p_wsAltUserId="2", p_usbCardId="") == "OK"

    assert credentials(user(company)) == {"pin": {"42"}}


@pytest.mark.parametrize(
    ("card", "text"),
    [
        (None, "CARD_NOT_VALID"),
        ("0", "CARD_NOT_VALID"),
        ("5A", "CARD_NOT_VALID"),
        ("1.5E+3", "CARD_NOT_VALID"),
        ("1" * 21, "CARD_NOT_SUPPORTED"),
        ("0099", "CARD_EXISTS_FOR_AN_OTHER_USER"),
    ],
)
def test_update_card_refuses_by_a_string_and_keeps_the_card(company: Company, card: str | None, text: str) -> None:
    assert call("updateCard", p_wsAltUserId="2", p_usbCardId=card) == text
    assert credentials(user(company))["card"] == {"5"}


@pytest.mark.parametrize("alt_id", ["2", "3"])
def test_update_card_gives_a_lost_card_to_nobody(company: Company, alt_id: str) -> None:
    with scope(company=company):
        alice = user(company)
        report_lost(user=alice, credential_id=alice.credentials.get(kind="card").pk, actor=Actor(company_id=company.pk))

    assert call("updateCard", p_wsAltUserId=alt_id, p_usbCardId="0005") == "CARD_NOT_VALID"
    assert (credentials(alice), credentials(user(company, 8))) == ({"pin": {"42"}}, {"card": {"99"}})
    assert call("updateCard", p_wsAltUserId=alt_id, p_usbCardId="") == "OK"


@pytest.mark.parametrize("operation", OF_ALT_ID)
def test_credentials_of_somebody_who_is_not_there_are_refused(company: Company, operation: str) -> None:
    world.user(world.other_company(), "Other", external_id="9")

    assert call(operation, p_wsAltUserId="9", p_usbCardId="1") == "NO_USER_FOUND_WITH_WSALTUSERID"
    assert call(operation, p_wsAltUserId="", p_usbCardId="1") == "NO_ID_RECEIVED"
    with scope(company=company):
        InfoField.objects.all().delete()
    assert call(operation, p_wsAltUserId="", p_usbCardId="1") == "NO_WS_ALT_USER_ID_INFOFIELD_SET"


def test_qr_code_is_made_read_renewed_and_deleted(company: Company) -> None:
    assert send("getQR", p_wsAltUserId="2").get(NIL) == "true"

    first, second = (call("setQR", p_wsAltUserId="2") for _ in range(2))
    assert re.fullmatch("[0-9a-zA-Z]{32}", first)
    assert first != second
    assert call("getQR", p_wsAltUserId="2") == second
    assert credentials(user(company))["qr"] == {second}
    assert call("deleteQR", p_wsAltUserId="2") == call("deleteQR", p_wsAltUserId="2") == "OK"
    assert send("getQR", p_wsAltUserId="2").get(NIL) == "true"


def test_credentials_of_one_kind_are_read_without_unsealing_the_others(company: Company) -> None:
    call("setQR", p_wsAltUserId="2")
    with scope(company=company):
        alice = user(company)
        alice.credentials.exclude(kind="qr").update(sealed=b"damaged")

        assert credentials_of(alice, "qr").keys() == {"qr"}
    assert len(call("getQR", p_wsAltUserId="2")) == 32


@pytest.mark.parametrize(
    ("alt_id", "picture", "templates", "text"),
    [
        ("2", "1", "0", "PROFILE_PICTURE_DELETED"),
        ("2", "0", "1", "FACE_TEMPLATES_DELETED"),
        ("2", "1", "1", "FACE_TEMPLATES_DELETED"),
        ("2", "true", "false", "PROFILE_PICTURE_DELETED"),
        ("2", "False", "True", "FACE_TEMPLATES_DELETED"),
        ("2", "0", "0", "NO_ACTION_SELECTED"),
        ("2", "2", "no", "NO_ACTION_SELECTED"),
        ("", "1", "1", "NO_WS_ALT_USER_ID_SET"),
        ("9", "1", "1", "NO_USER_FOUND_BASED_ON_WS_ALT_USER_ID_VALUE"),
    ],
)
def test_delete_picture_and_templates(company: Company, alt_id: str, picture: str, templates: str, text: str) -> None:
    given = {"p_wsAltUserId": alt_id, "p_deletePicture": picture, "p_deleteTemplates": templates}

    assert call("deletePictureAndTemplates", **given) == text


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "DID_NOT_ALLOWED"),
        ({"p_updatePicture": "0", "p_data": ""}, "DID_NOT_ALLOWED"),
        ({"p_Id": ""}, "NO_ID_RECEIVED"),
        ({"p_Id": "9"}, "USER_WAS_NOT_FOUND"),
        ({"p_data": ""}, "NO_IMAGE_DATA_RECEIVED"),
        ({"p_extenstion": ""}, "NO_EXTENSION_RECEIVED"),
        ({"p_extenstion": "gif"}, "ONLY_PNG_OR_JPG_EXTENSIONS_ARE_ACCEPTED"),
    ],
)
def test_image_to_face_template_is_refused_whatever_is_sent(company: Company, changed: dict[str, str], text: str) -> None:
    given = {"p_updatePicture": "1", "p_Id": "7", "p_data": "AAAA", "p_extenstion": "jpg", "p_ip": "192.0.2.1"}

    assert call("imageToFaceTemplate", **{**given, "p_port": "51211", "p_did": "543714888", **changed}) == text
