"""A dry run sees its own effect, leaves nothing, and is over when it ends, however it ends."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from doorsync.hub.companies.dry_run import dry_run, is_dry_run
from doorsync.hub.companies.models import Company
from tests.factories import world


@pytest.mark.django_db
def test_what_is_written_in_it_is_seen_in_it_and_nowhere_else() -> None:
    with dry_run():
        world.company()
        assert (Company.objects.count(), is_dry_run()) == (1, True)
    assert (Company.objects.count(), is_dry_run()) == (0, False)


@pytest.mark.django_db
def test_what_surrounds_it_is_kept() -> None:
    with transaction.atomic():
        world.company()
        with dry_run():
            world.other_company()
    assert Company.objects.count() == 1


@pytest.mark.django_db
def test_an_error_in_it_is_the_callers_and_ends_it() -> None:
    world.company(slug="gym")
    with pytest.raises(IntegrityError), dry_run():
        world.other_company(slug="gym")
    assert (Company.objects.count(), is_dry_run()) == (1, False)


@pytest.mark.django_db
def test_one_within_another_does_not_end_it() -> None:
    with dry_run():
        with dry_run():
            pass
        assert is_dry_run()
