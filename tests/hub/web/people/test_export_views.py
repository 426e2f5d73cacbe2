"""The list as a file: no formula, no secret, and an import takes it again."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import cast

import pytest
from django.http import StreamingHttpResponse

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.users.actions import create_group
from doorsync.hub.web.people import export_views
from doorsync.hub.web.people.export_views import harmless
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.web.people.test_import_views import shown

pytestmark = pytest.mark.django_db(transaction=True)  # a file is read in threads with connections of their own


def exported(visitor: Visitor, query: str = "") -> str:
    answer = visitor.get(f"/people/export/{query}")
    assert isinstance(answer, StreamingHttpResponse)
    return asyncio.run(read(answer)).decode("utf-8-sig")


async def read(answer: StreamingHttpResponse) -> bytes:
    return b"".join([part async for part in cast("AsyncIterator[bytes]", answer.streaming_content)])


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3;x", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+31 6 1234", "Anna", "", "a=b"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_the_filter_counts_and_secrets_stay_here(visitor: Visitor, club: Gym) -> None:
    club.add(
        "Vries",
        club.members,
        club.staff,
        first_name="=Anna",
        external_id="1",
        card="4711000",
        pin="8642",
        expires="2027-01-01T00:00",
    )
    club.add("Jansen", external_id="2")
    rows = list(csv.reader(io.StringIO(exported(visitor, "?q=vries"))))
    assert rows[1:] == [["1", "'=Anna", "", "Vries", "Members|Staff", "", "2026-12-31", "yes", "", ""]]
    assert "4711000" not in exported(visitor)
    assert "8642" not in exported(visitor)


def test_a_long_list_comes_in_portions_in_the_order_of_names(
    visitor: Visitor, club: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_views, "AT_ONCE", 2)
    for name in ("Eder", "Dijk", "Vries", "Adams", "Bakker"):
        club.add(name, club.members)
    rows = list(csv.reader(io.StringIO(exported(visitor))))
    assert [row[3] for row in rows[1:]] == ["Adams", "Bakker", "Dijk", "Eder", "Vries"]
    assert {row[4] for row in rows[1:]} == {"Members"}


def test_an_import_of_the_export_changes_nothing(visitor: Visitor, club: Gym) -> None:
    club.add(
        "Vries",
        club.members,
        first_name="Anna",
        external_id="1",
        phone="+31 6",
        starts="2026-01-05T08:30",
        expires="2027-01-01T00:00",
    )
    club.add("Jansen", external_id="2", active=False)
    page = shown(visitor, exported(visitor))[1].content.decode()
    assert "<dt>the same</dt><dd>2</dd>" in page
    assert "<dt>changed</dt><dd>0</dd>" in page


@pytest.mark.parametrize("odd", ["=1+1", "-Ann", "@home", "+Vita", "'t Hart", "a|b", "CORP\\\\door", "end\\"])
@pytest.mark.requirement("D-04", mutation="a | in the name of a group parts it; the apostrophe before a formula stays")
def test_an_import_of_odd_names_changes_nothing(visitor: Visitor, club: Gym, odd: str) -> None:
    for name in (odd, "a", "b", "door"):
        group = create_group(company=club.company, name=name, actor=Actor(company_id=club.company.pk, via="test"))
        club.add(odd, *([club.members, group] if name == odd else []), first_name=odd, external_id=f"{odd}{name}")
    page = shown(visitor, exported(visitor))[1].content.decode()
    assert "<dt>the same</dt><dd>4</dd>" in page


def test_who_took_the_list_along_is_in_the_audit(visitor: Visitor, club: Gym) -> None:
    visitor.get("/people/export/")
    assert Entry.objects.filter(event="users.exported").count() == 1
