"""People from a CSV file: which columns there are, and each row's cells by column. No message repeats a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from django.utils.translation import gettext as _

from doorsync.domain.text import normalized_text
from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.cards import BadCard, decimal_number
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.files.csv_table import TableRow, cell_value, read_table
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
LISTS = ("groups", "cards", "licence_plates")
IGNORED = "-"  # stands for a column that is left out
NO_MAPPING: Mapping[str, str] = MappingProxyType({})
LIST_SEPARATOR = "|"  # between several groups or cards in one cell


@dataclass(frozen=True, slots=True)
class Row:
    """One person's cells by column, and the line on which the row begins."""

    line: int
    cells: dict[str, str | list[str]]


def read_people(
    text: Text,
    notation: CardFormat,
    faults: list[FileFault],
    mapping: Mapping[str, str] = NO_MAPPING,
    separator: Separator | None = None,
) -> list[Row]:
    """The rows that can be read; what is wrong with others goes to `faults`. Raises FileFaults when no row can.

    `mapping` says which column a name in the header stands for, IGNORED for those that are left out.
    """
    table = read_table(text, separator)
    header = next(table, TableRow(1, []))
    columns = _columns(text.name, header, faults, mapping)
    return [read for row in table if (read := _row(text.name, row, columns, notation, faults))]


def header_names(text: Text, separator: Separator | None = None) -> list[str]:
    """The names of the columns as they are compared, without the empty ones at the end. Raises FileFaults."""
    names = [_named(cell) for cell in next(read_table(text, separator), TableRow(1, [])).cells]
    while names and not names[-1]:
        names.pop()
    return names


def _named(cell: str) -> str:
    return normalized_text(cell).casefold().replace(" ", "_").replace("-", "_")


def _columns(name: str, header: TableRow, faults: list[FileFault], mapping: Mapping[str, str]) -> list[str]:
    """The names of the columns, without the empty ones at the end. Raises FileFaults."""
    cells = [_named(cell) for cell in header.cells]
    columns = [mapping.get(cell) or ALSO.get(cell, cell) for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if "id" not in columns:
        text = _("The column 'id' is missing. The first row names the columns: %(names)s; only 'id' must be there.")
        text %= {"names": ", ".join(COLUMNS)}
        hint = _("This file was read as one column: if it has more, name its separator.") if len(columns) < 2 else ""
        raise FileFaults([FileFault(name, header.line, f"{text} {hint}".strip())])
    wrong = list(_wrong(columns))
    if wrong:
        raise FileFaults([*faults, *(FileFault(name, header.line, text) for text in wrong)])
    return columns


def _wrong(columns: list[str]) -> Iterator[str]:
    for place, column in enumerate(columns, 1):
        if column == IGNORED:
            continue
        if column in columns[: place - 1]:
            yield _("The column %(place)s stands here twice.") % {"place": quoted_word(column) or place}
        elif not column:
            yield _("Column %(place)s has no name. Name it or delete it.") % {"place": place}
        elif column not in COLUMNS:
            near = get_close_matches(column, COLUMNS, 1)
            hint = (
                _("Do you mean '%(near)s'?") % {"near": near[0]}
                if near
                else _("Known are: %(names)s.") % {"names": ", ".join(COLUMNS)}
            )
            yield _("The column %(place)s is not known. %(hint)s Rename it, or delete it.") % {
                "place": quoted_word(column) or place,
                "hint": hint,
            }


def _row(name: str, row: TableRow, columns: list[str], notation: CardFormat, faults: list[FileFault]) -> Row | None:
    wanted = len(columns)
    counts = _("This row has %(cells)s cells, but there are %(wanted)s columns.") % {"cells": len(row.cells), "wanted": wanted}
    if len(row.cells) < wanted:
        faults.append(FileFault(name, row.line, _("%(counts)s Write a separator for an empty cell too.") % {"counts": counts}))
        return None
    if any(cell.strip() for cell in row.cells[wanted:]):
        faults.append(
            FileFault(
                name,
                row.line,
                _("%(counts)s Put a cell that has the separator in it between quotation marks.") % {"counts": counts},
            )
        )
        return None
    cells: dict[str, str | list[str]] = {}
    for column, cell in zip(columns, row.cells, strict=False):
        if column == IGNORED:
            continue
        try:
            cells[column] = _cell(column, cell_value(cell), notation)
        except (BadCard, ValueError) as error:
            faults.append(FileFault(name, row.line, f"{column}: {error}"))
    return Row(row.line, cells) if len(cells) == wanted - columns.count(IGNORED) else None


def _cell(column: str, text: str, notation: CardFormat) -> str | list[str]:
    if column not in LISTS:
        return text
    parts = [part.strip() for part in text.split(LIST_SEPARATOR) if part.strip()]
    return [decimal_number(part, notation) for part in parts] if column == "cards" else parts
