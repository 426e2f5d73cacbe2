"""People from a CSV file: which columns there are, and each row's cells by column. No message repeats a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from doorsync.domain.text import normalized_text
from doorsync.hub.users.cards import BadCard, CardFormat, decimal_number
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.files.csv_table import TableRow, cell_value, read_table
from doorsync.hub.users.files.file_faults import FileFault, FileFaults, quoted_word
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
SEPARATOR = "|"  # between several groups or cards in one cell


@dataclass(frozen=True, slots=True)
class Row:
    """One person's cells by column, and the line on which the row begins."""

    line: int
    cells: dict[str, str | list[str]]


def read_people(text: Text, notation: CardFormat, faults: list[FileFault]) -> list[Row]:
    """The rows that can be read; what is wrong with others goes to `faults`. Raises FileFaults when no row can."""
    table = read_table(text)
    header = next(table, TableRow(1, []))
    columns = _columns(text.name, header, faults)
    return [read for row in table if (read := _row(text.name, row, columns, notation, faults))]


def _columns(name: str, header: TableRow, faults: list[FileFault]) -> list[str]:
    """The names of the columns, without the empty ones at the end. Raises FileFaults."""
    cells = [normalized_text(cell).casefold().replace(" ", "_").replace("-", "_") for cell in header.cells]
    columns = [ALSO.get(cell, cell) for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if "id" not in columns:
        text = "The column 'id' is missing. The first row names the columns"
        raise FileFaults([FileFault(name, header.line, f"{text}: {', '.join(COLUMNS)}; only 'id' must be there.")])
    wrong = list(_wrong(columns))
    if wrong:
        raise FileFaults([*faults, *(FileFault(name, header.line, text) for text in wrong)])
    return columns


def _wrong(columns: list[str]) -> Iterator[str]:
    for place, column in enumerate(columns, 1):
        if column in columns[: place - 1]:
            yield f"The column {quoted_word(column) or place} stands here twice."
        elif not column:
            yield f"Column {place} has no name. Name it or delete it."
        elif column not in COLUMNS:
            near = get_close_matches(column, COLUMNS, 1)
            hint = f"Do you mean '{near[0]}'?" if near else f"Known are: {', '.join(COLUMNS)}."
            yield f"The column {quoted_word(column) or place} is not known. {hint} Rename it, or delete it."


def _row(name: str, row: TableRow, columns: list[str], notation: CardFormat, faults: list[FileFault]) -> Row | None:
    wanted = len(columns)
    counts = f"This row has {len(row.cells)} cells, but there are {wanted} columns."
    if len(row.cells) < wanted:
        faults.append(FileFault(name, row.line, f"{counts} Write a separator for an empty cell too."))
        return None
    if any(cell.strip() for cell in row.cells[wanted:]):
        faults.append(FileFault(name, row.line, f"{counts} Put a cell that has the separator in it between quotation marks."))
        return None
    cells: dict[str, str | list[str]] = {}
    for column, cell in zip(columns, row.cells, strict=False):
        try:
            cells[column] = _cell(column, cell_value(cell), notation)
        except (BadCard, ValueError) as error:
            faults.append(FileFault(name, row.line, f"{column}: {error}"))
    return Row(row.line, cells) if len(cells) == wanted else None


def _cell(column: str, text: str, notation: CardFormat) -> str | list[str]:
    if column not in LISTS:
        return text
    parts = [part.strip() for part in text.split(SEPARATOR) if part.strip()]
    return [decimal_number(part, notation) for part in parts] if column == "cards" else parts
