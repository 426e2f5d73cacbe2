"""Which column of ours a column of somebody's file most likely is, by its name in the languages of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorsync.hub.users.files.csv_header import COLUMNS, IGNORED, Header

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
    """A column of the file. `title` is its name, or its place where the name repeats or could be somebody's data."""

    number: int
    title: str
    chosen: str


def file_columns(header: Header, mapping: Sequence[str]) -> list[FileColumn]:
    """The columns of a file, each with what it is taken for; "" where nobody knows."""
    return [
        FileColumn(number=number, title=header.title(number), chosen=meaning if meaning in (*COLUMNS, IGNORED) else "")
        for number, meaning in enumerate(header.meanings(mapping), 1)
    ]


def guessed(header: Header) -> list[str]:
    """What stands for what where the names are not ours, as far as a guess reaches and no column is guessed twice."""
    own = header.meanings()
    taken = set(own) & set(COLUMNS)
    found = []
    for name in own:
        guess = GUESSES.get(name, "")
        found.append("" if guess in taken else guess)
        taken.add(guess)
    return found


def chosen_mapping(header: Header, given: Mapping[str, str]) -> list[str]:
    """What a form says of these columns: fields `column-1` and so on; what is not ours is left out of the file."""
    wanted = [given.get(f"column-{number}", "") for number in range(1, len(header.written) + 1)]
    return [column if column in COLUMNS else IGNORED for column in wanted]
