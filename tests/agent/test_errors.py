"""Which words of an error go to the hub."""

from __future__ import annotations

from doorsync.agent.errors import BadIdentity, NotEnrolled, OtherDevice, reason_of
from doorsync.drivers.contract import TerminalError
from doorsync.messages.terminal_codes import TerminalCode


def test_only_what_a_driver_says_for_people_is_told() -> None:
    assert "4711" not in str(reason_of(ValueError("the PIN 4711 does not fit")))
    assert reason_of(ValueError("the PIN 4711 does not fit")) == TerminalCode.DRIVER_FAILED(error="ValueError")
    lost = TerminalError("The terminal hung up.", permanent=False)
    assert reason_of(lost) == lost.reason
    assert reason_of(OtherDevice()) == TerminalCode.DEVICE_DIFFERS()


def test_message_is_the_docstring_of_the_class_unless_it_says_more() -> None:
    assert str(NotEnrolled()) == NotEnrolled.__doc__
    assert str(BadIdentity("line 3")) == "line 3"
