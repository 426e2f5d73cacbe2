"""CSV as spreadsheets write it: rows of cells with the lines on which they begin. What the columns mean is not known here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from doorsync.hub.users.files.file_faults import FileFault, FileFaults
from doorsync.hub.users.files.text_file import Text

SEPARATORS = ",;\t"
DECLARED = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE | re.DOTALL)  # what Excel itself reads on a first line
TRICK = re.compile(r'="([^"]*)"')  # how exporters keep a spreadsheet from dropping zeros
ERRORS = ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "###")
WIDEST = 131_072  # characters of a cell, which is csv's own limit


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row, and the line on which it begins."""

    line: int
    cells: list[str]


def read_table(text: Text) -> Iterator[TableRow]:
    """The rows that are not empty, the one with the names of the columns first. Raises FileFaults, which repeat no cell."""
    lines = list(io.StringIO(text.content, newline=""))  # ends lines as csv does: other characters than CR and LF are data
    skipped, separator = _separator(lines)
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield TableRow(begins, cells)
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise FileFaults([FileFault(text.name, begins, _why(str(error)))]) from error


def cell_value(cell: str) -> str:
    """What a cell says, without spaces around it; of ="0012" that is 0012. Raises ValueError for what is no value."""
    text = cell.strip(" ")
    if found := TRICK.fullmatch(text):
        return found[1].strip(" ")
    if text.startswith("="):
        raise ValueError("The cell holds a formula. Write its value.")
    if text.startswith(ERRORS):
        raise ValueError("The cell holds a spreadsheet's error. Write its value.")
    return text


def _separator(lines: list[str]) -> tuple[int, str]:
    """How many lines only declare it, and which it is: else the one that the first line with anything on it has most of."""
    number, first = next(((number, line.rstrip("\r\n")) for number, line in enumerate(lines, 1) if line.strip()), (0, ""))
    if declared := DECLARED.fullmatch(first):
        return number, declared[1]
    return 0, max(SEPARATORS, key=first.count)


def _why(error: str) -> str:
    if "field limit" in error:
        return _("A cell is longer than %(most)s characters. Is a quotation mark not closed?") % {"most": WIDEST}
    return _("A quotation mark is not closed, or stands within a cell that begins with one. Within such a cell write it twice.")
