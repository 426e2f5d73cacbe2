"""The kinds of credentials. All that is said of one stands here: adding a kind means adding it to this module, and nowhere else.

Every value is sealed with the company's key and found by a keyed hash, whatever its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from doorsync.domain.capabilities import USER_FIELDS
from doorsync.domain.text import normalized_text, plain_digits
from doorsync.hub.users.cards import card_fault, plain_card

PIN_DIGITS = 16
QR_CHARACTERS = 128
PLATE_CHARACTERS = 12
# A program that keeps PINs as numbers writes 0 for none; as a PIN it would open the door to whoever types it. From such a program
# it is none; from a person or a file, who can leave it empty, it is refused.
NO_PIN = frozenset({"", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialKind:
    """What there is to know of one kind of credential."""

    name: str  # in the database and in programs: never changed
    title: str  # in the middle of a sentence; marked for gettext
    column: str  # in files, and where faults are told
    normalised: Callable[[str], str]  # the one spelling under which equal values are equal; empty: there is none
    fault: Callable[[str], str]  # what is wrong with a normalised value, in a sentence that never repeats it; empty: nothing
    new_fault: Callable[[str], str] = lambda _value: ""  # the same of a value that is kept where it is stored, but not taken anew
    unique: bool  # whether nobody else in the company may have the same
    secret: bool  # whether a value is told to those only who may see credentials
    most: int | None = None  # of one user; None: no limit
    record_field: str = ""  # in the record of a terminal; one value where `most` is 1, otherwise a list

    @property
    def fits_terminals(self) -> bool:
        """Whether there is any terminal that can hold it."""
        return self.record_field in USER_FIELDS


def _pin_fault(pin: str) -> str:
    if pin.isascii() and pin.isdigit() and len(pin) <= PIN_DIGITS:
        return ""
    return _("A PIN has 1 to %(most)s digits 0 to 9 and nothing else.") % {"most": PIN_DIGITS}


def _new_pin_fault(pin: str) -> str:
    if pin in NO_PIN:
        return _("A PIN of 0 would open the door to whoever types 0. If there is no PIN, leave it empty.")
    return ""


def _qr_fault(text: str) -> str:
    if text.isascii() and text.isprintable() and len(text) <= QR_CHARACTERS:
        return ""
    return _("The text of a QR code has 1 to %(most)s letters, digits and signs of ASCII and nothing else.") % {
        "most": QR_CHARACTERS
    }


def _plain_plate(plate: str) -> str:
    """12-AB-CD, 12 ab cd and 12ABCD are one plate."""
    return re.sub(r"[\s.·\u2010-\u2015\u2212-]", "", normalized_text(plate)).upper()


def _plate_fault(plate: str) -> str:
    if plate.isalnum() and len(plate) <= PLATE_CHARACTERS:
        return ""
    return _("A licence plate has 1 to %(most)s letters and digits; spaces, dots and hyphens do not count.") % {
        "most": PLATE_CHARACTERS
    }


CARD = CredentialKind(
    name="card",
    title=gettext_noop("card"),
    column="cards",
    normalised=plain_card,
    fault=card_fault,
    unique=True,
    secret=True,
    record_field="cards",
)
PIN = CredentialKind(
    name="pin",
    title=gettext_noop("PIN"),
    column="pin",
    normalised=plain_digits,
    fault=_pin_fault,
    new_fault=_new_pin_fault,
    unique=False,
    secret=True,
    most=1,
    record_field="pin",
)
QR = CredentialKind(
    name="qr",
    title=gettext_noop("QR code"),
    column="qr",
    normalised=str.strip,
    fault=_qr_fault,
    unique=True,
    secret=True,
    most=1,
    record_field="qr",
)
LICENCE_PLATE = CredentialKind(
    name="licence_plate",
    title=gettext_noop("licence plate"),
    column="licence_plates",
    normalised=_plain_plate,
    fault=_plate_fault,
    unique=False,  # a family shares a car
    secret=False,
    record_field="licence_plates",
)
KINDS: Mapping[str, CredentialKind] = {kind.name: kind for kind in (CARD, PIN, QR, LICENCE_PLATE)}
FOR_TERMINALS = frozenset(kind.name for kind in KINDS.values() if kind.fits_terminals)
SECRET_COLUMNS = frozenset(kind.column for kind in KINDS.values() if kind.secret)


def clean_credentials(credentials: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """The credentials by kind as they are kept. Values of an unknown kind stay as they are, for `faults` to tell."""
    return {
        name: frozenset(filter(None, map(KINDS[name].normalised, values))) if name in KINDS else frozenset(values)
        for name, values in credentials.items()
    }


def credential_faults(credentials: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """What is wrong with these cleaned ones: the column, and a sentence that never repeats a value."""
    for name, values in credentials.items():
        kind = KINDS.get(name)
        if kind is None:
            yield "credentials", _("There is no such kind of credential. There are: %(names)s.") % {"names": ", ".join(KINDS)}
        elif kind.most is not None and len(values) > kind.most:
            told = _("A person has one %(what)s at most.") if kind.most == 1 else _("A person has at most %(most)s of: %(what)s.")
            yield kind.column, told % {"most": kind.most, "what": _(kind.title)}
        elif fault := next(filter(None, (kind.fault(value) or kind.new_fault(value) for value in sorted(values))), ""):
            yield kind.column, fault


def record_fields(values: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """How a user's values by kind go into records, by field. Kinds that no terminal can hold are left out."""
    fields: dict[str, Any] = {}
    for kind in KINDS.values():
        if kind.fits_terminals:
            found = tuple(values.get(kind.name, ()))
            fields[kind.record_field] = next(iter(found), "") if kind.most == 1 else found
    return fields
