"""What a driver says of the make it drives: data that people and the hub need before there is a terminal. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class EvidenceLevel(StrEnum):
    """Against what a driver was tried, the strongest first."""

    DEVICE = "device"  # a real device of this make
    FOREIGN_DEVICE_SIDE = "foreign-device-side"  # a device side that others wrote
    FOREIGN_CLIENTS = "foreign-clients"  # our emulator, which programs of others read and write too
    SPEC_ONLY = "spec-only"  # the maker's documents alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why anybody should trust a driver. `against`: what it was tried with, and which version; `ours`: what of that we wrote.

    `not_shown`: what nobody has seen yet, each a phrase for people.
    """

    level: EvidenceLevel = EvidenceLevel.SPEC_ONLY
    against: tuple[str, ...] = ()
    ours: str = ""
    not_shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting of a terminal that only this make has. Without `choices` it is a text that matches `pattern` as a whole."""

    name: str
    title: str
    default: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """One make of terminal.

    `name` is that of the entry point. `address` is an example of an address, and its port the
    one of an address without a port; `secret` what a person is asked for ("Comm key",
    "Token"), "" when there is none. `answer_timeout`: seconds in which a healthy terminal answers, where the agent's usual
    time is too short: three intervals of one that polls. `records_per_write` at most are given to `put_many` and
    `remove_many`: few where each takes seconds. `warnings` are sentences for whoever adds a terminal.
    """

    name: str
    title: str
    address: str
    secret: str = ""
    options: tuple[Option, ...] = ()
    answer_timeout: float = 0.0
    records_per_write: int = 50
    evidence: Evidence = field(default_factory=Evidence)
    warnings: tuple[str, ...] = ()
