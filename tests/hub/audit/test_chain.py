from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.hub.audit import trail
from doorsync.hub.audit.chain import AT_ONCE, Head, locked_head
from doorsync.hub.audit.models import ChainHead, Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.audit.verification import verify_trail
from tests.factories import world

pytestmark = pytest.mark.django_db


def test_a_company_without_a_trail_has_the_end_of_an_empty_one() -> None:
    with transaction.atomic():
        assert locked_head(7) == Head(0, bytes(32))
    assert ChainHead.objects.get().company_id == 7


@pytest.mark.parametrize("count", [1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 7])
def test_entries_of_any_number_make_one_whole_chain(count: int) -> None:
    company = world.company()
    actor = Actor(company_id=company.pk, administrator_id=3, via="test", reference="é")
    trail.record("company.created", actor=actor)
    with CaptureQueriesContext(connection) as captured:
        trail.record_all("thing.happened", [{"thing": number, "kind": "ü"} for number in range(count)], actor=actor)
    verdict = verify_trail(company.pk)
    assert (verdict.entries, verdict.fault) == (count + 1, "")
    with scope(company=company):
        last = Entry.objects.order_by("-number")[0]
    assert (last.subject, last.actor["reference"], bytes(last.hash)) == ({"thing": count - 1, "kind": "ü"}, "é", verdict.hash)
    assert len(captured) <= 3 + (count - 1) // AT_ONCE
