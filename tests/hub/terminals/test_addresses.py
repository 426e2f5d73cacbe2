"""Two spellings of one address are seen to be one, and two addresses never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.terminals.addresses import canonical_address, shown_address


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        (" 192.168.001.020:04370 ", "192.168.1.20:4370"),
        ("LOCALHOST:80", "127.0.0.1:80"),
        ("gate.example.", "gate.example"),
        ("Gate.Example:80", "gate.example:80"),
        ("[::ffff:10.0.0.1]:80", "10.0.0.1:80"),
        ("[2001:DB8:0::1]:80", "[2001:db8::1]:80"),
        ("HTTP://10.0.0.1:080/", "http://10.0.0.1:80"),
        ("10.0.0.1:80#Door2", "10.0.0.1:80#door2"),
    ],
)
def test_spellings_of_one_address(spelling: str, canonical: str) -> None:
    assert canonical_address(spelling) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.0.0.1:80", "10.0.0.1:81"),
        ("10.0.0.1", "10.0.0.11"),
        ("10.0.0.1:80#1", "10.0.0.1:80#2"),
        ("http://a:1", "https://a:1"),
    ],
)
def test_different_addresses_stay_different(one: str, other: str) -> None:
    assert canonical_address(one) != canonical_address(other)


@given(st.tuples(*[st.integers(0, 255)] * 4), st.integers(1, 65535), st.booleans())
def test_leading_zeros_and_spaces_make_no_difference(numbers: tuple[int, ...], port: int, padded: bool) -> None:
    plain = f"{'.'.join(map(str, numbers))}:{port}"
    spelt = f" {'.'.join(f'{each:03}' for each in numbers)}:{port:05} " if padded else plain
    assert canonical_address(spelt) == plain == canonical_address(canonical_address(spelt))


@pytest.mark.requirement("T-01", mutation="shown_address() cutting at the first @: a password with one in it is shown")
@pytest.mark.parametrize(
    ("address", "shown"),
    [("http://u:secret@10.0.0.1:80/x", "http://10.0.0.1:80/x"), ("u:se@cret@gate:80", "gate:80"), ("10.0.0.1:80", "10.0.0.1:80")],
)
def test_no_password_is_shown(address: str, shown: str) -> None:
    assert shown_address(address) == shown
