"""What can be said of a user, by forms, files and programs alike; and the one check that all of it passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast

from doorsync.domain.texts import bad_character, is_visible, plain
from doorsync.hub.users import credential_kinds
from doorsync.hub.users.models import NAME_LENGTH
from doorsync.hub.users.moments import BadMoment, end_of, start_of

TEXTS = {"first_name": "first name", "last_name": "last name", "external_id": "id"}
MOMENTS: dict[str, Callable[[str], str]] = {"starts": start_of, "expires": end_of}


class Fields(TypedDict, total=False):
    """What is said of a user. What is not there is left as it is; what is there and empty is emptied.

    Groups are ids. Moments are wall clock, as people write them. Of each kind of credential that is named these are all there
    are: `{"card": frozenset()}` takes the cards away and leaves the PIN.
    """

    first_name: str
    last_name: str
    external_id: str
    starts: str
    expires: str
    groups: frozenset[int]
    credentials: Mapping[str, frozenset[str]]


def cleaned(fields: Fields) -> tuple[Fields, dict[str, str]]:
    """The fields as they are kept, and for each that cannot be kept a sentence that never repeats it. Twice is harmless."""
    kept: dict[str, Any] = {**fields}
    faults: dict[str, str] = {}
    for name in TEXTS.keys() & kept.keys():
        kept[name] = plain(kept[name])
        faults[name] = _text_fault(name, kept[name])
    for name in MOMENTS.keys() & kept.keys():
        try:
            kept[name] = MOMENTS[name](kept[name])
        except BadMoment as error:
            faults[name] = str(error)
    if "credentials" in kept:
        kept["credentials"] = credential_kinds.cleaned(kept["credentials"])
        faults |= dict(credential_kinds.faults(kept["credentials"]))
    return cast("Fields", kept), {name: text for name, text in faults.items() if text}


def _text_fault(name: str, text: str) -> str:
    what = TEXTS[name]
    if not text and name == "last_name":
        return "The last name must not be empty."
    if text and not is_visible(text):
        return f"The {what} has no letter that can be seen."
    if len(text) > NAME_LENGTH:
        return f"The {what} is longer than {NAME_LENGTH} characters."
    bad = bad_character(text)
    return f"The {what} has a character that cannot be kept: {bad}. Delete it." if bad else ""
