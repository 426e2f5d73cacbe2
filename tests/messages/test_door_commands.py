"""Commands to doors: only a hold has an end, and an older agent is told nothing that it would take for something else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from doorsync.domain.door_modes import DoorMode
from doorsync.messages.door_commands import LONGEST, LONGEST_HOLD, MODES, MODES_SINCE, DoorAnswer, DoorCommand

NONCE = "0123456789abcdef" * 2


def command(**said: Any) -> DoorCommand:
    usual = {"company": "gym", "agent": "agent-1", "terminal": "gate", "make": "virtual", "address": "192.0.2.1"}
    return DoorCommand.model_validate({**usual, "id": NONCE, "nonce": NONCE, "nonce_age": LONGEST, **said})


def test_a_hold_has_an_end_and_nothing_else_has() -> None:
    assert command(do="hold", seconds=LONGEST_HOLD).seconds == LONGEST_HOLD
    for wrong in ({"do": "hold"}, {"do": "open", "seconds": 1}, {"do": "back", "seconds": 1}, {"do": "lock-down", "seconds": 1}):
        with pytest.raises(ValidationError):
            command(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"do": "hold", "seconds": LONGEST_HOLD + 1}, {"nonce_age": LONGEST + 1}, {"nonce_age": 0}, {"door": 0}, {"do": "weld"}],
)
def test_what_is_beyond_the_limits_is_no_command(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        command(**wrong)


@pytest.mark.parametrize("do", sorted(MODES))
def test_an_older_agent_is_never_told_a_mode(do: str) -> None:
    """It would read such a command as one to open the door."""
    said = command(do=do, seconds=60 if do == "hold" else 0)
    with pytest.raises(ValueError, match="does not say"):
        said.newer_than(MODES_SINCE - 1)
    said.newer_than(MODES_SINCE)
    command().newer_than(MODES_SINCE - 1)


def test_each_deed_that_is_no_opening_puts_a_door_into_a_mode() -> None:
    assert set(MODES.values()) == set(DoorMode)
    assert DoorAnswer.model_validate({"company": "gym", "agent": "a", "terminal": "g", "id": NONCE, "result": "done"}).mode == ""


def test_a_command_shows_no_secret() -> None:
    assert "sesame" not in repr(command(secret="sesame"))
