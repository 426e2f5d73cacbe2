"""A member comes, gets a card and goes through a door: the example against the real hub, with an agent that waits there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.sync.run.agent_notifications import work_waiting
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import InfoField, User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.hub.events.logs import NOON, Site, event
from tests.hub.sync.counterpart import Counterpart

PROGRAM = Path(__file__).parents[2] / "examples/front_desk/members.py"
pytestmark = [pytest.mark.client, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    made = gym(["Bob"])
    with scope(company=made.company):
        InfoField.objects.create(company=made.company, number=1, function="external_id")
        Agent.objects.update(waited_at=timezone.now(), seen_at=timezone.now())
    return made


@pytest.fixture
def there(club: Gym) -> Iterator[Counterpart]:
    made = Counterpart(club.agent)

    def at_work(**_: Any) -> None:
        with scope(company=club.company):
            made.work()

    work_waiting.connect(at_work)
    yield made
    work_waiting.disconnect(at_work)


def said(hub: LiveHub, *words: str, code: str = world.SAMPLE_CODE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROGRAM, hub.url, *words],
        env={"PATH": os.environ["PATH"], "ESWS_CODE": code},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_member_gets_a_card_is_sent_to_the_doors_and_is_read_back(hub: LiveHub, club: Gym, there: Counterpart) -> None:
    anna = ("M-1042", "Anna", "Jansen", "--card", "036136500607727109", "--group", "Members", "--until", "2029-11-30")
    added = said(hub, "add", *anna)
    with scope(company=club.company):
        number = User.objects.get(external_id="M-1042").number
    assert added.stdout == f"Anna Jansen is user {number}.\n"

    north = str(club.locations[0].pk)
    assert said(hub, "sync", "--location", north, "--id", "M-1042").stdout == "DONE, 1 MORE WAITING\n"
    gate = club.terminals[0]
    assert [fields["cards"] for fields in there.device(gate).people().values()] == [["36136500607727109"]]

    assert said(hub, "log", "--since", "2026-07-01").stdout == "Nobody came.\n"
    with scope(company=club.company):
        Terminal.objects.filter(pk=gate.pk).update(pinned_at=NOON - timedelta(days=1))
        gate.refresh_from_db()
    Site(club.company, club.agent, gate).take(event(1, str(number)), event(2, at=NOON + timedelta(hours=1)), serial=gate.serial)
    assert said(hub, "log", "--since", "2026-07-01").stdout.splitlines() == [
        "2026-07-01 12:00:00 Gate: M-1042 Verify Success",
        "2026-07-01 13:00:00 Gate: somebody Verify Success",
    ]


def test_what_is_refused_is_said(hub: LiveHub, club: Gym) -> None:
    refused = said(hub, "sync", "--location", "999999")
    assert (refused.returncode, refused.stderr) == (1, "Doorsync refused it: NO LOCATION FOUND BASED ON THE ID PROVIDED\n")
    unknown = said(hub, "add", "M-1", "Anna", "Jansen", code="x" * 32)
    assert unknown.stderr == "Doorsync refused it: ERROR_UNKNOWN_SECURITY_HASH\n"
    assert said(hub, "log", "--since", "yesterday").stderr == "Doorsync refused it: ERROR_INVALID_TIME\n"
    assert said(hub, "log", "--since", "", code="x" * 32).stderr == "Doorsync refused it: ERROR_UNKNOWN_SECURITY_HASH\n"
