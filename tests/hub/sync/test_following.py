"""What the page of a run says of its lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db.models import F
from django_scopes import scope

from doorsync.hub.sync.following import follow
from doorsync.hub.sync.models import Line, LineState
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    Counterpart(made.agent)
    with scope(company=made.company):
        yield made


@pytest.mark.parametrize("state", [state for state in LineState if state != LineState.DONE])
def test_no_line_is_at_100_percent_before_it_is_done(club: Gym, state: LineState) -> None:
    run = open_run(club, club.terminals[0])
    Line.objects.update(state=state, done_new=F("planned_new"))
    view = follow(run.public_id)
    assert view.lines[0].percent == 99
    assert view.percent <= 99
    Line.objects.update(state=LineState.DONE)
    assert follow(run.public_id).lines[0].percent == 100
