"""What is wrong with a file, each with its place: all of it is told at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 100  # faults in one message


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    """One thing to mend: in which file, on which line, and what to do."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        file = "".join(each if each.isprintable() else "?" for each in self.file)
        return f"{file}:{self.line}: {self.text}" if self.line else f"{file}: {self.text}"


def quoted_word(text: str) -> str:
    """The text in quotation marks where it is a word that can be shown; else nothing: it could be a secret out of its place."""
    return f"'{text}'" if re.fullmatch(r"[^\W\d][^\W\d_]*(?:[_ -][^\W\d_]+){0,3}", text) and len(text) <= 30 else ""


class FileFaults(Exception):
    """The file cannot be used. Nothing was changed. Its text has so many faults that a person can still read it."""

    def __init__(self, faults: Sequence[FileFault]) -> None:
        self.faults = sorted(set(faults))
        more = len(self.faults) - SHOWN
        super().__init__("\n".join([*map(str, self.faults[:SHOWN]), *([f"... and {more} more."] if more > 0 else [])]))
