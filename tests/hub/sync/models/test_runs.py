"""What a run is called, who started it, and whom it adds or changes."""

from __future__ import annotations

import pytest

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.sync.models import Mode, Run, RunTerminal
from doorsync.hub.sync.scopes import NOBODY, ONLY_REMOVALS


@pytest.mark.parametrize(
    ("run", "title"),
    [
        (Run(mode=Mode.CHANGES, user_id=7), "Synchronize one user"),
        (Run(mode=Mode.VERIFY, groups=sorted(NOBODY)), "Read what terminals hold"),
        (Run(mode=Mode.CHANGES, groups=sorted(NOBODY)), "What goes out by itself"),
        (Run(mode=Mode.VERIFY, groups=[1]), str(Mode.VERIFY.label)),
    ],
)
def test_a_run_is_called_by_what_it_does(run: Run, title: str) -> None:
    assert run.title == title


@pytest.mark.parametrize(("via", "author"), [("hub", "Doorsync itself"), ("esws", "a program"), ("command", "the command line")])
def test_a_run_without_an_administrator_says_what_started_it(via: str, author: str) -> None:
    assert Run(via=via).author == author
    assert Run(via=via, administrator=Administrator(username="anna")).author == "anna"


def test_after_a_restore_a_run_terminal_only_removes_but_what_goes_out_by_itself_is_held_back_elsewhere() -> None:
    pressed, by_itself = Run(mode=Mode.CHANGES, groups=[1]), Run(mode=Mode.CHANGES, groups=sorted(NOBODY))
    assert RunTerminal(run=pressed).scope == pressed.scope
    assert RunTerminal(run=pressed, only_removals=True).scope.groups == ONLY_REMOVALS
    assert RunTerminal(run=by_itself, only_removals=True).scope == by_itself.scope
