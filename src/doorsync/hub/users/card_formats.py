"""The notations of cards in files. Without Django, so that the command line can name them before the hub is there."""

from __future__ import annotations

from enum import StrEnum


class CardFormat(StrEnum):
    """How the cards of a file are written."""

    DECIMAL = "decimal"
    HEX = "hex"
    HEX_REVERSED = "hex-reversed"
    FACILITY = "facility"
