"""The status of an agent in words, alike on all pages."""

from __future__ import annotations

import time_machine

from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.terminals.agent_status import agents_with_status
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.terminals.test_connectivity import after, club, there

__all__ = ["club", "there"]


def test_both_pages_say_since_when(there: Counterpart, club: Gym) -> None:
    with time_machine.travel(after(minutes=1), tick=False):
        assert build_plan(club.company, Selection()).notices == ()
        assert agents_with_status(after(minutes=1))[0].word == "connected"
    with time_machine.travel(after(minutes=3), tick=False):
        assert [text for text in build_plan(club.company, Selection()).notices if "has not been heard of since 14:00" in text]
        standing = agents_with_status(after(minutes=3))[0]
        assert (standing.word, "not been heard of since 14:00" in standing.told) == ("silent", True)
    assert "1 Jun, 14:00 CEST" in agents_with_status(after(days=2))[0].told
