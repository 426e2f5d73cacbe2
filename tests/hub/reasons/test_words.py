"""Reasons in words: all that are declared have some, and docs/reference/errors.md lists them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doorsync.domain.notices import NoticeCode
from doorsync.domain.reason import Reason, ReasonCode, Value
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.reasons.sentences import SENTENCES
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.terminals.reason_codes import QuarantineCode, UnreadCode
from doorsync.messages.terminal_codes import TerminalCode, in_english

PAGE = Path(__file__).parents[3] / "docs/reference/errors.md"
CODES: list[ReasonCode] = [*RefusalCode, *NoticeCode, *RunTerminalCode, *TerminalCode, *UnreadCode, *QuarantineCode]


class Number(int):
    """A number that is shown as the name of its parameter."""

    name: str

    def __str__(self) -> str:
        return f"({self.name})"


def number(name: str) -> Number:
    made = Number(4)
    made.name = name
    return made


def example(code: ReasonCode) -> Reason:
    return Reason(code.code, {name: number(name) if kind is int else f"({name})" for name, kind in code.parameters.items()})


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_code_has_words_for_its_parameters_and_stands_on_the_page(code: ReasonCode) -> None:
    words = describe_selection(example(code))
    assert words != f"The agent says: {code.code}"
    assert "%" not in words
    row = re.search(rf"^\| `{code.code}` \| (.*) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert row, f"docs/reference/errors.md lacks `{code.code}`: {words}"
    assert re.findall(r"`(\w+)`", row[1]) == list(code.parameters)
    assert row[2] == words


@pytest.mark.parametrize("code", [each for each in TerminalCode if not each.code.endswith("-says")], ids=lambda code: code.code)
def test_agent_says_in_english_what_the_hub_says(code: TerminalCode) -> None:
    assert in_english(example(code)) == describe_selection(example(code))


def test_page_and_sentences_have_no_code_that_nothing_declares() -> None:
    declared = [code.code for code in CODES] + ["text"]
    assert len(declared) == len(set(declared))
    assert set(re.findall(r"^\| `([\w-]+)` \|", PAGE.read_text(), re.MULTILINE)) == set(declared)
    assert set(SENTENCES) == set(declared)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (RefusalCode.NO_ROOM_FOR_PEOPLE(limit=1), "No room: this terminal holds 1 person."),
        (RefusalCode.NO_ROOM_FOR_PEOPLE(limit=2), "No room: this terminal holds 2 people."),
        (RefusalCode.PIN_LENGTH(digits=1, least=4, most=8), "The PIN has 1 digit; this terminal takes 4 to 8."),
        (
            RefusalCode.NUMBER_OF_ADMINISTRATOR(key="1", name=""),
            "Number 1 is somebody without a name at this terminal, one of its own administrators.",
        ),
        (
            RunTerminalCode.ONLY_REMOVALS.caused_by(UnreadCode.PEOPLE_ENROLLED(more=1)),
            "It holds 1 person more than were sent to it: somebody enrolled them there. "
            "It has to be read whole before anybody is added; removals are sent all the same.",
        ),
        (Reason("text", {"text": "It was 100 % full."}), "It was 100 % full."),
        (Reason(), ""),
    ],
)
def test_reason_is_said_in_words_with_the_plural_that_fits(reason: Reason, words: str) -> None:
    assert describe_selection(reason) == words


@pytest.mark.parametrize("parameters", [{}, {"limit": "many"}, {"%s": 1}])
def test_code_of_a_newer_agent_is_shown_as_it_is(parameters: dict[str, Value]) -> None:
    assert describe_selection(Reason("door-on-fire", parameters)) == "The agent says: door-on-fire"


@pytest.mark.parametrize("parameters", [{}, {"limit": 1}])
def test_known_code_without_its_parameters_is_shown_as_it_is(parameters: dict[str, Value]) -> None:
    assert describe_selection(Reason("too-many-cards", parameters)) == "The agent says: too-many-cards"
