"""The header of a CSV file of people: what its columns are called, which of ours each stands for, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest

from django.utils.translation import gettext as _

from doorsync.domain.text import normalized_text
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.files.csv_table import TableRow, read_table
from doorsync.hub.users.files.file_faults import FileFault, FileFaults, quoted_word
from doorsync.hub.users.files.separators import Separator
from doorsync.hub.users.files.text_file import Text

COLUMNS = (
    "id",
    "first_name",
    "insertion",
    "last_name",
    "groups",
    "cards",
    "pin",
    "qr",
    "licence_plates",
    "starts",
    "expires",
    "active",
    "visitor",
    "email",
    "phone",
    *INFO,
)
ALSO = {"group": "groups", "card": "cards", "licence_plate": "licence_plates", "start": "starts", "expiry": "expires"}
IGNORED = "-"  # stands for a column that is left out


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns as they stand in the file, and the line of them. A place is counted from 1."""

    line: int
    written: tuple[str, ...]

    @classmethod
    def of(cls, row: TableRow) -> Header:
        """Without the empty names at the end."""
        written = [normalized_text(cell) for cell in row.cells]
        while written and not written[-1]:
            written.pop()
        return cls(row.line, tuple(written))

    @property
    def names(self) -> list[str]:
        """As they are compared: case, spaces and hyphens do not matter."""
        return [name.casefold().replace(" ", "_").replace("-", "_") for name in self.written]

    def title(self, place: int) -> str:
        """A column's name, with its place where others have the same name; its place alone where the name may be data."""
        name = quoted_word(self.written[place - 1]).strip("'")
        if not name:
            return _("Column %(n)s") % {"n": place}
        return numbered(name, place) if self.is_repeated(place) else name

    def is_repeated(self, place: int) -> bool:
        """Whether other columns have the same name."""
        return self.names.count(self.names[place - 1]) > 1

    def meanings(self, mapping: Sequence[str] = ()) -> list[str]:
        """What each column stands for: as the mapping says for its place, or else by its own name, be it known or not."""
        own = [ALSO.get(name, name) for name in self.names]
        return [said or name for name, said in zip_longest(own, mapping[: len(own)], fillvalue="")]

    def labels(self, meanings: Sequence[str]) -> dict[str, str]:
        """How columns of ours are called in messages, where their name in the file does not say which one is meant."""
        told = [(place, name) for place, name in enumerate(meanings, 1) if name != IGNORED and self.is_repeated(place)]
        return {name: numbered(name, place) for place, name in told}


def numbered(name: str, place: int) -> str:
    """A column's name together with its place."""
    return _("%(name)s (column %(n)s)") % {"name": name, "n": place}


def read_header(text: Text, separator: Separator | None = None) -> Header:
    """The header of a file. Raises FileFaults when it is no table."""
    return Header.of(next(read_table(text, separator), TableRow(1, [])))


def check_header(name: str, header: Header, meanings: Sequence[str]) -> None:
    """Raises FileFaults where a column of the file of this name stands for nothing of ours, or two for the same."""
    if "id" not in meanings:
        text = _("The column 'id' is missing. The first row names the columns: %(names)s; only 'id' must be there.")
        text %= {"names": ", ".join(COLUMNS)}
        hint = _("This file was read as one column: if it has more, name its separator.") if len(meanings) < 2 else ""
        raise FileFaults([FileFault(name, header.line, f"{text} {hint}".strip())])
    wrong = [FileFault(name, header.line, text) for text in _wrong(header, meanings)]
    if wrong:
        raise FileFaults(wrong)


def _wrong(header: Header, meanings: Sequence[str]) -> Iterator[str]:
    first: dict[str, int] = {}
    for place, meaning in enumerate(meanings, 1):
        if meaning == IGNORED:
            continue
        if not meaning:
            yield _("Column %(place)s has no name. Name it or delete it.") % {"place": place}
        elif meaning not in COLUMNS:
            yield _unknown(f"'{header.title(place)}'" if quoted_word(header.written[place - 1]) else str(place), meaning)
        elif (earlier := first.setdefault(meaning, place)) != place:
            told = {"name": meaning, "one": header.title(earlier), "other": header.title(place)}
            yield _("Two columns stand for '%(name)s': %(one)s, and %(other)s. Keep one, and leave the other out.") % told


def _unknown(place: str, meaning: str) -> str:
    near = get_close_matches(meaning, COLUMNS, 1)
    known = _("Known are: %(names)s.") % {"names": ", ".join(COLUMNS)}
    hint = _("Do you mean '%(near)s'?") % {"near": near[0]} if near else known
    return _("The column %(place)s is not known. %(hint)s Rename it, or delete it.") % {"place": place, "hint": hint}
