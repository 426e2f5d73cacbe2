"""Reasons: what they are made of, and that they come back from where they are stored."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.reason import NO_REASON, Reason, Value
from doorsync.domain.refusals import RefusalCode


def parameters() -> st.SearchStrategy[dict[str, Value]]:
    return st.dictionaries(st.sampled_from(["key", "name", "limit"]), st.integers(0, 2**53) | st.text())


@given(given_parameters=parameters())
def test_reason_comes_back_as_it_was_stored(given_parameters: dict[str, Value]) -> None:
    reason = Reason("some-code", given_parameters)
    assert Reason.from_stored(reason.stored(10_000)) == reason


@given(given_parameters=parameters())
def test_stored_reason_is_never_longer_than_its_column_and_keeps_its_code(given_parameters: dict[str, Value]) -> None:
    reason = Reason("some-code", given_parameters)
    stored = reason.stored(200)
    assert len(stored) <= 200
    assert json.loads(stored)["code"] == "some-code"
    assert Reason.from_stored(stored).stored(200) == stored


def test_no_reason_is_false_and_stored_as_nothing() -> None:
    assert not NO_REASON
    assert NO_REASON.stored(200) == ""
    assert Reason.from_stored("") == NO_REASON


@pytest.mark.parametrize(
    "sentence", ["The terminal refused.", "7", "{}", '["code"]', '{"code": 1}', '{"code":"a","parameters":3}']
)
def test_sentence_from_before_there_were_codes_is_kept_as_text(sentence: str) -> None:
    assert Reason.from_stored(sentence) == Reason("text", {"text": sentence})


def test_code_takes_its_own_parameters_only() -> None:
    assert RefusalCode.TOO_MANY_CARDS(cards=2, limit=1).parameters == {"cards": 2, "limit": 1}
    for wrong in ({}, {"cards": 2}, {"cards": "2", "limit": 1}, {"cards": 2, "limit": 1, "pin": "1234"}):
        with pytest.raises(TypeError):
            RefusalCode.TOO_MANY_CARDS(**wrong)


def test_texts_in_parameters_lose_what_no_database_keeps() -> None:
    assert Reason("a", {"name": "A\x00l\nice\ud800"}).parameters == {"name": "Alice"}
