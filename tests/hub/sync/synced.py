"""A club whose terminals hold everybody, and the agent of which waits at the hub."""

from __future__ import annotations

from django.utils import timezone

from doorsync.hub.sync.models import Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart


def everything(club: Gym) -> Selection:
    """What the sync page names for all locations."""
    return Selection(locations=frozenset(location.pk for location in club.locations))


def send(club: Gym, there: Counterpart, choice: Selection) -> Run:
    """A press for this choice, and the agent's work on it. In the company's scope."""
    run = start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    there.work()
    return run


def synced(club: Gym, choice: Selection) -> Counterpart:
    """The agent, after everybody of this choice was sent. In the company's scope."""
    there = Counterpart(club.agent)
    send(club, there, choice)
    Agent.objects.update(waited_at=timezone.now())
    return there
