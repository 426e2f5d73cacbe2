"""Files of people go after an hour, and when somebody in them is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users.files.text_file import Upload
from doorsync.hub.users.import_files import LIFE, delete_expired_uploads, drop_uploads_with, keep_upload
from doorsync.hub.users.models import ImportFile
from tests.factories import world


def keep(company: Company, data: bytes) -> ImportFile:
    return keep_upload(company=company, upload=Upload("a.csv", data), options={}, actor=Actor(company_id=company.pk))


@pytest.mark.django_db
def test_files_go_after_an_hour_in_every_company() -> None:
    made = [keep(each, b"x") for each in (world.company(), world.other_company())]
    now = timezone.now()
    assert delete_expired_uploads(now) == 0
    assert delete_expired_uploads(now + LIFE + timedelta(seconds=1)) == len(made)


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize(("written", "goes"), [("Müller", True), ("MüLLER", True), ("Meier", False)])
def test_a_file_that_names_the_erased_person_goes(encoding: str, written: str, *, goes: bool) -> None:
    company = world.company()
    keep(company, f"id;last_name\n7;{written}\n".encode(encoding))
    with scope(company=company):
        drop_uploads_with("Müller")
        assert ImportFile.objects.exists() != goes


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_goes() -> None:
    company = world.company()
    with scope(company=company):
        keep(company, b"x")
        ImportFile.objects.update(sealed=b"damaged")
        drop_uploads_with("Vries")
        assert not ImportFile.objects.exists()
