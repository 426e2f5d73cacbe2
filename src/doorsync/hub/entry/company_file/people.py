"""People from a CSV file as spreadsheets write it: comma, semicolon or tab, any order of columns, names in the first row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from doorsync.hub.entry.company_file.faults import Fault, FileFaults
from doorsync.hub.entry.company_file.nodes import read_text

COLUMNS = ("id", "first_name", "last_name", "groups", "cards", "pin", "starts", "expires")
ALSO = {"group": "groups", "card": "cards", "start": "starts", "expiry": "expires"}
LISTS = ("groups", "cards")
SEPARATOR = "|"  # between several groups or cards in one cell


@dataclass(frozen=True, slots=True)
class Row:
    """One person's cells by column, and the line on which the row begins."""

    line: int
    cells: dict[str, str | list[str]]


def read_people(path: Path) -> list[Row]:
    """All rows that are not empty. Raises FileFaults when the columns are not understood."""
    lines = read_text(path).splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=_delimiter(lines), strict=True)
    faults: list[Fault] = []
    try:
        columns = _columns(path.name, next(reader, []), faults)
        rows = list(_rows(path.name, reader, columns, faults))
    except csv.Error as error:
        raise FileFaults([*faults, Fault(path.name, reader.line_num, f"This is no CSV: {error}.")]) from error
    if faults:
        raise FileFaults(faults)
    return rows


def _delimiter(lines: list[str]) -> str:
    header = lines[0] if lines else ""
    return max(",;\t", key=header.count)


def _columns(name: str, header: list[str], faults: list[Fault]) -> list[str]:
    plain = [cell.strip().lower().replace(" ", "_").replace("-", "_") for cell in header]
    columns = [ALSO.get(cell, cell) for cell in plain]
    for column in dict.fromkeys(columns):
        if column not in COLUMNS:
            faults.append(Fault(name, 1, f"The column '{column}' is not known. Known are: {', '.join(COLUMNS)}."))
        elif columns.count(column) > 1:
            faults.append(Fault(name, 1, f"The column '{column}' stands here twice."))
    missing = [column for column in ("id", "last_name") if column not in columns]
    faults += [Fault(name, 1, f"The column '{column}' is missing. The first row names the columns.") for column in missing]
    return columns


def _rows(name: str, reader: Iterator[list[str]], columns: list[str], faults: list[Fault]) -> Iterator[Row]:
    line = 1
    for cells in reader:
        begins, line = line + 1, reader.line_num  # type: ignore[attr-defined]  # csv's reader has it
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            faults.append(Fault(name, begins, f"This row has {len(cells)} cells, but there are {len(columns)} columns."))
            continue
        yield Row(begins, dict(_cells(columns, cells)))


def _cells(columns: list[str], cells: list[str]) -> Iterator[tuple[str, str | list[str]]]:
    for column, cell in zip(columns, cells, strict=False):
        text = cell.strip()
        if column in LISTS:
            yield column, [part.strip() for part in text.split(SEPARATOR) if part.strip()]
        else:
            yield column, text
