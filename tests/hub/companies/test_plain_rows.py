from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doorsync.hub.companies.models import Company
from doorsync.hub.companies.plain_rows import from_plain_row, plain_fields
from doorsync.hub.companies.queries import company_by_code
from tests.factories import world


@pytest.mark.django_db
def test_row_is_the_same_object_as_the_orm_reads_whatever_is_asked_of_it() -> None:
    made = world.company(name="Gým", frame_origins=["https://a.example"], compatible_tokens=True)
    with CaptureQueriesContext(connection) as captured:
        found = company_by_code(world.SAMPLE_CODE)
        assert found.active is True
        assert found.compatible_tokens is True
        assert (found, found.slug, found.token_seconds, found.guard) == (made, made.slug, 300, made.guard)
    assert len(captured) == 1
    for field in Company._meta.concrete_fields:
        value, expected = getattr(found, field.attname), getattr(Company.objects.get(), field.attname)
        assert (bytes(value) if isinstance(expected, bytes | memoryview) else value) == expected, field.attname
    found.name = "Gym"
    found.save()
    assert Company.objects.get().name == "Gym"


@pytest.mark.django_db
def test_row_needs_a_value_for_each_plain_field() -> None:
    with pytest.raises(ValueError, match="1 values for"):
        from_plain_row(Company, plain_fields(Company), [1])
