"""Addresses of terminals in one spelling, so that two spellings of one are seen to be one. No look-ups: names stay names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from doorsync.domain.network_address import plain_host, split_port

EXAMPLES = {  # of the makes that come with Doorsync, for as long as an agent has not told its own
    "adms": "CJ9H204460123",
    "suprema": "192.168.1.5:4000#542070001",
    "uhppote": "192.168.1.100:60000",
    "virtual": "127.0.0.1:4370",
    "zkteco": "192.168.1.201:4370",
    "zwave": "ws://192.168.1.5:3000#12",
}
ENCRYPTED = {"http": "https", "ws": "wss"}  # a make that can be reached by the one can be by the other
SCHEME_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def canonical_address(address: str, example: str = "") -> str:
    """`192.168.1.20:4370` for ` 192.168.001.020 ` of a make with the example `192.168.1.201:4370`.

    `example` is that of the make, "" where it is not known: its port is the default, and without a # in it none counts.
    """
    scheme, sign, head, part = _pieces(address)
    place, _, path = head.partition("/")
    host, port = split_port(place)
    host = "127.0.0.1" if (host := plain_host(host)) == "localhost" else host
    if port is None:
        port = SCHEME_PORTS.get(scheme) if scheme else _default_port(example)
    part = str(int(part)) if part.isdecimal() else part
    path = f"/{path.rstrip('/')}".rstrip("/")
    number = f"#{part}" if part and not (example and "#" not in example) else ""
    return f"{scheme}{sign}{host}{'' if port is None else f':{port}'}{path}{number}"[:200]


def without_port(canonical: str) -> str:
    """A canonical address without its port: of two that are alike in this, one without a port may be the other."""
    scheme, sign, head, part = _pieces(canonical)
    place, slash, path = head.partition("/")
    return f"{scheme}{sign}{split_port(place)[0]}{slash}{path}{f'#{part}' if part else ''}"


def example_address(makes: Iterable[Mapping[str, Any]], make: str) -> str:
    """The example of an address of this make, "" where its agent has not told of it; `makes` are those of an agent."""
    return next((each["address"] for each in makes if each["name"] == make), "")


def form_of_address(makes: Iterable[Mapping[str, Any]], make: str) -> str:
    """How an address of this make looks, as its agent tells it or as Doorsync's own driver has it, "" where nobody knows."""
    return example_address(makes, make) or EXAMPLES.get(make, "")


def has_form(address: str, example: str) -> bool:
    """Whether the address begins with a scheme, such as ws://, just where the example does, and with one of the same kind."""
    scheme, wanted = _pieces(address)[0], _pieces(example)[0]
    return not example or scheme in {wanted, ENCRYPTED.get(wanted, wanted)}


class TakenAddresses:
    """Which terminal has which canonical address, for each agent by name."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._any_port: dict[tuple[str, str], str] = {}

    def claim(self, agent: str, canonical: str, name: str) -> str:
        """Who has this address, or may have it because a port is missing; if nobody does, `name` has it from now on."""
        base = without_port(canonical)
        other = self._names.get((agent, canonical)) or self._names.get((agent, base))
        if not other and base == canonical:
            other = self._any_port.get((agent, base))
        if other:
            return other
        self._names[agent, canonical] = name
        self._any_port.setdefault((agent, base), name)
        return name


def shown_address(address: str) -> str:
    """Without what may be a device's password, before an @ in the address."""
    scheme, sign, rest = address.partition("://")
    return f"{scheme}{sign}{rest.rpartition('@')[2]}" if sign else address.rpartition("@")[2]


def _pieces(address: str) -> tuple[str, str, str, str]:
    """Scheme, its sign, what stands before the #, and what stands behind it."""
    text = "".join(unicodedata.normalize("NFKC", address).split()).lower()
    scheme, sign, rest = text.partition("://")
    if not sign:
        scheme, rest = "", text
    head, _, part = rest.partition("#")
    return scheme, sign, head, part


def _default_port(example: str) -> int | None:
    return split_port(_pieces(example)[2].partition("/")[0])[1] if example else None
