"""Each list of visits has those that belong into it."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine

from doorsync.hub.visitors.models import Visit
from tests.factories.visitor import Visitor
from tests.hub.web.visitors.test_views import clock, club, desk, expect, press

__all__ = ["clock", "club", "desk"]


def test_each_list_has_its_visits(desk: Visitor, clock: time_machine.Traveller) -> None:
    expect(desk)
    expect(desk, last_name="Morgen", day="2026-12-02")
    lists = {when: desk.get(f"/visitors/?when={when}").content.decode() for when in ("today", "coming", "past")}
    assert {when: ("Vis<" in page, "Morgen<" in page) for when, page in lists.items()} == {
        "today": (True, False),
        "coming": (False, True),
        "past": (False, False),
    }
    press(desk, "cancel")
    clock.move_to(datetime(2026, 12, 3, 8, tzinfo=UTC))
    desk.sign_in_fully(Visit.objects.first().company.slug)  # type: ignore[union-attr]  # there is one
    assert "Morgen<" in desk.get("/visitors/?when=past").content.decode()
    assert "Vis<" in desk.get("/visitors/").content.decode()  # nobody has said that she left
    assert desk.get("/visitors/?when=never").status_code == 404
