"""Which column of ours a column of somebody's file most likely is, by its name in the languages of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorsync.hub.users.files.csv_people import ALSO, COLUMNS, IGNORED
from doorsync.hub.users.files.file_faults import quoted_word

MEANINGS = {
    "id": (
        "nr",
        "no",
        "number",
        "member_id",
        "personnel_number",
        "personeelsnummer",
        "personalnummer",
        "matricule",
        "mitgliedsnummer",
        "lidnummer",
    ),
    "first_name": ("firstname", "given_name", "voornaam", "vorname", "prénom", "prenom"),
    "insertion": ("tussenvoegsel", "middle_name"),
    "last_name": ("lastname", "surname", "family_name", "name", "achternaam", "nachname", "nom"),
    "groups": ("groep", "groepen", "gruppe", "gruppen", "groupe", "groupes", "membership"),
    "cards": ("card_number", "kaart", "kaartnummer", "karte", "kartennummer", "carte", "badge"),
    "pin": ("pincode", "pin_code", "code"),
    "licence_plates": ("plate", "plates", "kenteken", "kennzeichen", "plaque", "license_plate"),
    "starts": ("start_date", "from", "begin", "startdatum", "beginn", "début", "debut"),
    "expires": ("end", "end_date", "until", "einddatum", "ende", "fin", "expires_at"),
    "email": ("e_mail", "mail", "e_mail_address", "email_address"),
    "phone": ("telephone", "mobile", "telefoon", "telefon", "téléphone"),
}
GUESSES = {word: column for column, words in MEANINGS.items() for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """A column of the file. `title` is its name, or only its place where the name could be somebody's data."""

    number: int
    name: str
    title: str
    chosen: str


def file_columns(names: Sequence[str], mapping: Mapping[str, str]) -> list[FileColumn]:
    """The columns of a file, each with what it is taken for; "" where nobody knows."""
    return [
        FileColumn(number=number, name=name, title=quoted_word(name).strip("'"), chosen=mapping.get(name) or column_of(name))
        for number, name in enumerate(names, 1)
    ]


def column_of(name: str) -> str:
    """Ours by its own name, or by a guess; empty when nobody knows."""
    known = ALSO.get(name, name)
    return known if known in COLUMNS else GUESSES.get(name, "")


def guessed(names: Sequence[str]) -> dict[str, str]:
    """What stands for what where the names are not ours, as far as a guess reaches and no column is guessed twice."""
    found: dict[str, str] = {}
    taken = {ALSO.get(name, name) for name in names} & set(COLUMNS)
    for name in names:
        guess = column_of(name)
        if ALSO.get(name, name) not in COLUMNS and guess and guess not in taken:
            found[name] = guess
            taken.add(guess)
    return found


def chosen_mapping(names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """What a form says of these columns: fields `column-1` and so on; what is not ours is left out of the file."""
    wanted = {name: given.get(f"column-{number}", "") for number, name in enumerate(names, 1)}
    return {name: column if column in COLUMNS else IGNORED for name, column in wanted.items()}
