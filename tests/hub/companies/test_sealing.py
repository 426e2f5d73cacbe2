"""What is sealed opens with the same key and binding only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.sealing import seal, unseal

KEY, OTHER = b"k" * 32, b"o" * 32


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_it_opens_with_the_same_key_and_binding(data: bytes, bound_to: bytes) -> None:
    assert unseal(KEY, seal(KEY, data, bound_to), bound_to) == data


def test_it_opens_with_nothing_else() -> None:
    sealed = seal(KEY, b"4711", b"user 7")
    assert b"4711" not in sealed
    assert sealed != seal(KEY, b"4711", b"user 7"), "equal secrets do not look equal"
    for key, text, bound_to in (
        (OTHER, sealed, b"user 7"),
        (KEY, sealed, b"user 8"),
        (KEY, sealed[:-1], b"user 7"),
        (KEY, b"", b"user 7"),
    ):
        with pytest.raises(CannotUnseal):
            unseal(key, text, bound_to)


@given(st.integers(0, 31), st.integers(1, 255))
def test_each_changed_byte_is_noticed(at: int, change: int) -> None:
    sealed = bytearray(seal(KEY, b"4711", b""))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(CannotUnseal):
        unseal(KEY, bytes(sealed), b"")
