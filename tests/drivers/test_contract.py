"""Errors and settings of drivers: what they say to people, and what they never show."""

from __future__ import annotations

from doorsync.drivers.contract import SECRET_REFUSED, ConnectionSettings, SecretRefused, TerminalError
from doorsync.messages.terminal_codes import TerminalCode, in_english


def test_a_reason_is_kept_for_translation_and_said_in_english() -> None:
    error = TerminalError(TerminalCode.LISTS_WITHOUT_END(), permanent=False)
    assert error.reason == TerminalCode.LISTS_WITHOUT_END()
    assert str(error) == in_english(error.reason) != ""
    assert (error.permanent, error.code) == (False, "")


def test_the_drivers_own_sentence_is_said_as_it_is() -> None:
    error = TerminalError("Its door is off its hinges.", permanent=True, code="E7")
    assert str(error) == in_english(error.reason) == "Its door is off its hinges."
    assert (error.permanent, error.code) == (True, "E7")


def test_without_a_word_the_error_says_what_it_is() -> None:
    assert str(TerminalError(permanent=True)) == "The terminal did not do what it was asked."
    assert in_english(SecretRefused().reason) == str(SecretRefused())
    assert str(SecretRefused()).startswith("The terminal does not accept the comm key")


def test_a_refused_secret_is_not_tried_again() -> None:
    assert (SecretRefused().permanent, SecretRefused("No.").code, str(SecretRefused("No."))) == (True, SECRET_REFUSED, "No.")


def test_settings_show_no_secret() -> None:
    assert "sesame" not in repr(ConnectionSettings(address="192.0.2.1", secret="sesame"))
