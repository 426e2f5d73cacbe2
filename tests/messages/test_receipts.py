"""Why a terminal did not do something: codes of today, sentences of older agents, and codes that nobody here knows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.messages.schemas import Outcome, Receipt, StatedReason
from doorsync.messages.terminal_codes import TerminalCode, in_english, in_own_words

LOST = TerminalCode.ADDRESS_LOST(address="10.0.0.9:4370")


def receipt(**said: Any) -> Receipt:
    return Receipt(company="gym", agent="a", terminal="t", seq=1, batch="", state="partly", outcomes=[], **said)


@pytest.mark.parametrize("code", list(TerminalCode), ids=lambda code: code.code)
def test_every_code_arrives_as_it_was_sent(code: TerminalCode) -> None:
    sent = code(**{name: 7 if kind is int else "x" for name, kind in code.parameters.items()})
    came = Receipt.model_validate_json(receipt(reason=StatedReason.of(sent)).dumped())
    assert came.why() == sent
    assert in_english(came.why()).count("%") == 0


@pytest.mark.requirement("O-03", mutation="why() looking at the reason only: an older agent's sentence is lost")
def test_the_sentence_of_an_older_agent_is_still_said() -> None:
    assert receipt(v=3, message="It is gone.").why() == TerminalCode.AGENT_SAYS(text="It is gone.")
    assert Outcome(v=2, result="refused", message="Memory full.").why() == in_own_words("Memory full.")
    assert len(str(receipt(message="x" * 300).why().parameters["text"])) == 160
    assert receipt().why() == NO_REASON == Outcome(result="done").why()
    assert StatedReason.of(NO_REASON) is None


@pytest.mark.parametrize(
    ("code", "parameters"),
    [
        ("door-on-fire", {}),  # a newer agent's
        ("two-copies", {}),  # the hub's own: no agent can make it say that
        ("address-lost", {}),
        ("address-lost", {"address": 7}),
        ("address-lost", {"address": "x", "more": 1}),
        ("lists-too-much", {"most": "7", "stated": 7}),
    ],
)
def test_a_code_that_is_not_known_with_these_parameters_is_only_quoted(code: str, parameters: dict[str, int | str]) -> None:
    stated = StatedReason(code=code, parameters=parameters)
    assert receipt(reason=stated).why() == Reason("agent-says", {"text": code}) == Outcome(result="refused", reason=stated).why()


@pytest.mark.parametrize(
    ("code", "parameters"),
    [
        ("Not a code.", {}),
        ("x" * 33, {}),
        ("no-driver", {"make": "x" * 161}),
        ("no-driver", {"make": "a\x00b"}),
        ("no-driver", {"make": 2**63}),
        ("no-driver", {f"p{number}": 1 for number in range(9)}),
    ],
)
def test_reasons_on_the_wire_are_bounded(code: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StatedReason(code=code, parameters=parameters)


@pytest.mark.requirement("O-03", mutation="newer_than() without the parts of a list: an older reader refuses the whole receipt")
def test_an_older_receipt_has_no_reason_in_its_outcomes_either() -> None:
    plain = receipt(v=3, message="It is gone.").model_copy(
        update={"outcomes": [Outcome(result="done"), Outcome(result="unknown")]}
    )
    assert b"reason" not in plain.dumped()
    told = plain.model_copy(
        update={"outcomes": [Outcome(result="done"), Outcome(result="refused", reason=StatedReason.of(LOST))]}
    )
    with pytest.raises(ValueError, match="Version 3 of this message has no reason"):
        told.dumped()
