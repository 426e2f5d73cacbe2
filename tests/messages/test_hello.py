"""The shape of an agent's hello."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from doorsync.messages.hello import ChainHead, Hello

SAID: dict[str, Any] = {"company": "gym", "agent": "a", "count": 1, "nonce": "0" * 32, "software": "x", "heads": []}


def test_two_heads_of_one_terminal_are_refused() -> None:
    heads = [ChainHead(terminal="gate", seq=1, hash="a" * 64), ChainHead(terminal="pool")]
    assert Hello(**{**SAID, "heads": heads}).heads == heads
    with pytest.raises(ValidationError, match="two heads of one terminal"):
        Hello(**{**SAID, "heads": [*heads, ChainHead(terminal="gate", seq=2, hash="b" * 64)]})


@pytest.mark.parametrize(
    "wrong",
    [{"count": -1}, {"nonce": "0" * 31}, {"nonce": "G" * 32}, {"challenge": "0"}, {"company": ""}, {"more": 1}, {"hub": "x"}],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Hello(**{**SAID, **wrong})
