"""The codes that agents and drivers share: each has a sentence for its parameters, and none is named twice."""

from __future__ import annotations

import re

import pytest

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.drivers.contract import SECRET_REFUSED, SecretRefused, TerminalError
from doorsync.messages.terminal_codes import BY_CODE, TerminalCode, in_english, in_own_words


@pytest.mark.parametrize("code", list(TerminalCode), ids=lambda code: code.code)
def test_the_sentence_names_just_the_parameters(code: TerminalCode) -> None:
    assert set(re.findall(r"%\((\w+)\)s", code.sentence)) == set(code.parameters)
    assert re.fullmatch(r"[a-z][a-z-]{0,31}", code.code)


def test_no_code_stands_twice() -> None:
    assert len(BY_CODE) == len(list(TerminalCode))


def test_a_reason_in_english() -> None:
    assert in_english(TerminalCode.ADDRESS_LOST(address="10.0.0.9")) == "10.0.0.9 stopped answering."
    assert in_english(in_own_words("It was 100 % full.")) == "It was 100 % full."
    assert in_english(Reason("two-copies")) == "two-copies"
    assert in_english(NO_REASON) == ""


def test_a_drivers_error_keeps_its_code_and_says_it_in_english() -> None:
    known = TerminalError(TerminalCode.REQUEST_REFUSED(), permanent=True, code="2001")
    assert (known.reason.code, str(known), known.code) == ("request-refused", "The terminal refused the request.", "2001")
    own = TerminalError("The lock did not do it.", permanent=True)
    assert (own.reason, str(own)) == (in_own_words("The lock did not do it."), "The lock did not do it.")
    unsaid = SecretRefused()
    assert (unsaid.code, str(unsaid)) == (SECRET_REFUSED, SecretRefused.__doc__)
    assert unsaid.reason.parameters["text"] == str(unsaid)
