"""Messages of an older version go without the fields that came later, and are taken as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs
from doorsync.messages.make_info import MakeInfo
from doorsync.messages.schemas import VERSION, Batch, Hello, Message, Receipt

BATCH: dict[str, Any] = {
    "company": "gym",
    "agent": "a",
    "terminal": "t",
    "make": "virtual",
    "address": "x:1",
    "nonce": "0" * 32,
    "seq": 1,
    "prev": "",
    "orders": [],
}
HELLO: dict[str, Any] = {
    "company": "gym",
    "agent": "a",
    "count": 1,
    "nonce": "0" * 32,
    "software": "old",
    "heads": [],
}
RECEIPT: dict[str, Any] = {
    "company": "gym",
    "agent": "a",
    "terminal": "t",
    "seq": 1,
    "batch": "",
    "state": "done",
    "outcomes": [],
}


@pytest.mark.requirement("O-03", mutation="`dumped` with all fields whatever the version: an older reader refuses the message")
@pytest.mark.parametrize(
    ("shape", "fields", "newer"),
    [
        (Batch, BATCH, {"secret", "options", "zone", "users"}),
        (Hello, HELLO, {"makes", "nearby"}),
        (Receipt, RECEIPT, {"code", "statements", "reason"}),
    ],
)
def test_an_older_version_goes_without_what_came_later(shape: type[Message], fields: dict[str, Any], newer: set[str]) -> None:
    old, new = (set(json.loads(shape(v=version, **fields).dumped())) for version in (2, VERSION))
    assert new - old == newer
    assert not old & newer


@pytest.mark.parametrize("said", [{"secret": "1234"}, {"options": {"door": "2"}}, {"zone": "Europe/Amsterdam"}])
def test_what_an_older_version_cannot_say_is_never_left_out_in_silence(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Version 2"):
        Batch(v=2, **BATCH, **said).dumped()


@pytest.mark.requirement("O-03", mutation="OLDEST raised to VERSION")
def test_messages_of_the_older_version_are_taken() -> None:
    keys, others = KeyPairs.generate(), KeyPairs.generate()
    assert envelope.verify(envelope.sign(Hello(v=2, **HELLO), keys.sign), Hello, keys.sign).makes == []
    sealed = envelope.seal(Batch(v=2, **BATCH), keys, others.public)
    assert envelope.unseal(sealed, Batch, others, keys.public).secret == ""


def test_a_batch_shows_its_secret_to_nobody_who_prints_it() -> None:
    assert "sesame" not in repr(Batch(**BATCH, secret="sesame"))


def test_a_hello_tells_what_the_agent_can_drive() -> None:
    make = MakeInfo(name="virtual", title="Virtual terminal", address="127.0.0.1:4370")
    assert json.loads(Hello(**HELLO, makes=[make]).dumped())["makes"][0]["title"] == "Virtual terminal"
