"""The users of an ESWS service as users of this hub: what its rows say, and what is wrong. No message repeats a value."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from doorsync.domain.text import normalized_text
from doorsync.hub.imports.esws_service import Row
from doorsync.hub.imports.parsing import FilePerson
from doorsync.hub.imports.schema import UserSection
from doorsync.hub.users.credential_kinds import NO_PIN, PIN
from doorsync.hub.users.fields import INFO, LAST_NUMBER, Fields
from doorsync.hub.users.files.file_faults import FileFault, FileFaults

SOURCE = "getUsers"  # in the place of a file's name, with the UserId in that of a line
MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2})(?::[0-9]{2})?)?")
TEXTS = {"Achternaam": "last_name", "Voornaam": "first_name", "Insertion": "insertion"}
FLAGS = {"Admin": "admin", "Security": "security", "IsVisitor": "visitor", "Active": "active"}
CREDENTIALS = {"PIN": "pin", "CardId": "card", "LicensePlate": "licence_plate"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EswsPerson:
    """A user of the service: the number in the terminals, the fields that it tells, and the groups by name, if it tells them."""

    number: int
    fields: Fields
    groups: tuple[str, ...] | None
    person: FilePerson


def people_of(rows: Iterable[Row], known_groups: Collection[str]) -> list[EswsPerson]:
    """The people of these rows. Raises FileFaults with all that is wrong."""
    faults: list[FileFault] = []
    people = [found for row in rows if (found := _person(row, known_groups, faults))]
    if faults:
        raise FileFaults(faults)
    return people


def _person(row: Row, known_groups: Collection[str], faults: list[FileFault]) -> EswsPerson | None:
    text = row.get("UserId", "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LAST_NUMBER)) else 0
    if not 1 <= number <= LAST_NUMBER:
        faults.append(FileFault(SOURCE, 0, f"A user has a UserId that is not a number from 1 to {LAST_NUMBER}."))
        return None
    groups = split_groups(row["GroupS"], known_groups) if "GroupS" in row else None
    if "GroupS" in row and groups is None:
        faults.append(FileFault(SOURCE, number, "GroupS: a name that getGroups does not know."))
        return None
    locate = partial(_fault, number)
    shown = UserSection.model_construct(
        id=text, first_name=row.get("Voornaam", "").strip(), last_name=row.get("Achternaam", "").strip()
    )
    return EswsPerson(number=number, fields=_fields(row), groups=groups, person=FilePerson(shown, locate))


def _fault(number: int, _field: str, text: str) -> FileFault:
    return FileFault(SOURCE, number, text)


def split_groups(text: str, known: Collection[str]) -> tuple[str, ...] | None:
    """The groups in a list of names, which the service may part by ; or by a comma; None when that gives unknown names."""
    for separator in (";", ","):
        names = tuple(dict.fromkeys(filter(None, map(normalized_text, (part.strip() for part in text.split(separator))))))
        if set(names) <= set(known):
            return names
    return None


def _fields(row: Row) -> Fields:
    """Only what the service tells: a field that is not there changes nothing, an empty one empties."""
    fields: Fields = {}
    fields |= {name: row[said].strip() for said, name in TEXTS.items() if said in row}  # type: ignore[typeddict-item]  # names of fields
    fields |= {name: row[name].strip() for name in INFO if name in row}  # type: ignore[typeddict-item]  # names of fields
    fields |= {name: row[said].strip() == "1" for said, name in FLAGS.items() if said in row}  # type: ignore[typeddict-item]  # names of fields
    if own := row.get("wsAltUserId", "").strip():
        fields["external_id"] = own
    for said, name, time in (("StartDate", "starts", "00:00"), ("ExpireDate", "expires", "23:59")):
        if said in row:
            fields[name] = _moment(row[said].strip(), time)  # type: ignore[literal-required]  # one of the two
    if told := {kind: _values(row[said]) for said, kind in CREDENTIALS.items() if said in row}:
        fields["credentials"] = {kind: values - NO_PIN if kind == PIN.name else values for kind, values in told.items()}
    return fields


def _moment(text: str, time: str) -> str:
    """With its time, without seconds. What has another form is left as it is, for the check that every way in has."""
    if text.startswith("0000"):  # how MySQL writes that there is none
        return ""
    found = MOMENT.fullmatch(text)
    return f"{found[1]} {found[2] or time}" if found else text


def _values(text: str) -> frozenset[str]:
    return frozenset(filter(None, (part.strip() for part in text.split(";"))))


def faulty(people: Sequence[EswsPerson], index: int, field: str, text: str) -> FileFault:
    """What is wrong with this field of this person."""
    return people[index].person.fault(field, text)
