"""Saves a user as a call says: only what it says, and all or nothing. What cannot be kept is refused by a documented string."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TypeVar

import structlog

from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.esws.company_operations import CompanyCall
from doorsync.hub.esws.declarations import ReturnStrings
from doorsync.hub.esws.flags import read_flag
from doorsync.hub.esws.placeholders import is_placeholder
from doorsync.hub.esws.refusals import CannotSave, CardNotSupported, CardNotValid, CardTaken, NoGroup, NoSuchGroup, Refused
from doorsync.hub.esws.users.asked_once import asking_once
from doorsync.hub.esws.users.group_names import split_list
from doorsync.hub.esws.users.groups import said_links
from doorsync.hub.esws.users.moments import agreed_start, said_expiry, said_start
from doorsync.hub.esws.users.parameters import Said
from doorsync.hub.users.actions import change_user
from doorsync.hub.users.cards import plain_card
from doorsync.hub.users.credential_kinds import CARD, LICENCE_PLATE, NO_PIN, CredentialKind
from doorsync.hub.users.errors import BadFields, CredentialLost, CredentialTaken, UserError
from doorsync.hub.users.fields import INFO, Fields
from doorsync.hub.users.info_fields import info_field_functions
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users

NOT_SAVED: ReturnStrings = {
    NoGroup: "Company is Branches but no group name specified. It is required for this type of company.",
    NoSuchGroup: "Company is Branches but the group name specified does not exists.",
    CardNotSupported: "CARD_NOT_SUPPORTED",
    CardNotValid: "CARD_NOT_VALID",
    CardTaken: "CARD_EXISTS_FOR_AN_OTHER_USER",
    CannotSave: "CAN_NOT_SAVE_USER",
}
REMOVE = "remove"
TEXTS = ("first_name", "last_name", "phone", "contractor_code", "contractor_name")
log = structlog.get_logger("doorsync.esws")

K = TypeVar("K", int, str)


def save_user(call: CompanyCall, said: Said, key: Fields, find: Callable[[], User | None]) -> str:
    """Change the user who is found, or make a new one with the key; returns their number. Raises what `NOT_SAVED` has.

    CardNotValid also where all but a lost card was saved.
    """
    with refusing(), company_transaction(call.company, call.actor):
        number, lost = _written(call, _write_of(call, said, key, find()))
    if lost:
        raise CardNotValid
    return str(number)


def save_together(
    call: CompanyCall, said: Mapping[K, Said], find: Callable[[Collection[K]], Mapping[K, User]], field: str
) -> dict[K, str]:
    """Change or make the users with these keys in one transaction; the number of each that could be saved so.

    All others are to be saved by `save_user`, which says what is wrong: those of which a call makes no sense, and everybody when
    one of them cannot be kept. `field`: the field of a user that is the key.
    """
    writes: dict[K, Write] = {}
    with suppress(Refused, UserError), company_transaction(call.company, call.actor):
        known = find(said)
        with asking_once():
            for key, each in said.items():
                with suppress(Refused, UserError):
                    writes[key] = _write_of(call, each, {field: key}, known.get(key))  # type: ignore[misc]  # number or external_id
        outcomes = write_users(company=call.company, writes=list(writes.values()), actor=call.actor).outcomes
        return {key: str(outcome.user.number) for key, outcome in zip(writes, outcomes, strict=True)}
    return {}


def _write_of(call: CompanyCall, said: Said, key: Fields, user: User | None) -> Write:
    fields: Fields = {**_said_fields(said, user), **said_links(call, said, user), **key}
    if "external_id" in key:
        _drop_empty_ids(fields)
    if call.company.question_marks:
        fields = _without_other_characters(fields)
    return Write(fields, user, number_is_id=True, is_current=True)


def _written(call: CompanyCall, write: Write) -> tuple[int, bool]:
    """The number of the user, and whether a lost card was left out.

    The rest is taken for somebody who is there: a program that goes on sending the card must still be able to end their access.
    """
    try:
        return write_users(company=call.company, writes=[write], actor=call.actor).outcomes[0].user.number, False
    except CredentialLost as lost:
        if write.user is None:
            raise
        credentials = {kind: values for kind, values in write.fields["credentials"].items() if kind != lost.kind}
        rest: Fields = {**write.fields, "credentials": credentials}
    return write_users(company=call.company, writes=[replace(write, fields=rest)], actor=call.actor).outcomes[0].user.number, True


@contextmanager
def refusing() -> Iterator[None]:
    """What users cannot be saved for becomes what the operations refuse it by, with the fields that were refused."""
    try:
        yield
    except CredentialLost:
        log.info("A program's call named a lost card.")
        raise CardNotValid from None
    except CredentialTaken:
        raise CardTaken from None
    except UserError as error:
        faults = error.nameless if isinstance(error, BadFields) else {type(error).__name__: str(error)}
        kind = CardNotValid if [*faults] == [CARD.column] else CannotSave
        raise kind(*sorted(faults), reasons=[faults[name] for name in sorted(faults)]) from None


def replace_credentials(call: CompanyCall, user: User, kind: str, values: frozenset[str]) -> None:
    """All that the user has of this kind from now on. Raises CardTaken, CardNotValid or CannotSave."""
    with refusing():
        change_user(user=user, actor=call.actor, credentials={kind: values})


def _said_fields(said: Said, user: User | None) -> Fields:
    texts = {name: _trimmed(getattr(said, name)) for name in TEXTS}
    flags = {name: _flag(name, getattr(said, name)) for name in ("admin", "security", "visitor")}
    fields: Fields = {}
    fields |= {name: value for name, value in (texts | flags).items() if value is not None}  # type: ignore[typeddict-item]  # names of fields
    fields |= {name: value.strip() for name, value in said.info.items()}  # type: ignore[typeddict-item]  # info1 to info14
    if fields.get("phone") == "":  # an optional parameter that a program has no use for
        del fields["phone"]
    return fields | _credentials(said) | _moments(said, user)


def _drop_empty_ids(fields: Fields) -> None:
    """An id that is empty in the info fields says nothing beside the id that the call goes by: programs send all 14."""
    for name, stands_for in info_field_functions().items():
        if stands_for == "external_id" and not fields.get(name, "-"):
            del fields[name]  # type: ignore[misc]  # one of info1 to info14


def _trimmed(text: str | None) -> str | None:
    """Without the line breaks that indented XML has around a value."""
    return None if text is None else text.strip()


def _flag(name: str, text: str | None) -> bool | None:
    """Empty says nothing: a flag has no empty value. Raises CannotSave."""
    try:
        return read_flag(text)
    except ValueError:
        raise CannotSave(name, reasons=["Neither 0 nor 1."]) from None


def _moments(said: Said, user: User | None) -> Fields:
    starts = said_start(said.start, user.starts if user else None)
    expires = said_expiry(said.expire, user.expires if user else None)
    if starts is None and expires is None:
        return {}
    starts = starts if starts is not None or user is None else user.starts
    if expires is None and user is not None:  # nobody is locked out by this call: a start behind the end is a contradiction
        return {"starts": starts or "", "expires": user.expires}
    return {"starts": agreed_start(starts or "", expires or ""), "expires": expires or ""}


def _credentials(said: Said) -> Fields:
    found: dict[str, frozenset[str]] = {}
    if said.pin is not None:
        found["pin"] = frozenset({said.pin.strip()} - NO_PIN)
    cards = [
        each for each in split_list(said.card, "p_cardId") if plain_card(each)
    ]  # card 0 is how programs write that there is none
    custom = plain_card((said.card_custom or "").strip())
    if custom and [custom] != [plain_card(each) for each in cards]:
        raise CardNotSupported
    plates = [each for each in split_list(said.plates, "p_licensePlate") if not _is_no_plate(each)]
    for kind, values in ((CARD, cards), (LICENCE_PLATE, plates)):
        if values:
            found[kind.name] = _replacing(kind, values)
    return {"credentials": found} if found else {}


def _is_no_plate(text: str) -> bool:
    """Whether this is how programs write that there is none: a hyphen, a zero, or their language's word for no value."""
    return not LICENCE_PLATE.normalised(text).strip("0") or is_placeholder(text)


def _replacing(kind: CredentialKind, values: list[str]) -> frozenset[str]:
    """All that the user has of a kind from now on. Raises CardNotValid or CannotSave for a Remove among others."""
    words = {each.lower() for each in values}
    if words == {REMOVE}:
        return frozenset()
    if REMOVE in words:
        raise (CardNotValid if kind is CARD else CannotSave)(kind.column, reasons=["Remove stands beside others."])
    return frozenset(values)


def _without_other_characters(fields: Fields) -> Fields:
    """As the documentation says of characters above 255, for a company that wants it so; ids stay what they are."""
    names = {"first_name", "last_name", "contractor_name", *INFO.keys() - info_field_functions().keys()}
    changed = {
        name: "".join(each if ord(each) <= 255 else "?" for each in str(value)) for name, value in fields.items() if name in names
    }
    return {**fields, **changed}  # type: ignore[typeddict-item]  # names of fields
