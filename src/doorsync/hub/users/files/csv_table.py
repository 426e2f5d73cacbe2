"""CSV as spreadsheets write it: rows of cells with the lines on which they begin. What the columns mean is not known here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.hub.users.files.file_faults import FileFault, FileFaults
from doorsync.hub.users.files.separators import (
    Separator,
    find_separator,
    first_line,
    is_bad_declaration,
    is_unused_declaration,
)
from doorsync.hub.users.files.text_file import Text

TITLES = {
    Separator.COMMA: gettext_lazy("comma"),
    Separator.SEMICOLON: gettext_lazy("semicolon"),
    Separator.TAB: gettext_lazy("tab"),
    Separator.PIPE: gettext_lazy("vertical bar"),
}
TRICK = re.compile(r'="([^"]*)"')  # how exporters keep a spreadsheet from dropping zeros
AS_TEXT = re.compile(r"'([=+@\t\r-].*)", re.DOTALL)  # an apostrophe that keeps a spreadsheet from taking a text for a formula
ERRORS = ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "###")
WIDEST = 131_072  # characters of a cell, which is csv's own limit


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row, and the line on which it begins."""

    line: int
    cells: list[str]


def read_table(text: Text, separator: Separator | None = None) -> Iterator[TableRow]:
    """The rows that are not empty, the one with the names of the columns first. Raises FileFaults, which repeat no cell.

    Without a separator it is found.
    """
    lines = _lines(text)
    if fault := _declaration_fault(lines, separator):
        raise FileFaults([FileFault(text.name, first_line(lines)[0], fault)])
    skipped, character = find_separator(lines, separator)
    reader = csv.reader(lines[skipped:], delimiter=character, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield TableRow(begins, cells)
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise FileFaults([FileFault(text.name, begins, _why(str(error)))]) from error


def separator_title(text: Text, separator: Separator | None = None) -> str:
    """What stands between the cells, in words; of a declared one that has no name, the character itself."""
    character = find_separator(_lines(text), separator)[1]
    return next((str(TITLES[each]) for each in Separator if each.character == character), character)


def cell_value(cell: str) -> str:
    """What a cell says, without spaces around it; of ="0012" that is 0012, of '=A that is =A. Raises ValueError for no value."""
    text = cell.strip(" ")
    if found := TRICK.fullmatch(text) or AS_TEXT.fullmatch(text):
        return found[1].strip(" ")
    if text.startswith("="):
        raise ValueError(_("The cell holds a formula. Write its value."))
    if text.startswith(ERRORS):
        raise ValueError(_("The cell holds a spreadsheet's error. Write its value."))
    return text


def _lines(text: Text) -> list[str]:
    return list(io.StringIO(text.content, newline=""))  # ends lines as csv does: other characters than CR and LF are data


def _declaration_fault(lines: Sequence[str], separator: Separator | None) -> str:
    if is_bad_declaration(lines):
        return _(
            "The line that begins with sep= names no separator. Write it as sep=; with nothing behind it, or delete the line."
        )
    if separator is None and is_unused_declaration(lines):
        return _("The line that begins with sep= names a separator that the file does not use. Correct the line, or delete it.")
    return ""


def _why(error: str) -> str:
    if "field limit" in error:
        return _("A cell is longer than %(most)s characters. Is a quotation mark not closed?") % {"most": WIDEST}
    return _("A quotation mark is not closed, or stands within a cell that begins with one. Within such a cell write it twice.")
