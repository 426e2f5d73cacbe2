"""What stands between the cells of a CSV file. Without Django, so that the command line can name it before the hub is there."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import islice

DECLARED = re.compile(r'"?sep=([^"\w])"?[,;\t]*', re.IGNORECASE | re.DOTALL)  # what Excel itself reads on a first line
LIKE_ONE = re.compile(r'\s*"?\s*sep\s*=', re.IGNORECASE)
SAMPLE = 20  # rows that are counted, with the header


class Separator(StrEnum):
    """The separators that can be named."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    PIPE = "pipe"

    @property
    def character(self) -> str:
        """As it stands in the file."""
        return CHARACTERS[self]


CHARACTERS = {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t", Separator.PIPE: "|"}


def find_separator(lines: Sequence[str], named: Separator | None = None) -> tuple[int, str]:
    """How many lines only declare the separator, and its character: the named one, the declared one, or what fits best."""
    number, first = first_line(lines)
    declared = DECLARED.fullmatch(first)
    if named:
        return number if declared else 0, named.character
    if declared:
        return number, declared[1]
    return 0, max(CHARACTERS.values(), key=lambda character: _fit(lines, character))


def first_line(lines: Sequence[str]) -> tuple[int, str]:
    """The number and the text of the first line that has any; a mark at its beginning is no part of it."""
    told = ((number, line.lstrip("\ufeff").rstrip("\r\n")) for number, line in enumerate(lines, 1) if line.strip("\ufeff \t\r\n"))
    return next(told, (0, ""))


def is_bad_declaration(lines: Sequence[str]) -> bool:
    """Whether the first line is meant to declare a separator and names none that can be used."""
    first = first_line(lines)[1]
    return bool(LIKE_ONE.match(first)) and not DECLARED.fullmatch(first)


def is_unused_declaration(lines: Sequence[str]) -> bool:
    """Whether the first line declares a separator that parts nothing below it, though another one does."""
    number, first = first_line(lines)
    declared, below = DECLARED.fullmatch(first), lines[number:]
    return (
        bool(declared)
        and not any(_fit(below, first[first.index("=") + 1]))
        and any(_fit(below, each)[0] for each in CHARACTERS.values())
    )


def _fit(lines: Sequence[str], character: str) -> tuple[int, int]:
    """How many rows of a sample have as many cells as the header, and how many those are. Nothing fits that leaves one cell."""
    counts = list(islice(_cells_of_rows(lines, character), SAMPLE))
    header = counts[0] if counts else 0
    return (counts.count(header), header) if header > 1 else (0, 0)


def _cells_of_rows(lines: Sequence[str], character: str) -> Iterator[int]:
    """The number of cells in each row that has any, up to the first one that this character cannot part."""
    try:
        for cells in csv.reader(lines, delimiter=character, strict=True):
            if any(cell.strip() for cell in cells):
                yield len(cells)
    except csv.Error:  # told with its line where the whole file is read
        return
