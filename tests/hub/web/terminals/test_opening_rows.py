"""Every result of a request to open a door has its words."""

from __future__ import annotations

from typing import get_args

from doorsync.hub.terminals.door_openings import DONE, NOT_FETCHED, OPENED, SENTENCES, UNANSWERED, Obstacle
from doorsync.hub.web.terminals import opening_rows
from doorsync.messages.door_commands import Result


def test_every_result_but_success_has_a_sentence_that_says_why() -> None:
    assert set(opening_rows.SENTENCES) == {*get_args(Result), NOT_FETCHED, UNANSWERED} - {OPENED, DONE}


def test_every_obstacle_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Obstacle)
