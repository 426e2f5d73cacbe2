"""What can be said of a user, by forms, files and programs alike; and the one check that all of it passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypedDict, cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from doorsync.domain.text import bad_character, is_visible, normalized_text
from doorsync.hub.users import credential_kinds
from doorsync.hub.users.models import CODE_LENGTH, INFO_FIELDS, INFO_LENGTH, INSERTION_LENGTH, NAME_LENGTH, PHONE_LENGTH
from doorsync.hub.users.validity_dates import BadMoment, end_of, end_text, start_of, start_text

PHONE_CHARACTERS = frozenset("0123456789+-()./ ")


class Text(NamedTuple):
    """A field of text: what it is called in a sentence, and how many characters it holds."""

    title: str
    length: int = NAME_LENGTH


TEXTS = {
    "first_name": Text(gettext_noop("first name")),
    "insertion": Text(gettext_noop("insertion"), INSERTION_LENGTH),
    "last_name": Text(gettext_noop("last name")),
    "external_id": Text(gettext_noop("id")),
    "email": Text(gettext_noop("e-mail address")),
    "phone": Text(gettext_noop("phone number"), PHONE_LENGTH),
    "contractor_code": Text(gettext_noop("contractor's code"), CODE_LENGTH),
    "contractor_name": Text(gettext_noop("contractor's name")),
}
INFO = {f"info{number}": Text(f"info field {number}", INFO_LENGTH) for number in range(1, INFO_FIELDS + 1)}
TEXTS |= INFO
MOMENTS: dict[str, Callable[[str], str]] = {"starts": start_of, "expires": end_of}
MOMENT_TEXTS: dict[str, Callable[[str], str]] = {"starts": start_text, "expires": end_text}  # back, as people write them
LAST_NUMBER = 400_000_000
FLAGS = ("active", "visitor", "admin", "security")
COLUMNS = (*TEXTS, *MOMENTS, *FLAGS)  # of a user's row


class Fields(TypedDict, total=False):
    """What is said of a user. What is not there is left as it is; what is there and empty is emptied.

    Groups and locations are ids. Moments are wall clock, as people write them. Of each kind of credential that is named these are
    all there are: `{"card": frozenset()}` takes the cards away and leaves the PIN. Who is not `active` may open nothing.
    """

    first_name: str
    insertion: str
    last_name: str
    external_id: str
    number: int  # of a new user; without it they are given one
    email: str
    phone: str
    contractor_code: str
    contractor_name: str
    starts: str
    expires: str
    active: bool
    visitor: bool
    admin: bool
    security: bool
    groups: frozenset[int]
    locations: frozenset[int]
    credentials: Mapping[str, frozenset[str]]
    info1: str
    info2: str
    info3: str
    info4: str
    info5: str
    info6: str
    info7: str
    info8: str
    info9: str
    info10: str
    info11: str
    info12: str
    info13: str
    info14: str


def clean_fields(fields: Fields) -> tuple[Fields, dict[str, str]]:
    """The fields as they are kept, and for each that cannot be kept a sentence that never repeats it. Twice is harmless."""
    kept: dict[str, Any] = {**fields}
    faults = dict.fromkeys(kept.keys() - Fields.__annotations__.keys(), _("There is no such field."))
    for name in TEXTS.keys() & kept.keys():
        kept[name] = normalized_text(kept[name])
        faults[name] = _text_fault(name, kept[name])
    for name in MOMENTS.keys() & kept.keys():
        try:
            kept[name] = MOMENTS[name](kept[name])
        except BadMoment as error:
            faults[name] = str(error)
    for name in set(FLAGS) & kept.keys():
        faults[name] = "" if isinstance(kept[name], bool) else _("Neither true nor false.")
    if "number" in kept and not is_number(kept["number"]):
        faults["number"] = _("A number is a whole one from 1 to %(most)s.") % {"most": LAST_NUMBER}
    if "credentials" in kept:
        kept["credentials"] = credential_kinds.clean_credentials(kept["credentials"])
        faults |= dict(credential_kinds.credential_faults(kept["credentials"]))
    return cast("Fields", kept), {name: text for name, text in faults.items() if text}


def is_number(value: object) -> bool:
    """Whether a user may have this number."""
    return type(value) is int and 1 <= value <= LAST_NUMBER


def text_fault(what: str, text: str, length: int) -> str:
    """What is wrong with a text that is called so in a sentence; empty: nothing, as with an empty text."""
    named = {"what": _(what), "length": length}
    if text and not is_visible(text):
        return _("The %(what)s has no letter that can be seen.") % named
    if len(text) > length:
        return _("The %(what)s is longer than %(length)s characters.") % named
    bad = bad_character(text)
    return _("The %(what)s has a character that cannot be kept: %(bad)s. Delete it.") % {**named, "bad": bad} if bad else ""


def _text_fault(name: str, text: str) -> str:
    if name == "last_name" and not text:
        return _("The last name must not be empty.")
    fault = text_fault(TEXTS[name].title, text, TEXTS[name].length)
    if fault or not text:
        return fault
    if name == "phone" and not set(text) <= PHONE_CHARACTERS:
        return _("A phone number has digits, spaces and + - ( ) . / only.")
    return _("Not a valid e-mail address.") if name == "email" and not _is_address(text) else ""


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
