from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.messages import compact, sizes
from doorsync.messages.errors import Malformed, TooLarge

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def written(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


@given(parts=st.lists(st.binary(max_size=9), min_size=1, max_size=5))
def test_split_takes_what_we_write(parts: list[bytes]) -> None:
    text = ".".join(written(part) for part in parts)
    assert compact.split(text, parts=len(parts)) == [written(part) for part in parts]


@pytest.mark.requirement("A-01", mutation="`_canonical` without its comparison of the last letter")
@given(content=st.binary(min_size=1, max_size=9))
def test_split_refuses_every_other_spelling_of_the_same_bytes(content: bytes) -> None:
    """Many libraries read them as the same message; some, ours among them at present, do not."""
    text = written(content)
    for letter in ALPHABET:
        other = text[:-1] + letter
        same = urlsafe_b64decode(other + "=" * (-len(other) % 4)) == content
        if same and other != text:
            with pytest.raises(Malformed):
                compact.split(other, parts=1)


@pytest.mark.parametrize("text", ["A", "AAAAA", "AA==", "A A", "AA\n", "A+A/", "ÄÄ", "AA.", ".AA", "AA.AA.AA"])
def test_split_refuses_what_is_no_part_of_ours(text: str) -> None:
    with pytest.raises(Malformed):
        compact.split(text, parts=1)


def test_split_takes_a_message_of_just_the_limit() -> None:
    compact.split("A" * sizes.LIMIT, parts=1)
    with pytest.raises(TooLarge):
        compact.split("A" * (sizes.LIMIT + 1), parts=1)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a": 1, "b": 2}', b"{}", b"\xff", b'{"a": 1}' + b" " * 1000])
def test_header_refuses_what_has_not_just_these_names(content: bytes) -> None:
    with pytest.raises(Malformed):
        compact.header(written(content), {"a"})
    assert compact.header(written(b'{"a": 1}'), {"a"}) == {"a": 1}
