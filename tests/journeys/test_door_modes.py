"""The pages of doors that are held open, locked down, or not confirmed, in both colours and on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.terminals.door_modes import ask_for_mode
from doorsync.hub.terminals.models import DoorState
from tests.factories.gym import gym
from tests.factories.live import LiveHub
from tests.hub.terminals.openable import openable
from tests.journeys.test_open_door import assert_good, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("W-02", mutation="the choice of minutes without its label")
def test_pages_of_modes_are_open_to_all_and_work_by_keyboard(hub: LiveHub, open_page: Callable[..., Page]) -> None:
    club = gym(["Alice"])
    opener = openable(club)
    opener.change(limits=Capabilities(remote_doors=("1", "2"), mode_doors=("1", "2")).as_dict())
    page = open_page()
    sign_in(page, hub.url, club.company.slug)
    door = f"/doors/{opener.gate.public_id}/"
    page.goto(f"{hub.url}{door}mode/hold/?door=1")
    assert_good(page)
    page.get_by_label("For how long").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#openings")).to_contain_text("Asked to hold open at")
    (command,) = opener.fetch()
    assert 3500 < command.seconds <= 3600
    opener.take(opener.answer(command, "done", mode="held-open"))
    with scope(company=club.company):
        ask_for_mode(terminal=opener.gate, door=2, do="lock-down", actor=club.actor)
        (second,) = opener.fetch()
        opener.take(opener.answer(second, "unknown", mode="schedule"))
    pages = ("/overview/", "/doors/", door, f"{door}mode/lock-down/?door=2", "/doors/lock-down/")
    for address in (*pages, f"/doors/lock-down/?location={opener.gate.location_id}&do=lock-down"):
        page.goto(hub.url + address)
        assert_good(page)
    with scope(company=club.company):
        DoorState.objects.filter(door=1).update(until=timezone.now() - timedelta(seconds=1))
    page.goto(hub.url + door)
    expect(page.locator("#openings")).to_contain_text("may be open still")
    assert_good(page)
