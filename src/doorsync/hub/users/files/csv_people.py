"""People from a CSV file: each row's cells by what their columns stand for. No message repeats a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.cards import BadCard, decimal_number
from doorsync.hub.users.files.csv_header import IGNORED, Header, check_header
from doorsync.hub.users.files.csv_table import TableRow, cell_value, read_table
from doorsync.hub.users.files.file_faults import FileFault
from doorsync.hub.users.files.separators import Separator
from doorsync.hub.users.files.text_file import Text

LISTS = ("groups", "cards", "licence_plates")
LIST_SEPARATOR = "|"  # between several groups or cards in one cell
PART = re.compile(r"(?:\\[\\|]|[^|])+")
ESCAPED = re.compile(r"\\([\\|])")  # within a name


def list_cell(names: Iterable[str]) -> str:
    """Names as one cell, from which `read_people` reads the same names again."""
    return LIST_SEPARATOR.join(re.sub(r"([\\|])", r"\\\1", name) for name in names)


@dataclass(frozen=True, slots=True)
class Row:
    """One person's cells by column, and the line on which the row begins. `labels`: other names of columns in messages."""

    line: int
    cells: dict[str, str | list[str]]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Layout:
    """What each column stands for, and how columns are called in messages."""

    file: str
    meanings: Sequence[str]
    labels: Mapping[str, str]


def read_people(
    text: Text,
    notation: CardFormat,
    faults: list[FileFault],
    mapping: Sequence[str] = (),
    separator: Separator | None = None,
) -> list[Row]:
    """The rows that can be read; what is wrong with others goes to `faults`. Raises FileFaults when no row can.

    `mapping` says what each column of the header stands for, IGNORED for those that are left out; empty: its name says it.
    """
    table = read_table(text, separator)
    header = Header.of(next(table, TableRow(1, [])))
    meanings = header.meanings(mapping)
    check_header(text.name, header, meanings)
    layout = _Layout(text.name, meanings, header.labels(meanings))
    return [read for row in table if (read := _row(layout, row, notation, faults))]


def _row(layout: _Layout, row: TableRow, notation: CardFormat, faults: list[FileFault]) -> Row | None:
    wanted = len(layout.meanings)
    has = ngettext(
        "This row has %(cells)s cell, but there are %(wanted)s columns.",
        "This row has %(cells)s cells, but there are %(wanted)s columns.",
        len(row.cells),
    )
    counts = has % {"cells": len(row.cells), "wanted": wanted}
    if len(row.cells) < wanted:
        faults.append(
            FileFault(layout.file, row.line, _("%(counts)s Write a separator for an empty cell too.") % {"counts": counts})
        )
        return None
    if any(cell.strip() for cell in row.cells[wanted:]):
        faults.append(
            FileFault(
                layout.file,
                row.line,
                _("%(counts)s Put a cell that has the separator in it between quotation marks.") % {"counts": counts},
            )
        )
        return None
    cells: dict[str, str | list[str]] = {}
    for column, cell in zip(layout.meanings, row.cells, strict=False):
        if column == IGNORED:
            continue
        try:
            cells[column] = _cell(column, cell_value(cell), notation)
        except (BadCard, ValueError) as error:
            faults.append(FileFault(layout.file, row.line, f"{layout.labels.get(column, column)}: {error}"))
    return Row(row.line, cells, layout.labels) if len(cells) == wanted - layout.meanings.count(IGNORED) else None


def _cell(column: str, text: str, notation: CardFormat) -> str | list[str]:
    if column not in LISTS:
        return text
    parts = [ESCAPED.sub(r"\1", part.strip()) for part in PART.findall(text) if part.strip()]
    return [decimal_number(part, notation) for part in parts] if column == "cards" else parts
