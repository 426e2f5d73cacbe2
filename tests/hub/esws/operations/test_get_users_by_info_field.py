"""getUsersByInfoField: whom it finds, and that it tells them page by page."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from doorsync.hub.companies.models import Company
from doorsync.hub.esws import operations
from doorsync.hub.esws.operations import get_users_by_info_field
from doorsync.hub.esws.service import Request, answer
from doorsync.hub.users.models import Group, User
from tests.factories import esws, world

pytestmark = pytest.mark.django_db


def test_users_are_found_by_an_info_field(company: Company, anna: User) -> None:
    world.user(company, "Bob", number=8, first_name="Bob")

    def found(field: str, value: str | None) -> list[str]:
        return [row["UserId"] for row in esws.rows("getUsersByInfoField", p_InfoField=field, p_InfoFieldValue=value)]

    assert found("info1", "blue <locker>") == found("INFO1 ", "blue <locker>") == ["2179"]
    assert found("info3", "M-1") == ["2179"]  # it stands for the third party's id
    assert found("info1", "") == found("info1", None) == ["8"]
    assert found("info2", "") == ["8", "2179"]
    assert found("info1", "blue") == ["NO_USER_ID_FOUND"]
    assert [found(wrong, "") for wrong in ("info15", "info0", "", "pin", "external_id")] == [["NO_VALID_INFOFIELD"]] * 5


def test_users_by_info_field_are_told_page_by_page(company: Company, members: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_users_by_info_field, "PER_PAGE", 2)
    for number in range(1, 6):
        world.user(company, f"P {number}", number=number)
    request = esws.written("getUsersByInfoField", {"p_companyID": world.SAMPLE_CODE, "p_InfoField": "info1"})
    reply = answer(Request(body=request), operations.OPERATIONS, in_parts=True)

    parts = list(reply.parts or ())
    assert len(parts) > 3
    items = ElementTree.fromstring(b"".join(parts)).findall(".//item")
    assert [item.findtext("UserId") for item in items] == ["1", "2", "3", "4", "5"]
