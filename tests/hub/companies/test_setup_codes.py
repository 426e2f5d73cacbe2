"""The code of the set-up page: only while there is no company, for an hour, for a few tries, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from doorsync.hub.companies.errors import AlreadySetUp, WrongSetupCode
from doorsync.hub.companies.models import SetupCode
from doorsync.hub.companies.setup_codes import TRIES, check_setup_code, issue_setup_code, spend_setup_code
from tests.factories import world

pytestmark = pytest.mark.django_db


def test_a_code_is_taken_as_people_type_it() -> None:
    check_setup_code(issue_setup_code().lower().replace("-", " "))


def test_an_older_code_ends_with_a_new_one() -> None:
    older, newer = issue_setup_code(), issue_setup_code()
    check_setup_code(newer)
    with pytest.raises(WrongSetupCode):
        check_setup_code(older)


def test_a_code_is_good_for_an_hour() -> None:
    code = issue_setup_code()
    SetupCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(WrongSetupCode):
        check_setup_code(code)


def test_wrong_tries_use_it_up() -> None:
    code = issue_setup_code()
    for _ in range(TRIES):
        with pytest.raises(WrongSetupCode):
            check_setup_code("")
    with pytest.raises(WrongSetupCode):
        check_setup_code(code)


def test_it_is_spent_once_and_not_beside_a_company() -> None:
    issue_setup_code()
    spend_setup_code()
    with pytest.raises(AlreadySetUp):
        spend_setup_code()
    issue_setup_code()
    world.company()
    assert issue_setup_code() == ""
    with pytest.raises(AlreadySetUp):
        spend_setup_code()


def test_only_a_hash_is_kept() -> None:
    code = issue_setup_code()
    assert code.replace("-", "").encode() not in bytes(SetupCode.objects.get().digest)
