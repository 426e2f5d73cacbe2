"""Two spellings of one address are seen to be one, and two addresses never are."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.terminals.addresses import (
    EXAMPLES,
    TakenAddresses,
    canonical_address,
    form_of_address,
    has_form,
    shown_address,
)


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
        ("10.0.0.1:80#0012", "10.0.0.1:80#12"),
        ("WS://Host/#5", "ws://host:80#5"),
        ("https://10.0.0.1", "https://10.0.0.1:443"),
        ("10.9:80", "10.0.0.9:80"),
        ("0x0a.0.0.9:80", "10.0.0.9:80"),
        ("10.0.0.9.:80", "10.0.0.9:80"),
        ("\uff11\uff10.0.0.9:80", "10.0.0.9:80"),
        ("B\u00fccher.example:80", "xn--bcher-kva.example:80"),
        ("2001:db8::1:80", "[2001:db8::1]:80"),
        ("2001:DB8:0:0:0:0:0:1", "[2001:db8::1]"),
        ("CJ9H204460123", "cj9h204460123"),
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


@pytest.mark.requirement("I-01", mutation="canonical_address() taking no port for another device than the default port")
@pytest.mark.parametrize(
    ("spelling", "example", "canonical"),
    [
        ("10.0.0.9", "192.168.1.201:4370", "10.0.0.9:4370"),
        ("10.0.0.9:", "192.168.1.201:4370", "10.0.0.9:4370"),
        ("10.0.0.9/", "192.168.1.201:4370", "10.0.0.9:4370"),
        ("[2001:db8::1]", "192.168.1.201:4370", "[2001:db8::1]:4370"),
        ("gate.example", "192.168.1.100:60000", "gate.example:60000"),
        ("10.0.0.1#2", "192.168.1.100:60000", "10.0.0.1:60000"),
        ("10.0.0.1#2", "192.168.1.5:4000#542070001", "10.0.0.1:4000#2"),
        ("ws://10.0.0.1#2", "ws://192.168.1.5:3000#12", "ws://10.0.0.1:80#2"),
        ("CJ9H204460124", "CJ9H204460123", "cj9h204460124"),
    ],
)
def test_what_an_address_leaves_out_is_that_of_its_make(spelling: str, example: str, canonical: str) -> None:
    assert canonical_address(spelling, example) == canonical == canonical_address(canonical, example)


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ("10.0.0.9", "10.0.0.9:4370", True),
        ("10.0.0.9:4370", "10.0.0.9", True),
        ("10.0.0.9:4370", "10.0.0.9:4371", False),
        ("10.0.0.9#1", "10.0.0.9:4000#1", True),
        ("10.0.0.9#1", "10.0.0.9:4000#2", False),
        ("[2001:db8::1]", "[2001:db8::1]:80", True),
        ("10.0.0.9", "10.0.0.90:4370", False),
    ],
)
def test_address_without_a_port_may_be_any_of_its_host(first: str, second: str, taken: bool) -> None:
    addresses = TakenAddresses()
    assert addresses.claim("agent", first, "First") == "First"
    assert addresses.claim("other agent", second, "Elsewhere") == "Elsewhere"
    assert addresses.claim("agent", second, "Second") == ("First" if taken else "Second")


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


@pytest.mark.parametrize(
    ("make", "address", "right"),
    [
        ("virtual", "http://10.0.0.1:4370", False),
        ("virtual", "10.0.0.1", True),
        ("zkteco", "zk://10.0.0.1:4370", False),
        ("zkteco", "[2001:db8::1]:4370", True),
        ("adms", "https://hub.example", False),
        ("adms", "CJ9H204460123", True),
        ("zwave", "10.0.0.1:3000#12", False),
        ("zwave", "http://10.0.0.1:3000#12", False),
        ("zwave", "wss://10.0.0.1:3000#12", True),
        ("unheard-of", "knx://10.0.0.1", True),
    ],
)
def test_scheme_of_an_address_is_that_of_its_make(make: str, address: str, right: bool) -> None:
    assert has_form(address, form_of_address((), make)) == right


def test_agent_knows_its_makes_best() -> None:
    assert has_form("https://10.0.0.1", form_of_address([{"name": "virtual", "address": "http://10.0.0.1"}], "virtual"))


def test_examples_are_those_of_the_drivers() -> None:
    drivers = {point.name: point.load().make.address for point in entry_points(group="doorsync.drivers")}
    assert drivers.items() >= EXAMPLES.items()
