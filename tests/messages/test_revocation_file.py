"""A revocation receipt is checked by what agents signed; whatever was changed in it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs
from doorsync.messages.removal_statement import RemovalStatement
from doorsync.messages.revocation_file import TYPE, NoReceipt, check_receipt

KEYS, OTHERS = KeyPairs.generate(), KeyPairs.generate()
SAID: dict[str, Any] = {
    "company": "gym",
    "agent": "a",
    "terminal": "t",
    "name": "Gate",
    "serial": "S1",
    "user": "7",
    "at": "2026-06-10T12:00:00+00:00",
    "read_back": True,
    "batch": "a" * 64,
}


def statement(keys: KeyPairs = KEYS, **changed: Any) -> str:
    return envelope.sign(RemovalStatement(**{**SAID, **changed}), keys.sign)


def receipt(**changed: Any) -> dict[str, Any]:
    door = {
        "door": "Gate",
        "serial": "S1",
        "confirmed_at": "2026-06-10T12:00:01+00:00",
        "evidence": "removed",
        "statement": statement(),
        "signed_with": KEYS.public.as_dict(),
    }
    whole = {"type": TYPE, "version": 1, "company": "gym", "person": {"number": 7, "name": "Alice"}, "doors": [door]}
    return {**whole, "waiting": [], "present": [], **changed}


def test_a_receipt_that_nobody_changed_shows_that_the_person_is_out() -> None:
    verdict = check_receipt(json.dumps(receipt()), [KEYS.public.fingerprint()])
    assert (verdict.is_out, verdict.number, verdict.name) == (True, 7, "Alice")
    assert [(door.at, door.read_back, door.fault) for door in verdict.doors] == [("2026-06-10T12:00:00+00:00", True, "")]


def _door(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(whole: dict[str, Any]) -> None:
        whole["doors"][0][name] = value

    return change


@pytest.mark.requirement("P-01", mutation="check_receipt not comparing the person, or taking any key for the trusted one")
@pytest.mark.parametrize(
    "change",
    [
        _door("statement", ""),
        _door("statement", statement(OTHERS)),
        _door("statement", statement(user="8")),
        _door("statement", statement(company="other")),
        _door("statement", statement(name="Pool")),
        _door("statement", statement(serial="S2")),
        _door("statement", statement()[:-4] + "AAAA"),
        _door("statement", "x.y.z"),
        _door("statement", "é"),
        _door("signed_with", {}),
        _door("signed_with", {"sign": 1, "seal": []}),
        _door("signed_with", OTHERS.public.as_dict()),
        lambda whole: whole["person"].update(number=8),
        lambda whole: whole.update(company="other"),
        lambda whole: whole.update(waiting=["Pool"]),
        lambda whole: whole.update(present=["Pool"]),
        lambda whole: whole.update(doors=[]),
    ],
)
def test_whatever_was_changed_is_found(change: Callable[[dict[str, Any]], None]) -> None:
    whole = json.loads(json.dumps(receipt()))
    change(whole)
    assert not check_receipt(json.dumps(whole)).is_out


def test_a_key_that_was_not_named_is_not_trusted() -> None:
    text = json.dumps(receipt())
    assert check_receipt(text).is_out
    verdict = check_receipt(text, [OTHERS.public.fingerprint()])
    assert (verdict.is_out, verdict.doors[0].key) == (False, KEYS.public.fingerprint())


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"type": "other"}', json.dumps(receipt())[:-10], "[" * 100_000])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(NoReceipt):
        check_receipt(text)
