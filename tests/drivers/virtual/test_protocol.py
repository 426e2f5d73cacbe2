from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.drivers.virtual import protocol
from doorsync.drivers.virtual.protocol import Garbled

values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
messages = st.dictionaries(st.text(max_size=5), values, max_size=4).map(lambda content: {**content, "id": 7})


@given(message=messages)
def test_decode_reverses_encode_and_a_message_is_one_line(message: dict[str, object]) -> None:
    line = protocol.encode(message)
    assert line.count(b"\n") == 1
    assert protocol.decode(line) == message


@given(lines=st.lists(messages.map(protocol.encode), max_size=5), size=st.integers(1, 40))
def test_split_finds_the_lines_however_they_arrive(lines: list[bytes], size: int) -> None:
    stream = b"".join(lines) + b'{"id"'
    found, rest = [], b""
    for start in range(0, len(stream), size):
        some, rest = protocol.split(rest + stream[start : start + size])
        found += some
    assert [line + b"\n" for line in found] == lines
    assert rest == b'{"id"'


@given(line=st.binary(max_size=60))
def test_decode_takes_an_object_with_an_id_or_says_garbled(line: bytes) -> None:
    try:
        message = protocol.decode(line)
    except Garbled:
        return
    assert isinstance(message["id"], int)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": "1"}',
        b'{"id": true}',
        b"[" * 100_000,
        b'{"id": 1, "x": "\\ud800"}',
        b"\xff",
        b'{"id":1}{"id":2}',
    ],
)
def test_decode_refuses(line: bytes) -> None:
    with pytest.raises(Garbled):
        protocol.decode(line)


def test_split_refuses_a_line_without_end() -> None:
    with pytest.raises(Garbled):
        protocol.split(b"x" * (protocol.MAX_LINE + 1))
    with pytest.raises(Garbled):
        protocol.split(b"x" * (protocol.MAX_LINE + 1) + b"\n")
