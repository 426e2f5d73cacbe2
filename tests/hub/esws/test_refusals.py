"""A call that is refused with CAN_NOT_SAVE_USER names its field and the reason in the log, and never a value."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from doorsync.hub.companies.models import Company
from tests.factories import world
from tests.factories.esws import call
from tests.hub.esws.operations.test_update_user import ALICE

pytestmark = pytest.mark.django_db
TOO_MANY = ";".join(f"P{number}" for number in range(300))


@pytest.fixture
def company() -> Company:
    return world.company()


@pytest.mark.requirement("S-03", mutation="CannotSave without its field")
@pytest.mark.parametrize(
    ("parameter", "value", "field"),
    [
        ("p_Admin", "s3cret", "admin"),
        ("p_isVisitor", "s3cret", "visitor"),
        ("p_groupUpdate", "s3cret", "p_groupUpdate"),
        ("p_groupName", "?", "p_groupName"),
        ("p_groupName", "null", "p_groupName"),
        ("p_licensePlate", TOO_MANY, "p_licensePlate"),
        ("p_licensePlate", "s3cret;Remove", "licence_plates"),
        ("p_PIN", "s3cret", "pin"),
        ("p_StartDate", "s3cret", "starts"),
        ("p_Voornaam", "s3cret" * 100, "first_name"),
    ],
)
def test_refused_field_is_logged_with_its_reason(company: Company, parameter: str, value: str, field: str) -> None:
    with capture_logs() as logs:
        assert call("updateUser", **{**ALICE, parameter: value}) == "CAN_NOT_SAVE_USER"
    (entry,) = [each for each in logs if each["event"] == "A program's call was refused."]
    assert (entry["operation"], entry["fields"], entry["company"]) == ("Esws.updateUser", [field], company.slug)
    assert all(entry["reasons"])
    assert len(entry["reasons"]) == 1
    assert "s3cret" not in str(logs)


def test_what_is_missing_is_logged_too(company: Company) -> None:
    with capture_logs() as logs:
        assert call("updateUserContractor", p_Contractor_Code="", p_Contractor_name="Firm", **ALICE) == "CAN_NOT_SAVE_USER"
    assert [each["fields"] for each in logs if "fields" in each] == [["p_Contractor_Code"]]


def test_call_that_is_taken_logs_no_refusal(company: Company) -> None:
    with capture_logs() as logs:
        assert call("updateUser", **ALICE) == "7"
    assert not [each for each in logs if "fields" in each]
